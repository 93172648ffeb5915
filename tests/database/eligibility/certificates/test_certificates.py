"""CMN history asked of the item history over HTTPS, as people and programs see it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.applications import OTHER_BILLER
from tests.support.item_history import US, DmeService, dme_service, patient_of, typed
from tests.support.platform import CloneSettings

PAGE = "/eligibility/certificates"
PATIENT = patient_of("Oxygen")
HISTORY_ONLY = "A claim for service after 12/31/2022 that carries a CMN or DIF is rejected. Send it without."


@pytest.fixture
async def portal(
    databases: Callable[..., Awaitable[CloneSettings]], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[DmeService]:
    async with dme_service(await databases("eligibility"), monkeypatch, PAGE) as running:
        yield running


def fields(procedure: str = "", **changes: str) -> dict[str, str]:
    return {name: value for name, value in typed(PATIENT, procedure, **changes).items() if name != "modifiers"}


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_form_and_answer_say_that_it_is_history(portal: DmeService) -> None:
    form = await portal.app.call("GET", PAGE, US)
    answer = await portal.answered(**fields())
    for page in (form, answer):
        assert page.status_code == 200
        assert HISTORY_ONLY in words_of(page.text)


async def test_every_column_of_the_appendix_is_shown_the_newest_certificate_first(portal: DmeService) -> None:
    page = words_of((await portal.answered(**fields())).text)
    assert "2 certificates on file" in page
    assert page.index("CMS-10125") < page.index("CMS-484")
    oxygen = page[page.index("E1390 RR") :]
    for words in (
        "Oxygen concentrator CMS-484: Oxygen",
        "Initial date 05/06/2019",
        "Recertification 05/06/2020",
        "Active since 05/06/2020",
        "99: for life",
        "Last day 04/06/2022",
        "36 rental payments",
        "Lanternview Home Medical NPI",
        "800-555-0160",
    ):
        assert words in oxygen, words
    assert "Revision 05/15/2021" in page
    assert "24 months" in page


async def test_one_code_narrows_it_down_and_none_on_file_is_said(portal: DmeService) -> None:
    one = await portal.answered(**fields("e1390"))
    assert "1 certificate on file" in one.text
    assert "CMS-10125" not in one.text
    none = await portal.answered(key="key-000002", **fields("E0730"))
    assert "No certificate is on file" in none.text


@pytest.mark.parametrize(("field", "value"), [("procedure", "99213"), ("mbi", "1EG4"), ("last_name", "")])
async def test_what_to_correct_is_said_and_nobody_is_asked(portal: DmeService, field: str, value: str) -> None:
    page = await portal.ask(**(fields() | {field: value}))
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert HISTORY_ONLY in words_of(page.text)
    assert portal.history.state.answered == 0


@pytest.mark.parametrize(
    ("behavior", "words"),
    [
        ({"refuse": True}, "did not answer"),
        ({"answer": "foreign"}, "is not about this question"),
        ({"answer": "cut"}, "cannot be read"),
    ],
)
async def test_what_the_item_history_does_wrong_is_said_with_the_question_to_ask_again(
    portal: DmeService, behavior: dict[str, object], words: str
) -> None:
    portal.history.behave(**behavior)
    page = await portal.answered(**fields("E1390"))
    assert words in page.text
    assert 'value="E1390"' in page.text


async def test_a_program_reads_the_same_and_another_office_nothing(portal: DmeService) -> None:
    body = {"mbi": PATIENT.mbi, "last_name": PATIENT.last_name, "birth_date": f"{PATIENT.birth_date}"}
    asked = await portal.program(body)
    told = asked.json()
    assert (asked.status_code, [each["form"] for each in told["certificates"]]) == (201, ["CMS-10125", "CMS-484"])
    assert told["certificates"][1] | {"supplier": None} == {
        "form": "CMS-484",
        "about": "Oxygen",
        "procedure": "E1390",
        "words": "Oxygen concentrator",
        "modifiers": ["RR"],
        "initial_date": "2019-05-06",
        "recertified_on": "2020-05-06",
        "change": "recertification",
        "status": "Active",
        "status_date": "2020-05-06",
        "length_of_need": 99,
        "last_billed": "2022-04-06",
        "rental_payments": 36,
        "supplier": None,
    }
    assert (await portal.app.call("GET", asked.headers["location"], US)).json() == told
    assert (await portal.app.call("GET", asked.headers["location"], OTHER_BILLER)).status_code == 404
    [used] = [each.event for each in await portal.eligibility.published()]
    assert used.function == "F-02"
