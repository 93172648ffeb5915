"""Administrators put forms aside for their organization: they act for no enrollment."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION own_organization() RETURNS uuid LANGUAGE sql STABLE AS $$
            SELECT organization_id FROM access_user
            WHERE user_id = nullif(current_setting('portico.user', true), '')::uuid
            AND document->>'state' = 'active'
        $$
    """)
    op.execute(
        "CREATE POLICY draft_of_organization ON draft"
        " USING (enrollment_id = own_organization()) WITH CHECK (enrollment_id = own_organization())"
    )
