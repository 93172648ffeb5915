"""Files of the enrollment partners in their order, row by row; keys of programs; the back office.

What stood in `api_client` of a program's key becomes the first of its keys. A file that was taken before has no number:
the first numbered one of each source is a full one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

revision = "0012"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _feeds()


def _feeds() -> None:
    op.add_column(
        "feed_file",
        sa.Column("file_id", UUID(as_uuid=True), nullable=False, server_default=sa.text("gen_random_uuid()")),
    )
    op.alter_column("feed_file", "file_id", server_default=None)
    op.drop_constraint("feed_file_pkey", "feed_file")
    op.create_primary_key("feed_file_pkey", "feed_file", ["file_id"])
    op.create_unique_constraint("feed_file_digest_key", "feed_file", ["digest"])
    op.add_column("feed_file", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("feed_file", sa.Column("source", sa.Text()))
    op.add_column("feed_file", sa.Column("extent", sa.Text()))
    op.add_column("feed_file", sa.Column("sequence", sa.Integer()))
    op.add_column("feed_file", sa.Column("rows", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("feed_file", sa.Column("decided_by", UUID(as_uuid=True)))
    op.create_check_constraint(
        "feed_file_outcome",
        "feed_file",
        "outcome IN ('taken', 'refused', 'waiting', 'held', 'released', 'dropped')",
    )
    op.create_index(
        "feed_file_taken", "feed_file", ["source", "sequence"], postgresql_where=sa.text("outcome = 'taken'")
    )
    op.create_table(
        "feed_record",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", UUID(as_uuid=True), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.CheckConstraint("kind IN ('enrollment', 'agreement', 'partner')", name="feed_record_kind"),
        sa.PrimaryKeyConstraint("kind", "record_id"),
    )
    op.create_table(
        "feed_fault",
        sa.Column("file_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("record_id", UUID(as_uuid=True)),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("fields", ARRAY(sa.Text()), nullable=False),
        sa.Column("settled_at", _MOMENT),
        sa.ForeignKeyConstraint(["file_id"], ["feed_file.file_id"]),
        sa.PrimaryKeyConstraint("file_id", "number"),
    )
    op.create_index("feed_fault_open", "feed_fault", ["source"], postgresql_where=sa.text("settled_at IS NULL"))
    op.execute(
        "INSERT INTO due_work (kind, subject, due_at, payload)"
        " SELECT 'feed-late', source, now() + interval '36 hours', '{}' FROM (VALUES ('pecos'), ('edi')) AS s (source)"
    )
