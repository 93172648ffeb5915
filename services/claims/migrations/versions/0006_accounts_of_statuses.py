"""All that a 277 says of a claim and its lines, the check or transfer of its payment, and claims that were split."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("claim", sa.Column("check_number", sa.Text, nullable=False, server_default=""))
    op.add_column("claim_status", sa.Column("account", JSONB, nullable=False, server_default="{}"))
    op.drop_constraint("claim_state", "claim")
    op.create_check_constraint(
        "claim_state",
        "claim",
        "state IN ('not-accepted', 'accepted', 'split', 'in-process', 'information-requested', 'returned', 'paid',"
        " 'denied', 'finalized', 'adjusted')",
    )
