"""Whatever a request or an answer may hold is written so that it is read again, and its guide accepts it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.parts import Address, Contact, Dated, Heading, Name, Period, Procedure, Reference, Trace
from libs.x12.review.objects import (
    Admission,
    Decision,
    Delivery,
    Detail,
    Diagnosis,
    Document,
    Event,
    Member,
    Party,
    Question,
    Refusal,
    ReviewAnswer,
    Reviewer,
    ReviewRequest,
    Service,
    ServiceLine,
    Specialty,
)
from libs.x12.review.writer import write_278_answer, write_278_request
from tests.support.x12_objects import ENVELOPE, REQUEST, read

texts = st.text("ABYZ059 -'.,/&()", min_size=0, max_size=20).map(lambda text: f"A{text}Z")
maybe_texts = st.just("") | texts
days = st.dates(date(1900, 1, 1), date(2040, 12, 31))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 20)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
periods = st.builds(Period, days) | days.flatmap(
    lambda first: st.builds(Period, st.just(first), st.dates(first, date(2041, 1, 1)))
)
numbers = st.decimals(0, 999, places=1, allow_nan=False, allow_infinity=False)
addresses = st.none() | st.builds(
    Address, texts, maybe_texts, texts, st.sampled_from(["", "KY"]), st.sampled_from(["", "428810324"])
)
contacts = st.lists(
    st.builds(Contact, maybe_texts, st.sampled_from([(), (("TE", "8005550142"),), (("TE", "8"), ("EX", "12"))])),
    max_size=1,
)
specialties = st.none() | st.just(Specialty("PE", "207Q00000X"))
traces = st.lists(st.builds(Trace, st.just("1"), texts, st.just("9SUB000010"), maybe_texts), max_size=2)
diagnoses = st.lists(
    st.builds(Diagnosis, st.just("ABF"), st.from_regex("[A-Z][0-9]{3}", fullmatch=True), st.none() | days),
    min_size=1,
    max_size=12,
).map(tuple)
deliveries = st.none() | st.builds(
    Delivery,
    st.just("VS"),
    numbers,
    st.sampled_from(["", "WK"]),
    st.none() | numbers,
    st.just("34"),
    st.none() | st.integers(1, 99),
    st.sampled_from(["", "A"]),
    st.sampled_from(["", "Y"]),
)
documents = st.lists(st.builds(Document, st.just("OZ"), st.just("EL"), maybe_texts, maybe_texts), max_size=3)
procedures = st.builds(
    Procedure,
    st.just("HC"),
    st.from_regex("[A-Z][0-9]{4}", fullmatch=True),
    st.lists(st.sampled_from(["25", "GZ"]), max_size=4).map(tuple),
    maybe_texts,
    st.sampled_from(["", "A0425"]),
)
cents = st.none() | st.integers(0, 10**9)
lines = st.one_of(
    st.builds(
        ServiceLine,
        st.just("professional"),
        procedures,
        charge_cents=cents,
        unit=st.just("UN"),
        quantity=numbers,
        pointers=st.sampled_from([(), (1,)]),
        is_screening=st.sampled_from([None, True, False]),
    ),
    st.builds(
        ServiceLine,
        st.just("institutional"),
        st.none() | procedures,
        revenue_code=st.just("0450"),
        charge_cents=cents,
        unit=st.just("DA"),
        quantity=numbers,
        rate=st.none() | numbers,
        residence=st.sampled_from(["", "1"]),
        level_of_care=st.sampled_from(["", "1"]),
    ),
    st.builds(
        ServiceLine,
        st.just("dental"),
        procedures.map(lambda procedure: replace(procedure, qualifier="AD")),
        charge_cents=cents,
        quantity=st.none() | numbers,
        cavities=st.sampled_from([(), ("10",), ("10", "20")]),
        prosthesis=st.sampled_from(["", "I"]),
        description=maybe_texts,
    ),
)
details = st.lists(
    st.sampled_from(
        [
            Detail("condition", ("07", "Y", "01", "04")),
            Detail("ambulance", ("LB", "170", "I")),
            Detail("home health care", ("1", "20261201", "RD8", "20261201-20261231", "", "Y", "N", "I")),
        ]
    ),
    unique=True,
).map(lambda found: sorted(found, key=lambda each: ["condition", "ambulance", "home health care"].index(each.kind)))
questions = st.builds(
    Question,
    st.just("HS"),
    st.just("I"),
    st.sampled_from(["", "2"]),
    st.just("22"),
    st.just("B"),
    st.sampled_from([(), ("AA",), ("AA", "EM")]),
)


def names(entity: str, qualifier: str, identifier: str) -> st.SearchStrategy[Name]:
    return st.builds(
        Name,
        st.just(entity),
        st.just("1"),
        texts,
        maybe_texts,
        maybe_texts,
        suffix=st.sampled_from(["", "JR"]),
        qualifier=st.just(qualifier),
        identifier=st.just(identifier),
    )


def parties(entity: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Party]:
    return st.builds(
        Party,
        names(entity, "XX", "2994535120"),
        st.lists(st.builds(Reference, st.just("EI"), texts), max_size=2),
        addresses,
        contacts,
        specialty=specialties,
        **more,
    )


def dates(*qualifiers: str) -> st.SearchStrategy[list[Dated]]:
    return st.lists(st.sampled_from(qualifiers), unique=True).flatmap(
        lambda chosen: st.tuples(*(st.builds(Dated, st.just(each), periods) for each in chosen)).map(list)
    )


members = st.builds(
    Member,
    names("IL", "MI", "1EG4TE5MK73"),
    st.lists(st.builds(Reference, st.just("SY"), texts), max_size=1),
    addresses,
    birth_date=days,
    sex=st.sampled_from(["", "F"]),
    relationship=st.sampled_from(["", "18"]),
)
refusals = st.lists(st.builds(Refusal, st.just("15"), st.just("C"), st.booleans()), max_size=2)
decisions = st.one_of(
    st.builds(Decision, st.just("A1"), texts, needs_second_opinion=st.sampled_from([None, True, False])),
    st.builds(Decision, st.just("A3"), maybe_texts, st.sampled_from([("0U",), ("0U", "0V")])),
)
services = st.builds(
    Service,
    traces,
    question=st.none() | questions,
    dates=dates("472"),
    delivery=deliveries,
    documents=documents,
    message=maybe_texts,
    providers=st.lists(parties("SJ"), max_size=2),
    line=st.none() | lines,
)
events = st.builds(
    Event,
    traces,
    question=questions,
    references=st.lists(st.builds(Reference, st.just("BB"), texts), max_size=1),
    dates=dates("435", "AAH", "096"),
    delivery=deliveries,
    documents=documents,
    message=maybe_texts,
    providers=st.lists(parties("SJ"), max_size=2),
    diagnoses=diagnoses,
    details=details,
    admission=st.none() | st.just(Admission("3", "1", "", "2")),
    services=st.lists(services, max_size=2),
)
decided_services = st.builds(
    Service,
    traces,
    refusals,
    decision=st.none() | decisions,
    dates=dates("472", "102", "036", "007").map(
        lambda found: [
            each if each.qualifier in {"472", "007"} else Dated(each.qualifier, Period(each.period.first))
            for each in found
        ]
    ),
    asked=st.just(()) | st.just((Diagnosis("LOI", "18842-5"),)),
    line=st.none() | lines,
    contact=st.none() | st.builds(Party, names("X3", "PI", "15004"), address=addresses, contacts=contacts),
)
decided_events = st.builds(
    Event,
    traces,
    refusals,
    decision=decisions,
    references=st.lists(st.builds(Reference, st.just("NT"), texts), max_size=1),
    diagnoses=diagnoses,
    contact=st.none() | st.builds(Party, names("X3", "PI", "15004"), address=addresses, contacts=contacts),
    services=st.lists(decided_services, max_size=2),
)


@given(st.builds(Heading, texts, moments), parties("1P"), members, events)
@settings(max_examples=60, deadline=None)
def test_requests_come_back_as_they_were(heading: Heading, requester: Party, member: Member, event: Event) -> None:
    reviewer = Reviewer(Party(Name("X3", "2", "MERIDIAN", qualifier="PI", identifier="15004")))
    item = ReviewRequest(heading, reviewer, [requester], member, None, event, 1)
    found, verdict = read(b"".join(write_278_request([item], ENVELOPE)))

    assert [finding for each in verdict.transactions() for finding in each.findings] == []
    assert found == [item]


@given(
    st.builds(Heading, texts, moments, st.sampled_from(["18", "19"])),
    contacts,
    refusals,
    members,
    st.lists(decided_events, min_size=1, max_size=3),
)
@settings(max_examples=60, deadline=None)
def test_answers_come_back_as_they_were(
    heading: Heading, asked: list[Contact], refused: list[Refusal], member: Member, decided: list[Event]
) -> None:
    party = Party(Name("X3", "2", "MERIDIAN", qualifier="PI", identifier="15004"), contacts=asked)
    reviewer = Reviewer(party, [replace(refusal, reason="42") for refusal in refused])
    requesters = [Party(Name("1P", "2", "RIVERSIDE CLINIC", qualifier="XX", identifier="2994535120"))]
    items = [ReviewAnswer(heading, reviewer, requesters, member, None, event, 1) for event in decided]
    found, verdict = read(b"".join(write_278_answer(items, ENVELOPE)))

    assert [finding for each in verdict.transactions() for finding in each.findings] == []
    assert found == items


def test_several_requests_are_as_many_transaction_sets() -> None:
    [request] = read(REQUEST)[0]
    second = replace(request, heading=replace(request.heading, reference="PA0002"))
    items, verdict = read(b"".join(write_278_request([request, second], ENVELOPE)))

    assert verdict.verdict == "accepted"
    assert [(item.transaction, item.heading.reference) for item in items] == [(1, "PA0001"), (2, "PA0002")]
