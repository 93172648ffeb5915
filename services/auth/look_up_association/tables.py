"""Which user looks up Medicare numbers for which NPI, since when and until when: kept as long as CMS may ask for it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.auth.metadata import metadata

# It follows from the grants: a row begins with the first grant of look-ups for the NPI, and ends with the last.
look_up_association = sa.Table(
    "look_up_association",
    metadata,
    sa.Column("association_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("user_account.user_id"), nullable=False),
    sa.Column("npi", sa.Text, nullable=False),
    # Whose user it was and who gave it: what an investigator asks first.
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("granted_by", UUID(as_uuid=True)),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("until", sa.DateTime(timezone=True)),
    sa.Index("look_up_association_list", "organization_id", "since", "association_id"),
    sa.Index("look_up_association_npi", "npi", "association_id"),
    sa.Index("look_up_association_one", "user_id", "npi", unique=True, postgresql_where=sa.text("until IS NULL")),
)
