"""Claims that were adjusted, after an appeal for example (277 category F3)."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_constraint("claim_state", "claim")
    op.create_check_constraint(
        "claim_state",
        "claim",
        "state IN ('not-accepted', 'accepted', 'in-process', 'information-requested', 'returned', 'paid', 'denied',"
        " 'finalized', 'adjusted')",
    )
