"""Takes requests for HETS EDI enrollments, tells CMS of each, and keeps a copy of CMS's list.

A request is written down first and sent by a job; HETS may be asked once CMS has answered it. Whoever asks too early
would be blocked for a day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.contracts.eligibility import HetsAttestationDue, HetsEnrollmentChanged, HetsNotice
from libs.common.contracts.sealed import OFFICIAL
from libs.common.contracts.sealed import Contact as Told
from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.web.permit import Permit
from libs.common.web.signing import by_a_person, name_fault
from libs.partners.hets_enrollment import Change, Link
from services.eligibility.enrollment import repository
from services.eligibility.enrollment.domain import (
    NOBODY_ASKS,
    NOT_KNOWN_NOW,
    REFRESH,
    REFUSED,
    REMIND,
    RULES_VERSION,
    SEND,
    SUBMITTER_ID,
    TOLD,
    Asked,
    Attestation,
    Contact,
    HetsLink,
    HetsRequest,
    Judged,
    Kind,
    Provider,
    Row,
    Vendor,
    a_year_after,
    attestation_of,
    contact_faults,
    end_faults,
    enrollment_faults,
    list_fault,
    meant,
    provider_faults,
    reminder,
    row_fault,
)
from services.eligibility.enrollment.partner import (
    EnrollmentOffice,
    EnrollmentOfficeUnavailableError,
    EnrollmentRefusedError,
)
from services.eligibility.enrollment.tables import CONTACT
from services.eligibility.enrollment.views import found_provider, our_submitter
from services.eligibility.settings import eligibility_settings

_SOON = timedelta(seconds=5)
_LOOK_EVERY = timedelta(hours=6)
_OFFICIAL = "authorized or delegated official"
_CORRECT = "Correct the fields below, then send the enrollment again."
_CORRECT_LIST = "Correct the fields below, then send the list again."
_ON_ITS_WAY = "CMS is being told of another change for this NPI. Open this page again in a minute."


async def vendor_of(runtime: Runtime, submitter: str) -> Vendor:
    """Who asks HETS under an ID, as CMS says. Asks CMS: no transaction may be open."""
    if submitter == our_submitter(runtime):
        return Vendor(runtime.deployment.contractor)
    if not SUBMITTER_ID.fullmatch(submitter):
        return Vendor()
    try:
        name = await EnrollmentOffice(runtime.settings).submitter_name(submitter)
    except EnrollmentOfficeUnavailableError as error:
        log.warning("submitter not looked up", reason=str(error))
        return NOT_KNOWN_NOW
    return Vendor(name) if name else NOBODY_ASKS


async def check_enrollment(permit: Permit, enrollment_id: str, asked: Asked) -> Provider:
    """The NPI and PTAN, when all that is asked for is right and a person signs it.

    Raises `Rejected` (403 for a program, 404, or 422 with what to correct).
    """
    by_a_person(permit, "enroll", "hets-enrollment", permit.principal.organization_id)
    work, provider = permit.work, await found_provider(permit, enrollment_id)
    links = (await repository.links(work, [provider.npi])).get(provider.npi, ())
    faults = provider_faults(provider) | enrollment_faults(asked, links, work.runtime.today) | _signed(permit, asked)
    await _refuse(permit, "enroll", provider, faults)
    return provider


async def enroll(permit: Permit, enrollment_id: str, asked: Asked) -> UUID:
    """Ask CMS to link an NPI to a submitter; the id of the request. Raises as `check_enrollment`."""
    provider = await check_enrollment(permit, enrollment_id, asked)
    if asked.effective is None or asked.offshore is None:
        raise TypeError("what is missing was not refused")
    link = HetsLink(asked.submitter, provider.npi, asked.effective, asked.ends, a_year_after(asked.effective))
    return await _ask(permit, "enroll", provider, link, asked.contact, offshore=asked.offshore, signer=asked.signer)


def _signed(permit: Permit, asked: Asked) -> dict[str, str]:
    fault = name_fault(permit, asked.signer)
    return {"signer": fault} if fault else {}


async def judge(permit: Permit, rows: Sequence[Row], asked: Asked) -> list[Judged]:
    """Each line of a list by itself.

    Raises `Rejected`: 403 for a program, 422 for what is wrong with the form or the list as a whole.
    """
    work, organization_id = permit.work, permit.principal.organization_id
    by_a_person(permit, "enroll", "hets-enrollment", organization_id)
    fault = list_fault(rows)
    faults = enrollment_faults(asked, (), work.runtime.today) | _signed(permit, asked)
    faults |= {"rows": fault} if fault else {}
    if faults:
        work.audit("enroll", "hets-enrollment", organization_id, outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", _CORRECT, fields=faults)
    npis = [row.npi for row in rows if not row.fault]
    providers = await repository.providers_of(work, organization_id, npis)
    links = await repository.links(work, npis)
    sending = await repository.sending(work, organization_id, npis)
    judged, first = [], dict[str, int]()
    for row in rows:
        meets = meant(row, providers)
        of_npi = links.get(row.npi, ())
        fault = row_fault(row, meets, asked, of_npi, work.runtime.today, sending=row.npi in sending)
        line = first.setdefault(row.npi, row.number)
        if not fault and line != row.number:
            fault = f"Line {line} has this NPI already."
        offshore = asked.offshore if row.offshore is None else row.offshore
        judged.append(Judged(row, bool(offshore), meets[0] if len(meets) == 1 else None, fault))
    return judged


async def enroll_several(permit: Permit, rows: Sequence[Row], asked: Asked, *, ready: int) -> int:
    """Ask CMS to link every NPI of a list that is right; how many these are.

    Raises as `judge`, and `Rejected` (409) when they are not the `ready` ones that were shown: nothing is asked then.
    """
    judged = [each for each in await judge(permit, rows, asked) if not each.fault]
    if len(judged) != ready or not judged:
        sentence = f"{len(judged)} of these NPIs can be enrolled now, not {ready} as before. Review the list again."
        permit.work.audit("enroll", "hets-enrollment", "list", outcome="refused", reason="form-outdated")
        raise Rejected("form-outdated", sentence, status=409, fields={"rows": sentence})
    for each in judged:
        if each.provider is None or asked.effective is None:
            raise TypeError("what is missing was not refused")
        until = a_year_after(asked.effective)
        link = HetsLink(asked.submitter, each.provider.npi, asked.effective, asked.ends, until)
        await _ask(permit, "enroll", each.provider, link, asked.contact, offshore=each.offshore, signer=asked.signer)
    return len(judged)


async def end(
    permit: Permit, enrollment_id: str, submitter: str, effective: date, ends: date | None, contact: Contact
) -> UUID:
    """Ask CMS to end an enrollment on a day; the id of the request. Raises `Rejected` (404 or 422)."""
    provider = await found_provider(permit, enrollment_id)
    link = await _link(permit, provider, submitter, effective)
    await _refuse(permit, "end", provider, end_faults(link, ends, permit.work.runtime.today) | contact_faults(contact))
    changed = HetsLink(link.submitter, link.npi, link.effective, ends, link.attested_until)
    return await _ask(permit, "end", provider, changed, contact)


async def attest(permit: Permit, enrollment_id: str, submitter: str, effective: date, contact: Contact) -> UUID:
    """Attest an enrollment for a year from today; the id of the request. Raises `Rejected` (404 or 422)."""
    provider = await found_provider(permit, enrollment_id)
    link, today = await _link(permit, provider, submitter, effective), permit.work.runtime.today
    faults = {"": "This enrollment has ended."} if link.over(today) else contact_faults(contact)
    await _refuse(permit, "attest", provider, faults)
    changed = HetsLink(link.submitter, link.npi, link.effective, link.ends, a_year_after(today))
    return await _ask(permit, "attest", provider, changed, contact)


async def judge_attestations(
    permit: Permit, rows: Sequence[Row], submitter: str, contact: Contact
) -> list[Attestation]:
    """Each line of a list by itself. Raises `Rejected` (422) for what is wrong with the list or the e-mail address."""
    work, organization_id = permit.work, permit.principal.organization_id
    fault = list_fault(rows)
    faults = contact_faults(contact) | ({"rows": fault} if fault else {})
    if faults:
        work.audit("attest", "hets-enrollment", organization_id, outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", _CORRECT_LIST, fields=faults)
    npis = [row.npi for row in rows if not row.fault]
    providers = await repository.providers_of(work, organization_id, npis)
    links = await repository.links(work, npis)
    sending = await repository.sending(work, organization_id, npis)
    judged, first = [], dict[str, int]()
    for row in rows:
        one = attestation_of(
            row,
            meant(row, providers),
            links.get(row.npi, ()),
            submitter,
            work.runtime.today,
            sending=row.npi in sending,
        )
        line = first.setdefault(row.npi, row.number)
        judged.append(one if line == row.number else replace(one, fault=f"Line {line} has this NPI already."))
    return judged


async def attest_several(
    permit: Permit, rows: Sequence[Row], submitter: str, contact: Contact, *, ready: int | None = None
) -> list[tuple[Attestation, UUID | None]]:
    """Attest every enrollment of a list that is right for a year from today; each with its request, if there is one.

    Raises as `judge_attestations`, and `Rejected` (409) when they are not the `ready` ones that were shown.
    """
    judged = await judge_attestations(permit, rows, submitter, contact)
    right = sum(not each.fault for each in judged)
    if ready is not None and (right != ready or not right):
        sentence = f"{right} of these enrollments can be attested now, not {ready} as before. Review the list again."
        permit.work.audit("attest", "hets-enrollment", "list", outcome="refused", reason="form-outdated")
        raise Rejected("form-outdated", sentence, status=409, fields={"rows": sentence})
    until, made = a_year_after(permit.work.runtime.today), []
    for each in judged:
        request_id = None
        if not each.fault and each.provider is not None and each.link is not None:
            link = replace(each.link, attested_until=until)
            request_id = await _ask(permit, "attest", each.provider, link, contact)
        made.append((each, request_id))
    return made


async def _link(permit: Permit, provider: Provider, submitter: str, effective: date) -> HetsLink:
    for link in (await repository.links(permit.work, [provider.npi])).get(provider.npi, ()):
        if (link.submitter, link.effective) == (submitter, effective):
            return link
    raise Rejected("form-outdated", "CMS lists no such enrollment any more. Open the page again.", status=409)


async def _refuse(permit: Permit, kind: Kind, provider: Provider, faults: dict[str, str]) -> None:
    work = permit.work
    if not faults and await repository.sending(work, permit.principal.organization_id, [provider.npi]):
        faults = {"": _ON_ITS_WAY}
    if faults:
        work.audit(kind, "hets-enrollment", provider.enrollment_id, outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", _CORRECT, fields=faults)


async def _ask(
    permit: Permit,
    kind: Kind,
    provider: Provider,
    link: HetsLink,
    contact: Contact,
    *,
    offshore: bool = False,
    signer: str = "",
) -> UUID:
    work, request_id = permit.work, permit.work.runtime.ids.new()
    await repository.add_request(
        work,
        {
            "request_id": request_id,
            "organization_id": permit.principal.organization_id,
            "npi": provider.npi,
            "ptan": provider.ptan,
            "kind": kind,
            "submitter": link.submitter,
            "effective": link.effective,
            "ends": link.ends,
            "attested_until": link.attested_until,
            "offshore": offshore,
            "contact": CONTACT.seal(work.runtime.keys, contact, request_id),
            "rules_version": RULES_VERSION,
            "made_by": permit.principal.user_id,
            "made_at": work.runtime.clock.business(),
            "signer": " ".join(signer.split()),
        },
    )
    work.append(
        HetsEnrollmentChanged(
            request_id=request_id,
            organization_id=permit.principal.organization_id,
            npi=provider.npi,
            submitter=link.submitter,
            change=kind,
            effective=link.effective,
            ends=link.ends,
            made_by=permit.principal.user_id,
        )
    )
    work.audit(kind, "hets-enrollment", request_id)
    await work.schedule(SEND, request_id, work.now)
    return request_id


async def send(runtime: Runtime, due: Due) -> None:
    """Tell CMS of a request. Raises `EnrollmentOfficeUnavailableError`; then it is told again later."""
    request_id = UUID(due.subject)
    async with runtime.database.work(runtime) as work:
        one = await repository.request(work, request_id)
    change = Change(
        contract_id=runtime.deployment.contract_id,
        submitter=one.submitter,
        npi=one.npi,
        ptan=one.ptan,
        effective=one.effective,
        ends=one.ends,
        attested_until=one.attested_until,
        offshore=one.offshore,
    )
    try:
        link = await EnrollmentOffice(runtime.settings).tell(request_id, change)
    except EnrollmentRefusedError as refusal:
        log.warning("enrollment refused", reason=str(refusal))
        async with runtime.database.work(runtime) as work:
            if await repository.settle(work, request_id, REFUSED):
                _tell_administrators(work, one, "refused")
                work.audit("send", "hets-enrollment", request_id, outcome="failed", reason=str(refusal))
        return
    async with runtime.database.work(runtime) as work:
        if await repository.settle(work, request_id, TOLD):
            await repository.put_links(work, [_kept(link)])
            work.audit("send", "hets-enrollment", request_id)


async def refresh(runtime: Runtime, _due: Due) -> None:
    """Take CMS's list of whoever may ask through us, then ask for the next look."""
    asked_at, submitter = runtime.clock.business(), our_submitter(runtime)
    pause = timedelta(minutes=eligibility_settings().links_minutes)
    listed: tuple[Link, ...] | None = None
    try:
        listed = await EnrollmentOffice(runtime.settings).links(submitter)
    except EnrollmentOfficeUnavailableError as error:
        log.warning("list of enrollments not taken", reason=str(error))
        pause = _SOON
    async with runtime.database.work(runtime) as work:
        if listed is not None:
            await _keep_list(work, submitter, [_kept(each) for each in listed], asked_at=asked_at)
        await work.schedule(REFRESH, "all", work.now + pause)


