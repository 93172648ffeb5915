"""Months are made by the worker alone: pages and programs, which are open to the outside, do not change tables."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # The roles of a service differ in their last word: owner, work, web.
    op.execute("""
        DO $$ BEGIN
            REVOKE EXECUTE ON FUNCTION keep_partitions(date, date) FROM PUBLIC;
            EXECUTE format('GRANT EXECUTE ON FUNCTION keep_partitions(date, date) TO %I',
                           regexp_replace(current_user, '_owner$', '_work'));
        END $$
    """)
