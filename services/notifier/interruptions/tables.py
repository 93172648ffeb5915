"""Interruptions and everything that happened to them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.notifier.metadata import metadata

interruption = sa.Table(
    "interruption",
    metadata,
    sa.Column("interruption_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("contract_id", sa.Text, nullable=False),
    sa.Column("fault_domain", sa.Text, nullable=False),
    sa.Column("functions", ARRAY(sa.Text), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("flapping", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("detected_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("retracted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('open', 'closed', 'retracted')", name="interruption_state"),
    sa.Index(
        "interruption_one_open", "contract_id", "fault_domain", unique=True, postgresql_where=sa.text("state = 'open'")
    ),
    sa.Index("interruption_started", "started_at", "interruption_id"),
)

interruption_change = sa.Table(
    "interruption_change",
    metadata,
    sa.Column("interruption_id", UUID(as_uuid=True), sa.ForeignKey("interruption.interruption_id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('opened', 'updated', 'closed', 'retracted')", name="interruption_change_kind"),
)

retraction_request = sa.Table(
    "retraction_request",
    metadata,
    sa.Column("interruption_id", UUID(as_uuid=True), sa.ForeignKey("interruption.interruption_id"), primary_key=True),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
)
