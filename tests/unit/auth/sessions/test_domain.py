"""The end of a session, and where a sign-in may lead."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.auth.sessions.domain import Session, browser_of, landing_of, safe_next, shortened

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def session(**changes: object) -> Session:
    return Session(
        **{
            "key": b"k",
            "kind": "person",
            "user_id": UUID(int=1),
            "enrollment_id": None,
            "assurance": 2,
            "factor_at": NOW,
            "last_seen_at": NOW,
            "idle": 30 * MINUTE,
            "ends_at": NOW + timedelta(hours=12),
            "csrf": "c",
            "signed_in_at": NOW,
            **changes,
        }
    )


def test_a_session_tells_how_long_it_lasts_and_why_it_is_over() -> None:
    assert session().seconds_left(NOW) == 1800
    assert session(ends_at=NOW + MINUTE).seconds_left(NOW) == 60
    assert session().over(NOW) is None
    assert session().over(NOW + 30 * MINUTE) == "timeout"
    assert session(ends_at=NOW).over(NOW) == "twelve-hours"
    assert session(ended_reason="taken-over").over(NOW) == "taken-over"


def test_an_access_token_has_no_idle_time() -> None:
    token = session(kind="client", idle=60 * MINUTE, ends_at=NOW + timedelta(hours=1))
    assert token.over(NOW + 59 * MINUTE) is None
    assert token.seconds_left(NOW) == 0


@pytest.mark.parametrize("path", ["/claims", "/claims/submissions?page=2", "/auth/users#user-1"])
def test_paths_of_the_portal_are_led_on_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)",
        "/claims\r\nset-cookie: a=b",
        "/\tevil", "/a\\..\\b", "claims", "/sign-in", "/sign-in?next=/a", "/sign-out/", "/ä",
    ],
)  # fmt: skip
def test_everything_else_leads_to_the_first_page(path: str) -> None:
    assert safe_next(path) == "/home"


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("PROVIDER_USER", "/home"),
        ("PROVIDER_ADMIN", "/auth/users"),
        ("APPEALS_REVIEWER", "/appeals/review"),
        ("PORTAL_OPERATOR", "/notifier/reports"),
    ],
)
def test_everybody_begins_where_their_work_is(role: str, place: str) -> None:
    assert landing_of(role) == place


_AGENT = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) %s"


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (_AGENT % ("Windows NT 10.0; Win64; x64", "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"), "Edge on Windows"),
        (_AGENT % ("Windows NT 10.0; Win64; x64", "Chrome/141.0.0.0 Safari/537.36"), "Chrome on Windows"),
        (_AGENT % ("Macintosh; Intel Mac OS X 10_15_7", "Version/18.4 Safari/605.1.15"), "Safari on Mac"),
        (_AGENT % ("iPhone; CPU iPhone OS 18_4 like Mac OS X", "CriOS/141.0 Mobile Safari/604.1"), "Chrome on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("", "A browser"),
        ("<script>", "A browser"),
    ],
)
def test_people_know_their_browser_by_its_family(user_agent: str, family: str) -> None:
    assert browser_of(user_agent) == family


@pytest.mark.parametrize(
    ("address", "shown"),
    [("203.0.113.7", "203.0.113.…"), ("2001:db8:1:2::7", "2001:db8:1::…"), ("unknown", ""), ("", "")],
)
def test_an_address_is_kept_as_its_network(address: str, shown: str) -> None:
    assert shortened(address) == shown
