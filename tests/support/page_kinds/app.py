"""Every kind of page with sample facts, so that the kit can be looked at and tested without a service."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import ChoiceLoader, FileSystemLoader
from pydantic import BaseModel, ConfigDict, Field

from libs.common.clock import SetClock
from libs.common.contracts.notifier import FunctionState
from libs.common.deployment import load_deployment
from libs.common.persistence.paging import Page
from libs.common.web import pages, paging
from libs.common.web.conditions import unknown, view
from libs.common.web.forms import Day, Form, check, read_fields
from libs.common.web.headers import AnswerHeaders
from libs.common.web.saved_filters import SavedFilter

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
DEPLOYMENT = load_deployment(ROOT / "contract.toml")
CSRF = "sample-csrf-value"

CLINIC = pages.Enrollment("5b0d", "Riverside Clinic", "1234567893", "12345", "B")
HOSPITAL = pages.Enrollment("77aa", "Riverside Rehabilitation and Long-Term Care Hospital", "1992803450", "998877", "A")

FRAME = pages.Frame(
    DEPLOYMENT,
    NOW,
    person=pages.Person("J. Doe", NOW - timedelta(hours=23)),
    acting=CLINIC,
    choices=(CLINIC, HOSPITAL),
    navigation=(
        pages.NavigationEntry("Home", "/"),
        pages.NavigationEntry("Eligibility", "/eligibility"),
        pages.NavigationEntry("Claims", "/claims", group="Claims"),
        pages.NavigationEntry("Submit claims", "/claims/submissions", group="Claims"),
        pages.NavigationEntry("Remittances", "/remittance", "not-available", NOW - timedelta(minutes=18)),
        pages.NavigationEntry("Appeals", "/appeals", "maintenance", NOW - timedelta(hours=30)),
        pages.NavigationEntry("Messages", "/notifier", waiting=2),
    ),
    csrf=CSRF,
    expires_in=1800,
    ends_in=43_200,
)
OUTAGE = pages.Banner(
    "Claim Submission has been unavailable since 3:12 p.m. EST. Other functions are available.",
    NOW - timedelta(minutes=18),
)


class ClaimFile(BaseModel):
    """The sample form."""

    model_config = ConfigDict(extra="forbid")

    control_number: str = Field(title="Patient control number", max_length=20)
    service_day: Day = Field(title="Day of service")
    kind: Literal["professional", "institutional"] = Field(
        title="What is in the file", json_schema_extra={"correction": "Choose what is in the file."}
    )
    submitter: str = Field(title="Submitter", json_schema_extra={"correction": "Choose a submitter."})
    sure: Literal["yes"] = Field(
        title="Authorization", json_schema_extra={"correction": "Confirm that you are authorized to send these claims."}
    )
    note: str = ""


ROWS = [
    {
        "id": f"{number:08x}",
        "icn": f"22263160{number:05d}",
        "control": f"RC-{number:06d}",
        "mbi": "1EG4TE5MK73",
        "service": date(2026, 11, 1) + timedelta(days=number % 20),
        "kind": kind,
        "status": status,
        "provider": "Riverside Clinic, Department of Physical Medicine and Rehabilitation"
        if number % 7 == 0
        else "Riverside",
        "charge": 12345 * (number + 1),
    }
    for number, (kind, status) in enumerate(
        [
            ("good", "Paid"),
            ("bad", "Denied"),
            ("waiting", "Pending"),
            ("waiting", "On payment floor"),
            ("returned", "Returned to you"),
            ("warning", "Not accepted (not a denial)"),
        ]
        * 10
    )
]
LIST = paging.Listing(
    "claim",
    (
        paging.Column("ICN", "icn"),
        paging.Column("Control number", "control"),
        paging.Column("MBI"),
        paging.Column("Service", "service"),
        paging.Column("Status", "status"),
        paging.Column("Provider"),
        paging.Column("Charge", "charge", number=True),
    ),
    Page(tuple(ROWS), previous="1", next="60", total=237),
    path="/list",
    empty="No claims were received in these days. Change the days, or look for a claim by your own control number.",
    sort="service",
    descending=True,
    filters={"status": "denied"},
    csv="/list.csv",
    saved=(SavedFilter("status=paid", "/list?status=paid", "Paid"),),
)
STEPS = [
    pages.Step(NOW - timedelta(days=3), "Denied", "Remittance 0099112 says why."),
    pages.Step(NOW - timedelta(days=16), "Accepted", "ICN 2226316001234 given."),
    pages.Step(NOW - timedelta(days=17), "Received in file RC-1107.x12"),
]
RIGHTS = [
    pages.NextStep(
        "Appeal (redetermination)", "We must receive it by 03/24/2027: 120 days and 5 mailing days.", "/appeals"
    ),
    pages.NextStep("Correct a clerical error (reopening)", "Within one year of the remittance: until 11/19/2027."),
]
RECEIPT = pages.Receipt(
    "Submission number",
    "S-2026-1122-000482",
    NOW,
    date(2026, 11, 23),
    (
        "Within a minute: whether the file could be read (999).",
        "Within an hour: each claim accepted or not (277CA), here and in your messages.",
        "From 12/07/2026: payment, once the payment floor of 14 days has passed.",
    ),
)
PROBLEM = pages.Problem(
    "We could not open this page",
    "Claim Status did not answer in time.",
    "Everything you sent before is kept. The last form was not saved.",
    ("Go back and send the form again: it is safe to send it twice.", "If it happens again, call the help desk."),
    "0192f0a4-7c1e-7b31",
)
PROGRESS = pages.Progress("Checking claims", 2310, 5000, "claim", "/claims/live/1", seconds_left=12)


class Session:
    """A session as the time-out dialog sees it: when it ends, and what was asked of it."""

    def __init__(self, seconds: float = 1800) -> None:
        self.asked: list[str] = []
        self.last(seconds)
        self.ends_in = 43_200

    def last(self, seconds: float) -> None:
        """Let the session end in `seconds`."""
        self._end = time.monotonic() + seconds

    @property
    def expires_in(self) -> int:
        """Seconds left, nothing or less when it has ended."""
        return math.ceil(self._end - time.monotonic())


def function_states(*, down: bool = False) -> tuple[FunctionState, ...]:
    """All well, or Claim Submission down for 18 minutes."""
    return tuple(
        FunctionState(
            code=function.code,
            name=function.name,
            condition="not-available" if down and function.code == "F-08" else "available",
            since=NOW - timedelta(minutes=18),
        )
        for function in DEPLOYMENT.functions
    )


def sample_app(session: Session) -> Any:  # noqa: C901 - one small route after the other
    """An application with one address for each kind and state of page."""
    app = FastAPI()
    app.mount("/static", pages.static_files())
    shown: dict[str, tuple[str, dict[str, Any]]] = {
        "list": ("list.html", {"listing": LIST, "rows": ROWS[:50], "filters": Form({"status": "denied"})}),
        "list-empty": ("list.html", {"listing": replace(LIST, page=Page()), "rows": [], "filters": Form()}),
        "detail": ("detail.html", {"rights": RIGHTS, "steps": STEPS, "day": date(2026, 11, 3)}),
        "confirmation": ("confirmation.html", {"receipt": RECEIPT}),
        "progress": ("progress.html", {"progress": PROGRESS}),
    }

    def page(name: str) -> Any:
        async def route(request: Request) -> HTMLResponse:
            template, context = shown[name]
            frame = replace(FRAME, expires_in=session.expires_in, ends_in=session.ends_in)
            return pages.render(request, f"samples/{template}", {"frame": frame, **context})

        return route

    for name in shown:
        app.add_api_route(f"/{name}", page(name))

    async def form(request: Request) -> HTMLResponse:
        current = Form()
        if request.method == "POST":
            _, current = check(ClaimFile, await read_fields(request))
            session.asked.append("form")
        context = {"frame": FRAME, "form": current, "action": "/form", "idempotency_key": "0f3a"}
        return pages.render(request, "samples/form.html", context, status_code=422 if current.errors else 200)

    async def problem(request: Request) -> HTMLResponse:
        frame = replace(FRAME, banner=OUTAGE)
        return pages.render(request, "kinds/problem.html", {"frame": frame, "problem": PROBLEM}, status_code=500)

    def landing(functions: tuple[FunctionState, ...], banner: pages.Banner | None = None) -> Any:
        async def route(request: Request) -> HTMLResponse:
            shown = view(functions, banner, SetClock(NOW), DEPLOYMENT.zone)
            frame = pages.Frame(DEPLOYMENT, NOW, banner=banner)
            deadlines = {"received_today": NOW.date(), "cut_off": "5:00 p.m. EST"}
            return pages.render(request, "portal/landing/landing.html", {"frame": frame, "landing": shown, **deadlines})

        return route

    async def progress_state(request: Request) -> HTMLResponse:
        said = int(request.query_params.get("said", "-1"))
        return HTMLResponse(
            pages.text("kinds/progress_state.html", {"progress": replace(PROGRESS, done=4000, said=said)})
        )

    async def status() -> Response:
        session.asked.append("status")
        left = session.expires_in
        return JSONResponse({"expires_in": left, "ends_in": session.ends_in}) if left > 0 else Response(status_code=401)

    async def extend(request: Request) -> Response:
        session.asked.append("extend")
        async with request.form() as sent:
            csrf = sent.get("csrf")
        if csrf != CSRF:
            return Response(status_code=403)
        session.last(1800)
        return JSONResponse({"expires_in": session.expires_in, "ends_in": session.ends_in})

    async def sign_in() -> HTMLResponse:
        return HTMLResponse("<!doctype html><html lang=en><title>Sign in</title><main><h1>Sign in</h1></main></html>")

    app.add_api_route("/form", form, methods=["GET", "POST"])
    app.add_api_route("/problem", problem)
    app.add_api_route("/landing", landing(function_states()))
    app.add_api_route("/landing-down", landing(function_states(down=True), OUTAGE))
    app.add_api_route("/landing-unknown", landing(unknown(DEPLOYMENT, NOW)))
    app.add_api_route("/claims/live/1", progress_state)
    app.add_api_route("/session/status", status)
    app.add_api_route("/session/extend", extend, methods=["POST"])
    app.add_api_route("/sign-in", sign_in)
    return AnswerHeaders(app, "portal")


KINDS = (
    "landing",
    "landing-down",
    "landing-unknown",
    "form",
    "list",
    "list-empty",
    "detail",
    "confirmation",
    "problem",
    "progress",
)


@contextmanager
def sample_templates() -> Iterator[None]:
    """Let the kit find the sample templates beside its own, for as long as this lasts."""
    own = pages._ENVIRONMENT.loader
    assert own is not None
    pages._ENVIRONMENT.loader = ChoiceLoader([own, FileSystemLoader(Path(__file__).parent)])
    try:
        yield
    finally:
        pages._ENVIRONMENT.loader = own


@asynccontextmanager
async def served(session: Session, port: int = 0) -> AsyncIterator[str]:
    """The sample application on a port of its own; gives its address."""
    config = uvicorn.Config(sample_app(session), port=port, log_level="warning", server_header=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{bound}"
    finally:
        server.should_exit = True
        await task
