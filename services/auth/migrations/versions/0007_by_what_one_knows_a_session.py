"""By what one knows one's sessions: the family of the browser, and a shortened address."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for name in ("browser", "address"):
        op.add_column("session", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("session", name, server_default=None)
