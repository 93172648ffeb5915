"""Signing documents, loading their official texts, and asking everybody again when a text changed."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from libs.common.contracts.auth import AgreementSigned
from libs.common.errors import Rejected
from libs.common.messaging.subscriptions import Due
from libs.common.observability.logs import log
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.permit import Permit
from libs.common.web.signing import by_a_person, name_fault
from services.auth.access import repository as access
from services.auth.access.handlers import publish_users
from services.auth.agreements import repository
from services.auth.agreements.domain import (
    DOCUMENTS,
    Gate,
    Means,
    Name,
    Signature,
    Text,
    counts_until,
    may_sign,
    passes,
    signable_by,
    wrong_answers,
)
from services.auth.agreements.partner import TextFolder, content_of
from services.auth.agreements.views import asked_texts
from services.auth.settings import auth_settings

LAPSE = "lapse-agreements"
_AT_ONCE = 500
_GATES: tuple[Gate, ...] = ("rules", "training", "codes")

_OUTDATED = "This document has a new text since you opened the page. Open it again, read it and sign it."


async def sign(permit: Permit, name: Name, version: str, signer: str, answers: Mapping[int, int]) -> None:
    """Sign today's text of a document, for a year from now. What stands already is not signed twice.

    Raises `Rejected`: 403 for a program; 409 when `version` is no longer the text asked; 422 with the fields to correct
    when the name is not that of the person, or when too few answers are right.
    """
    work, user_id = permit.work, permit.principal.user_id
    by_a_person(permit, "sign", "agreement", name)
    await access.lock_user(work, user_id)
    text = (await asked_texts(work))[name]
    if version != text.version:
        work.audit("sign", "agreement", f"{name} {version[:40]}", outcome="refused", reason="old-version")
        log.info("agreement refused", user_id=str(user_id), reason="old-version")
        raise Rejected("form-outdated", _OUTDATED, status=409)
    _check(permit, text, signer, answers)
    signed = (await repository.signed_by(work, [user_id]))[user_id]
    if not may_sign(text, signed.get(name), work.now, early=timedelta(days=auth_settings().rules_early_days)):
        return
    until = await _sign(work, user_id, text, signer=signer, means="electronic")
    await settle(work, user_id)
    await publish_users(work, [user_id])
    work.append(AgreementSigned(user_id=user_id, agreement=name, version=text.version, until=until))
    log.info("agreement signed", user_id=str(user_id), kind=name)


def _check(permit: Permit, text: Text, signer: str, answers: Mapping[int, int]) -> None:
    fields: dict[str, str] = {}
    percent = auth_settings().training_pass_percent
    if not passes(text, answers, percent=percent):
        wrong = wrong_answers(text, answers)
        fields = {f"answer_{place}": f"Question {place}: {text.questions[place - 1].because}" for place in wrong}
    if fault := name_fault(permit, signer):
        fields["signer"] = fault
    if fields:
        reason = "name" if "signer" in fields else "answers"
        permit.work.audit("sign", "agreement", f"{text.document} {text.version}", outcome="refused", reason=reason)
        raise Rejected("form-invalid", " ".join(fields.values()), fields=fields)


async def record(work: UnitOfWork, user_id: UUID, role: str) -> None:
    """Write down that a person accepted all of today's texts before, as an account file says.

    The caller publishes the access.
    """
    texts = await asked_texts(work)
    for document in signable_by(role):
        await _sign(work, user_id, texts[document.name], signer="", means="account-file")
    await settle(work, user_id)


async def _sign(work: UnitOfWork, user_id: UUID, text: Text, *, signer: str, means: Means) -> datetime:
    # Ours are kept when somebody signs them first, so that the copy stays whatever a later release brings.
    await repository.keep_text(work, text, content_of(text))
    until = work.now + timedelta(days=auth_settings().rules_days)
    signature = Signature(
        signature_id=work.runtime.ids.new(),
        document=text.document,
        version=text.version,
        digest=text.digest,
        signer=" ".join(signer.split()),
        means=means,
        signed_at=work.now,
        valid_until=until,
    )
    await repository.add_signature(work, user_id, signature)
    work.audit("sign", "agreement", f"{text.document} {text.version}", reason=means)
    return until


async def settle(work: UnitOfWork, user_id: UUID) -> bool:
    """Bring until when a person may pass each gate in line with what they signed, their role and today's texts.

    Whether anything changed: the caller publishes the access then. Whoever changes a role calls this.
    """
    texts, role = await asked_texts(work), await repository.role_of(work, user_id)
    signed = (await repository.signed_by(work, [user_id]))[user_id]
    until = {gate: counts_until(gate, role, texts, signed, work.now) for gate in _GATES}
    return await repository.put_dates(work, user_id, until)


async def lapse(work: UnitOfWork, due: Due) -> None:
    """Timer: take the official texts as they are in the operator's folder; whoever signed an older text signs again.

    A file that holds no text is refused, and said so once: what stood before stays.
    """
    folder = TextFolder(work.runtime.settings.state_directory)
    found, faults = await asyncio.to_thread(folder.texts)
    said = dict(due.payload.get("said", {}))
    faults |= await _take(work, found, left_alone={name.removesuffix(".toml") for name in faults})
    for name, fault in faults.items():
        if said.get(name) != fault:
            work.audit("import", "agreement-text", name[:60], outcome="refused", reason=fault[:200])
            log.warning("text refused", kind=name[:60], reason=fault[:200])
    texts = await asked_texts(work)
    users = await repository.unsettled(work, texts, at_most=_AT_ONCE)
    lapsed = [user_id for user_id in users if await settle(work, user_id)]
    for user_id in lapsed:
        work.audit("lapse", "agreement", user_id, reason="new-version")
    await publish_users(work, lapsed)
    if lapsed:
        log.info("agreements lapsed", reason="new-version", count=len(lapsed))
    wait = timedelta(0) if len(lapsed) == _AT_ONCE else timedelta(minutes=auth_settings().sweep_minutes)
    await work.schedule(LAPSE, "all", work.now + wait, {"said": faults})


async def _take(work: UnitOfWork, found: Mapping[Name, Text], *, left_alone: set[str]) -> dict[str, str]:
    """Let the texts that were found stand in place of ours, and ours where none was. What to correct, by file."""
    faults: dict[str, str] = {}
    standing = await repository.official_digests(work)
    for name in DOCUMENTS:
        text = found.get(name)
        if text is None:
            if name in standing and name not in left_alone:
                await repository.withdraw_official(work, name)
                work.audit("import", "agreement-text", name, reason="withdrawn")
        elif standing.get(name) != text.digest:
            if not await repository.keep_text(work, text, content_of(text)):
                faults[f"{name}.toml"] = f"version {text.version} was used for other words: give these another version"
                continue
            await repository.put_official(work, text)
            work.audit("import", "agreement-text", f"{name} {text.version}")
            log.info("text taken", kind=name)
    return faults
