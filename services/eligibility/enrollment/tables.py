"""HETS EDI enrollments: CMS's list as it was last taken, and what was asked for here. NPIs and days, no patients.

They belong to an NPI and to the administrators of its organization, who act for no enrollment: every query names the
organization or the NPI.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from libs.common.sealing import Sealed
from services.eligibility.enrollment.domain import Contact
from services.eligibility.metadata import metadata

CONTACT = Sealed("hets_request.contact", Contact, readers="eligibility")
"""Owner: the request."""

DRAFT = Sealed("draft.hets-enrollment", dict[str, str], readers="eligibility")
"""A form put aside. Owner: user, organization and enrollment."""

# A copy of what CMS lists for our submitter, replaced whole by each look, and what it answered to requests since.
hets_link = sa.Table(
    "hets_link",
    metadata,
    sa.Column("npi", sa.Text, primary_key=True),
    sa.Column("submitter", sa.Text, primary_key=True),
    sa.Column("effective", sa.Date, primary_key=True),
    sa.Column("ends", sa.Date),
    sa.Column("attested_until", sa.Date, nullable=False),
)

# When the list of a submitter was last taken. Until then nobody knows who is enrolled, and HETS judges by itself.
hets_list = sa.Table(
    "hets_list",
    metadata,
    sa.Column("submitter", sa.Text, primary_key=True),
    sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
)

# The history of requests. `contact` (e-mail addresses) is sealed; `signer` is the name typed under the HETS Rules of
# Behavior, empty where they were not signed: they are accepted with an enrollment. `alerted_at`: when administrators
# were told that it could not be sent.
hets_request = sa.Table(
    "hets_request",
    metadata,
    sa.Column("request_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
    sa.Column("npi", sa.Text, nullable=False),
    sa.Column("ptan", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("submitter", sa.Text, nullable=False),
    sa.Column("effective", sa.Date, nullable=False),
    sa.Column("ends", sa.Date),
    sa.Column("attested_until", sa.Date, nullable=False),
    sa.Column("offshore", sa.Boolean, nullable=False),
    sa.Column("contact", sa.Text, nullable=False),
    sa.Column("rules_version", sa.Text, nullable=False),
    sa.Column("made_by", UUID(as_uuid=True), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("signer", sa.Text, nullable=False, server_default=""),
    sa.Column("alerted_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("kind IN ('enroll', 'end', 'attest')", name="hets_request_kind"),
    sa.CheckConstraint("state IN ('sending', 'told', 'refused')", name="hets_request_state"),
    sa.Index("hets_request_npi", "organization_id", "npi", "made_at"),
)

# Which reminders of an attestation went out: each once.
hets_reminder = sa.Table(
    "hets_reminder",
    metadata,
    sa.Column("organization_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("npi", sa.Text, primary_key=True),
    sa.Column("attested_until", sa.Date, primary_key=True),
    sa.Column("days", sa.SmallInteger, primary_key=True),
)
