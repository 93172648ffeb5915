"""What an address means to the gateway's question, held against the gateway's own routes."""

import pytest

from services.auth.gateway.domain import (
    changes_state,
    credential_of,
    is_use,
    leads_back,
    open_before_signing,
)


@pytest.mark.parametrize(
    ("path", "credential"), [("/api", "token"), ("/api/claims", "token"), ("/apiary", "cookie"), ("/claims", "cookie")]
)
def test_programs_bring_tokens_and_people_cookies(path: str, credential: str) -> None:
    assert credential_of(path) == credential


@pytest.mark.parametrize(
    ("path", "use"),
    [
        ("/claims", True),
        ("/claims/submissions/live", True),
        ("/claims/live/submissions", False),
        ("/session/status", False),
        ("/session/extend", False),
        ("/livestock", True),
    ],
)
def test_looking_at_what_refreshes_itself_is_no_use(path: str, use: bool) -> None:
    assert is_use(path) is use
    assert not is_use(path, unattended=True)


@pytest.mark.parametrize(("method", "changes"), [("GET", False), ("HEAD", False), ("POST", True), ("DELETE", True)])
def test_only_reading_changes_nothing(method: str, changes: bool) -> None:
    assert changes_state(method) is changes


@pytest.mark.parametrize(
    ("path", "opens"),
    [
        ("/auth/agreements", True),
        ("/auth/agreements/terms", True),
        ("/sign-out", True),
        ("/session/status", True),
        ("/session/extend", True),
        ("/session/acting", False),
        ("/session/step-up", True),
        ("/auth", False),
        ("/auth/agreementsx", False),
        ("/claims", False),
        ("/", False),
    ],
)
def test_before_all_is_signed_only_documents_and_the_way_out_open(path: str, opens: bool) -> None:
    assert open_before_signing(path) is opens


@pytest.mark.parametrize(
    ("path", "back"),
    [("/claims", True), ("/session/acting", True), ("/session/status", False), ("/claims/live/submissions/1", False)],
)
def test_one_is_led_back_to_pages_only(path: str, back: bool) -> None:
    assert leads_back(path) is back
