from tests.support.migrations import differences


async def test_the_migrations_make_exactly_the_tables_the_code_declares(postgresql_server: object) -> None:
    assert await differences("eligibility", postgresql_server) == []
