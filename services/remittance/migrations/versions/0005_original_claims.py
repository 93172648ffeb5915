"""Which claim was decided before, where another decision about it has an ICN of its own (REF*F8)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("remitted_claim", sa.Column("original_control_number", sa.Text, nullable=False, server_default=""))
    op.create_index(
        "remitted_claim_original",
        "remitted_claim",
        ["original_control_number"],
        postgresql_where=sa.text("original_control_number <> ''"),
    )
