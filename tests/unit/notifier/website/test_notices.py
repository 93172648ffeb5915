from datetime import UTC, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from libs.common.deployment import load_deployment
from libs.common.settings import SERVICES
from services.notifier.health.domain import fault_domains
from services.notifier.interruptions.domain import Interruption, State
from services.notifier.website.api import atom
from services.notifier.website.domain import Notice, newest_change, notices
from tests.support.portico import ROOT

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
DEPLOYMENT = load_deployment(ROOT / "contract.toml")
DOMAINS = fault_domains(SERVICES, DEPLOYMENT.functions, DEPLOYMENT.partners)
NAMES = {each.code: each.name for each in DEPLOYMENT.functions}
PORTAL = "https://portal.example"
ATOM = "{http://www.w3.org/2005/Atom}"


def notice(domain: str = "hets", state: State = "open", functions: tuple[str, ...] = ("F-12",)) -> Notice:
    started = NOW - timedelta(minutes=18)
    ended = None if state == "open" else NOW - timedelta(minutes=8)
    taken_back = NOW if state == "retracted" else None
    found = Interruption(
        UUID(int=1), domain, functions, started, started, 1, state, ended_at=ended, retracted_at=taken_back
    )
    (made,) = notices([found], NAMES, DOMAINS)
    return made


def test_a_partner_is_named_with_what_people_can_do_meanwhile() -> None:
    told = notice()

    assert told.cause == "HETS, the eligibility system of CMS, does not answer"
    assert told.title == "Not available: Eligibility Inquiry and Response"
    assert told.workaround


@pytest.mark.parametrize("domain", ["postgresql", "kafka", "gateway", "claims", "none that is watched any more"])
def test_the_inside_of_the_portal_is_nobodys_business(domain: str) -> None:
    assert notice(domain).cause == "A part of the portal does not answer"
    assert notice(domain, "closed").cause == "A part of the portal did not answer"


def test_the_last_change_is_the_end_or_the_correction() -> None:
    assert notice().changed_at == NOW - timedelta(minutes=18)
    assert notice(state="closed").changed_at == NOW - timedelta(minutes=8)
    assert notice(state="retracted").changed_at == NOW
    assert newest_change([notice(), notice(state="closed")], NOW) == NOW - timedelta(minutes=8)
    assert newest_change([], NOW) == NOW


def test_pages_without_a_function_are_called_by_their_name() -> None:
    assert notice("portal", functions=()).title == "Not available: Home and help pages"


def test_the_feed_has_an_entry_for_each_interruption() -> None:
    root = ET.fromstring(atom(DEPLOYMENT, PORTAL, (notice(), notice(state="retracted")), NOW))  # noqa: S314 - our own text
    going_on, taken_back = root.findall(f"{ATOM}entry")

    assert root.findtext(f"{ATOM}id") == "urn:portico:contract:15004:interruptions"
    assert root.findtext(f"{ATOM}updated") == NOW.isoformat()
    assert going_on.findtext(f"{ATOM}id") == f"urn:uuid:{UUID(int=1)}"
    assert "Started 11/23/2026 3:12 p.m. EST. Cause: HETS" in str(going_on.findtext(f"{ATOM}content"))
    assert "false alarm" in str(taken_back.findtext(f"{ATOM}content"))


def test_the_feed_is_as_rfc_4287_wants_it_and_each_entry_can_be_opened() -> None:
    listed = (notice(), notice("claims", "closed"))
    root = ET.fromstring(atom(DEPLOYMENT, PORTAL, listed, NOW))  # noqa: S314 - our own text

    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}author/{ATOM}name") == DEPLOYMENT.contractor  # 4.1.1: so that entries need none
    assert links(root) == {
        "self": ("application/atom+xml", f"{PORTAL}/notifier/public/interruptions.atom"),  # 4.2.7.2
        "alternate": ("text/html", f"{PORTAL}/"),
    }
    for part in (root, *root.findall(f"{ATOM}entry")):  # 4.1.1, 4.1.2: exactly one of each
        assert [len(part.findall(f"{ATOM}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
        assert datetime.fromisoformat(str(part.findtext(f"{ATOM}updated"))).tzinfo is not None  # 3.3
    for entry, each in zip(root.findall(f"{ATOM}entry"), listed, strict=True):
        assert links(entry) == {"alternate": ("text/html", f"{PORTAL}{each.path}")}


def links(part: ET.Element) -> dict[str | None, tuple[str | None, str | None]]:
    """The links of a feed or an entry: relation to media type and address; each relation once."""
    found = part.findall(f"{ATOM}link")
    told = {each.get("rel"): (each.get("type"), each.get("href")) for each in found}
    assert len(told) == len(found)
    return told
