"""Prints an answer of HETS as a tagged PDF: what the entitlement page says, who asked and when, and what it is not."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.common.documents.typesetting import typeset
from libs.common.mbi import format_mbi
from libs.common.money import format_dollars
from libs.common.web.formats import day, moment
from libs.common.web.permit import Permit
from services.eligibility.entitlement.domain import Benefit, Entitlement, Refusal
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry.domain import corrections
from services.eligibility.inquiry.views import Opened

STATEMENTS = 400
"""As many are printed; HETS has some fifty of a patient. The page in the portal shows all."""

_TEMPLATE = Path(__file__).parent / "templates" / "entitlement.typ"
_COLUMNS = ("What", "Dates", "Amount", "Details")
_NOT_KNOWN = "Not given"
_SEXES = {"F": "Female", "M": "Male", "U": "Not known"}
_DISCLAIMERS = (
    (
        "This is what HETS knew at that time. It is not a guarantee of payment: a claim is decided by the coverage on"
        " the day of service and by Medicare's rules."
    ),
    "Patient information. Keep it with the patient's records, and destroy it when it is not needed.",
)


async def printout(permit: Permit, one: Opened) -> bytes:
    """An answer that was given, as a PDF (PDF/UA-1). Audited."""
    work, enrollment = permit.work, permit.enrollment
    work.audit("print", "inquiry", one.inquiry.inquiry_id)
    deployment = work.runtime.deployment
    return await typeset(
        _TEMPLATE,
        {
            "contractor": deployment.contractor,
            **printed(
                one,
                deployment.zone,
                ("Asked for", f"{enrollment.organization_name}, NPI {enrollment.npi}"),
                ("Printed", f"{moment(work.runtime.clock.business(), deployment.zone)} by {permit.principal.name}"),
            ),
        },
    )


def printed(one: Opened, zone: ZoneInfo, *for_whom: tuple[str, str]) -> dict[str, object]:
    """What the PDF says of an answer: all that HETS said, times in `zone`, and `for_whom` beside the patient."""
    answer, headline, answered_at = one.answer, one.headline, one.inquiry.answered_at
    assert answer and headline and answered_at  # noqa: S101, PT018 - only answered inquiries are printed
    person, shown = answer.person, answer.benefits[:STATEMENTS]
    return {
        "title": "Medicare eligibility",
        "answer": headline.words,
        "more": [_days(one.question), *headline.more],
        "about": [
            ("Patient", person.full_name or _NOT_KNOWN),
            ("Medicare number", format_mbi(person.mbi) if person.mbi else _NOT_KNOWN),
            ("Birth date", day(person.birth_date) if person.birth_date else _NOT_KNOWN),
            ("Sex", _SEXES.get(person.sex, _NOT_KNOWN)),
            ("Address", person.address or _NOT_KNOWN),
            ("Date of death", day(answer.death) if answer.death else "None reported"),
            ("HETS answered", moment(answered_at, zone)),
            ("HETS trace number", answer.trace),
            ("Your reference", one.inquiry.trace),
            *for_whom,
        ],
        "notes": list(_notes(one, len(shown))),
        "columns": _COLUMNS,
        "sections": [
            {"title": heading, "rows": [_row(said) for said in some]}
            for heading, some in replace(answer, benefits=shown).groups.items()
        ],
        "beside": list(_beside(answer)),
        "disclaimers": _DISCLAIMERS,
    }


def _days(asked: Question) -> str:
    first, last = day(asked.service_from), day(asked.service_to)
    return f"For {first}." if first == last else f"For {first} to {last}."


def _notes(one: Opened, shown: int) -> Iterator[str]:
    answer = one.answer
    assert answer  # noqa: S101 - as above
    if answer.person.corrected:
        yield "HETS has other data for this patient than were entered. Use these on claims."
        for each in corrections(one.question, answer.person):
            yield f"{each.label}: {each.known} (entered: {each.asked})"
    yield from map(_refusal, answer.refusals)
    yield from answer.remarks
    if shown < len(answer.benefits):
        yield (
            f"HETS made {len(answer.benefits):,} statements; the first {shown:,} are printed. The page of this check in"
            " the portal shows all."
        )


def _refusal(each: Refusal) -> str:
    said = f"{each.sentence} {each.remedy} Who can help: {each.helper} HETS reason AAA {each.code}"
    return "; ".join(filter(None, (said, each.about, each.follow_up)))


def _row(said: Benefit) -> tuple[str, ...]:
    return tuple("\n".join(each) for each in (_what(said), _dates(said), _amounts(said), _details(said)))


def _what(said: Benefit) -> Iterator[str]:
    yield said.what
    yield from filter(None, (": ".join(filter(None, (said.insurance, said.plan))), said.service, said.procedure))


def _dates(said: Benefit) -> Iterator[str]:
    return (f"{each.words}: {each.days}" for each in said.periods)


def _amounts(said: Benefit) -> Iterable[str]:
    amount = "" if said.amount_cents is None else format_dollars(said.amount_cents)
    return filter(None, (amount, said.percent, said.quantity, said.span))


def _details(said: Benefit) -> Iterator[str]:
    if said.network:
        yield said.network
    for entity in said.entities:
        yield f"{entity.role}: {entity.name or 'name not given'}"
        yield from (f"{each.label}: {each.words}" for each in entity.facts)
    yield from (f"{each.kind}: {each.number} {each.name}".rstrip() for each in said.numbers)
    yield from (f"{each.label}: {each.words}" for each in said.facts)
    yield from said.messages
    yield from map(_refusal, said.refusals)
    yield from said.remarks


def _beside(answer: Entitlement) -> Iterator[str]:
    person = answer.person
    yield from (f"{each.words}: {each.days}" for each in person.periods)
    yield from (f"{each.kind}: {each.number} {each.name}".rstrip() for each in person.numbers)
    yield from (f"{each.label}: {each.words}" for each in (*person.facts, *answer.about))
