"""What an address means to the gateway's question: what counts as a credential, and whether looking at it is use."""

from typing import Literal

from services.auth.agreements.domain import AGREEMENTS
from services.auth.back_office.domain import END_VIEW
from services.auth.sessions.domain import ACTING

_BEFORE_SIGNING = frozenset({"/sign-out", "/session/status", "/session/extend"})
_WITH_ALL_BELOW = (AGREEMENTS, "/session/step-up")
_OF_THE_VIEWER = frozenset({END_VIEW, "/sign-out", "/session/status", "/session/extend"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

UNATTENDED = "unattended"
"""The parameter by which a page says that nobody pressed a key."""

Credential = Literal["cookie", "token"]


def credential_of(path: str) -> Credential:
    """What counts as a credential there: a session cookie for pages, an access token under `/api`, never the other."""
    return "token" if path == "/api" or path.startswith("/api/") else "cookie"


def is_use(path: str, *, unattended: bool = False) -> bool:
    """Whether a request shows that the person is there. Live fragments and the time-out's own questions do not.

    Nor does what a page does by itself and calls so: it puts a form aside before the session ends.
    """
    parts = path.strip("/").split("/")
    return not (unattended or parts[:1] == ["session"] or (len(parts) > 1 and parts[1] == "live"))


def open_before_signing(path: str) -> bool:
    """Whether one gets there before all documents are signed: to them, out, and to the time-out's questions."""
    below = any(path == each or path.startswith(f"{each}/") for each in _WITH_ALL_BELOW)
    return below or path.rstrip("/") in _BEFORE_SIGNING


def belongs_to_viewer(path: str) -> bool:
    """Whether staff who look as a user are themselves there: to end the view or the session, and for the time-out."""
    return path.rstrip("/") in _OF_THE_VIEWER


def leads_back(path: str) -> bool:
    """Whether one returns there after something that had to come first: to pages, not to what stands on them."""
    return is_use(path) or path.rstrip("/") == ACTING


def changes_state(method: str) -> bool:
    """Whether the request may change something, so that it must come from a page of ours."""
    return method not in _SAFE_METHODS
