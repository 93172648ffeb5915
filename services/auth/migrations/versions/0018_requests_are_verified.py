"""Requests: whom the contractor called before it approved, what is held against the files again, who was told when.

Letters of authorization on paper belong to a provider and to a vendor, which act for no enrollment: like all other
tables of auth, theirs is under no row security.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("role_request", sa.Column("verified", sa.Text(), nullable=False, server_default=""))
    for column in (
        sa.Column("tax_id", sa.Text(), nullable=False, server_default=""),
        sa.Column("paid_on", sa.Date()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("verified", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("organization_request", column)
    op.execute("DROP POLICY attachment_acting ON attachment")
    op.execute("ALTER TABLE attachment NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE attachment DISABLE ROW LEVEL SECURITY")
