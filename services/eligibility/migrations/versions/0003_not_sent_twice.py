"""When an inquiry was sent, by which others know that it is the same one, and why it had no answer."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("sent_at", sa.DateTime(timezone=True)))
    op.add_column("inquiry", sa.Column("question_digest", sa.LargeBinary, nullable=False, server_default=""))
    op.add_column("inquiry", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.create_index(
        "inquiry_unanswered",
        "inquiry",
        ["question_digest", "sent_at"],
        postgresql_where=sa.text("state IN ('pending', 'no-answer') AND sent_at IS NOT NULL"),
    )
