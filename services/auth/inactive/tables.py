"""When a user last used an NPI, and of which silence an account's owner was told."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.auth.metadata import metadata

# Kept as sessions are used: sessions themselves are soon deleted. What certifies access looks here.
enrollment_use = sa.Table(
    "enrollment_use",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), sa.ForeignKey("enrollment.enrollment_id"), primary_key=True),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
)

# One row for each notice: `idle_since` is the use after which nothing came.
inactivity_notice = sa.Table(
    "inactivity_notice",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), primary_key=True),
    sa.Column("idle_since", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("day", sa.SmallInteger, primary_key=True),
)
