"""The index for the order in which enrollments are listed: by the name of their organization."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("organization_name", "organization", ["name"])
