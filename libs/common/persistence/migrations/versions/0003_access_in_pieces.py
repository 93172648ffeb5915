"""The copy of access in pieces: grants with their enrollment, enrollments apart from their organization."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

_PIECES = (
    """
    UPDATE access_grant g SET grants = (
        SELECT jsonb_agg(each) FROM access_user u, jsonb_array_elements(u.document->'grants') each
         WHERE u.user_id = g.user_id AND (each->>'enrollment_id')::uuid = g.enrollment_id)
    """,
    """
    UPDATE access_enrollment e SET document = (
        SELECT each FROM access_organization o, jsonb_array_elements(o.document->'enrollments') each
         WHERE o.organization_id = e.organization_id AND (each->>'enrollment_id')::uuid = e.enrollment_id)
    """,
    "UPDATE access_enrollment SET npi = document->>'npi', tax_id = coalesce(document->>'tax_id', '')",
    "UPDATE access_user SET document = document - 'grants'",
    "UPDATE access_organization SET document = document - 'enrollments'",
)


def upgrade() -> None:
    op.add_column("access_grant", sa.Column("grants", JSONB, nullable=False, server_default="[]"))
    for column in (sa.Column("npi", sa.Text), sa.Column("tax_id", sa.Text), sa.Column("document", JSONB)):
        op.add_column("access_enrollment", column)
    for statement in _PIECES:
        op.execute(statement)
    for name in ("npi", "tax_id", "document"):
        op.alter_column("access_enrollment", name, nullable=False)
    op.create_index("access_enrollment_npi", "access_enrollment", ["npi"])
    op.create_index("access_enrollment_tax_id", "access_enrollment", ["tax_id"])
