"""People who have none of their factors any more."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.auth.metadata import metadata

# `note`: how it was seen who asks. `ends_at`: when the factors end, once that is confirmed.
factor_loss = sa.Table(
    "factor_loss",
    metadata,
    sa.Column("request_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("decided_by", UUID(as_uuid=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint(
        "state IN ('asked', 'confirmed', 'over', 'done', 'refused', 'canceled', 'lapsed')", name="factor_loss_state"
    ),
    sa.CheckConstraint("decided_by <> user_id", name="factor_loss_another_decides"),
    sa.Index(
        "factor_loss_open",
        "user_id",
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'confirmed', 'over')"),
    ),
    sa.Index("factor_loss_asked", "asked_at", "request_id"),
)
