"""Takes the files of the enrollment partners: each once, whole or not at all."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc.jwk import ECKey

from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.passwords import hash_password
from services.auth.access import repository as access
from services.auth.access.domain import GRANTABLE
from services.auth.access.handlers import certified_until, publish_organizations, publish_users
from services.auth.agreements.handlers import record
from services.auth.clients import repository as clients
from services.auth.feeds import repository
from services.auth.feeds.partner import (
    AccountFile,
    Delivered,
    EnrollmentFile,
    FedClient,
    FedEnrollment,
    FedUser,
    FeedFolder,
    FeedRefusedError,
)
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in
from services.auth.sign_in.tables import SECRET

IMPORT = "import-feeds"

_FIRST_YEAR = timedelta(days=365)


async def import_feeds(runtime: Runtime, _due: Due) -> None:
    """Take every new file, then ask to look again. A refused file is noted once and never read again."""
    folder = FeedFolder(runtime.settings)
    delivered = await asyncio.to_thread(lambda: list(folder.delivered()))
    async with runtime.database.work(runtime) as work:
        known = await repository.known(work, [each.digest for each in delivered])
    # Enrollments first: accounts are granted access to them.
    new = sorted(
        (each for each in delivered if each.digest not in known), key=lambda each: b'"accounts"' in each.content
    )
    for file in new:
        await _take(runtime, folder, file)
    async with runtime.database.work(runtime) as work:
        await work.schedule(IMPORT, "all", work.now + timedelta(seconds=auth_settings().feed_poll_seconds))


async def _take(runtime: Runtime, folder: FeedFolder, file: Delivered) -> None:
    try:
        content = folder.read(file)
    except FeedRefusedError as refusal:
        await _refuse(runtime, file, str(refusal))
        return
    if isinstance(content, AccountFile) and runtime.settings.profile == "cluster":
        await _refuse(runtime, file, "accounts-in-a-cluster")
        return
    hashes = await _hashes(runtime, content)
    async with runtime.database.work(runtime) as work:
        if not await repository.record(work, file.digest, file.name, "taken"):
            return
        if isinstance(content, EnrollmentFile):
            count = await _take_enrollments(work, content)
        else:
            count = await _take_accounts(work, content, hashes)
        work.audit("import", "feed", file.digest.hex()[:16])
    log.info("feed taken", count=count)


async def _refuse(runtime: Runtime, file: Delivered, reason: str) -> None:
    log.warning("feed refused", reason=reason)
    async with runtime.database.work(runtime) as work:
        # Without the partner's key nothing can be told about a file: it is looked at again when the key is there.
        if reason != "no-partner-key" and await repository.record(work, file.digest, file.name, "refused"):
            work.audit("import", "feed", file.digest.hex()[:16], outcome="refused", reason=reason)


async def _hashes(runtime: Runtime, content: EnrollmentFile | AccountFile) -> dict[UUID, str]:
    """The password hashes of a file's people, computed before the transaction: a quarter of a second each."""
    if isinstance(content, EnrollmentFile):
        return {}
    iterations = auth_settings().password_iterations
    return {
        user.user_id: await asyncio.to_thread(
            hash_password, user.password.get_secret_value(), runtime.keys, iterations=iterations
        )
        for user in content.users
    }


async def _take_enrollments(work: UnitOfWork, content: EnrollmentFile) -> int:
    changed = []
    for organization in sorted(content.organizations, key=lambda each: each.organization_id):
        organization_id = organization.organization_id
        row = {
            "organization_id": organization_id,
            "kind": organization.kind,
            "name": organization.name,
            "submitter_id": organization.submitter_id,
        }
        differs = await access.put_organization(work, row)
        differs |= await access.put_enrollments(
            work, organization_id, [_row(each) for each in organization.enrollments]
        )
        differs |= await access.put_vendors(work, organization_id, organization.vendors)
        if differs:
            changed.append(organization_id)
    await publish_organizations(work, changed)
    return len(changed)


def _row(enrollment: FedEnrollment) -> dict[str, Any]:
    return enrollment.model_dump()


async def _take_accounts(work: UnitOfWork, content: AccountFile, hashes: dict[UUID, str]) -> int:
    """Add the accounts that do not exist. One that does belongs to the portal: a file never changes it back."""
    added = []
    for user in content.users:
        if await _add(work, user, kind="person", login=user.login.lower(), email=user.email):
            await sign_in.put_credential(work, user.user_id, hashes[user.user_id])
            secret = user.totp_secret.get_secret_value()
            sealed = SECRET.seal(work.runtime.keys, secret, user.user_id)
            await sign_in.put_factor(work, user.user_id, sealed)
            if user.rules_accepted:
                await record(work, user.user_id, user.role, means="account-file")
            added.append(user.user_id)
    for client in content.clients:
        if await _add(work, client, kind="client", login=client.client_id, email=""):
            key = ECKey.import_key(client.public_key)
            await clients.add_client(work, client.client_id, client.user_id, dict(key.as_dict(private=False)))
            added.append(client.user_id)
    await publish_users(work, added)
    return len(added)


async def _add(work: UnitOfWork, account: FedUser | FedClient, *, kind: str, login: str, email: str) -> bool:
    row = {
        "user_id": account.user_id,
        "kind": kind,
        "login": login,
        "name": account.name,
        "email": email,
        "state": "active",
        # A person accepts them before anything else. A client is a program: nobody reads there.
        "rules_of_behavior_until": work.now if kind == "person" else work.now + _FIRST_YEAR,
        "training_until": work.now + _FIRST_YEAR,
        "created_at": work.now,
    }
    if not await access.add_user(work, row, organization_id=account.organization_id, role=account.role):
        return False
    await access.add_grants(work, _grants(work, account))
    return True


def _grants(work: UnitOfWork, account: FedUser | FedClient) -> list[dict[str, Any]]:
    days = account.certified_days if isinstance(account, FedUser) else None
    until = certified_until(work, days)
    return [
        access.grant_row(
            account.user_id, each.enrollment_id, each.permission, now=work.now, certified_until=until, by=None
        )
        for each in account.grants
        if each.permission in GRANTABLE
    ]
