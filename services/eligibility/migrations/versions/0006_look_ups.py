"""Look-ups of Medicare numbers: what came of them, who makes them, and how often."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "look_up",
        sa.Column("look_up_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
        sa.Column("npi", sa.Text, nullable=False),
        sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("looked_up_by", UUID(as_uuid=True), nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("beneficiary_token", sa.Text, nullable=False, server_default=""),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('pending', 'found', 'not-found', 'unreadable', 'no-answer')", name="look_up_state"
        ),
        sa.CheckConstraint("(state = 'found') = (beneficiary_token <> '')", name="look_up_found"),
    )
    op.create_index("look_up_own", "look_up", ["enrollment_id", "looked_up_by", "look_up_id"])
    op.create_index("look_up_office", "look_up", ["organization_id"])
    op.create_index("look_up_owner", "look_up", ["owner_id"])
    op.create_index("look_up_pending", "look_up", ["look_up_id"], postgresql_where=sa.text("state = 'pending'"))
    op.create_index(
        "look_up_unclaimed",
        "look_up",
        ["beneficiary_token"],
        postgresql_where=sa.text("beneficiary_token <> '' AND claimed_at IS NULL"),
    )
    op.create_table(
        "look_up_user",
        sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.Column("rules_digest", sa.Text, nullable=False),
        sa.Column("rules_accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "look_up_user_locked",
        "look_up_user",
        ["user_id"],
        postgresql_where=sa.text("locked_at IS NOT NULL"),
    )
    op.create_table(
        "look_up_count",
        sa.Column("what", sa.Text, primary_key=True),
        sa.Column("whose", sa.Text, primary_key=True),
        sa.Column("hours", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    enforce_row_security(op, "look_up")
    # Administrators act for no enrollment: they see the look-ups of their people, and those for their NPIs.
    op.execute(
        "CREATE POLICY look_up_administered ON look_up FOR SELECT USING (EXISTS ("
        "SELECT 1 FROM access_user u WHERE u.user_id = nullif(current_setting('portico.user', true), '')::uuid"
        " AND u.document->>'state' = 'active'"
        " AND u.document->>'role' IN ('PROVIDER_ADMIN', 'VENDOR_ADMIN')"
        " AND u.organization_id IN (look_up.organization_id, look_up.owner_id)))"
    )
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('sweep-look-ups', 'all', now(), '{}')")
