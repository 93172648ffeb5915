import pytest
from sqlalchemy import text

from libs.common.settings import SERVICES
from tests.support.migrations import (
    SCHEMAS,
    WITH_A_FIRST_SCHEMA,
    database_of_the_first_schema,
    database_of_today,
    differences,
    shape,
)
from tests.support.platform import PostgresqlServer

AUDITED = (
    "INSERT INTO audit VALUES ('01932f00-0000-7000-8000-000000000001', '2026-11-20T12:00:00Z', 'read', 'claim', 'C-1',"
    " 'done', '', 'user:1', NULL, 'claims.read', '', '', '')"
)
COPIED = (SCHEMAS / "access.rows.sql").read_text(encoding="utf-8")
PARKED = (
    "INSERT INTO parked"
    " (consumer, partition_key, event_id, topic, headers, payload, state, error_class, attempts, next_at)"
    " SELECT 'worker', key, gen_random_uuid(), 't', '', '', state, '', 1, '2026-11-20T12:00:00Z'"
    " FROM (VALUES ('a', 'held'), ('a', 'waiting'), ('b', 'waiting')) AS of_key (key, state)"
)
RECEIVED = "INSERT INTO inbox (consumer, event_id) VALUES ('worker', '01932f00-0000-7000-8000-000000000002')"


@pytest.mark.parametrize("service", SERVICES)
async def test_the_migrations_make_exactly_the_tables_the_code_declares(
    postgresql_server: PostgresqlServer, service: str
) -> None:
    async with database_of_today(postgresql_server, service) as connection:
        assert await differences(connection, service) == []


@pytest.mark.parametrize("service", WITH_A_FIRST_SCHEMA)
async def test_a_database_of_the_first_schema_becomes_the_same_and_keeps_its_rows(
    postgresql_server: PostgresqlServer, service: str
) -> None:
    async with database_of_today(postgresql_server, service) as today:
        wanted = await shape(today)
    async with database_of_the_first_schema(postgresql_server, service, (AUDITED, RECEIVED)) as grown:
        assert await shape(grown) == wanted
        kept = (
            "SELECT (SELECT count(*) FROM audit), (SELECT count(*) FROM audit_unsealed), (SELECT count(*) FROM inbox)"
        )
        assert tuple((await grown.execute(text(kept))).one()) == (1, 1, 1)


async def test_keys_that_waited_wait_on(postgresql_server: PostgresqlServer) -> None:
    async with database_of_the_first_schema(postgresql_server, "claims", (PARKED,)) as grown:
        keys = await grown.execute(text("SELECT partition_key, due_at IS NOT NULL FROM waiting_key ORDER BY 1"))
        assert [tuple(row) for row in keys] == [("a", False), ("b", True)]


async def test_rows_come_into_their_months_and_behind_row_security(postgresql_server: PostgresqlServer) -> None:
    claim = (SCHEMAS / "claims.rows.sql").read_text(encoding="utf-8")
    async with database_of_the_first_schema(postgresql_server, "claims", (claim, AUDITED)) as grown:
        await grown.execute(text("ALTER TABLE claim NO FORCE ROW LEVEL SECURITY"))
        places = (
            "SELECT tableoid::regclass::text FROM claim UNION SELECT tableoid::regclass::text FROM audit ORDER BY 1"
        )
        assert (await grown.execute(text(places))).scalars().all() == ["audit_2024_11", "claim_2024_12"]
        forced = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relname LIKE 'claim\\__%' ORDER BY 1"
        rules = (await grown.execute(text(forced))).scalars().all()
        assert rules == ["claim_finding", "claim_line", "claim_status"]


async def test_the_copy_of_access_comes_into_its_pieces(postgresql_server: PostgresqlServer) -> None:
    statement = (
        "SELECT u.document, g.grants, o.document, e.document, e.npi, e.tax_id FROM access_user u, access_grant g,"
        " access_organization o, access_enrollment e"
    )
    async with database_of_the_first_schema(postgresql_server, "claims", (COPIED,)) as grown:
        [(user, grants, organization, enrollment, npi, tax_id)] = await grown.execute(text(statement))
    assert (user, organization) == ({"state": "active"}, {"name": "Clinic"})
    assert [each["permission"] for each in grants] == ["claims.status"]
    assert (enrollment["npi"], npi, tax_id) == ("1234567893", "1234567893", "")
