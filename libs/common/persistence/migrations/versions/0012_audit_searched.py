"""Auditors ask the trail by person and by object."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_index("audit_actor", "audit", ["actor", "audit_id"])
    op.create_index("audit_object", "audit", ["object_id", "audit_id"])
