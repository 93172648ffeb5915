from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from libs.common.deployment import load_deployment
from libs.common.persistence.paging import whole
from libs.common.web.pages import Frame, Step, text
from libs.common.web.paging import Column, Listing
from services.notifier.banners.domain import FunctionState, Situation
from services.notifier.health.domain import FaultDomain
from services.notifier.interruptions.domain import Interruption

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
FRAME = Frame(deployment=load_deployment(Path(__file__).parents[4] / "contract.toml"), now=NOW)
OPEN = Interruption(UUID(int=1), "claims", ("F-07",), NOW - timedelta(minutes=18), NOW - timedelta(minutes=17))
LISTING = Listing(
    noun="interruption",
    columns=(Column("Functions"), Column("State"), Column("Started"), Column("Ended")),
    page=whole([]),
    path="/notifier",
    empty="There was no interruption yet.",
)


def status(*interruptions: Interruption, frame: Frame = FRAME) -> str:
    return text(
        "notifier/interruptions/status.html",
        {
            "frame": frame,
            "path": "/notifier",
            "situation": Situation((FunctionState("F-07", "Claim Status", "not-available", OPEN.started_at),)),
            "listing": replace(LISTING, page=whole(interruptions)),
            "interruptions": interruptions,
            "names": {each.interruption_id: "Claim Status" for each in interruptions},
        },
    )


def test_the_status_page_shows_functions_and_interruptions() -> None:
    page = status(OPEN)

    assert "Not available since 3:12 p.m. EST" in " ".join(page.replace("</span>", "").split())
    assert f'href="/notifier/interruptions/{OPEN.interruption_id}"' in page
    assert "1 interruption" in page


def test_times_are_shown_by_business_time_and_the_frame_names_the_day_while_it_is_moved() -> None:
    moved = replace(FRAME, now=NOW + timedelta(days=14), offset=timedelta(days=14))
    page = " ".join(status(OPEN, frame=moved).split())

    assert "Demonstration date 12/07/2026" in page
    assert "12/07/2026 3:12 p.m. EST" in page
    assert "11/23/2026" not in page
    assert "Demonstration date" not in status(OPEN)


def test_an_empty_list_says_why() -> None:
    assert "There was no interruption yet." in status()


def test_the_detail_gives_times_duration_and_history_and_nothing_of_our_mail() -> None:
    closed = replace(OPEN, state="closed", ended_at=NOW, sequence=2)
    page = text(
        "notifier/interruptions/interruption.html",
        {
            "frame": FRAME,
            "path": "/notifier/interruptions/1",
            "interruption": closed,
            "names": "Claim Status",
            "domain": FaultDomain("hets", ("F-12",), culprit="HETS, the eligibility system of CMS,"),
            "steps": [Step(NOW, "Available again: interruption closed")],
            "duration": "18 minutes",
        },
    )

    assert "The functions are available again." in page
    assert "11/23/2026 3:12 p.m. EST" in page
    assert "HETS, the eligibility system of CMS, did not answer." in page
    assert "<dt>Duration</dt><dd>18 minutes</dd>" in page
    assert "mail server" not in page
