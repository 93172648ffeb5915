"""Asking a provider, signing its letter of authorization, refusing and ending: each counts at the next request.

All that changes what `decide()` sees raises the epoch of the provider's organization in the same transaction.
"""

from dataclasses import replace
from uuid import UUID

from libs.common.documents import attachments
from libs.common.documents.attachments import Arrived
from libs.common.documents.intake import Door, take_in
from libs.common.errors import Rejected, nothing_here
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Admission, Permit
from libs.common.web.signing import by_a_person, name_fault
from libs.common.web.uploads import Upload
from services.auth.access import repository as access
from services.auth.access.handlers import publish_organizations
from services.auth.billers import repository
from services.auth.billers.domain import (
    LETTER_VERSION,
    PAPER,
    PAPERS,
    Authorization,
    Terms,
    digest_of_letter,
    faults_of,
    letter,
)
from services.auth.notices.handlers import Notice, tell
from services.auth.settings import auth_settings

_NO_PROVIDER = (
    "No provider of this contractor has this NPI with this PTAN and tax ID. Compare all three with the provider's"
    " papers."
)
_NOT_A_VENDOR = "Only billing services and clearinghouses ask here. A provider confirms what they ask for."
_WAITS = "Your company has asked this provider already. Wait for the answer, or take the first request back."
_CHANGED = "This authorization changed after you opened the page, so nothing was saved. Open the page again."
_NOT_NAMED = (
    "No EDI agreement of your organization names this submitter ID. Have it added with EDI enrollment first, or correct"
    " the ID."
)
_SAY_WHY = "Say in a sentence why, so that the company knows what to do."
_CHOOSE = "Choose the scanned letter: a PDF, TIFF or JPEG."
_ENOUGH = f"{PAPERS} letters were added already, as many as there may be."


async def ask(permit: Permit, npi: str, ptan: str, tax_id: str, terms: Terms) -> UUID:
    """Ask a provider to let the organization of `permit`, a vendor, act for it. Its administrators are told by mail.

    Raises `Rejected`: fields to correct, 403 for whoever is no vendor.
    """
    work, own = permit.work, permit.facts.organization
    if own is None or own.kind != "vendor":
        work.audit("ask", "authorization", "none", outcome="refused", reason="not-a-vendor")
        raise Rejected("access-denied", _NOT_A_VENDOR, status=403)
    faults = _faults(permit, terms)
    provider = await repository.provider_of(work, npi, ptan, tax_id)
    if provider is None:
        faults["npi"] = _NO_PROVIDER
    else:
        await repository.lock_provider(work, provider)
        if "asked" in await repository.of_pair(work, provider, own.organization_id):
            faults["npi"] = _WAITS
    if provider is None or faults:
        work.audit("ask", "authorization", "none", outcome="refused", reason="form-invalid")
        raise Rejected("form-invalid", "Correct the fields below, then ask again.", fields=faults)
    return await put_question(work, provider, own.organization_id, own.name, permit.principal.user_id, terms)


async def put_question(
    work: UnitOfWork, provider_id: UUID, vendor_id: UUID, vendor: str, asked_by: UUID, terms: Terms
) -> UUID:
    """Let a provider decide whether a vendor may act for it. Its administrators are told by mail."""
    authorization_id = work.runtime.ids.new()
    row = {
        "authorization_id": authorization_id,
        "organization_id": provider_id,
        "vendor_id": vendor_id,
        "source": "vendor",
        "state": "asked",
        "asked_by": asked_by,
        "asked_at": work.now,
    }
    await repository.add(work, row, terms)
    work.audit("ask", "authorization", authorization_id)
    await publish_organizations(work, [provider_id])
    for each in await access.administrators(work, provider_id):
        await tell(work, each, "biller-asked", organization=vendor)
    return authorization_id


async def sign(permit: Permit, authorization_id: UUID, terms: Terms, signed_name: str) -> UUID:
    """Sign the letter of authorization with these terms: confirm what was asked for, or change what counts.

    The id of the authorization that counts then. Raises `Rejected`: 404 for whoever is not the provider of it; fields
    to correct; 409 when it neither waits nor counts any more.
    """
    work, principal = permit.work, permit.principal
    by_a_person(permit, "refuse", "authorization", authorization_id)
    found = await _of_provider(permit, authorization_id)
    if found.state not in ("asked", "confirmed"):
        raise _refused(work, found, "outdated", Rejected("form-outdated", _CHANGED, status=409))
    # What counts already may have begun; only its other terms change then.
    begun = found.state == "confirmed" and terms.effective == found.terms.effective
    faults = _faults(permit, replace(terms, effective=work.runtime.today) if begun else terms)
    if "submitter" not in faults and terms.submitter not in await repository.submitters_of(work, found.organization_id):
        faults["submitter"] = _NOT_NAMED
    if fault := name_fault(permit, signed_name):
        faults["signed_name"] = fault
    if faults:
        refused = Rejected("form-invalid", "Correct the fields below, then sign again.", fields=faults)
        raise _refused(work, found, "form-invalid", refused)
    paragraphs = letter(found.organization_name, found.vendor_name, terms)
    signature = {
        "state": "confirmed",
        "letter_version": LETTER_VERSION,
        "letter_digest": digest_of_letter(paragraphs, principal.name),
        "signed_name": principal.name,
        "decided_by": principal.user_id,
        "decided_at": work.now,
    }
    counting = (await repository.of_pair(work, found.organization_id, found.vendor_id)).get("confirmed")
    if counting is not None:
        await _end(permit, counting, "replaced")
    signed = found.authorization_id
    if found.state == "asked":
        await repository.change(work, signed, terms, **signature)
    else:
        signed = work.runtime.ids.new()
        row = {
            "authorization_id": signed,
            "organization_id": found.organization_id,
            "vendor_id": found.vendor_id,
            "source": "vendor",
            "asked_at": work.now,
            **signature,
        }
        await repository.add(work, row, terms)
    work.audit("sign", "authorization", signed)
    await _changed(permit, found, "biller-confirmed")
    return signed


