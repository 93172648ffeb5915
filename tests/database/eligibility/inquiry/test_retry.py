"""Asked again: in another way, because it is the same, or because the number is an old one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED
from tests.support.applications import BILLER, OTHER_BILLER, Someone
from tests.support.eligibility import PATIENT, EligibilityService, eligibility_service, typed
from tests.support.platform import CloneSettings
from tests.support.portico import MORNING

API = "/api/eligibility/inquiries"


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[EligibilityService]:
    async with eligibility_service(await databases("eligibility"), monkeypatch) as running:
        yield running


async def press(
    portal: EligibilityService, path: str, key: str, who: Someone = BILLER, **fields: str
) -> httpx.Response:
    body = {"csrf": who.csrf, "enrollment": str(who.enrollment_id), "idempotency_key": key, **fields}
    sent = await portal.app.call("POST", path, who, data=body)
    return sent if sent.status_code != 303 else await portal.app.call("GET", sent.headers["location"], who)


async def test_a_refused_name_is_asked_in_another_way_by_one_click(portal: EligibilityService) -> None:
    sent = await portal.ask(**typed(last_name=f"{PATIENT.last_name} Jr", first_name=""))
    page = await portal.app.call("GET", sent.headers["location"], BILLER)
    assert "AAA 73" in page.text
    assert "Who can help:" in page.text
    for words in ("Try it in another way", "With the suffix inside the last name", "Without the suffix"):
        assert words in page.text
    address = f"{sent.headers['location']}/again"
    inside = await press(portal, address, "again-0001", way="1")
    assert "AAA 73" in inside.text
    # The form shows what is asked now; HETS has the name without a suffix.
    assert 'name="suffix_inside" value="yes" checked' in inside.text
    without = await press(portal, address, "again-0002", way="2")
    assert "Part A and Part B active" in without.text
    assert portal.hets.state.answered == 3
    assert PATIENT.last_name not in address


async def test_a_refused_birth_date_is_left_out_by_one_click(portal: EligibilityService) -> None:
    sent = await portal.ask(**typed(birth_date="01/02/1940"))
    page = await press(portal, f"{sent.headers['location']}/again", "again-0001", way="1")
    assert "Part A and Part B active" in page.text


async def test_a_way_that_is_not_offered_is_told_and_nothing_is_asked(portal: EligibilityService) -> None:
    sent = await portal.ask()
    page = await press(portal, f"{sent.headers['location']}/again", "again-0001", way="3")
    assert page.status_code == 422
    assert "There is no such way to ask" in page.text
    foreign = await press(portal, f"{sent.headers['location']}/again", "again-0002", OTHER_BILLER)
    assert foreign.status_code == 404
    assert portal.hets.state.answered == 1


async def test_names_travel_plain_and_are_shown_as_typed(portal: EligibilityService) -> None:
    page = await portal.answered(**typed(last_name=f"  {PATIENT.last_name.lower()}. ", birth_date=""))
    assert "Part A and Part B active" in page.text
    form = await portal.app.call("GET", "/eligibility", BILLER)
    assert f"{PATIENT.last_name.lower()}.," in form.text


async def test_the_same_question_within_minutes_shows_its_answer_and_can_be_asked_again(
    portal: EligibilityService,
) -> None:
    first = await portal.ask()
    second = await portal.ask(key="key-000002", **typed(last_name=f" {PATIENT.last_name.upper()} "))
    assert second.headers["location"] == f"{first.headers['location']}?repeated=yes"
    page = await portal.app.call("GET", second.headers["location"], BILLER)
    assert "You asked the same a few minutes ago" in page.text
    assert portal.hets.state.answered == 1
    again = await press(portal, f"{first.headers['location']}/again", "again-0001")
    assert "You asked the same" not in again.text
    assert portal.hets.state.answered == 2
    # What was not asked is not counted.
    assert [row[0] for row in await portal.rows("SELECT sum(asked) FROM tally WHERE subject LIKE 'user:%'")] == [2]
    portal.app.clock.advance(timedelta(minutes=11))
    await portal.ask(key="key-000003")
    assert portal.hets.state.answered == 3


async def test_the_answer_of_another_clinic_is_not_shown_for_the_same_question(portal: EligibilityService) -> None:
    await portal.ask()
    other = await portal.ask(OTHER_BILLER, key="key-000002")
    assert "repeated" not in other.headers["location"]
    assert portal.hets.state.answered == 2


async def test_other_days_or_another_service_type_are_another_question(portal: EligibilityService) -> None:
    await portal.ask()
    await portal.ask(key="key-000002", **typed(service_from="11/20/2026"))
    answer = await portal.answered(key="key-000003", **typed(service_type="42"))
    assert portal.hets.state.answered == 3
    assert "Part A and Part B active" in answer.text
    history = await portal.app.call("GET", "/eligibility/history", BILLER)
    assert "42: Home health care" in history.text


async def test_a_refusal_that_says_nothing_about_the_question_is_not_shown_again(portal: EligibilityService) -> None:
    portal.hets.behave(answer="away")
    page = await portal.answered()
    assert "Medicare&#39;s eligibility system cannot answer right now" in page.text
    assert "Nothing is wrong with the question" in page.text
    assert "Try it in another way" not in page.text
    listed = await portal.app.call("GET", "/eligibility", BILLER)
    assert "HETS cannot answer now" in listed.text
    assert "No match" not in listed.text
    portal.hets.behave()
    assert "Part A and Part B active" in (await portal.answered(key="key-000002")).text
    assert [row[0] for row in await portal.rows("SELECT coalesce(sum(refused), 0) FROM tally")] == [0]


async def test_a_program_is_given_the_answer_that_is_there_unless_it_asks_again(portal: EligibilityService) -> None:
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "first_name": PATIENT.first_name}

    async def inquire(key: str, **more: object) -> httpx.Response:
        headers = {"idempotency-key": key}
        return await portal.app.call("POST", API, BILLER, json=body | more, headers=headers)

    first, repeated = await inquire("key-000001"), await inquire("key-000002")
    again = await inquire("key-000003", again=True)
    assert [each.status_code for each in (first, repeated, again)] == [201, 200, 201]
    assert repeated.json() == first.json()
    assert again.json()["inquiry_id"] != first.json()["inquiry_id"]


async def test_an_old_number_answers_for_days_before_the_change_alone(portal: EligibilityService) -> None:
    number, patient = Knowledge(DEFAULT_SEED).replaced
    refused = await portal.answered(**typed(patient, mbi=number))
    assert "AAA 72" in refused.text
    assert "answers for days before the change and for no others" in refused.text
    changed = MORNING.date() - timedelta(days=40)
    before, on = (f"{day:%m/%d/%Y}" for day in (changed - timedelta(days=1), changed))
    # A period that begins before the change is answered, with the last day of the number.
    page = await portal.answered(key="key-000002", **typed(patient, mbi=number, service_from=before, service_to=on))
    assert f"Its last day was {before}" in page.text
    assert "Part A and Part B active" in page.text
    late = await portal.answered(key="key-000003", **typed(patient, mbi=number, service_from=on))
    assert "AAA 72" in late.text
    new = await portal.answered(key="key-000004", **typed(patient))
    assert "was replaced" not in new.text


async def test_history_shows_what_was_asked_and_never_what_hets_said(portal: EligibilityService) -> None:
    await portal.ask()
    portal.app.clock.advance(timedelta(minutes=1))
    await portal.ask(key="key-000002", **typed(birth_date="01/02/1940"))
    await portal.ask(OTHER_BILLER, key="key-000003")
    page = await portal.app.call("GET", "/eligibility/history", BILLER)
    for words in ("2 checks", "Answered", "No match", f"MBI ending in {PATIENT.mbi[-4:]}", "30: Health plan coverage"):
        assert words in page.text
    assert "Part A" not in page.text
    listed = (await portal.app.call("GET", API, BILLER)).json()
    assert [(each["state"], each["kept"]) for each in listed["inquiries"]] == [("refused", True), ("answered", True)]
    assert {"headline", "groups", "parts", "coverage"}.isdisjoint(listed["inquiries"][0])


MISSING_OR_WRONG = {
    "no number": ({"mbi": ""}, ["mbi"]),
    "a number of nine": ({"mbi": PATIENT.mbi[:9]}, ["mbi"]),
    "no last name": ({"last_name": ""}, ["last_name"]),
    "a last name of signs": ({"last_name": "..."}, ["last_name"]),
    "a last name with a sign": ({"last_name": "Do*e"}, ["last_name"]),
    "neither first name nor birth date": ({"first_name": "", "birth_date": ""}, ["first_name"]),
    "born tomorrow": ({"birth_date": "2026-11-24"}, ["birth_date"]),
    "born too long ago": ({"birth_date": "1890-01-01"}, ["birth_date"]),
    "born after the service": ({"birth_date": "2024-01-02", "service_from": "2024-01-01"}, ["birth_date"]),
    "five years back": ({"service_from": "2021-11-23"}, ["service_from"]),
    "a day too far back": ({"service_from": "2022-11-22"}, ["service_from"]),
    "five months ahead": ({"service_to": "2027-04-23"}, ["service_to"]),
    "a day too far ahead": ({"service_to": "2027-03-24"}, ["service_to"]),
    "the last day first": ({"service_from": "2026-11-20", "service_to": "2026-11-10"}, ["service_to"]),
    "no such service type": ({"service_type": "XX"}, ["service_type"]),
    "much at once": ({"mbi": "1EG4", "last_name": "", "service_type": "9"}, ["mbi", "last_name", "service_type"]),
}
"""What is missing or contradicts itself, dates as programs send them, and the fields to correct."""


@pytest.mark.parametrize(("changes", "fields"), MISSING_OR_WRONG.values(), ids=MISSING_OR_WRONG)
async def test_page_and_api_say_the_same_and_hets_is_not_asked(
    portal: EligibilityService, changes: dict[str, str], fields: list[str]
) -> None:
    body = {
        "mbi": PATIENT.mbi,
        "last_name": PATIENT.last_name,
        "first_name": PATIENT.first_name,
        "birth_date": f"{PATIENT.birth_date}",
    } | changes
    sent = {name: value for name, value in body.items() if value or name in ("mbi", "last_name")}
    headers = {"idempotency-key": "key-000001"}
    answer = await portal.app.call("POST", API, BILLER, json=sent, headers=headers)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, fields)
    page = await portal.ask(**{name: _typed(value) for name, value in body.items()})
    assert page.status_code == 422
    for field, sentence in answer.json()["fields"].items():
        assert f'href="#{field}"' in page.text
        assert sentence.replace("'", "&#39;") in page.text
    assert portal.hets.state.answered == 0


def _typed(value: str) -> str:
    year, _, day = value.partition("-")
    return f"{day.replace('-', '/')}/{year}" if len(year) == 4 and day.count("-") == 1 else value
