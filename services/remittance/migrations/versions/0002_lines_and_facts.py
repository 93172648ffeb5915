"""Lines by their own numbers, what became of claims, and all else an 835 says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("remittance", sa.Column("payer_identifier", sa.Text, nullable=False, server_default=""))
    op.add_column("remittance", sa.Column("digest", sa.Text, nullable=False, server_default=""))
    op.add_column("remittance", sa.Column("facts", JSONB, nullable=False, server_default="[]"))
    op.drop_constraint("remittance_trace", "remittance")
    op.create_unique_constraint("remittance_trace", "remittance", ["enrollment_id", "payer_identifier", "trace_number"])
    op.alter_column("remitted_claim", "patient", new_column_name="details")
    op.add_column("remitted_claim", sa.Column("outcome", sa.Text, nullable=False, server_default="without-payment"))
    op.add_column("remitted_claim", sa.Column("allowed_cents", sa.BigInteger))
    op.add_column("remitted_line", sa.Column("control_number", sa.Text, nullable=False, server_default=""))
    op.add_column("remitted_line", sa.Column("claim_line", sa.Integer))
    op.add_column("remitted_line", sa.Column("billed", sa.Text, nullable=False, server_default=""))
    op.add_column("remitted_line", sa.Column("allowed_cents", sa.BigInteger))
    op.add_column("remitted_line", sa.Column("denied", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("remitted_line", sa.Column("facts", JSONB, nullable=False, server_default="[]"))
    op.add_column("known_claim", sa.Column("sealed_lines", sa.Text, nullable=False, server_default=""))
