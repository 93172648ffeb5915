"""The headers every answer carries, errors included (security reference, sections 2.3 and 5; test S22)."""

from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

PROTECTIVE: Final = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every answer carries, whoever makes it."""

_NEVER_STORED: Final = "no-store"
_KEPT_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "no-cache"

ANSWERED_BY: Final = "x-portico-answer"
"""Says that a service answered by itself: the gateway replaces only answers without it (decision 10)."""


def public_data(request: Request, *, seconds: int) -> None:
    """Say that this answer holds nothing but what everybody may know.

    Anybody may keep it for `seconds`, and pages of other sites may read it. An error is never kept.
    """
    request.state.kept_by_all = seconds


class AnswerHeaders:
    """Put the security headers, the caching rule and the name of the answering service on every response.

    Pure ASGI, outermost, so that answers of the error handler carry them too. The server's own `Server` header is
    switched off where uvicorn is started; one set inside is removed here.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only HTTP answers are touched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in PROTECTIVE.items():
                    headers[name] = value
                headers["cache-control"] = _caching(scope, message["status"])
                if _kept_by_all(scope, message["status"]):
                    headers["access-control-allow-origin"] = "*"
                    headers["cross-origin-resource-policy"] = "cross-origin"
                headers[ANSWERED_BY] = self._service
                del headers["server"]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _kept_by_all(scope: Scope, status: int) -> int:
    seconds: int = scope.get("state", {}).get("kept_by_all", 0)
    return seconds if status < 400 else 0


def _caching(scope: Scope, status: int) -> str:
    if seconds := _kept_by_all(scope, status):
        return f"public, max-age={seconds}"
    if not scope["path"].startswith("/static/") or status >= 400:
        return _NEVER_STORED
    # Only an address with a digest names one content for ever.
    return _KEPT_FOR_EVER if scope["query_string"].startswith(b"v=") else _ASKED_AGAIN
