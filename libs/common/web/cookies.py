"""Secrets that a browser holds for us: sent over TLS alone, to us alone, out of reach of scripts and of other sites."""

from datetime import timedelta

from fastapi import Response


def give_secret(answer: Response, name: str, secret: str, *, lasting: timedelta | None = None) -> None:
    """Let the browser hold `secret` until it is closed, or for `lasting`. The name begins with `__Host-`."""
    seconds = int(lasting.total_seconds()) if lasting else None
    answer.set_cookie(name, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def take_secret(answer: Response, name: str) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
