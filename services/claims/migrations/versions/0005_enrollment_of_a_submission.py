"""The enrollment a file was sent for, as it was then: its claims are held against it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("submission", sa.Column("enrollment", JSONB, nullable=False, server_default="{}"))
    op.alter_column("submission", "enrollment", server_default=None)
