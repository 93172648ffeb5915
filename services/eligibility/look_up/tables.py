"""Look-ups of Medicare numbers: who looked when for which NPI, and what came of it. Of a patient only a keyed token."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.eligibility.metadata import metadata

NAME = Sealed("look_up_user.name", str, readers="eligibility")
"""Owner: the user."""
CHALLENGE = Sealed("form.look-up/challenge", str, readers="eligibility")
"""The id that a question for people follows from, on its way in the form. Owner: for whom the form was opened."""

# Neither what was entered nor what was found is kept. `look_up_id` begins with real time; `looked_up_at` is business
# time. `organization_id` is that of who looked, `owner_id` that of the NPI: a vendor's look-ups are of both. A second
# policy shows the rows to the administrators of either. `claimed_at`: since then a claim of the NPI is there.
look_up = sa.Table(
    "look_up",
    metadata,
    sa.Column("look_up_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("enrollment_id", UUID(as_uuid=True), nullable=False),
    sa.Column("npi", sa.Text, nullable=False),
    sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("looked_up_by", UUID(as_uuid=True), nullable=False),
    sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("beneficiary_token", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("state IN ('pending', 'found', 'not-found', 'unreadable', 'no-answer')", name="look_up_state"),
    sa.CheckConstraint("(state = 'found') = (beneficiary_token <> '')", name="look_up_found"),
    sa.Index("look_up_own", "enrollment_id", "looked_up_by", "look_up_id"),
    sa.Index("look_up_office", "organization_id"),
    sa.Index("look_up_owner", "owner_id"),
    sa.Index("look_up_pending", "look_up_id", postgresql_where=sa.text("state = 'pending'")),
    sa.Index(
        "look_up_unclaimed",
        "beneficiary_token",
        postgresql_where=sa.text("beneficiary_token <> '' AND claimed_at IS NULL"),
    ),
)

# One row for each user who accepted the rules, over all enrollments: it belongs to none. `name` is sealed.
look_up_user = sa.Table(
    "look_up_user",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("rules_version", sa.Text, nullable=False),
    sa.Column("rules_digest", sa.Text, nullable=False),
    sa.Column("rules_accepted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("locked_at", sa.DateTime(timezone=True)),
    sa.Index("look_up_user_locked", "user_id", postgresql_where=sa.text("locked_at IS NOT NULL")),
)

# How often something happened since a moment, until which it counts: look-ups of a user and for an NPI, those that led
# to nobody, wrong answers to the question for people. It is counted over all enrollments, so it belongs to none.
look_up_count = sa.Table(
    "look_up_count",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("whose", sa.Text, primary_key=True),
    sa.Column("hours", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
)
