"""Who looks up for which NPI, found by NPI."""

from alembic import op

revision = "0020"
down_revision = "0016"


def upgrade() -> None:
    op.create_index("look_up_association_npi", "look_up_association", ["npi", "association_id"])
