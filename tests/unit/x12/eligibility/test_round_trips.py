"""Whatever the objects may hold is written so that it is read again, and its guide accepts it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    AskedPerson,
    Benefit,
    Contact,
    Dated,
    Delivery,
    Detail,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    MilitaryService,
    Name,
    Procedure,
    Provider,
    Question,
    Receiver,
    Reference,
    Rejection,
    RelatedEntity,
    Source,
    Trace,
)
from libs.x12.eligibility.writer import write_270, write_271
from libs.x12.guides import eligibility_answer as table
from libs.x12.guides.eligibility_inquiry import SERVICE_TYPES
from tests.support.eligibility_files import ENVELOPE, read

# What matters here is which parts stand and which do not; the texts hold every kind of character, blanks inside too.
texts = st.text("ABYZ059 -'.,/&()", min_size=0, max_size=20).map(lambda text: f"A{text}Z")
words = st.sampled_from(("O'BRIEN, ANN-MARIE", "X 1/2", "NO. 7 (B)", "SMITH & CO")) | texts
maybe_words = st.just("") | words
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
codes = {
    "information": st.sampled_from(table.INFORMATION.split(",")),
    "insurance": st.sampled_from(["", *table.INSURANCE.split(",")]),
    "period": st.sampled_from(["", *table.PERIODS.split(",")]),
    "unit": st.sampled_from(table.UNITS.split(",")),
    "service": st.sampled_from(SERVICE_TYPES.split(",")),
}
amounts = st.integers(-(10**9), 10**9)
decimals = st.decimals(0, 9999, places=2, allow_nan=False, allow_infinity=False)
pointers = st.lists(st.integers(1, 8), max_size=4).map(tuple)
procedures = st.builds(
    Procedure,
    st.just("HC"),
    st.from_regex("[A-Z][0-9]{4}", fullmatch=True),
    st.lists(st.sampled_from(["25", "GZ"]), max_size=4).map(tuple),
    st.sampled_from(["", "A0425"]),
)
providers = st.builds(Provider, st.just("RF"), st.just("PXC"), st.just("207Q00000X")) | st.builds(
    Provider, st.just("HH")
)
addresses = st.builds(
    Address, words, maybe_words, words, st.sampled_from(["KY", "OH"]), st.just("424691020"), st.just("")
)
contacts = st.builds(
    Contact,
    maybe_words,
    st.lists(st.tuples(st.sampled_from(["TE", "UR"]), words), min_size=1, max_size=3).map(tuple),
)


def _dated(*qualifiers: str) -> st.SearchStrategy[Dated]:
    return st.builds(Dated, st.sampled_from(qualifiers), days, st.none() | days)


def _rejections(loop: str, *reasons: str) -> st.SearchStrategy[list[Rejection]]:
    each = st.builds(
        Rejection, st.just(loop), st.sampled_from(reasons), st.sampled_from(["C", "N", "R"]), st.booleans()
    )
    return st.lists(each, max_size=2)


def _person(entity: str, loop: str, relationship: str) -> dict[str, st.SearchStrategy[object]]:
    names = st.builds(
        Name,
        st.just(entity),
        st.just("1"),
        maybe_words,
        maybe_words,
        maybe_words,
        st.sampled_from(["", "JR"]),
    )
    if loop == "2100C":
        names |= st.builds(
            Name,
            st.just(entity),
            st.just("1"),
            maybe_words,
            maybe_words,
            st.just(""),
            st.just(""),
            st.just("MI"),
            words,
        )
    return {
        "name": names,
        "references": st.lists(st.builds(Reference, st.sampled_from(["18", "F6"]), words), max_size=2),
        "address": st.none() | addresses,
        "birth_date": st.none() | days,
        "sex": st.sampled_from(["", "F", "M", "U"]),
        "relationship": st.just(relationship),
        "birth_sequence": st.integers(1, 9),
        "diagnoses": st.lists(st.just(("ABF", "E785")), max_size=2).map(
            lambda others: (("ABK", "Z0000"), *others) if others else ()
        ),
    }


traces = st.builds(Trace, st.just("1"), words, st.just("9SUB000010"), maybe_words)
headings = st.builds(
    Heading,
    maybe_words,
    # Hundredths of a second are the finest there is.
    st.builds(datetime.combine, days, st.times()).map(
        lambda moment: moment.replace(microsecond=moment.microsecond // 10_000 * 10_000)
    ),
    st.just("13"),
)
names_of_payer = st.builds(
    Name,
    st.just("PR"),
    st.just("2"),
    words,
    qualifier=st.just("PI"),
    identifier=words,
)
names_of_provider = st.builds(
    Name,
    st.just("1P"),
    st.just("2"),
    words,
    qualifier=st.sampled_from(["XX", "SV"]),
    identifier=words,
)
questions = st.builds(
    Question,
    st.lists(codes["service"], min_size=1, max_size=6).map(tuple),
    st.none() | procedures.map(lambda procedure: replace(procedure, through="")),
    diagnosis_pointers=pointers,
    place_of_service=st.sampled_from(["", "11"]),
    reference=st.none() | st.builds(Reference, st.sampled_from(["9F", "G1"]), words),
    period=st.none() | _dated("291"),
)
spend_downs = st.builds(
    Question,
    st.lists(codes["service"], min_size=1, max_size=3).map(tuple),
    coverage_level=st.sampled_from(["", "FAM"]),
    spend_down_cents=st.none() | amounts,
    billed_cents=st.none() | amounts,
)


def _asked(entity: str, loop: str, relationship: str) -> st.SearchStrategy[AskedPerson]:
    return st.builds(
        AskedPerson,
        **_person(entity, loop, relationship),
        traces=st.lists(traces, max_size=2),
        provider=st.none() | providers,
        dates=st.lists(_dated("102", "291"), max_size=2),
        questions=st.lists(questions if loop == "2100D" else questions | spend_downs, min_size=1, max_size=3),
    )


inquiries = st.builds(
    EligibilityInquiry,
    headings,
    st.builds(Source, names_of_payer),
    st.builds(
        Receiver,
        names_of_provider,
        st.lists(st.builds(Reference, st.sampled_from(["0B", "EO"]), words, maybe_words), max_size=3),
        st.none() | addresses,
        provider=st.none() | providers,
    ),
    _asked("IL", "2100C", "18"),
    st.none() | _asked("03", "2100D", "19"),
)

entities = st.builds(
    RelatedEntity,
    st.builds(
        Name,
        st.sampled_from(table.ENTITIES.split(",")),
        st.just("2"),
        maybe_words,
        qualifier=st.just("PI"),
        identifier=words,
        relationship=st.sampled_from(["", "01"]),
    ),
    st.none() | addresses | st.builds(Address, city=words, region=words) | st.builds(Address, words),
    st.lists(contacts, max_size=3),
    st.none() | providers,
)
deliveries = st.builds(
    Delivery,
    st.just("VS"),
    decimals,
    st.sampled_from(["", "WK"]),
    st.none() | st.decimals(1, 99, places=1),
    st.just("29"),
    st.none() | st.integers(1, 99),
    st.sampled_from(["", "SX"]),
    st.sampled_from(["", "A"]),
)
details = st.builds(Detail, st.just("ZZ"), st.just("11")) | st.builds(Detail, category=st.just("44"), text=words)


@st.composite
def _benefits(draw: st.DrawFn, loop: str) -> Benefit:
    benefit = draw(
        st.builds(
            Benefit,
            codes["information"],
            st.sampled_from(["", "IND", "FAM"]),
            st.lists(codes["service"], max_size=6).map(tuple),
            codes["insurance"],
            maybe_words,
            codes["period"],
            percent=st.none() | st.decimals(0, 1, places=3),
            authorization=st.sampled_from(["", "Y", "N", "U"]),
            in_network=st.sampled_from(["", "Y", "N", "W"]),
            procedure=st.none() | procedures,
            diagnosis_pointers=pointers,
            deliveries=st.lists(deliveries, max_size=2),
            references=st.lists(st.builds(Reference, st.sampled_from(["18", "IG"]), words, maybe_words), max_size=2),
            dates=st.lists(_dated("290", "307", "435"), max_size=3),
            rejections=_rejections(loop, "15", "62", "AG"),
            messages=st.lists(words, max_size=3),
            details=st.lists(details, max_size=2),
            entities=st.lists(entities, max_size=3),
        )
    )
    if draw(st.booleans()):
        benefit.unit, benefit.quantity = draw(codes["unit"]), draw(decimals)
    if draw(st.booleans()):
        benefit.amount_cents, benefit.amount_decimals = draw(amounts), 2
    return benefit


military = st.builds(
    MilitaryService, st.just("A"), st.just("AE"), st.just("C"), maybe_words, st.sampled_from(["", "C1"]), days, days
)


def _answered(entity: str, loop: str, relationship: str) -> st.SearchStrategy[AnsweredPerson]:
    changed = st.sampled_from([("", ""), ("001", "25")])
    people = st.builds(
        AnsweredPerson,
        **_person(entity, loop, relationship),
        traces=st.lists(traces | traces.map(lambda trace: replace(trace, kind="2")), max_size=3),
        provider=st.none() | providers,
        dates=st.lists(_dated("307", "442", "771"), max_size=3),
        rejections=_rejections(loop, "43", "58", "71"),
        military=st.lists(military, max_size=1),
        benefits=st.lists(_benefits(f"2110{loop[-1]}"), max_size=3),
    )
    return st.builds(
        lambda person, change: replace(person, maintenance=change[0], maintenance_reason=change[1]), people, changed
    )


sources = st.builds(
    Source,
    names_of_payer,
    st.lists(contacts, max_size=3),
    _rejections("2000A", "42", "79"),
    _rejections("2100A", "42", "T4"),
)
receivers = st.builds(
    Receiver,
    names_of_provider,
    st.lists(st.builds(Reference, st.sampled_from(["0B", "EO"]), words, maybe_words), max_size=3),
    st.none() | addresses,
    _rejections("2100B", "43", "51"),
    st.none() | providers,
)
answer_headings = headings.map(lambda heading: replace(heading, purpose="11"))
eligibility_answers = (
    st.builds(EligibilityAnswer, answer_headings, sources)
    | st.builds(EligibilityAnswer, answer_headings, sources, receivers)
    | st.builds(
        EligibilityAnswer,
        answer_headings,
        sources,
        receivers,
        _answered("IL", "2100C", "18"),
        st.none() | _answered("03", "2100D", "19"),
    )
)


def _without_findings(items: list[Any]) -> list[Any]:
    """The same without what was remarked about them, which is not written."""
    return [replace(item, **{name: () for name in ("findings", "notices") if hasattr(item, name)}) for item in items]


@settings(max_examples=25, deadline=None)
@given(st.lists(inquiries, min_size=1, max_size=2))
def test_inquiries_are_read_as_they_were_written(written: list[EligibilityInquiry]) -> None:
    numbered = [replace(inquiry, transaction=number) for number, inquiry in enumerate(written, 1)]

    items, verdict = read(b"".join(write_270(numbered, ENVELOPE)))

    assert [transaction.findings for transaction in verdict.transactions()] == [[]] * len(written)
    assert _without_findings(items) == numbered


@settings(max_examples=25, deadline=None)
@given(st.lists(eligibility_answers, min_size=1, max_size=2))
def test_answers_are_read_as_they_were_written(written: list[EligibilityAnswer]) -> None:
    numbered = [replace(answer, transaction=number) for number, answer in enumerate(written, 1)]

    items, verdict = read(b"".join(write_271(numbered, ENVELOPE)))

    assert [transaction.findings for transaction in verdict.transactions()] == [[]] * len(written)
    assert _without_findings(items) == numbered


@settings(max_examples=15, deadline=None)
@given(st.lists(eligibility_answers, min_size=1, max_size=4))
def test_answers_of_one_transaction_set_share_what_they_share(written: list[EligibilityAnswer]) -> None:
    first = written[0]
    together = [replace(answer, heading=first.heading, source=first.source) for answer in written]

    items, verdict = read(b"".join(write_271(together, ENVELOPE)))

    assert verdict.stands
    # A source without receiver is said once, whatever follows it.
    assert [item for item in _without_findings(items) if isinstance(item, EligibilityAnswer) and item.receiver] == [
        answer for answer in together if answer.receiver
    ]
