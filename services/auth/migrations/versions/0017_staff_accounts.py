"""The contractor's own staff: requests that two persons decide. Accounts that staff closed open by no certification."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

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
    op.drop_constraint("account_deed_deed", "account_deed")
    op.create_check_constraint(
        "account_deed_deed",
        "account_deed",
        "deed IN ('unlock', 'send-reset', 'end-sessions', 'disable', 'enable', 'high-risk', 'view-as', 'end')",
    )
    op.drop_constraint("account_deed_done_by_fkey", "account_deed")
    op.create_table(
        "staff_request",
        sa.Column("request_id", UUID(as_uuid=True), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True)),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("name", "email", "login", "role", "reason")),
        sa.Column("asked_by", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", UUID(as_uuid=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("action IN ('add', 'role')", name="staff_request_action"),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn')", name="staff_request_state"),
        sa.CheckConstraint("decided_by <> asked_by AND decided_by <> user_id", name="staff_request_two_persons"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index(
        "staff_request_open",
        "staff_request",
        ["login"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
