"""How often HETS is asked, how often in vain, and who may not ask: ids and NPIs only, never a patient.

They are counted over all enrollments of a user, so they belong to none.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.eligibility.metadata import metadata

# How often a user has asked about a beneficiary since a moment, less what HETS answered: what is left did not match.
guess = sa.Table(
    "guess",
    metadata,
    sa.Column("user_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("beneficiary_token", sa.Text, primary_key=True),
    sa.Column("count", sa.SmallInteger, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)

# Questions and refusals of one hour, by user (with the organization) and by NPI. Each is the sum of some slots, so that
# the many questions of a program do not wait for one row.
tally = sa.Table(
    "tally",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("slot", sa.SmallInteger, primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True)),
    sa.Column("asked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    sa.Index("tally_organization", "organization_id", "hour"),
)

# The last hold of a user or an NPI. `until` NULL: until an administrator or an operator lifts it (`lifted_at`).
hold = sa.Table(
    "hold",
    metadata,
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True)),
    sa.Column("lifted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("reason IN ('fishing', 'errors', 'not-enrolled')", name="hold_reason"),
    sa.Index("hold_organization", "organization_id", "since"),
)
