"""How long a session lives without use stands with it; failed step-ups are counted apart from failed sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("session", sa.Column("idle", sa.Interval(), nullable=False, server_default="30 minutes"))
    op.alter_column("session", "idle", server_default=None)
    op.add_column("failure", sa.Column("kind", sa.Text(), nullable=False, server_default="sign-in"))
    op.alter_column("failure", "kind", server_default=None)
    op.drop_constraint("failure_pkey", "failure")
    op.create_primary_key("failure_pkey", "failure", ["user_id", "kind"])
    op.create_check_constraint("failure_kind", "failure", "kind IN ('sign-in', 'step-up')")
