"""What is written down of a span."""

import io
import json

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from libs.common.observability.traces import JsonLinesExporter


def written(**attributes: str | int) -> dict[str, object]:
    """The attributes that reach the file, of a span that was given these."""
    file = io.StringIO()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(JsonLinesExporter(file)))
    with provider.get_tracer("test").start_as_current_span("GET /claims", attributes=attributes):
        pass
    kept: dict[str, object] = json.loads(file.getvalue())["attributes"]
    return kept


def test_nothing_that_a_client_wrote_is_in_a_trace() -> None:
    told = {
        "http.url": "https://portal.example/claims?patient=typed",
        "http.target": "/claims/typed",
        "http.server_name": "typed.example",
        "http.user_agent": "typed",
        "url.query": "patient=typed",
        "of.tomorrow": "typed",
    }
    assert "typed" not in json.dumps(written(**told))


def test_what_an_operator_looks_for_is_in_a_trace() -> None:
    told: dict[str, str | int] = {"http.response.status_code": 200, "events": 3, "messages": 2}
    assert written(**told) == told
