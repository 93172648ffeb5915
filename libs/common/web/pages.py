"""The one look of Portico: what stands around every page, and how a page is rendered.

A page is a Jinja2 template that extends `frame.html` or one of the page kinds below `kinds/`. Its facts come
from the page function; what stands around it comes from `Frame`. Undefined names fail and everything is escaped.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.staticfiles import StaticFiles

from libs.common.contracts.notifier import FunctionCondition
from libs.common.deployment import Deployment
from libs.common.mbi import format_mbi, mask_mbi
from libs.common.money import format_dollars
from libs.common.web import formats

HERE = Path(__file__).parent
STATIC = HERE / "static"
SERVICES = HERE.parents[2] / "services"

SESSION_WARNING_SECONDS = 120
"""The time-out dialog opens this long before the end: at 28 of 30 minutes (handbook 9.1, WCAG 2.2.1)."""
SESSION_LAST_WARNING_SECONDS = 900
"""So long before the longest time of a session is over, which nobody can put off, every page tells of it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in. `last_sign_in` is the one before this one, `None` at the first; so many failed between."""

    name: str
    last_sign_in: datetime | None = None
    failed_sign_ins: int = 0


@dataclass(frozen=True, slots=True)
class Enrollment:
    """For whom the person acts: one enrollment of one organization. `id` is opaque."""

    id: str
    organization: str
    npi: str
    ptan: str
    line_of_business: str


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry of the navigation. A function that is down stays in it, with its state in words."""

    label: str
    path: str
    condition: FunctionCondition = "available"
    since: datetime | None = None
    waiting: int = 0
    group: str = ""


@dataclass(frozen=True, slots=True)
class NavigationGroup:
    """The entries that share one place in the navigation; it leads to the first of them."""

    label: str
    entries: tuple[NavigationEntry, ...]

    @property
    def path(self) -> str:
        """Where it leads."""
        return self.entries[0].path

    @property
    def waiting(self) -> int:
        """How much waits in all of it."""
        return sum(each.waiting for each in self.entries)

    @property
    def condition(self) -> FunctionCondition:
        """That of its entries; `degraded` where they differ."""
        conditions = {each.condition for each in self.entries}
        return conditions.pop() if len(conditions) == 1 else "degraded"

    @property
    def since(self) -> datetime | None:
        """Since when something of it is not available."""
        return min((each.since for each in self.entries if each.since), default=None)


@dataclass(frozen=True, slots=True)
class Banner:
    """An interruption as everybody is told it: plain sentences without PHI, and since when."""

    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the footer: only to what exists."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Viewing:
    """Staff of the contractor (`by`) sees the pages of another person, of `organization`, read only until then."""

    by: str
    organization: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that stands around a page.

    `csrf` is the value every form carries, empty where nobody is signed in. `expires_in` is the number of seconds
    until the session ends for want of use; `None` switches the time-out dialog off. `ends_in` is the number until it
    ends in any case. `now` is the business time of the
    answer, as all that is shown; `offset` is how far that is ahead of real time, by which moments are kept that are
    technical (macro `recorded`).
    `choices` are what a menu offers to act for, none where there are many; `has_choices`: there is another.
    `viewing`: not the person itself looks at the page, but staff of the contractor. `codes`: codes that others own may
    stand on it.
    """

    deployment: Deployment
    now: datetime
    offset: timedelta = timedelta(0)
    person: Person | None = None
    acting: Enrollment | None = None
    choices: tuple[Enrollment, ...] = ()
    has_choices: bool = False
    navigation: tuple[NavigationEntry, ...] = ()
    banner: Banner | None = None
    csrf: str = ""
    expires_in: int | None = None
    ends_in: int | None = None
    links: tuple[Link, ...] = ()
    viewing: Viewing | None = None
    codes: bool = False

    @property
    def home(self) -> str:
        """Where Home leads: for whoever is signed in to what waits for them, for others to the landing page."""
        return "/home" if self.person else "/"

    @property
    def session_end(self) -> datetime | None:
        """When the session ends in any case, in business time."""
        return None if self.ends_in is None else self.now + timedelta(seconds=self.ends_in)

    @property
    def groups(self) -> tuple[NavigationGroup, ...]:
        """The navigation as it is shown, in the order of the entries."""
        found: dict[str, list[NavigationEntry]] = {}
        for each in self.navigation:
            found.setdefault(each.group or each.label, []).append(each)
        return tuple(NavigationGroup(label, tuple(entries)) for label, entries in found.items())

    def entry_of(self, path: str) -> NavigationEntry | None:
        """The entry of the navigation that `path` belongs to: the nearest one above it, if any."""
        above = [each for each in self.navigation if path == each.path or path.startswith(each.path.rstrip("/") + "/")]
        nearest = max(above, key=lambda each: len(each.path), default=None)
        return None if nearest and nearest.path == "/" != path else nearest


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history. `more` says what it means where the words alone do not."""

    at: datetime
    what: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something the rules let you do now; `sentence` names the rule and its last day. `None`: by other means."""

    label: str
    sentence: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a confirmation confirms (`kinds/confirmation.html`). `following` says what happens next, step by step."""

    label: str
    number: str
    received: datetime
    business_day: date
    following: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a problem page says (`kinds/problem.html`): what happened, what we kept, what to do, which reference."""

    heading: str
    sentence: str
    kept: str
    steps: tuple[str, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come (`kinds/progress.html`).

    `live` is the address of the fragment (`kinds/progress_state.html`), below `/<service>/live/`, so that looking
    never extends a session. `said` is the quarter a screen reader has already been told, from that address.
    """

    doing: str
    done: int
    total: int
    noun: str
    live: str
    seconds_left: int | None = None
    said: int = -1

    @property
    def quarter(self) -> int:
        """How far in quarters: 0 to 4."""
        return self.done * 4 // self.total if self.total else 0

    @property
    def finished(self) -> bool:
        """Whether all is done: the page then shows the result instead."""
        return self.done >= self.total > 0


