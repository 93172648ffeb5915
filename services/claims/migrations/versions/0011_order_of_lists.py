"""Indexes for each order in which claims are listed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_index("claim_charge", "claim", ["enrollment_id", "total_charge_cents", "claim_id"])
    service_day = sa.text("greatest(service_from, '-infinity'::date)")
    op.create_index("claim_service", "claim", ["enrollment_id", service_day, "claim_id"])
    accepted = sa.text("(internal_control_number IS NOT NULL)")
    op.create_index("claim_of_file", "claim", ["submission_id", accepted, "ordinal"])
