"""The help desk sends a link to a new password."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_constraint("account_deed_deed", "account_deed")
    op.create_check_constraint(
        "account_deed_deed",
        "account_deed",
        "deed IN ('unlock', 'send-reset', 'end-sessions', 'disable', 'enable', 'high-risk', 'view-as')",
    )
