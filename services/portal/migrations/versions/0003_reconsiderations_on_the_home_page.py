"""The home page also tells of reconsiderations."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_constraint("item_kind", "item")
    op.create_check_constraint(
        "item_kind",
        "item",
        "kind IN ('file-sent', 'claims-not-accepted', 'inquiry', 'remittance', 'appeal-filed', 'appeal-decided',"
        " 'appeal-reconsidered')",
    )
