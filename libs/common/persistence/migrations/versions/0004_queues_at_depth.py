"""Keys that wait, one row each; due work is found by its kind, and may be given up."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_WAITING_KEYS = """
    INSERT INTO waiting_key (consumer, partition_key, due_at)
    SELECT DISTINCT ON (consumer, partition_key) consumer, partition_key, CASE state WHEN 'waiting' THEN next_at END
      FROM parked ORDER BY consumer, partition_key, id
"""


def upgrade() -> None:
    op.create_table(
        "waiting_key",
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("partition_key", sa.Text, primary_key=True),
        sa.Column("due_at", sa.DateTime(timezone=True)),
    )
    op.create_index("waiting_key_due", "waiting_key", ["consumer", "due_at"])
    op.execute(_WAITING_KEYS)
    op.drop_column("parked", "next_at")
    op.add_column("due_work", sa.Column("failing_since", sa.DateTime(timezone=True)))
    op.add_column("due_work", sa.Column("given_up_at", sa.DateTime(timezone=True)))
    op.drop_index("due_work_due", "due_work")
    op.create_index("due_work_next", "due_work", ["kind", "due_at"], postgresql_where=sa.text("given_up_at IS NULL"))
