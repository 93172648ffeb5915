"""One trace from the browser through gateway, outbox, broker, workers and the shared system and back."""

import json
import secrets
from typing import Any

from simulators.population import claim_file
from tests.support.portal import Walked, WholePortal
from tools.walk.claims import answered, receipt_of, upload_form
from tools.walk.journey import today
from tools.walk.place import until

# Who did what, from the request to the status that came back, each by kind and name of its span.
WAY = {
    ("auth.all", "server", "POST /gateway/authorize{path:address}"),
    ("claims.all", "server", "POST /claims/submissions"),
    ("claims.all", "producer", "publish claims.submission-received.v1"),
    ("notifier.all", "consumer", "handle claims.submission-received.v1"),
    ("claims.all", "internal", "job process-submission"),
    ("claims.all", "producer", "publish claims.claim-accepted.v1"),
    ("notifier.all", "consumer", "handle claims.claim-accepted.v1"),
    ("shared_system.simulator", "consumer", "take in"),
    ("shared_system.simulator", "consumer", "adjudicate"),
    ("claims.all", "consumer", "handle partner.claims-status.v1"),
    ("claims.all", "producer", "publish claims.claim-status-changed.v1"),
}


def spans(portal: WholePortal, trace_id: str) -> dict[str, dict[str, Any]]:
    """Every span of the trace that was written so far, by its id."""
    lines = [
        line
        for path in (portal.state / "traces").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
        if trace_id in line
    ]
    found = [json.loads(line) for line in lines]
    return {span["span_id"]: span for span in found if span["trace_id"] == trace_id}


async def test_one_id_leads_from_the_browser_to_the_shared_system_and_back(portal: WholePortal, walked: Walked) -> None:
    del walked
    biller = await portal.signed_in("riverside.biller")
    form = await upload_form(biller)
    content = b"".join(claim_file(received=today(), claims=3, faulty=1, control_number=secrets.randbelow(1_000_000)))
    page = await biller.send(form, {}, file=(form.file_field, ("claims.txt", content)))
    trace_id = page.answer.history[0].headers["x-request-id"].replace("-", "")
    await answered(biller, receipt_of(page, form, content))

    async def whole() -> dict[str, dict[str, Any]] | None:
        found = spans(portal, trace_id)
        told = {(span["service"], span["kind"], span["name"]) for span in found.values()}
        return found if told >= WAY else None

    try:
        found = await until(whole, within=30, waiting_for="the spans of the whole way", pause=0.5)
    except TimeoutError as late:
        told = {(span["service"], span["kind"], span["name"]) for span in spans(portal, trace_id).values()}
        raise AssertionError(f"{late}: missing {sorted(WAY - told)}") from late
    known = {*found, trace_id[16:]}
    strays = [span for span in found.values() if span["parent_id"] not in known and span["kind"] != "client"]
    assert strays == []
