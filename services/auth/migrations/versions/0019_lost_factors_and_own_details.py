"""People who have none of their factors any more; own mail addresses; factors and user IDs at registration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, UUID

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _factor_losses()
    op.add_column("mailed_link", sa.Column("email", sa.Text(), nullable=False, server_default=""))
    op.drop_constraint("mailed_link_purpose", "mailed_link")
    purposes = "purpose IN ('reset', 'not-mine', 'another-user-id')"
    op.create_check_constraint("mailed_link_purpose", "mailed_link", purposes)
    op.add_column("registration", sa.Column("same_person_as", UUID(as_uuid=True), nullable=True))
    # A person may have a user ID for each office.
    op.drop_constraint("registered_person_pkey", "registered_person")
    op.create_primary_key("registered_person_pkey", "registered_person", ["subject_digest", "user_id"])
    for column in ("sealed_phone", "sealed_passkey"):
        op.add_column("registration", sa.Column(column, sa.Text(), nullable=True))
    op.add_column("registration", sa.Column("factor", sa.Text(), nullable=False, server_default=""))
    factors = "factor IN ('', 'authenticator', 'passkey', 'phone')"
    op.create_check_constraint("registration_factor", "registration", factors)
    # Until now there was no other way to come so far.
    op.execute("UPDATE registration SET factor = 'authenticator' WHERE step = 'account'")
    op.create_table(
        "email_change",
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("user_id"),
    )


def _factor_losses() -> None:
    op.create_table(
        "factor_loss",
        sa.Column("request_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", UUID(as_uuid=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'over', 'done', 'refused', 'canceled', 'lapsed')", name="factor_loss_state"
        ),
        sa.CheckConstraint("decided_by <> user_id", name="factor_loss_another_decides"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index(
        "factor_loss_open",
        "factor_loss",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'confirmed', 'over')"),
    )
    op.create_index("factor_loss_asked", "factor_loss", ["asked_at", "request_id"])
