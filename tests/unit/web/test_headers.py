import pytest
from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from httpx import ASGITransport, AsyncClient

from libs.common.web.headers import AnswerHeaders

app = FastAPI()


@app.get("/page")
async def page() -> Response:
    return PlainTextResponse("a page", headers={"server": "secret/1.0", "cache-control": "public"})


@app.get("/failing")
async def failing() -> Response:
    raise RuntimeError


@app.get("/static/{name}")
async def static(name: str) -> Response:
    return PlainTextResponse(name, status_code=404 if name == "missing" else 200)


@pytest.fixture
async def client() -> AsyncClient:
    transport = ASGITransport(AnswerHeaders(app, "claims"), raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="https://portico.example")


@pytest.mark.parametrize(("path", "status"), [("/page", 200), ("/nowhere", 404), ("/failing", 500)])
async def test_every_answer_carries_the_security_headers_and_who_gave_it(
    client: AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-portico-answer"] == "claims"
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("path", "caching"),
    [
        ("/static/portico.css?v=0123", "public, max-age=31536000, immutable"),
        ("/static/portico.css", "no-cache"),
        ("/static/missing?v=0123", "no-store"),
    ],
)
async def test_only_a_static_file_with_a_digest_is_kept_for_ever(client: AsyncClient, path: str, caching: str) -> None:
    assert (await client.get(path)).headers["cache-control"] == caching
