"""What a claim must agree with besides NPI and PTAN: the tax identifier, and the submitters of the EDI agreement.

They are empty, and no claim is taken, until the next file of the enrollment partners has come.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("tax_id", sa.Text(), nullable=False, server_default=""))
    op.add_column("enrollment", sa.Column("submitters", ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.alter_column("enrollment", "tax_id", server_default=None)
    op.alter_column("enrollment", "submitters", server_default=None)
