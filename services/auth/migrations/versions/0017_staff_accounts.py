"""Accounts that staff closed are not opened by a certification."""

from alembic import op

revision = "0017"
down_revision = "0016"

# Until now every privileged account that lapsed was noted as suspended, also one that staff had disabled.
_CLOSED_BY_STAFF = """
UPDATE account_certification c SET suspended_at = NULL
 WHERE c.suspended_at IS NOT NULL
   AND (SELECT d.deed FROM account_deed d
         WHERE d.user_id = c.user_id AND d.deed IN ('disable', 'enable', 'high-risk')
         ORDER BY d.deed_id DESC LIMIT 1) IN ('disable', 'high-risk')
"""


def upgrade() -> None:
    op.execute(_CLOSED_BY_STAFF)
