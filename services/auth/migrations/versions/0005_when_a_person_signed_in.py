"""When a person signed in, and when the time before (NIST SP 800-53, AC-9)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("credential", sa.Column("signed_in_at", _MOMENT))
    op.add_column("session", sa.Column("signed_in_at", _MOMENT))
    op.add_column("session", sa.Column("signed_in_before", _MOMENT))
    op.execute("UPDATE session SET signed_in_at = created_at")
    op.alter_column("session", "signed_in_at", nullable=False)
