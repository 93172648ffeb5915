"""Documents in versions: their texts are kept, official ones stand in place of ours, each signature bears a name.

Whoever signed before signs the new documents at the next request: until when they may pass follows from signatures.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "agreement_text",
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("agreement", "version"),
    )
    op.create_table(
        "official_text",
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("digest", BYTEA(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["agreement_text.digest"]),
        sa.PrimaryKeyConstraint("agreement"),
    )
    op.add_column("agreement_signature", sa.Column("signer", sa.Text(), nullable=False, server_default=""))
    op.alter_column("agreement_signature", "signer", server_default=None)
    op.add_column(
        "user_account",
        sa.Column("code_sets_until", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("'epoch'")),
    )
    op.drop_column("user_account", "rules_of_behavior_version")
    op.execute(
        "CREATE TRIGGER agreement_text_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_text"
        " FOR EACH STATEMENT EXECUTE FUNCTION evidence_is_kept()"
    )
