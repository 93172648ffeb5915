"""Remittances wait for a job that posts them; a sequence of a claim is there once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, UUID

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "waiting_advice",
        sa.Column("remittance_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("place", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("lane", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("payload", BYTEA, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("waiting_advice_lane", "waiting_advice", ["lane", "place"])
    op.drop_index("remitted_claim_icn", "remitted_claim")
    op.create_unique_constraint("remitted_claim_sequence", "remitted_claim", ["internal_control_number", "sequence"])
