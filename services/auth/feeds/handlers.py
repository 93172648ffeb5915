"""Takes the files of the enrollment partners in their order: each once, and every row of it that can be believed."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from joserfc.jwk import ECKey

from libs.common.errors import Rejected, nothing_here
from libs.common.messaging.subscriptions import Due
from libs.common.observability.alarms import report_feed
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.passwords import hash_password
from libs.common.web.permit import Permit
from services.auth.access import repository as access
from services.auth.access.domain import GRANTABLE
from services.auth.access.handlers import certified_until, publish_organizations, publish_users
from services.auth.agreements.handlers import record
from services.auth.clients import repository as clients
from services.auth.factors.handlers import add_device
from services.auth.feeds import repository
from services.auth.feeds.domain import SOURCES, Header, Standing, closes, in_order, too_small
from services.auth.feeds.partner import (
    RECORDS,
    AccountFile,
    AgreementRow,
    Delivered,
    EnrollmentRow,
    Fault,
    FedClient,
    FedUser,
    FeedFolder,
    FeedRefusedError,
    PartnerFile,
    PartnerRow,
    RecordKind,
    Row,
)
from services.auth.settings import auth_settings
from services.auth.sign_in import repository as sign_in

IMPORT, LATE, CLOSE = "import-feeds", "feed-late", "close-enrollment"

_FIRST_YEAR = timedelta(days=365)
_PLACES = {source: place for place, source in enumerate(SOURCES)}


async def import_feeds(runtime: Runtime, _due: Due) -> None:
    """Take every new file, then ask to look again. A refused file is noted once and never read again."""
    folder = FeedFolder(runtime.settings)
    delivered = await asyncio.to_thread(lambda: list(folder.delivered()))
    async with runtime.database.work(runtime) as work:
        seen = await repository.outcomes(work, [each.digest for each in delivered])
    opened = []
    for file in delivered:
        if seen.get(file.digest) in (None, "waiting", "released"):
            try:
                opened.append((file, await asyncio.to_thread(folder.read, file)))
            except FeedRefusedError as refusal:
                await _refuse(runtime, file, str(refusal))
    for file, content in sorted(opened, key=lambda each: _place(each[1])):
        if isinstance(content, PartnerFile):
            async with runtime.database.work(runtime) as work:
                await _take_file(work, file, content, let_in=seen.get(file.digest) == "released")
        else:
            await _take_account_file(runtime, file, content)
    async with runtime.database.work(runtime) as work:
        await work.schedule(IMPORT, "all", work.now + timedelta(seconds=auth_settings().feed_poll_seconds))


def _place(content: PartnerFile | AccountFile) -> tuple[int, int]:
    """In which order files are taken: enrollments, agreements about them, accounts that are granted access to them."""
    if isinstance(content, AccountFile):
        return len(SOURCES), 0
    return _PLACES[content.header.source], content.header.sequence


async def feed_late(work: UnitOfWork, due: Due) -> None:
    """Call an operator: a source has delivered nothing for too long. Timer; every file that is taken moves it."""
    report_feed(due.subject, "late")
    work.audit("miss", "feed", due.subject)
    await work.schedule(LATE, due.subject, work.now + timedelta(hours=auth_settings().feed_late_hours))


async def decide_file(permit: Permit, file_id: UUID, verdict: Literal["take", "refuse"]) -> None:
    """Let a held file in, or refuse it. A file that is let in is taken within seconds, if it is still next.

    Raises `Rejected`: 404 for no such file, 409 when it is not held any more.
    """
    work = permit.work
    file = await repository.file(work, file_id)
    if file is None:
        raise nothing_here()
    if file.outcome != "held":
        raise Rejected("form-outdated", "This file is not held any more. Open the list again.", status=409)
    await repository.decide(work, file_id, "released" if verdict == "take" else "dropped", permit.principal.user_id)
    work.audit("release" if verdict == "take" else "drop", "feed", file.name)
    if verdict == "take":
        await work.schedule(IMPORT, "all", work.now)


async def _refuse(runtime: Runtime, file: Delivered, reason: str) -> None:
    if reason == "no-partner-key":
        # Without the partner's key nothing can be told about a file: it is looked at again when the key is there.
        log.warning("feed refused", reason=reason)
        return
    async with runtime.database.work(runtime) as work:
        await _note(work, file, None, "refused", reason)


async def _note(
    work: UnitOfWork,
    file: Delivered,
    content: PartnerFile | None,
    outcome: Literal["refused", "waiting", "held"],
    reason: str,
) -> None:
    """Write why a file is not taken, and call a person: once, however often it is looked at."""
    facts = {} if content is None else _facts(content)
    if await repository.put_outcome(work, file.digest, file.name, outcome, reason=reason, **facts):
        work.audit("import", "feed", file.name, outcome="refused", reason=reason)
        source = content.header.source if content else "unknown"
        work.after_commit(lambda: report_feed(source, reason))


def _facts(content: PartnerFile) -> dict[str, Any]:
    header = content.header
    return {
        "source": header.source,
        "extent": header.extent,
        "sequence": header.sequence,
        "rows": content.size,
    }


async def _take_file(work: UnitOfWork, file: Delivered, content: PartnerFile, *, let_in: bool) -> None:
    header = content.header
    order = in_order(header, await repository.last_sequence(work, header.source))
    if order == "gap":
        await _note(work, file, content, "waiting", "gap")
        return
    if order != "next":
        await _note(work, file, content, "refused", order)
        return
    known = {kind: await repository.records(work, kind) for kind in RECORDS[header.source]}
    first = RECORDS[header.source][0]
    small = too_small(header, content.size, len(known[first]), least_percent=auth_settings().feed_least_percent)
    if small and not let_in:
        await _note(work, file, content, "held", small)
        return
    file_id = await repository.put_outcome(work, file.digest, file.name, "taken", **_facts(content))
    if file_id is None:
        return
    changed = await _take_rows(work, content, known)
    await _keep_faults(work, file_id, header, content)
    await work.schedule(LATE, header.source, work.now + timedelta(hours=auth_settings().feed_late_hours))
    work.audit("import", "feed", file.name)
    log.info("feed taken", kind=header.source, sequence=header.sequence, count=changed)


async def _keep_faults(work: UnitOfWork, file_id: UUID, header: Header, content: PartnerFile) -> None:
    told = None if header.extent == "full" else [each.key[1] for each in content.rows]
    await repository.settle_faults(work, header.source, told)
    repository.add_faults(work, [_fault_row(file_id, header, each) for each in content.faults])
    if content.faults:
        work.after_commit(lambda: report_feed(header.source, "rows"))


def _fault_row(file_id: UUID, header: Header, fault: Fault) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "number": fault.number,
        "source": header.source,
        "record_id": fault.record_id,
        "about": fault.about,
        "fields": list(fault.fields),
    }


async def _take_rows(
    work: UnitOfWork, content: PartnerFile, known: dict[RecordKind, dict[UUID, dict[str, Any]]]
) -> int:
    """Keep what the rows say, and bring access to it. How many records differ from before."""
    told = {kind: {each.key[1]: each for each in content.rows if each.key[0] == kind} for kind in known}
    changed: dict[RecordKind, set[UUID]] = {}
    for kind, before in known.items():
        contents = {each: row.model_dump(mode="json") for each, row in told[kind].items()}
        new = {each: row for each, row in contents.items() if before.get(each) != row}
        gone = content.missing(kind, before)
        await repository.put_records(work, kind, new)
        await repository.delete_records(work, kind, gone)
        changed[kind] = new.keys() | gone
    organizations: set[UUID] = set()
    if content.header.source == "pecos":
        organizations = await _bring(work, changed["enrollment"])
        await _tell_standings(work, known["enrollment"], changed["enrollment"])
    else:
        organizations = await _bring_partners(work, [told["partner"][each] for each in changed["partner"]])
        organizations |= await _bring(work, changed["agreement"])
        organizations |= await _bring_vendors(work, known["agreement"], changed["agreement"])
    await publish_organizations(work, sorted(organizations))
    return sum(map(len, changed.values()))


async def _bring_partners(work: UnitOfWork, rows: Iterable[Row]) -> set[UUID]:
    found = set()
    for each in rows:
        if isinstance(each, PartnerRow) and await _named(
            work, each.organization_id, each.kind, each.name, each.submitter_id
        ):
            found.add(each.organization_id)
    return found


async def _named(work: UnitOfWork, organization_id: UUID, kind: str, name: str, submitter_id: str = "") -> bool:
    row = {"organization_id": organization_id, "kind": kind, "name": name, "submitter_id": submitter_id}
    return await access.put_organization(work, row)


async def _bring(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> set[UUID]:
    """Bring enrollments to what PECOS and the EDI department now say of them. Which organizations that changes."""
    rows = await _enrollment_rows(work, enrollment_ids)
    agreements = await _agreement_rows(work, enrollment_ids)
    organizations = await access.close_enrollments(work, set(enrollment_ids) - rows.keys())
    for enrollment_id, row in sorted(rows.items()):
        if await _named(work, row.organization_id, "provider", row.organization):
            organizations.add(row.organization_id)
        values = _enrollment(work, row, agreements.get(enrollment_id))
        organizations |= await access.put_enrollment(work, values)
    return organizations


async def _enrollment_rows(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> dict[UUID, EnrollmentRow]:
    found = await repository.records(work, "enrollment", enrollment_ids)
    return {each: EnrollmentRow.model_validate(row) for each, row in found.items()}


async def _agreement_rows(work: UnitOfWork, enrollment_ids: Collection[UUID]) -> dict[UUID, AgreementRow]:
    found = await repository.records(work, "agreement", enrollment_ids)
    return {each: AgreementRow.model_validate(row) for each, row in found.items()}


def _enrollment(work: UnitOfWork, row: EnrollmentRow, agreement: AgreementRow | None) -> dict[str, Any]:
    """An enrollment as the decision sees it. What closes it on a day to come ends it on that day."""
    closing = closes(row.facts)
    at = _closing_time(work, closing) if closing else None
    return {
        "enrollment_id": row.enrollment_id,
        "organization_id": row.organization_id,
        "npi": row.npi,
        "tax_id": row.tax_id,
        "ptan": row.ptan,
        "line_of_business": row.line_of_business,
        "pecos_active": at is None or at > work.now,
        "edi_agreement_signed": agreement is not None and agreement.signed,
        "submitters": list(agreement.submitters) if agreement else [],
        "effective": row.effective,
        "ends": min((each for each in (row.ends, at) if each), default=None),
    }


def _closing_time(work: UnitOfWork, closing: Standing) -> datetime:
    """When a standing closes an enrollment: as its day begins where the contractor is; at once without a day."""
    if closing.day is None:
        return work.now
    return datetime.combine(closing.day, time(), work.runtime.deployment.zone).astimezone(UTC)


async def _tell_standings(work: UnitOfWork, before: Mapping[UUID, dict[str, Any]], changed: Collection[UUID]) -> None:
    """Record which enrollments were opened or closed by PECOS. What closes one on a day to come does so on that day."""
    rows = await _enrollment_rows(work, changed)
    for enrollment_id in sorted(changed):
        was = EnrollmentRow.model_validate(before[enrollment_id]).facts if enrollment_id in before else None
        now = rows[enrollment_id].facts if enrollment_id in rows else None
        closed, closing = closes(was), closes(now)
        if closing == closed:
            continue
        if closing is not None and (at := _closing_time(work, closing)) > work.now:
            await work.schedule(CLOSE, enrollment_id, at, {"day": str(closing.day)})
        elif closing is not None:
            await _close(work, enrollment_id, closing)
        elif closed is not None and _closing_time(work, closed) <= work.now:
            work.audit("open", "enrollment", enrollment_id)


async def close_enrollment(work: UnitOfWork, due: Due) -> None:
    """Timer: close an enrollment on the day that PECOS told before, if PECOS still says so.

    The enrollment was refused from the beginning of that day on; from now its access lapses too (42 CFR 424.535(g): a
    revocation counts 30 days after its notice, some at once).
    """
    enrollment_id = UUID(due.subject)
    row = (await _enrollment_rows(work, [enrollment_id])).get(enrollment_id)
    closing = closes(row.facts) if row else None
    if closing is None or str(closing.day) != due.payload["day"] or _closing_time(work, closing) > work.now:
        return
    await publish_organizations(work, sorted(await _bring(work, [enrollment_id])))
    await _close(work, enrollment_id, closing)


async def _close(work: UnitOfWork, enrollment_id: UUID, closing: Standing) -> None:
    """Record that an enrollment is closed; what does not come back with it counts no longer."""
    work.audit("close", "enrollment", enrollment_id, reason=closing.name)
    if closing.effect.certify_again:
        await publish_users(work, await access.lapse_certifications(work, enrollment_id))


async def _bring_vendors(
    work: UnitOfWork, before: Mapping[UUID, dict[str, Any]], changed: Collection[UUID]
) -> set[UUID]:
    """Bring whom providers let act for them to their agreements, where these name others than before."""
    rows = await _agreement_rows(work, changed)
    differ = [
        each
        for each in changed
        if {str(vendor) for vendor in (rows[each].vendors if each in rows else ())}
        != set(before.get(each, {}).get("vendors", ()))
    ]
    found = set()
    for organization_id, vendors in (await repository.vendors_named(work, differ)).items():
        if await access.put_vendors(work, organization_id, sorted(vendors)):
            found.add(organization_id)
    return found


async def _take_account_file(runtime: Runtime, file: Delivered, content: AccountFile) -> None:
    if runtime.settings.profile == "cluster":
        await _refuse(runtime, file, "accounts-in-a-cluster")
        return
    hashes = await _hashes(runtime, content)
    async with runtime.database.work(runtime) as work:
        if await repository.put_outcome(work, file.digest, file.name, "taken"):
            count = await _take_accounts(work, content, hashes)
            work.audit("import", "feed", file.name)
            log.info("feed taken", kind="accounts", count=count)


async def _hashes(runtime: Runtime, content: AccountFile) -> dict[UUID, str]:
    """The password hashes of a file's people, computed before the transaction: a quarter of a second each."""
    iterations = auth_settings().password_iterations
    return {
        user.user_id: await asyncio.to_thread(
            hash_password, user.password.get_secret_value(), runtime.keys, iterations=iterations
        )
        for user in content.users
    }


async def _take_accounts(work: UnitOfWork, content: AccountFile, hashes: dict[UUID, str]) -> int:
    """Add the accounts that do not exist. One that does belongs to the portal: a file never changes it back."""
    added = []
    for user in content.users:
        if await _add(work, user, kind="person", login=user.login.lower(), email=user.email):
            await sign_in.put_credential(work, user.user_id, hashes[user.user_id])
            add_device(work, user.user_id, "Authenticator app", user.totp_secret.get_secret_value())
            if user.rules_accepted:
                await record(work, user.user_id, user.role)
            added.append(user.user_id)
    for client in content.clients:
        if await _add(work, client, kind="client", login=client.client_id, email=""):
            key = ECKey.import_key(client.public_key)
            await clients.add_client(work, client.client_id, client.user_id)
            told = dict(key.as_dict(private=False))
            await clients.add_key(work, client.client_id, key.thumbprint(), told, added_by=None)
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
        # A person signs before anything else. A client is a program: nobody reads there.
        **dict.fromkeys(
            ("rules_of_behavior_until", "training_until", "code_sets_until"),
            work.now if kind == "person" else work.now + _FIRST_YEAR,
        ),
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
