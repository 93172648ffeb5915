"""The servers and databases the other tests stand on keep what they promise."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from deploy.local.portal import LocalPortal
from libs.common.settings import SERVICES
from tests.support.platform import Database, PostgresqlServer


async def connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    return await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))


async def test_each_service_has_its_database_and_roles_with_the_rights_of_their_duty(
    postgresql_server: PostgresqlServer,
) -> None:
    settings = postgresql_server.settings
    for service in SERVICES:
        owner = await connect(settings.database(service, "owner"))
        await owner.execute("CREATE TABLE duty (id bigserial PRIMARY KEY, word text)")
        for role in ("web", "work"):
            user = await connect(settings.database(service, role))
            await user.execute("INSERT INTO duty (word) VALUES ('one')")
            await user.execute("UPDATE duty SET word = 'two'")
            await user.execute("DELETE FROM duty")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await user.execute("CREATE TABLE other (id integer)")
            bypasses = await user.fetchval("SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert bypasses == (role == "work")
            await user.close()
        await owner.execute("DROP TABLE duty")
        await owner.close()


async def test_a_role_of_one_service_does_not_get_into_the_database_of_another(
    postgresql_server: PostgresqlServer,
) -> None:
    foreign = postgresql_server.settings.database("claims", "work").rsplit("/", 1)[0] + "/appeals"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connect(foreign)


async def test_a_wrong_password_is_refused(postgresql_server: PostgresqlServer) -> None:
    address = postgresql_server.settings.database("claims", "web").split("@", 1)[1]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(f"postgresql://claims_web:wrong@{address}")


async def test_two_databases_of_one_service_do_not_see_each_other(
    database: Callable[[str], Awaitable[Database]],
) -> None:
    one, other = await database("portal"), await database("portal")
    owner = await connect(one.url("owner"))
    await owner.execute("CREATE TABLE mine (id integer)")
    await owner.close()
    user = await connect(other.url("work"))
    assert await user.fetchval("SELECT to_regclass('mine')") is None
    assert await user.fetchval("SELECT count(*) FROM alembic_version") == 1
    await user.close()


async def test_kafka_answers_and_is_empty(kafka_server: LocalPortal) -> None:
    assert {status.name: status.state for status in kafka_server.status()} == {"kafka": "ready"}
