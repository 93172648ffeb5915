"""Authorizations of vendors with functions, days and a letter; requests for access; who looks up for which NPI.

A vendor that was authorized before keeps everything, as the files of EDI enrollment tell of it. Every record is told
again at once, a version higher, so that each service's copy knows of functions, days and look-ups.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, UUID

revision = "0016"
down_revision = "0015"

_NOW = sa.text("now()")
# Those that show patient data, at the time of this migration.
_EVERY_FUNCTION = "{F-02,F-03,F-04,F-07,F-08,F-12,F-17,F-24,F-25}"


def upgrade() -> None:
    _authorizations()
    op.add_column("membership", sa.Column("dual_role", sa.Boolean(), nullable=False, server_default=sa.false()))
    _requests()
    _associations()
    op.execute("UPDATE organization SET version = version + 1")
    op.execute("UPDATE user_account SET version = version + 1")
    op.execute("UPDATE due_work SET due_at = now(), payload = '{}' WHERE kind = 'republish-state'")
    for kind, payload in (
        ("end-what-is-over", "{}"),
        ("lapse-access-requests", "{}"),
        ("weekly-access-report", '{"first": true}'),
    ):
        op.execute(
            sa.text(
                "INSERT INTO due_work (kind, subject, due_at, payload)"
                " VALUES (:kind, 'all', now(), cast(:payload AS jsonb))"
            ).bindparams(kind=kind, payload=payload)
        )


def _authorizations() -> None:
    table = "vendor_authorization"
    op.drop_constraint("vendor_authorization_pkey", table)
    op.drop_index("vendor_authorization_vendor", table)
    added = (
        sa.Column("authorization_id", UUID(as_uuid=True), nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("source", sa.Text(), nullable=False, server_default="edi"),
        sa.Column("state", sa.Text(), nullable=False, server_default="confirmed"),
        sa.Column("functions", ARRAY(sa.Text()), nullable=False, server_default=_EVERY_FUNCTION),
        sa.Column("submitter", sa.Text(), nullable=False, server_default=""),
        # A day before, because the contractor's day may not have begun.
        sa.Column("effective", sa.Date(), nullable=False, server_default=sa.text("current_date - 1")),
        sa.Column("ends", sa.Date()),
        sa.Column("asked_by", UUID(as_uuid=True)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, server_default=_NOW),
        sa.Column("letter_version", sa.Text(), nullable=False, server_default=""),
        sa.Column("letter_digest", BYTEA()),
        sa.Column("signed_name", sa.Text(), nullable=False, server_default=""),
        sa.Column("decided_by", UUID(as_uuid=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", UUID(as_uuid=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
    )
    for column in added:
        op.add_column(table, column)
    for name in ("authorization_id", "source", "state", "functions", "effective", "asked_at"):
        op.alter_column(table, name, server_default=None)
    op.create_primary_key("vendor_authorization_pkey", table, ["authorization_id"])
    op.create_check_constraint("vendor_authorization_source", table, "source IN ('vendor', 'edi')")
    states = "state IN ('asked', 'confirmed', 'refused', 'ended')"
    op.create_check_constraint("vendor_authorization_state", table, states)
    op.create_check_constraint(
        "vendor_authorization_signed",
        table,
        "source = 'edi' OR decided_at IS NULL OR state = 'refused' OR signed_name <> ''",
    )
    op.create_index("vendor_authorization_vendor", table, ["vendor_id", "asked_at", "authorization_id"])
    op.create_index("vendor_authorization_organization", table, ["organization_id", "asked_at", "authorization_id"])
    op.create_index(
        "vendor_authorization_one",
        table,
        ["organization_id", "vendor_id", "state"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'confirmed')"),
    )


def _requests() -> None:
    op.create_table(
        "role_request",
        sa.Column("request_id", UUID(as_uuid=True), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("asked_enrollment", UUID(as_uuid=True)),
        sa.Column("permissions", ARRAY(sa.Text()), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, server_default=""),
        sa.Column("last_day", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", UUID(as_uuid=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.CheckConstraint(
            "state IN ('open', 'approved', 'refused', 'lapsed', 'withdrawn')", name="role_request_state"
        ),
        sa.CheckConstraint(
            "(role = '') = (asked_enrollment IS NOT NULL) AND (role = '') = (cardinality(permissions) > 0)",
            name="role_request_what",
        ),
        sa.ForeignKeyConstraint(["asked_enrollment"], ["enrollment.enrollment_id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("role_request_organization", "role_request", ["organization_id", "asked_at", "request_id"])
    op.create_index("role_request_user", "role_request", ["user_id", "asked_at", "request_id"])
    op.create_index("role_request_open", "role_request", ["asked_at"], postgresql_where=sa.text("state = 'open'"))


def _associations() -> None:
    op.create_table(
        "look_up_association",
        sa.Column("association_id", UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", UUID(as_uuid=True), nullable=False),
        sa.Column("npi", sa.Text(), nullable=False),
        sa.Column("organization_id", UUID(as_uuid=True), nullable=False),
        sa.Column("granted_by", UUID(as_uuid=True)),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.user_id"]),
        sa.PrimaryKeyConstraint("association_id"),
    )
    op.create_index("look_up_association_list", "look_up_association", ["organization_id", "since", "association_id"])
    op.create_index(
        "look_up_association_one",
        "look_up_association",
        ["user_id", "npi"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.execute(
        "INSERT INTO look_up_association (association_id, user_id, npi, organization_id, since)"
        " SELECT gen_random_uuid(), g.user_id, e.npi, m.organization_id, min(g.effective)"
        " FROM user_grant g JOIN enrollment e USING (enrollment_id) JOIN membership m ON m.user_id = g.user_id"
        " WHERE g.permission = 'eligibility.mbi-look-up' GROUP BY g.user_id, e.npi, m.organization_id"
    )
