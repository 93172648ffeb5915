"""Prints an answer of HETS as a tagged PDF: what the entitlement page says, who asked and when, and what it is not."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from libs.common.documents.typesetting import typeset
from libs.common.mbi import format_mbi
from libs.common.web.formats import day, moment
from libs.common.web.permit import Permit
from services.eligibility.benefits.views import DISCLAIMERS, Line, ShownTab, beside_the_tabs, shown_tabs
from services.eligibility.entitlement.domain import Refusal
from services.eligibility.hets.domain import Question
from services.eligibility.inquiry.domain import corrections
from services.eligibility.inquiry.views import Opened

STATEMENTS = 400
"""As many are printed; HETS has some fifty of a patient. The page in the portal shows all."""

_TEMPLATE = Path(__file__).parent / "templates" / "entitlement.typ"
_TITLE = "Medicare eligibility"
_NOT_KNOWN = "Not given"
_SEXES = {"F": "Female", "M": "Male", "U": "Not known"}
_CARE = "Patient information. Keep it with the patient's records, and destroy it when it is not needed."


async def printout(permit: Permit, one: Opened) -> bytes:
    """An answer that was given, as a PDF (PDF/UA-1). Audited."""
    permit.work.audit("print", "inquiry", one.inquiry.inquiry_id)
    return await _typeset(permit, _TITLE, [one])


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands before several answers: a title, lines about all of them, and a table of five columns."""

    title: str
    about: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


async def printed_together(permit: Permit, summary: Summary, answers: Sequence[Opened]) -> bytes:
    """Answers that were given, one after the other behind their summary, as one PDF (PDF/UA-1)."""
    return await _typeset(permit, summary.title, answers, summary)


async def _typeset(permit: Permit, title: str, answers: Sequence[Opened], summary: Summary | None = None) -> bytes:
    work, enrollment, deployment = permit.work, permit.enrollment, permit.work.runtime.deployment
    for_whom = (
        ("Asked for", f"{enrollment.organization_name}, NPI {enrollment.npi}"),
        ("Printed", f"{moment(work.runtime.clock.business(), deployment.zone)} by {permit.principal.name}"),
    )
    facts = {
        "contractor": deployment.contractor,
        "title": title,
        "about": summary.about if summary else (),
        "columns": summary.columns if summary else (),
        "summary": summary.rows if summary else (),
        # In a thread: a hundred answers take some tenths of a second.
        "answers": await asyncio.to_thread(lambda: [printed(each, deployment.zone, *for_whom) for each in answers]),
    }
    return await typeset(_TEMPLATE, facts)


def printed(one: Opened, zone: ZoneInfo, *for_whom: tuple[str, str]) -> dict[str, object]:
    """What the PDF says of an answer: all that HETS said, times in `zone`, and `for_whom` beside the patient."""
    answer, headline, answered_at = one.answer, one.headline, one.inquiry.answered_at
    assert answer and headline and answered_at  # noqa: S101, PT018 - only answered inquiries are printed
    person, asked = answer.person, one.question
    return {
        "title": _TITLE,
        "answer": headline.words,
        "more": [_days(asked), *headline.more],
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
        "notes": list(_notes(one)),
        "tabs": [_tab(each) for each in shown_tabs(answer, asked.service_from, asked.service_to, most=STATEMENTS)],
        "beside": [_words(each) for each in beside_the_tabs(answer)],
        "disclaimers": (*DISCLAIMERS, _CARE),
    }


def _days(asked: Question) -> str:
    first, last = day(asked.service_from), day(asked.service_to)
    return f"For {first}." if first == last else f"For {first} to {last}."


def _notes(one: Opened) -> Iterator[str]:
    answer = one.answer
    assert answer  # noqa: S101 - as above
    if answer.person.corrected:
        yield "HETS has other data for this patient than were entered. Use these on claims."
        for each in corrections(one.question, answer.person):
            yield f"{each.label}: {each.known} (entered: {each.asked})"
    yield from map(_refusal, answer.refusals)
    yield from answer.remarks
    if len(answer.benefits) > STATEMENTS:
        yield (
            f"HETS made {len(answer.benefits):,} statements; the first {STATEMENTS} are printed. The page of this check"
            " in the portal shows all."
        )


def _refusal(each: Refusal) -> str:
    said = f"{each.sentence} {each.remedy} Who can help: {each.helper} HETS reason AAA {each.code}"
    return "; ".join(filter(None, (said, each.about, each.follow_up)))


def _tab(tab: ShownTab) -> dict[str, object]:
    tables = [
        {
            "title": table.heading,
            "columns": table.columns,
            "rows": [["\n".join(map(_words, cell)) for cell in row] for row in table.rows],
        }
        for table in tab.tables
    ]
    # A tab of one heading needs no second title.
    if len(tables) + len(tab.missing) == 1:
        tables = [table | {"title": ""} for table in tables]
    return {"title": tab.name, "notes": [_words(each) for each in tab.notes], "tables": tables, "missing": tab.missing}


def _words(line: Line) -> str:
    return f"{line.label}: {line.words}" if line.label else line.words
