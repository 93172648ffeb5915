"""What HETS knows of each beneficiary, and its 271: benefits drawn from the seed, refusals by the rules of HETS."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property

from libs.x12.eligibility.judging import judge_inquiry, rejections_for
from libs.x12.eligibility.objects import (
    Address,
    AnsweredPerson,
    Benefit,
    Dated,
    EligibilityAnswer,
    EligibilityInquiry,
    Heading,
    Name,
    Receiver,
    Rejection,
    Source,
    Trace,
)
from simulators.hets import benefits
from simulators.hets.stories import STORIES, Story
from simulators.population import Beneficiary, Population

# So many beneficiaries of the population are on file, besides those of the first claims.
_ON_FILE = 500
_CLAIMS_ON_FILE = 500
_ORIGINATOR = "9CMSHETS01"
# The place in the population of the first patient with a story; none of them is in the walk.
_FIRST_STORY = 100
# Whoever has a new Medicare number since some days; the old one is that of nobody else on file.
_NEW_NUMBER, _OLD_NUMBER = 150, 1_000_150
_REPLACED_SINCE = timedelta(days=40)
# DTP01 in loop 2100C for the last day of a number that was replaced (540: it expires).
_NUMBER_ENDS = "540"


class Knowledge:
    """The beneficiaries of one population by Medicare number."""

    def __init__(self, seed: int) -> None:
        self._population = Population(seed)

    @cached_property
    def patients(self) -> dict[str, tuple[Beneficiary, Story]]:
        """The beneficiaries of whom HETS has more to say, by Medicare number."""
        people = (self._population.beneficiary(_FIRST_STORY + place) for place in range(len(STORIES)))
        return {person.mbi: (person, story) for person, story in zip(people, STORIES, strict=True)}

    @cached_property
    def replaced(self) -> tuple[str, Beneficiary]:
        """A Medicare number that was replaced, and whose it was."""
        return self._population.beneficiary(_OLD_NUMBER).mbi, self._population.beneficiary(_NEW_NUMBER)

    @cached_property
    def _people(self) -> dict[str, Beneficiary]:
        known = {each.mbi: each for each in self._population.beneficiaries(_ON_FILE)}
        for claim in self._population.claims(_CLAIMS_ON_FILE, received=date(2026, 1, 1)):
            person = claim.subscriber
            if person.birth_date is not None and person.address is not None:
                known[person.mbi] = Beneficiary(
                    self._population.beneficiary(0).beneficiary_id,
                    person.mbi,
                    person.first_name,
                    person.last_name,
                    person.birth_date,
                    person.sex,
                    person.address,
                )
        return known

    def answer(self, inquiry: EligibilityInquiry, now: datetime) -> EligibilityAnswer:
        """The 271 for one 270: benefits, or why not (AAA)."""
        refusals = rejections_for(judge_inquiry(inquiry, now.date()))
        person = None if refusals else self._people.get(inquiry.mbi)
        old_number, owner = self.replaced
        changed = now.date() - _REPLACED_SINCE
        if inquiry.mbi == old_number and not refusals:
            # Days on or after the change are refused; a period that begins before is answered.
            before = all(asked.first < changed for asked in inquiry.dates)
            person, refusals = (owner, ()) if before else (None, (Rejection("2100C", "72", "C"),))
        if not refusals and person is None:
            refusals = (Rejection("2100C", "75", "C"),)
        if person is not None:
            refusals = _mismatches(inquiry, person)
        if refusals or person is None:
            return _refused(inquiry, refusals, now)
        answer = _answered(inquiry, person, now)
        if person.mbi in self.patients and answer.subscriber is not None:
            self.patients[person.mbi][1].tell(answer.subscriber, now.date())
        if inquiry.mbi == old_number and answer.subscriber is not None:
            answer.subscriber.name.identifier = old_number
            answer.subscriber.dates.append(Dated(_NUMBER_ENDS, changed - timedelta(days=1)))
        return answer

    def refusal(self, inquiry: EligibilityInquiry, now: datetime, *why: Rejection) -> EligibilityAnswer:
        """The 271 that answers nothing but why not."""
        return _refused(inquiry, why, now)


def _mismatches(inquiry: EligibilityInquiry, person: Beneficiary) -> tuple[Rejection, ...]:
    """What was asked with must match what is known, each field by itself (CAQH CORE 259: one AAA for each)."""
    asked = inquiry.subscriber
    found = []
    names = [(asked.name.last_name, person.last_name), (asked.name.first_name, person.first_name)]
    # Nobody on file has a suffix, so whoever is asked about with one is somebody else.
    if asked.name.suffix or any(given and given.upper() != known.upper() for given, known in names):
        found.append(Rejection("2100C", "73", "C"))
    if asked.birth_date is not None and asked.birth_date != person.birth_date:
        found.append(Rejection("2100C", "71", "C"))
    return tuple(found)


def _refused(inquiry: EligibilityInquiry, refusals: Sequence[Rejection], now: datetime) -> EligibilityAnswer:
    source, receiver = Source(inquiry.source.name), Receiver(inquiry.receiver.name)
    source.rejections = [each for each in refusals if each.loop == "2100A"]
    receiver.rejections = [each for each in refusals if each.loop == "2100B"]
    subscriber = AnsweredPerson(
        name=inquiry.subscriber.name,
        traces=[Trace("2", each.number, each.originator) for each in inquiry.subscriber.traces],
        rejections=[each for each in refusals if each.loop not in ("2100A", "2100B")],
    )
    return EligibilityAnswer(_heading(inquiry, now), source, receiver, subscriber)


def _heading(inquiry: EligibilityInquiry, now: datetime) -> Heading:
    return Heading(inquiry.heading.reference, now, "11")


def _answered(inquiry: EligibilityInquiry, person: Beneficiary, now: datetime) -> EligibilityAnswer:
    home = person.address
    subscriber = AnsweredPerson(
        name=Name(
            "IL", "1", person.last_name.upper(), person.first_name.upper(), qualifier="MI", identifier=person.mbi
        ),
        traces=[
            Trace("1", f"H{now:%y%m%d}{abs(hash_of(inquiry)):09}", _ORIGINATOR),
            *(Trace("2", each.number, each.originator) for each in inquiry.subscriber.traces),
        ],
        address=Address(street=home.street, city=home.city, state=home.state, postal_code=home.postal_code),
        birth_date=person.birth_date,
        sex=person.sex,
        relationship="18",
        dates=[Dated("307", asked.first, asked.last) for asked in inquiry.dates],
        benefits=benefits_of(person, now.date()),
    )
    return EligibilityAnswer(
        _heading(inquiry, now), Source(inquiry.source.name), Receiver(inquiry.receiver.name), subscriber
    )


def hash_of(inquiry: EligibilityInquiry) -> int:
    """A number below a billion that follows from the reference of a question."""
    return int.from_bytes(inquiry.heading.reference.encode()[-8:], "big") % 1_000_000_000


def benefits_of(person: Beneficiary, today: date) -> list[Benefit]:
    """What HETS says of a beneficiary: Part A and B since 65 with what is usual, and by the last digits what is not."""
    since = date(person.birth_date.year + 65, person.birth_date.month, 1)
    draw, time = int(person.mbi[-2:]), benefits.year(today)
    found = [benefits.part_a(since), benefits.part_b(since)]
    found += benefits.usual(today, draw=draw, is_female=person.sex == "F")
    if draw % 5 == 0:
        found.append(benefits.advantage(time))
    if draw % 7 == 0:
        found.append(benefits.other_payer(time))
    if draw % 4 == 1:
        found.append(benefits.drug_plan(time))
    if draw % 11 == 0:
        found.append(benefits.qualified_beneficiary(time.first))
    if draw % 13 == 0:
        found += benefits.home_health(today - timedelta(days=70))
    return found
