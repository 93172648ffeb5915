"""Inquiries that wait for their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("lane", sa.Text))
    op.add_column("inquiry", sa.Column("turn", sa.BigInteger))
    op.add_column("inquiry", sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"))
    op.drop_constraint("inquiry_state", "inquiry")
    op.create_check_constraint(
        "inquiry_state",
        "inquiry",
        "state IN ('waiting', 'pending', 'answered', 'refused', 'unreadable', 'no-answer')",
    )
    op.create_check_constraint("inquiry_in_line", "inquiry", "(lane IS NULL) = (turn IS NULL)")
    op.create_index("inquiry_turn", "inquiry", ["turn", "inquiry_id"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(
        "inquiry_lane", "inquiry", ["enrollment_id", "lane", "turn"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "line",
        sa.Column("line", sa.SmallInteger, sa.CheckConstraint("line = 1", name="line_one"), primary_key=True),
        sa.Column("turn", sa.BigInteger, nullable=False),
    )
    op.execute("INSERT INTO line (line, turn) VALUES (1, 0)")
