"""How HETS is asked and by whom, HETS EDI enrollments, and finding a question that was answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
        sa.Column("slot", sa.SmallInteger, primary_key=True),
        sa.Column("organization_id", UUID(as_uuid=True)),
        sa.Column("asked", sa.Integer, nullable=False, server_default="0"),
        sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("tally_organization", "tally", ["organization_id", "hour"])
    op.create_table(
        "hold",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("reason IN ('fishing', 'errors', 'not-enrolled')", name="hold_reason"),
    )
    op.create_index("hold_organization", "hold", ["organization_id", "since"])
    op.create_table(
        "hets_link",
        sa.Column("npi", sa.Text, primary_key=True),
        sa.Column("submitter", sa.Text, primary_key=True),
        sa.Column("effective", sa.Date, primary_key=True),
        sa.Column("ends", sa.Date),
        sa.Column("attested_until", sa.Date, nullable=False),
    )
    op.create_table(
        "hets_list",
        sa.Column("submitter", sa.Text, primary_key=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "hets_request",
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
        sa.CheckConstraint("kind IN ('enroll', 'end', 'attest')", name="hets_request_kind"),
        sa.CheckConstraint("state IN ('sending', 'told', 'refused')", name="hets_request_state"),
    )
    op.create_index("hets_request_npi", "hets_request", ["organization_id", "npi", "made_at"])
    op.create_index("inquiry_question", "inquiry", ["question_digest", "asked_at"])
    op.create_index("inquiry_asker", "inquiry", ["enrollment_id", "asked_by", "asked_at", "inquiry_id"])
    op.execute("INSERT INTO due_work (kind, subject, due_at, payload) VALUES ('take-hets-links', 'all', now(), '{}')")
