"""Structured logs, one JSON object a line, by an allow-list of keys.

A key that is not on the list is written as "[redacted]": patterns miss names and dates, a list does not. Exception
texts and tracebacks quote values, so an error is its class and where it was raised.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED_KEYS = frozenset(
    {
        "event", "level", "timestamp", "service", "role", "instance", "trace_id",
        "consumer", "event_type", "error_class", "error_at", "shard", "kind", "attempts", "code", "reason", "status",
        "method", "route", "milliseconds", "permission", "submission_id", "claim_id", "interruption_id", "claims",
        "accepted", "rejected", "part", "fault_domain", "function", "sequence", "topic", "count", "user_id",
        "audience", "partner", "size_bytes", "port", "address", "seconds",
    }
)  # fmt: skip

_FOREIGN_SILENCE_SECONDS = 5.0

log: structlog.stdlib.BoundLogger = structlog.get_logger()


def _allow(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value if key in ALLOWED_KEYS else "[redacted]" for key, value in entry.items()}


def _where(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn an exception into its class and the place it came from."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        entry["error_class"] = type(error).__name__
        entry["error_at"] = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in reversed(frames[-4:]))
    return entry


def _trace(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    from libs.common.observability.traces import current_trace_id  # noqa: PLC0415 - logs must import without tracing

    trace_id = current_trace_id()
    if trace_id:
        entry["trace_id"] = trace_id
    return entry


class _Foreign(logging.Handler):
    """Takes what libraries log: the logger's name and the level, never their text, which may quote a value.

    One line for each logger in five seconds: a client without its broker says the same a hundred times a second.
    """

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self._silent_until: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or none."""
        if record.created < self._silent_until.get(record.name, 0.0):
            return
        self._silent_until[record.name] = record.created + _FOREIGN_SILENCE_SECONDS
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, "library said", reason=record.name, exc_info=error)


def configure_logs(service: str, role: str, instance: str) -> None:
    """Write this process's log to standard output; libraries only from warnings on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _trace,
            _where,
            _allow,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service, role=role, instance=instance)
    root = logging.getLogger()
    root.handlers = [_Foreign()]
    root.setLevel(logging.WARNING)
    logging.getLogger("asyncio").setLevel(logging.ERROR)
