"""From where a request came, for limits."""

from fastapi import Request


def client_address(request: Request) -> str:
    """The client's address as the gateway saw it: the last entry is its own, whatever the client claimed before it."""
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.rsplit(",", 1)[-1].strip() or (request.client.host if request.client else "unknown")
