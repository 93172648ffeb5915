from dataclasses import replace
from datetime import date
from decimal import Decimal

from libs.x12.eligibility.objects import Address, Contact, Dated, EligibilityAnswer, Procedure
from libs.x12.eligibility.writer import write_270, write_271
from tests.support.eligibility_files import ANSWER, ENVELOPE, INQUIRY, body, read, read_answer, read_inquiry


def test_an_inquiry_as_hets_wants_it_is_accepted_with_all_it_says() -> None:
    [inquiry], verdict = read(INQUIRY)

    [transaction] = verdict.transactions()
    assert (verdict.verdict, transaction.findings) == ("accepted", [])
    assert verdict.accepts(inquiry)
    inquiry = read_inquiry(INQUIRY)
    assert inquiry.findings == ()
    assert inquiry.heading.reference == "PORTAL0001"
    assert f"{inquiry.heading.created:%Y-%m-%d %H:%M:%S}" == "2026-11-20 09:30:00"
    assert (inquiry.source.name.identifier, inquiry.provider_npi, inquiry.mbi) == (
        "CMS",
        "2994535120",
        "1EG4TE5MK73",
    )
    assert (inquiry.patient.name.last_name, inquiry.patient.name.first_name) == ("ASHGROVE", "ALDORA")
    assert (inquiry.patient.birth_date, inquiry.trace_number) == (date(1936, 1, 10), "INQ0001")
    assert inquiry.service_types == ("30", "42", "45", "AG", "98")
    assert inquiry.dates == (Dated("291", date(2025, 11, 20), date(2027, 3, 20)),)
    assert inquiry.transaction == 1


def test_a_full_answer_is_accepted_and_written_as_it_was() -> None:
    answers, verdict = read(ANSWER)

    [transaction] = verdict.transactions()
    assert (verdict.verdict, transaction.findings) == ("accepted", [])
    [answer] = [each for each in answers if isinstance(each, EligibilityAnswer)]
    assert answer.findings == ()
    written = b"".join(write_271([answer], ENVELOPE))
    assert body(written) == body(ANSWER.encode())
    assert read_answer(written) == answer


def test_a_full_answer_read_byte_by_byte_is_the_same() -> None:
    assert read(ANSWER, chunk=1)[0] == read(ANSWER)[0]


def test_the_answer_says_who_the_patient_is() -> None:
    person = read_answer(ANSWER).patient

    assert person is not None
    assert (person.name.last_name, person.name.middle_name, person.name.suffix) == ("ASHGROVE", "M", "JR")
    assert person.address == Address("672 OLD ORCHARD WAY", "APT 4", "WILLOW BEND", "KY", "424691020")
    assert (person.birth_date, person.sex, person.relationship) == (date(1936, 1, 10), "F", "18")
    assert person.is_corrected
    assert [(trace.kind, trace.number) for trace in person.traces] == [("2", "INQ0001"), ("1", "HETS202611200931")]
    assert person.dates == [Dated("307", date(2025, 11, 20), date(2027, 3, 20))]


def test_every_benefit_is_there_with_its_values() -> None:
    benefits = read_answer(ANSWER).benefits

    assert [benefit.information for benefit in benefits] == list("611CFBKFBCACFFFDDXXDRRR1")
    inactive, part_a = benefits[0], benefits[1]
    assert inactive.dated("307") == Dated("307", date(2024, 1, 1), date(2024, 3, 31))
    assert inactive.messages == ["UNLAWFUL PRESENCE"]
    assert (part_a.insurance, part_a.service_types, part_a.dated("307")) == (
        "MA",
        ("30",),
        Dated("307", date(2001, 2, 1)),
    )
    deductible, days, coinsurance, reserve = benefits[3:7]
    assert (deductible.amount_cents, deductible.time_period) == (99200, "29")
    assert (days.unit, days.quantity) == ("DY", Decimal(60))
    assert (coinsurance.amount_cents, coinsurance.amount_decimals, coinsurance.quantity) == (24800, 2, Decimal(30))
    assert (reserve.unit, reserve.quantity, reserve.time_period) == ("LA", Decimal(60), "33")
    part_b_coinsurance, blood = benefits[10], benefits[11]
    assert (part_b_coinsurance.percent, part_b_coinsurance.amount_cents) == (Decimal("0.2"), None)
    assert (blood.unit, blood.quantity, blood.insurance) == ("DB", Decimal(3), "")
    assert benefits[13].service_types == ("PT", "AF")
    assert benefits[14].deliveries[0].periods == 1
    assert benefits[16].procedure == Procedure("HC", "G0438", ("25",))


def test_hospice_home_health_and_other_payers_name_their_entities() -> None:
    benefits = read_answer(ANSWER).benefits
    hospice, home_health, kidney, msp, advantage, part_d, qmb = benefits[17:]

    assert hospice.entities[0].name.identifier == "2952919902"
    assert [entity.name.entity for entity in home_health.entities] == ["PR", "1P"]
    provider = home_health.entities[1].provider
    assert provider is not None
    assert provider.part == "HH"
    assert (home_health.dated("193"), home_health.dated("194")) == (
        Dated("193", date(2026, 1, 5)),
        Dated("194", date(2026, 3, 6)),
    )
    assert home_health.messages == ["DOEBA 20260105", "DOLBA 20260301"]
    assert kidney.dated("198") == Dated("198", date(2023, 6, 1))
    assert (msp.insurance, msp.reference("IG")) == ("12", "POLICY77")
    assert msp.entities[0].address == Address("PO BOX 1200", "", "LANTERNVILLE", "KY", "428810324")
    assert (advantage.insurance, advantage.reference("18"), advantage.plan) == ("HN", "H1234 001", "HEALTHY FUTURES")
    assert advantage.entities[0].contacts == [Contact("", (("TE", "8005550145"), ("UR", "WWW.HEALTHYFUTURES.EXAMPLE")))]
    assert (part_d.insurance, part_d.service_types) == ("OT", ("88",))
    assert qmb.insurance == "QM"


def test_what_is_written_can_be_asked_again() -> None:
    inquiry = read_inquiry(INQUIRY)

    written = b"".join(write_270([inquiry], ENVELOPE))

    assert body(written) == body(INQUIRY.encode())
    assert read_inquiry(written) == inquiry


def test_neighbors_share_their_levels() -> None:
    first = read_answer(ANSWER)
    second = replace(first, subscriber=read_answer(ANSWER).subscriber)
    other_receiver = replace(first, receiver=read_answer(ANSWER).receiver)
    other_set = replace(first, heading=replace(first.heading), transaction=2)

    items, verdict = read(b"".join(write_271([first, second, other_receiver, other_set], ENVELOPE)))

    assert verdict.verdict == "accepted"
    assert items == [first, second, other_receiver, other_set]
    answers = [item for item in items if isinstance(item, EligibilityAnswer)]
    assert answers[0].receiver is answers[1].receiver
    assert answers[1].receiver is not answers[2].receiver
    assert answers[0].source is answers[2].source


def test_the_same_answer_twice_is_written_twice() -> None:
    answer = read_answer(ANSWER)

    items, verdict = read(b"".join(write_271([answer, answer], ENVELOPE)))

    assert (verdict.verdict, items) == ("accepted", [answer, answer])
