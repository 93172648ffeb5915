"""The draft as the contractor's staff meets it: page and files, computed from rows."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.notifier.contractor_alerts import repository as alerts
from services.notifier.contractor_alerts.domain import Delivery
from services.notifier.interruptions.domain import Change, Interruption
from services.notifier.interruptions.handlers import record_change
from services.notifier.monthly_reports import repository
from tests.support.applications import BILLER, Application, Applications, Someone, applications

__all__ = ["applications"]

OPERATOR = Someone("operator", role="PORTAL_OPERATOR", staff=True, permissions=frozenset())
MIDNIGHT = datetime(2026, 11, 1, 4, tzinfo=UTC)  # the first of November begins in the contractor's zone


def interruption(number: int, start: datetime, length: timedelta | None, domain: str = "hets") -> Change:
    found = Interruption(
        UUID(int=number),
        domain,
        ("F-12",) if domain == "hets" else ("F-07", "F-12"),
        start,
        start,
        state="closed" if length else "open",
        ended_at=start + length if length else None,
    )
    return Change("opened", start, found)


@pytest.fixture
async def app(applications: Applications) -> Application:
    """The notifier with rows of two months; made once for the module."""
    app = await applications("notifier")
    async with app.work.database.work(app.work) as work:
        known = bool(await repository.totals(work, "15004", date(2026, 11, 1), date(2026, 12, 1)))
        if not known:
            for change in (
                interruption(1, MIDNIGHT - timedelta(minutes=30), timedelta(minutes=40)),
                interruption(2, MIDNIGHT + timedelta(days=2), timedelta(minutes=6), "postgresql"),
                interruption(3, MIDNIGHT + timedelta(days=2, minutes=3), timedelta(minutes=6)),
                interruption(4, app.clock.now() - timedelta(minutes=15), None),
            ):
                await record_change(work, "15004", change)
            await alerts.record_queued(work, UUID(int=2), 1, MIDNIGHT, [("smtp-1", "<2@portico.example>")])
            told_at = MIDNIGHT + timedelta(days=2, seconds=9)
            await alerts.record(work, Delivery(UUID(int=2), 1, "smtp-1", 1, "accepted", 250, "<2>", told_at))
            for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)):
                await repository.add(work, "15004", "F-12", "inquiries-answered", {day: 7})
    if not known:
        await app.admit(OPERATOR, BILLER)
    return app


async def rows_of(app: Application, month: str, module: str) -> list[dict[str, str]]:
    answer = await app.call("GET", f"/notifier/reports/{month}/{module}.csv", OPERATOR)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"15004-{month}-{module}-draft.csv" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_each_function_has_its_minutes_within_the_month(app: Application) -> None:
    november = {row["Code"]: row for row in await rows_of(app, "2026-11", "functionality")}
    october = {row["Code"]: row for row in await rows_of(app, "2026-10", "functionality")}

    assert len(november) == 28
    # 10 of the first one's 40 minutes, 6 and 6 that share 3, and 15 that go on.
    assert november["F-12"]["Minutes interrupted"] == "34.0"
    assert november["F-12"]["Interruptions"] == "4"
    assert november["F-07"]["Minutes interrupted"] == "6.0"
    assert november["F-24"]["Available (percent)"] == "100.000"
    assert november["F-01"]["Offered"] == "no"
    assert {row["Comments"] for code, row in november.items() if code != "F-10"} == {""}
    assert october["F-12"]["Minutes interrupted"] == "30.0"
    assert october["F-12"]["Available (percent)"] == "99.932"


async def test_each_interruption_has_its_times_cause_and_notice(app: Application) -> None:
    november = await rows_of(app, "2026-11", "interruptions")

    assert [row["Minutes in this month"] for row in november] == ["10.0", "6.0", "6.0", "15.0"]
    assert november[0]["Started"] == "2026-10-31T23:30:00-04:00"
    assert november[0]["Cause"] == "HETS, the eligibility system of CMS, did not answer"
    assert november[1]["CMS notified"] == "2026-11-02T23:00:09-05:00"
    assert (november[3]["Ended"], november[3]["CMS notified"]) == ("", "")


async def test_counters_are_those_of_the_month(app: Application) -> None:
    answered = {row["What was counted"]: row["Count"] for row in await rows_of(app, "2026-11", "activity")}

    assert answered["Eligibility inquiries answered"] == "14"
    assert answered["Redeterminations requested"] == "0"


async def test_the_page_tells_the_same(app: Application) -> None:
    page = await app.call("GET", "/notifier/reports", OPERATOR)
    earlier = await app.call("GET", "/notifier/reports/2026-10", OPERATOR)

    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert "Monthly report, November 2026: draft" in text
    assert "There were 4 interruptions." in text
    assert "Ongoing" in text
    assert re.search(r'<a href="/notifier/reports"[^>]* aria-current="page">Monthly report\s*</a>', text)
    assert '<a href="/notifier/reports/2026-11" rel="next">November 2026</a>' in earlier.text
    assert await app.call("GET", "/notifier/reports/2026-11", OPERATOR)


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("2026-13", "Name a month by year and number"),
        ("november", "Name a month by year and number"),
        ("2026-12", "This month has not begun"),
        ("2099-12/activity.csv", "This month has not begun"),
        ("2026-11/everything.csv", "The report has the parts"),
    ],
)
async def test_what_there_is_no_report_of_says_so(app: Application, path: str, sentence: str) -> None:
    answer = await app.call("GET", f"/notifier/reports/{path}", OPERATOR)

    assert answer.status_code == 404
    assert sentence in answer.text


async def test_providers_do_not_see_it(app: Application) -> None:
    answer = await app.call("GET", "/notifier/reports", BILLER)

    assert answer.status_code == 403
    assert "Minutes" not in answer.text
    assert "Monthly report" not in (await app.call("GET", "/notifier", BILLER)).text
