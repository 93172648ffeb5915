"""Reminders of HETS attestations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "hets_reminder",
        sa.Column("organization_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("npi", sa.Text, primary_key=True),
        sa.Column("attested_until", sa.Date, primary_key=True),
        sa.Column("days", sa.SmallInteger, primary_key=True),
    )
    op.execute(
        "INSERT INTO due_work (kind, subject, due_at, payload)"
        " VALUES ('remind-of-hets-attestation', 'all', now(), '{}')"
    )
