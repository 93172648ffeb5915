"""The partners' files: believed only with the partner's signature, taken once, and never half."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from libs.common.messaging.subscriptions import Due
from libs.common.settings import Settings
from services.auth.access.tables import enrollment, organization, user_account
from services.auth.factors.tables import totp
from services.auth.feeds.handlers import import_feeds
from services.auth.feeds.tables import feed_file
from services.auth.sign_in.tables import credential
from simulators.enrollment_feeds.files import deliver, enrollment_file, install_partner_key
from tests.support.auth import BILLER, POPULATION, RIVERSIDE, Auth, auth_with_people, deliver_feeds


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[Settings]]) -> AsyncIterator[Auth]:
    async with auth_with_people(await databases("auth")) as running:
        yield running


async def take(auth: Auth) -> None:
    await import_feeds(auth.work, Due("import-feeds", "all", auth.clock.now(), {}, 0))


def folder(auth: Auth) -> Path:
    return auth.work.settings.state_directory / "feeds"


async def test_taking_the_same_files_again_changes_nothing(auth: Auth) -> None:
    await take(auth)
    assert await auth.copy_access() == []
    assert {row.outcome for row in await auth.rows(feed_file)} == {"taken"}
    assert len(await auth.rows(user_account)) == len(POPULATION.users) + len(POPULATION.api_clients)


async def test_a_deactivation_reaches_the_organization_and_raises_its_epoch(auth: Auth) -> None:
    deliver_feeds(auth.work.settings, inactive=(RIVERSIDE.enrollments[0].ptan,))
    await take(auth)
    (record,) = [each.event for each in await auth.copy_access()]
    assert (record.organization_id, record.epoch, record.version) == (RIVERSIDE.organization_id, 2, 2)
    assert not record.enrollments[0].pecos_active


async def test_an_enrollment_that_is_no_longer_delivered_is_no_longer_active(auth: Auth) -> None:
    changed = (RIVERSIDE.__class__(**{**_fields(RIVERSIDE), "enrollments": ()}),)
    settings = auth.work.settings
    deliver(settings.state_directory, "later.json", enrollment_file(changed), _partner_key(auth))
    await take(auth)
    rows = {row.enrollment_id: row.pecos_active for row in await auth.rows(enrollment)}
    assert rows[RIVERSIDE.enrollments[0].enrollment_id] is False


@pytest.mark.parametrize("damage", ["content", "signature", "stranger", "form"])
async def test_a_file_that_is_not_the_partners_is_refused_whole_and_noted(auth: Auth, damage: str) -> None:
    before = await auth.rows(organization)
    content = enrollment_file([POPULATION.provider_organization(7)])
    key = ec.generate_private_key(ec.SECP256R1()) if damage == "stranger" else _partner_key(auth)
    deliver(auth.work.settings.state_directory, "odd.json", b'{"kind": "odd"}' if damage == "form" else content, key)
    if damage == "content":
        (folder(auth) / "odd.json").write_bytes(content.replace(b'"B"', b'"A"'))
    if damage == "signature":
        (folder(auth) / "odd.json.sig").write_bytes(b"not base64!")
    await take(auth)
    await take(auth)
    assert await auth.rows(organization) == before
    refused = [row for row in await auth.audited() if row[:3] == ("import", "feed", "refused")]
    assert [row[3] for row in refused] == ["form" if damage == "form" else "signature"]


async def test_accounts_that_exist_are_the_portals_own(auth: Auth) -> None:
    (folder(auth) / "accounts.json").unlink()
    async with auth.work.database.work(auth.work) as work:
        await work.execute(
            user_account.update().where(user_account.c.user_id == BILLER.user_uuid).values(name="New Name")
        )
    deliver_feeds(auth.work.settings)
    await take(auth)
    names = {row.user_id: row.name for row in await auth.rows(user_account)}
    assert names[BILLER.user_uuid] == "New Name"


async def test_first_accounts_are_never_taken_in_a_cluster(auth: Auth) -> None:
    settings = auth.work.settings
    auth.work.settings = settings.model_copy(update={"profile": "cluster"})
    (folder(auth) / "accounts.json").unlink()
    deliver_feeds(settings)
    await take(auth)
    assert ("import", "feed", "refused", "accounts-in-a-cluster") in await auth.audited()


async def test_passwords_and_factors_are_stored_hashed_and_sealed(auth: Auth) -> None:
    hashes = [row.password_hash for row in await auth.rows(credential)]
    assert all(text.startswith("$pbkdf2-sha512$i=1000,k=1$") for text in hashes)
    assert not any(BILLER.password in text for text in hashes)
    assert not any(BILLER.totp_secret in row.secret for row in await auth.rows(totp))


def _partner_key(auth: Auth) -> ec.EllipticCurvePrivateKey:
    return install_partner_key(auth.work.settings.state_directory)


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]
