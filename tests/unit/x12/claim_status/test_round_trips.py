"""Whatever the objects may hold is written so that it is read again, and its guide accepts it."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.claim_status.objects import (
    AcknowledgedLevel,
    AcknowledgingPayer,
    ClaimAcknowledgment,
    Payer,
    Person,
    Receipt,
    Status,
    StatusAnswer,
    StatusDetail,
    StatusInquiry,
    StatusLine,
    Totals,
)
from libs.x12.claim_status.writer import write_276, write_277
from libs.x12.parts import Contact, Heading, Name, Period, Procedure, Reference
from tests.support.x12_acknowledgments import write_claim_acknowledgments
from tests.support.x12_examples import segments_of
from tests.support.x12_objects import ACKNOWLEDGMENT, ANSWER, ENVELOPE, INQUIRY, read

texts = st.text("ABYZ059 -'.,/&()", min_size=0, max_size=20).map(lambda text: f"A{text}Z")
maybe_texts = st.just("") | texts
days = st.dates(date(1900, 1, 1), date(2026, 11, 20))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 20)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
cents = st.integers(0, 10**9)
maybe_cents = st.none() | cents
periods = st.builds(Period, days) | days.flatmap(
    lambda first: st.builds(Period, st.just(first), st.dates(first, date(2026, 11, 20)))
)
maybe_periods = st.none() | periods
numbers = st.decimals(0, 999, places=1, allow_nan=False, allow_infinity=False)
procedures = st.builds(
    Procedure,
    st.just("HC"),
    st.from_regex("[A-Z][0-9]{4}", fullmatch=True),
    st.lists(st.sampled_from(["25", "GZ"]), max_size=4).map(tuple),
)


def names(entity: str, qualifier: str, identifier: str) -> st.SearchStrategy[Name]:
    return st.builds(
        Name,
        st.just(entity),
        st.just("1"),
        texts,
        maybe_texts,
        maybe_texts,
        suffix=st.just("") | st.just("JR"),
        qualifier=st.just(qualifier),
        identifier=st.just(identifier),
    )


def references(*qualifiers: str) -> st.SearchStrategy[list[Reference]]:
    return st.lists(st.sampled_from(qualifiers), unique=True).flatmap(
        lambda chosen: st.tuples(*(st.builds(Reference, st.just(each), texts) for each in chosen)).map(list)
    )


statuses = st.builds(
    Status,
    st.sampled_from(["F1", "P1", "P3", "D0"]),
    st.sampled_from(["65", "294", "88"]),
    st.sampled_from(["", "1P", "PR"]),
)
payers = st.builds(
    Payer,
    st.just(Name("PR", "2", "MERIDIAN", qualifier="PI", identifier="15004")),
    st.none() | st.just(Contact("DESK", (("TE", "8005550142"), ("EX", "12")))),
)
receivers = st.builds(
    Name, st.just("41"), st.just("1"), texts, maybe_texts, qualifier=st.just("46"), identifier=st.just("SUB1")
)
providers = st.lists(names("1P", "XX", "2994535120"), min_size=1, max_size=2).map(tuple)
headings = st.builds(Heading, texts, moments)
inquired_lines = st.builds(
    StatusLine,
    procedures,
    cents,
    revenue_code=st.sampled_from(["", "0450"]),
    units=st.none() | numbers,
    references=references("FJ"),
    period=periods,
)
details = st.builds(
    StatusDetail,
    statuses,
    days,
    charge_cents=maybe_cents,
    paid_cents=maybe_cents,
    finalized=st.none() | days,
    payment_date=st.none() | days,
    check_number=st.just("") | st.just("EFT261201"),
    more=st.lists(statuses, max_size=2).map(tuple),
)
line_details = st.builds(StatusDetail, statuses, days, more=st.lists(statuses, max_size=2).map(tuple))
answered_lines = st.builds(
    StatusLine,
    procedures,
    cents,
    cents,
    st.sampled_from(["", "0450"]),
    numbers,
    st.lists(line_details, min_size=1, max_size=2),
    references("FJ"),
    periods,
)


@st.composite
def inquiries(draw: st.DrawFn) -> list[StatusInquiry]:
    """Inquiries as one file has them: some share a provider or a person, some have a dependent."""
    heading, payer, receiver = draw(headings), Payer(draw(payers).name), draw(receivers)
    found: list[StatusInquiry] = []
    for provider in draw(st.lists(providers, min_size=1, max_size=2)):
        for sex in draw(st.lists(st.sampled_from(["F", "M"]), min_size=1, max_size=2)):
            subscriber = Person(draw(names("IL", "MI", "1EG4TE5MK73")), draw(st.none() | days), sex)
            subscriber.sex = sex if subscriber.birth_date else ""
            dependent = Person(draw(names("QC", "", "")), draw(days), "M")
            for patient in draw(st.sampled_from([(None,), (None, dependent), (dependent,)])):
                found += [
                    StatusInquiry(
                        heading,
                        payer,
                        receiver,
                        provider,
                        subscriber,
                        patient,
                        f"INQ{len(found):04}{number}",
                        [Reference("1K", "1126324000001"), *draw(references("EJ", "LU", "6P"))],
                        draw(maybe_periods),
                        draw(st.lists(inquired_lines, max_size=2)),
                        1,
                        charge_cents=draw(maybe_cents),
                    )
                    for number in range(draw(st.integers(1, 2)))
                ]
    return found


@st.composite
def answers(draw: st.DrawFn) -> list[StatusAnswer]:
    """Answers as one file has them: to the receiver, to a provider, about claims."""
    around = (Heading(draw(texts), draw(moments), "DG"), draw(payers), draw(receivers))
    found: list[StatusAnswer] = []
    if draw(st.booleans()):
        said = draw(st.lists(line_details, min_size=1, max_size=2))
        found.append(StatusAnswer(*around, trace="BATCH", transaction=1, statuses=said))
    for provider in draw(st.lists(providers, min_size=0 if found else 1, max_size=2)):
        subscribers = [Person(draw(names("IL", "MI", "1EG4TE5MK73"))) for _ in range(draw(st.integers(0, 2)))]
        if not subscribers:
            said = draw(st.lists(line_details, min_size=1, max_size=2))
            found.append(StatusAnswer(*around, provider, trace="0", transaction=1, statuses=said))
        found += [
            StatusAnswer(
                *around,
                provider,
                subscriber,
                None,
                draw(texts),
                draw(references("1K", "EJ", "VV", "D9")),
                draw(maybe_periods),
                draw(st.lists(answered_lines, max_size=2)),
                1,
                statuses=draw(st.lists(details, min_size=1, max_size=3)),
            )
            for subscriber in subscribers
        ]
    return found


def levels(entity: str, trace: str) -> st.SearchStrategy[AcknowledgedLevel]:
    effective = days if entity == "41" else st.none()
    said = st.builds(StatusDetail, st.just(Status("A1", "19", "PR")), effective, st.just("WQ"), cents)
    qualifier, identifier = ("46", "SUB1") if entity == "41" else ("XX", "2994535120")
    name = st.builds(
        Name, st.just(entity), st.just("1"), texts, qualifier=st.just(qualifier), identifier=st.just(identifier)
    )
    return st.builds(
        AcknowledgedLevel,
        name,
        st.just(trace),
        st.lists(said, min_size=1, max_size=2),
        references("LU") if entity == "85" else st.just([]),
    )


@st.composite
def acknowledgments(draw: st.DrawFn) -> list[ClaimAcknowledgment]:
    """A 277CA: claims of one or two providers, with true totals or none."""
    payer = AcknowledgingPayer(
        Name("PR", "2", "MERIDIAN", qualifier="PI", identifier="15004"),
        [Receipt("8", draw(days), draw(days))],
    )
    around = (Heading(draw(texts), draw(moments), "TH"), payer, draw(levels("41", "BATCH7")))
    found = []
    for number in range(draw(st.integers(1, 2))):
        provider = draw(levels("85", str(number)))
        charges = draw(st.lists(cents, min_size=1, max_size=3))
        if draw(st.booleans()):
            provider.totals = Totals(len(charges), None, sum(charges), None)
        found += [
            ClaimAcknowledgment(
                *around,
                provider,
                draw(names("QC", "MI", "1EG4TE5MK73")),
                draw(texts),
                [StatusDetail(Status("A2", "20"), draw(days), "WQ", charge)],
                draw(references("1K", "BLT")),
                draw(periods),
                transaction=1,
            )
            for charge in charges
        ]
    return found


@given(inquiries())
@settings(max_examples=60, deadline=None)
def test_inquiries_come_back_as_they_were(items: list[StatusInquiry]) -> None:
    found, verdict = read(b"".join(write_276(items, ENVELOPE)))

    assert [finding for each in verdict.transactions() for finding in each.findings] == []
    assert [replace(item, findings=()) for item in found] == items


@given(answers())
@settings(max_examples=60, deadline=None)
def test_answers_come_back_as_they_were(items: list[StatusAnswer]) -> None:
    found, verdict = read(b"".join(write_277(items, ENVELOPE)))

    assert [finding for each in verdict.transactions() for finding in each.findings] == []
    assert [replace(item, findings=()) for item in found] == items


@given(acknowledgments())
@settings(max_examples=60, deadline=None)
def test_acknowledgments_come_back_as_they_were(items: list[ClaimAcknowledgment]) -> None:
    found, verdict = read(b"".join(write_claim_acknowledgments(items, ENVELOPE)))

    assert [finding for each in verdict.transactions() for finding in each.findings] == []
    assert [replace(item, findings=()) for item in found] == items


def test_the_files_of_the_tests_come_back_segment_by_segment() -> None:
    for text, write in ((INQUIRY, write_276), (ANSWER, write_277), (ACKNOWLEDGMENT, write_claim_acknowledgments)):
        written = b"".join(write(read(text)[0], ENVELOPE))

        assert segments_of(written) == segments_of(text.encode())


def test_two_headings_are_two_transaction_sets() -> None:
    [first, second] = read(INQUIRY)[0]
    second.heading = replace(second.heading, reference="ANOTHER")
    items, verdict = read(b"".join(write_276([first, second], ENVELOPE)))

    assert [item.transaction for item in items] == [1, 2]
    assert verdict.verdict == "accepted"


def test_a_long_file_is_written_in_pieces() -> None:
    [inquiry, _] = read(INQUIRY)[0]
    inquiry.trace = "A" * 40
    pieces = list(write_276((replace(inquiry, subscriber=replace(inquiry.subscriber)) for _ in range(2000)), ENVELOPE))

    assert len(pieces) > 5
    assert max(map(len, pieces)) < 70_000


def test_quantities_keep_their_decimals() -> None:
    [inquiry, _] = read(INQUIRY.replace("*160*****1~", "*160*****1.50~"))[0]

    assert inquiry.lines[0].units == Decimal("1.50")
    assert b"*160*****1.50~" in b"".join(write_276([inquiry], ENVELOPE))
