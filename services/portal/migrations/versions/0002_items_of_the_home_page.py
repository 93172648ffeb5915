"""What happened lately, for the home page."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from libs.common.persistence.tables import enforce_row_security

revision = "0002"
down_revision = "0001"

_ID = UUID(as_uuid=True)


def upgrade() -> None:
    op.create_table(
        "item",
        sa.Column("item_id", _ID, primary_key=True),
        sa.Column("enrollment_id", _ID, nullable=False),
        sa.Column("user_id", _ID),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("amount_cents", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.CheckConstraint(
            "kind IN ('file-sent', 'claims-not-accepted', 'inquiry', 'remittance', 'appeal-filed', 'appeal-decided')",
            name="item_kind",
        ),
    )
    op.create_index("item_of_enrollment", "item", ["enrollment_id", "at"])
    op.create_index("item_at", "item", ["at"])
    enforce_row_security(op, "item")
