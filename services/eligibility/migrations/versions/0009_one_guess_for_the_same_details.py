"""The same details on several days of one list count as one guess."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("counts_as_guess", sa.Boolean, nullable=False, server_default=sa.true()))
