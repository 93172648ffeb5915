"""The website's feed for programs: one JSON document, and an Atom feed of the interruptions. Open to everybody."""

from datetime import datetime
from typing import Literal
from uuid import UUID
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from libs.common.deployment import Deployment
from libs.common.web.formats import moment
from libs.common.web.headers import public_data
from libs.common.web.permit import public, runtime_of
from services.notifier.banners.domain import Condition
from services.notifier.website.domain import FRESH_SECONDS, Notice, newest_change
from services.notifier.website.views import published

router = APIRouter()

_ATOM = "http://www.w3.org/2005/Atom"
_ATOM_TYPE, _PAGE_TYPE = "application/atom+xml", "text/html"
_FEED = "/notifier/public/interruptions.atom"


class FunctionNow(BaseModel):
    """One function of Appendix 9.1 and how it is."""

    code: str
    name: str
    condition: Condition
    since: datetime


class InterruptionNotice(BaseModel):
    """One interruption. `ended_at` is missing while it goes on; a false alarm was none after all."""

    id: UUID
    functions: tuple[str, ...]
    state: Literal["open", "over", "false-alarm"]
    cause: str
    workaround: str
    started_at: datetime
    ended_at: datetime | None


class PortalStatus(BaseModel):
    """Everything at one moment. `open` and `last` (30 days) are missing while nobody can read them."""

    contract: str
    contractor: str
    as_of: datetime
    banner: str | None
    banner_since: datetime | None
    functions: tuple[FunctionNow, ...]
    open: tuple[InterruptionNotice, ...] | None
    last: tuple[InterruptionNotice, ...] | None


@router.get("/notifier/public/status.json", dependencies=[public()])
async def status(request: Request) -> PortalStatus:
    """The banner, each function, the open interruptions and those of the last 30 days."""
    runtime = runtime_of(request)
    now = await published(runtime)
    public_data(request, seconds=FRESH_SECONDS)
    known = now.notices is not None
    return PortalStatus(
        contract=runtime.deployment.contract_id,
        contractor=runtime.deployment.contractor,
        as_of=runtime.clock.now(),
        banner=now.situation.banner,
        banner_since=now.situation.banner_since,
        functions=tuple(
            FunctionNow(code=each.code, name=each.name, condition=each.condition, since=each.since)
            for each in now.situation.functions
        ),
        open=tuple(map(_told, now.open)) if known else None,
        last=tuple(map(_told, now.over)) if known else None,
    )


def _told(notice: Notice) -> InterruptionNotice:
    states: dict[str, Literal["open", "over", "false-alarm"]] = {"closed": "over", "retracted": "false-alarm"}
    return InterruptionNotice(
        id=notice.interruption_id,
        functions=notice.functions,
        state=states.get(notice.state, "open"),
        cause=notice.cause,
        workaround=notice.workaround,
        started_at=notice.started_at,
        ended_at=notice.ended_at,
    )


@router.get(_FEED, dependencies=[public()], response_class=Response)
async def feed(request: Request) -> Response:
    """The interruptions of the last 30 days as an Atom feed (RFC 4287), one entry each, newest first."""
    runtime = runtime_of(request)
    now = await published(runtime)
    if now.notices is None:
        # An empty feed would say that there was nothing; a reader comes again by itself.
        return Response("The interruptions cannot be read now.\n", 503, {"retry-after": "30"}, "text/plain")
    public_data(request, seconds=FRESH_SECONDS)
    content = atom(runtime.deployment, runtime.settings.public_address, now.notices, runtime.clock.now())
    return Response(content, media_type=f"{_ATOM_TYPE}; charset=utf-8")


def atom(deployment: Deployment, portal: str, notices: tuple[Notice, ...], now: datetime) -> bytes:
    """The feed as bytes. `portal` is how readers reach the portal: every link begins with it."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _text(root, "id", f"urn:portico:contract:{deployment.contract_id}:interruptions")
    _text(root, "title", f"{deployment.contractor}: provider portal, interruptions")
    _text(root, "updated", newest_change(notices, now).isoformat())
    _link(root, "self", _ATOM_TYPE, portal + _FEED)
    _link(root, "alternate", _PAGE_TYPE, f"{portal}/")
    author = ET.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, "name", deployment.contractor)
    for each in notices:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _text(entry, "id", f"urn:uuid:{each.interruption_id}")
        _text(entry, "title", each.title)
        _text(entry, "published", each.started_at.isoformat())
        _text(entry, "updated", each.changed_at.isoformat())
        _link(entry, "alternate", _PAGE_TYPE, portal + each.path)
        _text(entry, "content", _sentences(deployment, each))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _link(parent: ET.Element, relation: str, media_type: str, address: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", {"rel": relation, "type": media_type, "href": address})


def _sentences(deployment: Deployment, notice: Notice) -> str:
    said = [f"Started {moment(notice.started_at, deployment.zone)}."]
    if notice.state == "retracted":
        said.append("It was a false alarm: the functions were available all the time.")
    else:
        if notice.ended_at is not None:
            said.append(f"Ended {moment(notice.ended_at, deployment.zone)}.")
        said.append(f"Cause: {notice.cause}.")
        if notice.state == "open" and notice.workaround:
            said.append(notice.workaround)
    return " ".join(said)
