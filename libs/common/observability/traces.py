"""One trace from the browser through outbox, broker, worker and partner and back.

The context travels as a W3C `traceparent`, in HTTP headers and in the envelope. Spans are written as JSON lines to
the state directory, where a test or an operator follows an id by searching for it. Span attributes are names and
counts, by allow-list: nothing that a client wrote, so no PHI.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PROPAGATOR = TraceContextTextMapPropagator()
_UNTRACED = ("/livez", "/readyz", "/partnerz", "/metrics", "/static")

# Not among them: addresses with what was typed into them, queries, hosts, user agents.
_KEPT = frozenset({"http.response.status_code", "events", "messages"})


class JsonLinesExporter(SpanExporter):
    """Writes each finished span as one JSON line."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write the spans and flush, so that a reader sees them at once."""
        for span in spans:
            self._file.write(json.dumps(_line(span), separators=(",", ":")) + "\n")
        self._file.flush()
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Close the file; standard output belongs to others too."""
        if self._file is not sys.stdout:
            self._file.close()


def _line(span: ReadableSpan) -> dict[str, object]:
    context = span.get_span_context()
    return {
        "trace_id": f"{context.trace_id:032x}" if context else "",
        "span_id": f"{context.span_id:016x}" if context else "",
        "parent_id": f"{span.parent.span_id:016x}" if span.parent else None,
        "name": span.name,
        "kind": span.kind.name.lower(),
        "service": span.resource.attributes.get("service.name"),
        "start": span.start_time,
        "end": span.end_time,
        "attributes": {name: value for name, value in (span.attributes or {}).items() if name in _KEPT},
        "status": span.status.status_code.name.lower(),
    }


class _NoLonelyCalls(Sampler):
    """Drops traces that start with a call to somebody else: idle loops poll, which tells nothing and fills the disk."""

    def should_sample(
        self,
        parent_context: Context | None,  # noqa: ARG002 - the interface's own
        trace_id: int,  # noqa: ARG002
        name: str,  # noqa: ARG002
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,  # noqa: ARG002
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Keep a root span unless it is a client call."""
        decision = Decision.DROP if kind is SpanKind.CLIENT else Decision.RECORD_AND_SAMPLE
        return SamplingResult(decision, attributes, trace_state)

    def get_description(self) -> str:
        """What the SDK prints of it."""
        return "NoLonelyCalls"


def start_tracing(service: str, role: str, directory: Path | None) -> None:
    """Send this process's spans to `<directory>/<service>-<role>.jsonl`; without a directory to standard output."""
    file: TextIO = sys.stdout
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        file = (directory / f"{service}-{role}.jsonl").open("a", encoding="utf-8")
    provider = TracerProvider(
        sampler=ParentBased(_NoLonelyCalls()), resource=Resource.create({"service.name": f"{service}.{role}"})
    )
    provider.add_span_processor(BatchSpanProcessor(JsonLinesExporter(file), schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)


class TraceRequests:
    """ASGI middleware: one span for each request, in the trace of whoever asked, named by its method and route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tracer = trace.get_tracer("portico")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; those of probes and for files that never change leave no span."""
        if scope["type"] != "http" or scope["path"].startswith(_UNTRACED):
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"traceparent"), b"")
        parent = _PROPAGATOR.extract({"traceparent": given.decode("latin-1")}) if given else None
        with self._tracer.start_as_current_span(scope["method"], context=parent, kind=SpanKind.SERVER) as one:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    one.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self._app(scope, receive, watch)
            finally:
                if route := scope.get("route"):
                    one.update_name(f"{scope['method']} {route.path}")


@contextmanager
def span(
    name: str, *, traceparent: str = "", kind: SpanKind = SpanKind.INTERNAL, **attributes: str | int
) -> Iterator[None]:
    """A span around a block, continuing the trace of `traceparent` if one is given."""
    parent: Context | None = _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else None
    with trace.get_tracer("portico").start_as_current_span(name, context=parent, kind=kind, attributes=attributes):
        yield


def current_traceparent() -> str:
    """The trace context of now, as a W3C header; empty outside a trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def current_trace_id() -> str:
    """The id of the current trace, 32 hexadecimal digits; empty outside a trace."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""
