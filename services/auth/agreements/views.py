"""Which texts are asked today, how a person stands with them, and the copy of what was signed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from fastapi import Request

from libs.common.documents.typesetting import typeset
from libs.common.errors import nothing_here
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.web.formats import moment
from libs.common.web.permit import Permit, runtime_of
from services.auth.access import repository as access
from services.auth.agreements import repository
from services.auth.agreements.domain import (
    Document,
    Name,
    Signature,
    Signed,
    Text,
    Texts,
    due_of,
    is_due,
    may_sign,
    signable_by,
)
from services.auth.agreements.partner import our_texts, text_of
from services.auth.agreements.repository import Reader
from services.auth.settings import auth_settings

_TEMPLATE = Path(__file__).parent / "templates" / "copy.typ"


async def asked_texts(reader: Reader) -> Texts:
    """The texts asked today: the official ones an operator loaded, else ours."""
    official = (text_of(each) for each in await repository.official(reader))
    return {**our_texts(), **{text.document: text for text in official}}


async def shown_notice(request: Request) -> None:
    """Dependency of the pages before sign-in: puts the warning notice of today into `request.state.notice`."""
    async with runtime_of(request).database.read_once() as connection:
        request.state.notice = (await asked_texts(connection))["notice"]


async def shown_terms(request: Request) -> None:
    """Dependency of the page by which one registers: puts the terms of today into `request.state.terms`."""
    async with runtime_of(request).database.read_once() as connection:
        request.state.terms = (await asked_texts(connection))["terms"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with one document: its text of today, what they signed last of it, what is to be done."""

    document: Document
    text: Text
    signed: Signature | None
    due: bool
    open: bool

    @property
    def status(self) -> tuple[str, str]:
        """Its kind and its words."""
        if self.due:
            return ("bad", "To sign") if self.signed is None else ("bad", "To sign again")
        return ("warning", "Can be renewed") if self.open else ("good", "Signed")


async def account(permit: Permit) -> tuple[tuple[str, str], ...]:
    """What the person attests to be right: name, mail address and organization, as the account has them."""
    name, email = await access.contact(permit.work, permit.principal.user_id)
    organization = await access.organization_name(permit.work, permit.principal.user_id)
    return ("Name", name), ("E-mail address", email), ("Organization", organization)


async def standings(permit: Permit) -> tuple[Standing, ...]:
    """How the person stands with each document they sign, in the order in which they are asked."""
    work, principal = permit.work, permit.principal
    texts = await asked_texts(work)
    signed = (await repository.signed_by(work, [principal.user_id]))[principal.user_id]
    early = timedelta(days=auth_settings().rules_early_days)
    return tuple(
        Standing(
            document=each,
            text=texts[each.name],
            signed=signed.get(each.name),
            due=is_due(texts[each.name], signed.get(each.name), work.now),
            open=may_sign(texts[each.name], signed.get(each.name), work.now, early=early),
        )
        for each in signable_by(principal.role)
    )


async def signed_of(work: UnitOfWork, roles: Mapping[UUID, str]) -> Mapping[UUID, tuple[Signed, tuple[Name, ...]]]:
    """Of some persons, by their roles: what each signed last, and which documents are due."""
    texts = await asked_texts(work)
    found = await repository.signed_by(work, roles)
    return {
        user_id: (signed, tuple(each.name for each in due_of(signable_by(roles[user_id]), texts, signed, work.now)))
        for user_id, signed in found.items()
    }


async def copy_of(permit: Permit, signature_id: UUID) -> tuple[Signature, Text]:
    """What the person signed, with the text as it was. Raises `Rejected` (404) for what somebody else signed."""
    found = await repository.signed_text(permit.work, permit.principal.user_id, signature_id)
    if found is None:
        raise nothing_here()
    permit.work.audit("read", "agreement", signature_id)
    return found[0], text_of(found[1])


async def printed_copy(permit: Permit, signature: Signature, text: Text) -> bytes:
    """The copy as a tagged PDF (PDF/UA-1)."""
    deployment = permit.work.runtime.deployment
    zone = deployment.zone
    signer = signature.signer or permit.principal.name
    facts = {
        "contractor": deployment.contractor,
        "title": text.title,
        "parts": [asdict(each) for each in text.parts],
        "about": [
            ("Signed by", signer),
            ("Signed", moment(signature.signed_at, zone)),
            ("Counts until", moment(signature.valid_until, zone)),
            ("Version", text.version),
            ("SHA-256 of the text", signature.digest.hex()),
            ("Number", str(signature.signature_id)),
        ],
    }
    return await typeset(_TEMPLATE, facts)