async def _keep_list(work: UnitOfWork, submitter: str, links: list[HetsLink], *, asked_at: datetime) -> None:
    await repository.replace_links(work, submitter, links, asked_at=asked_at)
    work.audit("import", "hets-links", submitter)


async def remind(work: UnitOfWork, _due: Due) -> None:
    """Timer: tell the officials whose attestation ends soon, each time once, then ask for the next look.

    Where nobody asked for the enrollment here, the administrators of the organization are told; so they are of a
    request that could not be sent.
    """
    today = work.runtime.today
    for one in await repository.due_attestations(work, our_submitter(work.runtime), today):
        days = reminder(one.attested_until, today)
        if days is None or not await repository.note_reminder(
            work, one.organization_id, one.npi, one.attested_until, days
        ):
            continue
        contact = CONTACT.open(work.runtime.keys, one.contact, one.request_id)
        work.append(
            HetsAttestationDue(
                request_id=one.request_id,
                organization_id=one.organization_id,
                npi=one.npi,
                submitter=one.submitter,
                attested_until=one.attested_until,
                made_by=one.made_by,
                sealed_contact=OFFICIAL.seal(work.runtime.keys, Told(_OFFICIAL, contact.email), one.request_id),
            )
        )
    for organization_id, link in await repository.unasked_attestations(work, our_submitter(work.runtime), today):
        days = reminder(link.attested_until, today)
        if days is not None and await repository.note_reminder(
            work, organization_id, link.npi, link.attested_until, days
        ):
            work.append(
                HetsNotice(
                    organization_id=organization_id,
                    npi=link.npi,
                    submitter=link.submitter,
                    matter="attestation-due",
                    day=link.attested_until,
                )
            )
    for one in await repository.not_sent(work):
        _tell_administrators(work, one, "not-sent")
    await repository.forget_reminders(work, today - timedelta(days=365))
    await work.schedule(REMIND, "all", work.now + _LOOK_EVERY)


def _tell_administrators(work: UnitOfWork, one: HetsRequest, matter: Literal["refused", "not-sent"]) -> None:
    """Let the administrators of an organization know what became of a request."""
    day = one.made_at.astimezone(work.runtime.deployment.zone).date()
    work.append(
        HetsNotice(organization_id=one.organization_id, npi=one.npi, submitter=one.submitter, matter=matter, day=day)
    )


def _kept(link: Link) -> HetsLink:
    return HetsLink(link.submitter, link.npi, link.effective, link.ends, link.attested_until)
