"""Whom the contractor called before it approved, of requests for access and for an organization."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("role_request", sa.Column("verified", sa.Text(), nullable=False, server_default=""))
