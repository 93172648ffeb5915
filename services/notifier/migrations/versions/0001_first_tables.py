"""The tables every service has, and those of interruptions, alerts, the told state and activity."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)
_ID = UUID(as_uuid=True)


def upgrade() -> None:
    op.create_table(
        "interruption",
        sa.Column("interruption_id", _ID, primary_key=True),
        sa.Column("contract_id", sa.Text, nullable=False),
        sa.Column("fault_domain", sa.Text, nullable=False),
        sa.Column("functions", ARRAY(sa.Text), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("flapping", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("detected_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("retracted_at", _TIME),
        sa.CheckConstraint("state IN ('open', 'closed', 'retracted')", name="interruption_state"),
    )
    op.create_index(
        "interruption_one_open",
        "interruption",
        ["contract_id", "fault_domain"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("interruption_started", "interruption", ["started_at"])
    op.create_table(
        "interruption_change",
        sa.Column("interruption_id", _ID, sa.ForeignKey("interruption.interruption_id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("kind IN ('opened', 'updated', 'closed', 'retracted')", name="interruption_change_kind"),
    )
    op.create_table(
        "retraction_request",
        sa.Column("interruption_id", _ID, sa.ForeignKey("interruption.interruption_id"), primary_key=True),
        sa.Column("requested_at", _TIME, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
    )
    op.create_table(
        "contractor_alert",
        sa.Column("interruption_id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("message_id", sa.Text, nullable=False, unique=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.Column("accepted_at", _TIME),
        sa.CheckConstraint("state IN ('queued', 'accepted', 'merged', 'failed')", name="contractor_alert_state"),
    )
    op.create_table(
        "contractor_alert_attempt",
        sa.Column("interruption_id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
    )
    op.create_table(
        "portal_state",
        sa.Column("contract_id", sa.Text, primary_key=True),
        sa.Column("generation", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("situation", JSONB, nullable=False),
    )
    op.create_table(
        "function_performance",
        sa.Column("function", sa.Text, primary_key=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("degraded", sa.Boolean, nullable=False),
    )
    op.create_table(
        "function_activity",
        sa.Column("contract_id", sa.Text, primary_key=True),
        sa.Column("function", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("counter", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
