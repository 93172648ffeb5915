"""Filters of lists are seen by nobody but who keeps them, whatever a query forgets."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE saved_filter ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE saved_filter FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY saved_filter_own ON saved_filter"
        " USING (user_id = nullif(current_setting('portico.user', true), '')::uuid)"
    )