async def add_paper(admission: Admission, authorization_id: UUID, key: str, upload: Upload | None) -> UUID:
    """Add a scanned letter of authorization to what waits or counts, by either side. The id of the file.

    Raises `Rejected`: 404 for whoever is no side of it; 409 when it is over, or has as many as it may; and what the one
    way in for files raises.
    """
    async with admission.open() as permit:
        await _takes_papers(permit, authorization_id)
        if upload is None:
            raise Rejected("upload-missing", _CHOOSE, fields={"file": _CHOOSE})

    async def do(permit: Permit, paper: Arrived | None) -> UUID:
        if paper is None:
            raise RuntimeError("a file was asked for above")
        await _takes_papers(permit, authorization_id)
        kept = await attachments.keep(permit.work, paper, authorization_id)
        permit.work.audit("add-letter", "authorization", authorization_id)
        return kept.attachment_id

    door = Door(PAPER, auth_settings().letter_limit_bytes)
    return await take_in(admission, door, upload, key, (PAPER, str(authorization_id)), do, subject_id=authorization_id)


async def _takes_papers(permit: Permit, authorization_id: UUID) -> None:
    work = permit.work
    found = await repository.authorization(work, permit.principal.organization_id, authorization_id)
    if found is None:
        raise nothing_here()
    await repository.lock_provider(work, found.organization_id)
    if found.state not in ("asked", "confirmed"):
        raise _refused(work, found, "outdated", Rejected("form-outdated", _CHANGED, status=409))
    if len(await attachments.received(work, PAPER, authorization_id)) >= PAPERS:
        raise _refused(work, found, "enough", Rejected("form-outdated", _ENOUGH, status=409, fields={"file": _ENOUGH}))


async def refuse(permit: Permit, authorization_id: UUID, reason: str) -> None:
    """Refuse what a vendor asked for, and tell it why. Raises `Rejected`, as `sign`."""
    work = permit.work
    found = await _of_provider(permit, authorization_id)
    if found.state != "asked":
        raise _refused(work, found, "outdated", Rejected("form-outdated", _CHANGED, status=409))
    if not reason:
        raise _refused(work, found, "form-invalid", Rejected("form-invalid", _SAY_WHY, fields={"reason": _SAY_WHY}))
    await repository.change(
        work, authorization_id, state="refused", reason=reason, decided_by=permit.principal.user_id, decided_at=work.now
    )
    work.audit("refuse", "authorization", authorization_id)
    await _changed(permit, found, "biller-refused")


async def end(permit: Permit, authorization_id: UUID) -> None:
    """End an authorization at once, by either side, or take back what was asked for.

    Raises `Rejected`: 404 for whoever is no side of it; 409 when it is over already.
    """
    work, organization_id = permit.work, permit.principal.organization_id
    found = await repository.authorization(work, organization_id, authorization_id)
    if found is None:
        raise nothing_here()
    await repository.lock_provider(work, found.organization_id)
    found = await repository.authorization(work, organization_id, authorization_id) or found
    by_vendor = found.vendor_id == organization_id
    if found.state not in ("asked", "confirmed") or (found.state == "asked" and not by_vendor):
        raise _refused(work, found, "outdated", Rejected("form-outdated", _CHANGED, status=409))
    side = "vendor" if by_vendor else "provider"
    await _end(permit, authorization_id, "withdrawn" if found.state == "asked" else side)
    await _changed(permit, found, None if found.state == "asked" else "biller-ended")


async def _of_provider(permit: Permit, authorization_id: UUID) -> Authorization:
    organization_id = permit.principal.organization_id
    await repository.lock_provider(permit.work, organization_id)
    found = await repository.authorization(permit.work, organization_id, authorization_id)
    if found is None or found.organization_id != organization_id:
        raise nothing_here()
    return found


async def _end(permit: Permit, authorization_id: UUID, reason: str) -> None:
    work = permit.work
    await repository.change(
        work, authorization_id, state="ended", reason=reason, ended_by=permit.principal.user_id, ended_at=work.now
    )
    work.audit("end", "authorization", authorization_id, reason=reason)


async def _changed(permit: Permit, found: Authorization, notice: Notice | None) -> None:
    """Let it count everywhere, and tell the administrators of the other side."""
    work = permit.work
    await publish_organizations(work, [found.organization_id])
    if notice is None:
        return
    by_vendor = found.vendor_id == permit.principal.organization_id
    other, name = (
        (found.organization_id, found.vendor_name) if by_vendor else (found.vendor_id, found.organization_name)
    )
    for each in await access.administrators(work, other):
        await tell(work, each, notice, organization=name)
    log.info("authorization of a vendor changed", kind=notice)


def _faults(permit: Permit, terms: Terms) -> dict[str, str]:
    runtime = permit.work.runtime
    return faults_of(terms, offered=runtime.deployment.offered, today=runtime.today)


def _refused(work: UnitOfWork, found: Authorization, reason: str, refused: Rejected) -> Rejected:
    work.audit("refuse", "authorization", found.authorization_id, outcome="refused", reason=reason)
    return refused
