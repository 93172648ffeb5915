"""Files of the enrollment partners in their order, row by row; keys of programs; the back office.

What stood in `api_client` of a program's key becomes the first of its keys. A file that was taken before has no number:
the first numbered one of each source is a full one.
"""

import sqlalchemy as sa
from alembic import op
from joserfc.jwk import ECKey
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _feeds()
    _keys_of_programs()
    _back_office()


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


def _keys_of_programs() -> None:
    key = op.create_table(
        "client_key",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("public_key", JSONB(), nullable=False),
        sa.Column("added_by", UUID(as_uuid=True)),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.client_id"]),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_index("client_key_client", "client_key", ["client_id"])
    known = op.get_bind().execute(
        sa.text(
            "SELECT client_id, public_key, created_at FROM api_client JOIN user_account USING (user_id)"
            " ORDER BY client_id"
        )
    )
    for row in known.all():
        op.execute(
            key.insert().values(
                key_id=ECKey.import_key(row.public_key).thumbprint(),
                client_id=row.client_id,
                public_key=row.public_key,
                added_at=row.created_at,
            )
        )
    op.drop_column("api_client", "public_key")


def _back_office() -> None:
    op.create_table(
        "account_deed",
        sa.Column("deed_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("done_by", UUID(as_uuid=True), nullable=False),
        sa.Column("done_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "deed IN ('unlock', 'end-sessions', 'disable', 'enable', 'high-risk', 'view-as')", name="account_deed_deed"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.ForeignKeyConstraint(["done_by"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("deed_id"),
    )
    op.create_index("account_deed_user", "account_deed", ["user_id", "deed_id"])
    op.execute(
        "CREATE TRIGGER account_deed_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON account_deed"
        " FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_kept()"
    )
    op.create_table(
        "viewing",
        sa.Column("session_key", BYTEA(), nullable=False),
        sa.Column("viewer_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("enrollment_id", UUID(as_uuid=True)),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["viewer_id"], ["user_account.user_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("session_key"),
    )
    op.create_table(
        "elevation",
        sa.Column("elevation_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("role_before", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", UUID(as_uuid=True)),
        sa.Column("decided_at", _MOMENT),
        sa.Column("ends_at", _MOMENT),
        sa.CheckConstraint("state IN ('asked', 'begun', 'refused', 'ended')", name="elevation_state"),
        sa.CheckConstraint("decided_by <> user_id", name="elevation_two_persons"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("elevation_id"),
    )
    op.create_index(
        "elevation_open",
        "elevation",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'begun')"),
    )
