"""Each request leaves one span, in the trace of whoever asked."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common.observability.traces import TraceRequests, current_trace_id

TRACE = "0af7651916cd43dd8448eb211c80319c"
SEEN: list[str] = []


def application() -> FastAPI:
    app = FastAPI(telemetry={"tracing": False})

    @app.get("/things/{name}")
    async def thing(name: str) -> str:
        SEEN.append(current_trace_id())
        return name

    @app.get("/livez")
    async def livez() -> str:
        return "alive"

    return app


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    return exporter


async def asked(exporter: InMemorySpanExporter, path: str, **headers: str) -> Sequence[ReadableSpan]:
    transport = httpx.ASGITransport(TraceRequests(application()))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        await client.get(path, headers=headers)
    return exporter.get_finished_spans()


async def test_a_span_is_named_by_the_route_and_continues_the_trace_it_came_with(
    exporter: InMemorySpanExporter,
) -> None:
    SEEN.clear()
    [span] = await asked(exporter, "/things/secret", traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    assert (span.name, span.kind) == ("GET /things/{name}", trace.SpanKind.SERVER)
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACE
    assert [TRACE] == SEEN
    assert dict(span.attributes or {}) == {"http.response.status_code": 200}


async def test_without_a_trace_one_begins(exporter: InMemorySpanExporter) -> None:
    [span] = await asked(exporter, "/things/one")
    assert span.parent is None


async def test_what_is_no_route_keeps_its_path_to_itself(exporter: InMemorySpanExporter) -> None:
    [span] = await asked(exporter, "/nothing/secret")
    assert span.name == "GET"
    assert dict(span.attributes or {}) == {"http.response.status_code": 404}


async def test_probes_leave_none(exporter: InMemorySpanExporter) -> None:
    assert await asked(exporter, "/livez") == ()