class _Templates(BaseLoader):
    """Finds `frame.html` and `kinds/form.html` in the kit, `claims/submission/upload.html` in that feature's folder."""

    def __init__(self, kit: Path, services: Path) -> None:
        self._kit = FileSystemLoader(kit)
        self._services = services

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        parts = PurePosixPath(template).parts
        if len(parts) == 3:
            folder = self._services / parts[0] / parts[1] / "templates"
            return FileSystemLoader(folder).get_source(environment, parts[2])
        return self._kit.get_source(environment, template)


@cache
def _versioned(name: str, modified_ns: int) -> str:
    del modified_ns  # part of the key only: a file built again gets a new address without a restart
    return f"/static/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:16]}"


def static_url(name: str) -> str:
    """The address of a static file, with a digest of its content, so that a browser may keep it for ever.

    A file that was never built (`make assets`) gets a plain address: a page without its looks still does its work.
    """
    try:
        return _versioned(name, (STATIC / name).stat().st_mtime_ns)
    except FileNotFoundError:
        return f"/static/{name}"


def static_files() -> StaticFiles:
    """The application every service mounts at `/static`."""
    return StaticFiles(directory=STATIC)


@pass_context
def _moment(context: Context, value: datetime) -> str:
    return formats.moment(value, context["frame"].deployment.zone)


@pass_context
def _clock(context: Context, value: datetime) -> str:
    return formats.clock(value, context["frame"].deployment.zone)


@pass_context
def _since(context: Context, value: datetime) -> str:
    frame: Frame = context["frame"]
    return formats.since(value + frame.offset, frame.now, frame.deployment.zone)


@pass_context
def _day(context: Context, value: date) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(context["frame"].deployment.zone).date()
    return formats.day(value)


_CELL = re.compile(r"<(tr|td|th)(?=[ >])")
_BLANK = re.compile(r"(<t[dh][^<>]*>)\s+(?=</t[dh]>)")


@pass_context
def _days_left(context: Context, value: date) -> str:
    frame: Frame = context["frame"]
    return formats.days_left((value - frame.now.astimezone(frame.deployment.zone).date()).days)


def _column_label(column: Any) -> str:
    """The label of a column as the macro `table` is given it: a `Column`, a label, or a label and "number"."""
    if isinstance(column, str):
        return column
    return str(getattr(column, "label", None) or column[0])


def labeled(rows: str, columns: Sequence[Any]) -> Markup:
    """The rows of a table, each cell with the label of its column, which a narrow screen shows before it.

    What heads a row needs none.
    """
    labels = [_column_label(each) for each in columns]
    left: Iterator[str] = iter(())

    def with_label(found: re.Match[str]) -> str:
        nonlocal left
        if found[1] == "tr":
            left = iter(labels)
            return found[0]
        label = next(left, "")
        return f'{found[0]} data-label="{escape(label)}"' if found[1] == "td" else found[0]

    return Markup(_CELL.sub(with_label, _BLANK.sub(r"\1", rows)))  # noqa: S704 - a template has escaped the rows


def _environment(kit: Path, services: Path) -> Environment:
    environment = Environment(
        loader=_Templates(kit, services),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters.update(
        clock=_clock,
        day=_day,
        days_left=_days_left,
        diagnosis=formats.diagnosis,
        labeled=labeled,
        left=formats.left,
        line_of_business=formats.line_of_business,
        masked_mbi=mask_mbi,
        mbi=format_mbi,
        moment=_moment,
        money=format_dollars,
        procedure=formats.procedure,
        since=_since,
        size=formats.size,
    )
    environment.globals.update(
        column_label=_column_label,
        count=formats.count,
        static=static_url,
        warning_seconds=SESSION_WARNING_SECONDS,
        last_warning_seconds=SESSION_LAST_WARNING_SECONDS,
    )
    return environment


_ENVIRONMENT = _environment(HERE / "templates", SERVICES)


def text(template: str, context: Mapping[str, Any]) -> str:
    """Render a template without a request. Raises `jinja2.UndefinedError` when `context` lacks a name it uses."""
    try:
        return _ENVIRONMENT.get_template(template).render(context)
    except TemplateNotFound as missing:
        raise FileNotFoundError(f"There is no template {missing.name}") from missing


def render(request: Request, template: str, context: Mapping[str, Any], *, status_code: int = 200) -> HTMLResponse:
    """A whole page. The frame is `context["frame"]`, else `request.state.frame`, which the permit puts there."""
    around = {} if "frame" in context else {"frame": request.state.frame}
    # Only what was asked for by GET can be asked for again after signing in.
    here = f"{request.url.path}?{request.url.query}".rstrip("?") if request.method == "GET" else ""
    content = text(template, {**context, **around, "path": request.url.path, "here": here})
    return HTMLResponse(content, status_code=status_code)
