"""Certifications out of turn after a change of ownership or a finding; who looks up for which NPI, found by NPI."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0020"
down_revision = "0019"

_ID = UUID(as_uuid=True)


def upgrade() -> None:
    op.create_index("look_up_association_npi", "look_up_association", ["npi", "association_id"])
    # Lists of organizations are sorted by both, and found by the first as before.
    op.drop_index("organization_name", "organization")
    op.create_index("organization_name", "organization", ["name", "organization_id"])
    op.add_column("certification_watch", sa.Column("day", sa.Date()))
    op.create_table(
        "certification_call",
        sa.Column("call_id", _ID, primary_key=True),
        sa.Column("organization_id", _ID, sa.ForeignKey("organization.organization_id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("called_by", _ID, nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("certification_call_organization", "certification_call", ["organization_id", "call_id"])
