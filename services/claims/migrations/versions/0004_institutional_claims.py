"""What an institutional claim has in place of a place of service: type of bill, attending provider, revenue codes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("claim", sa.Column("type_of_bill", sa.Text, nullable=False, server_default=""))
    op.add_column("claim", sa.Column("attending_npi", sa.Text, nullable=False, server_default=""))
    op.add_column("claim_line", sa.Column("revenue_code", sa.Text, nullable=False, server_default=""))
