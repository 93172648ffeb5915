"""What must be refused, through the gateway: a sentence says what to correct, the log says why, nothing is kept."""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from libs.common.clock import SystemClock
from libs.common.security.principal import Principal
from libs.common.security.tokens import ISSUER, SigningKey, issue_internal_token
from simulators.population import claim_file, file_faults
from tests.support.portal import Walked, WholePortal
from tools.walk.claims import send_file, upload_form, uploaded
from tools.walk.journey import Upload, today
from tools.walk.person import Person
from tools.walk.place import until

BILLER = "riverside.biller"
_OVER_THE_CAP = 21 * 1024 * 1024


@pytest.fixture
async def biller(portal: WholePortal, walked: Walked) -> Person:
    """Signed in since the walk."""
    del walked
    return await portal.signed_in(BILLER)


def small_file(claims: int = 3) -> bytes:
    return b"".join(claim_file(received=today(), claims=claims, faulty=0, control_number=uuid4().int % 1_000_000_000))


async def kept(portal: WholePortal) -> dict[str, int]:
    """How much of submissions there is: rows, and files of the document store whether finished or not."""
    row = await portal.rows(
        "claims",
        "SELECT (SELECT count(*) FROM submission) AS submissions, (SELECT count(*) FROM claim) AS claims,"
        " (SELECT count(*) FROM acknowledgment) AS acknowledgments, (SELECT count(*) FROM idempotency) AS keys,"
        # Others come and go meanwhile: the shared system still answers for the claims of earlier uploads.
        " (SELECT count(*) FROM outbox WHERE headers LIKE '%claims.submission-%') AS events",
    )
    files = [path for path in (portal.state / "documents" / "claims").rglob("*") if path.is_file()]
    return dict(row[0]) | {"documents": len(files)}


@asynccontextmanager
async def nothing_kept(portal: WholePortal) -> AsyncIterator[None]:
    """Fails when anything of an upload stays behind."""
    await quiet(portal)
    before = await kept(portal)
    yield
    await quiet(portal)
    assert await kept(portal) == before


async def quiet(portal: WholePortal) -> None:
    """Wait until nothing of earlier uploads is under way."""

    async def done() -> bool:
        waiting = await portal.value("claims", "SELECT count(*) FROM due_work WHERE kind = 'process-submission'")
        return waiting == 0 and await portal.value("claims", "SELECT count(*) FROM outbox") == 0

    await until(done, within=60, waiting_for="the end of earlier uploads")


@asynccontextmanager
async def logged(portal: WholePortal, fits: Callable[[dict[str, object]], bool]) -> AsyncIterator[None]:
    """Fails unless a line of the log that `fits` came meanwhile."""
    before = sum(1 for _ in portal.log_lines())

    async def told() -> bool:
        for line in list(portal.log_lines())[before:]:
            _, _, text = line.partition("| ")
            if text.startswith("{") and fits(json.loads(text)):
                return True
        return False

    yield
    await until(told, within=10, waiting_for="a line in the log that says why")


# -- files ---------------------------------------------------------------------------------------------------------

REFUSED_FILES = {
    "not-x12": ("upload-not-x12", "begins with ISA", 422),
    "empty": ("upload-empty", "The file is empty", 422),
    "byte-order-mark": ("upload-byte-order-mark", "byte order mark", 422),
    "leading-space": ("upload-byte-order-mark", "white space", 422),
    "utf-16": ("upload-byte-order-mark", "byte order mark", 422),
    "over-the-cap": ("upload-too-large", "larger than", 413),
}


def refused_file(name: str) -> bytes:
    if name == "over-the-cap":
        return small_file() + b"\n" * _OVER_THE_CAP
    return file_faults(small_file())[name]


@pytest.mark.parametrize("name", REFUSED_FILES)
async def test_a_file_that_is_no_claim_file_is_refused_on_the_page(
    portal: WholePortal, biller: Person, name: str
) -> None:
    code, sentence, status = REFUSED_FILES[name]
    form = await upload_form(biller)
    async with nothing_kept(portal), logged(portal, lambda line: line.get("code") == code):
        page = await send_file(biller, form, refused_file(name))

    assert page.status == status
    assert page.says(sentence)


@pytest.mark.parametrize("name", REFUSED_FILES)
async def test_a_file_that_is_no_claim_file_is_refused_by_the_api(
    portal: WholePortal, walked: Walked, name: str
) -> None:
    code, sentence, status = REFUSED_FILES[name]
    async with nothing_kept(portal):
        answer = await walked.journey.program.send_file(refused_file(name))

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code
    assert sentence in answer.json()["detail"]


async def test_line_ends_after_the_terminators_are_no_fault(portal: WholePortal, biller: Person) -> None:
    upload = await sent(biller, file_faults(small_file())["crlf"])

    assert await counts(portal, upload) == (3, 0)


async def test_an_upload_that_breaks_off_leaves_nothing(portal: WholePortal, biller: Person) -> None:
    form = await upload_form(biller)
    boundary = b"--cut\r\n"

    async def half() -> AsyncIterator[bytes]:
        for name, value in form.values().items():
            yield boundary + f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        name = form.file_field
        yield boundary + f'Content-Disposition: form-data; name="{name}"; filename="c.txt"\r\n\r\n'.encode()
        yield small_file(200)
        raise ConnectionError("the line is cut")

    async with nothing_kept(portal):
        with pytest.raises(ConnectionError):
            await biller.client.post(
                form.action, content=half(), headers={"content-type": "multipart/form-data; boundary=cut"}
            )


async def test_a_broken_mbi_and_a_broken_npi_are_named_claim_by_claim(portal: WholePortal, biller: Person) -> None:
    lines = small_file().split(b"~")
    members = [place for place, line in enumerate(lines) if line.startswith(b"NM1*IL*")]
    providers = [place for place, line in enumerate(lines) if line.startswith(b"NM1*82*")]
    lines[members[0]] = re.sub(rb"\*MI\*(.)[^*]", rb"*MI*\1S", lines[members[0]])
    lines[providers[1]] = re.sub(rb"(\d)$", lambda last: b"%d" % ((int(last[1]) + 1) % 10), lines[providers[1]])
    upload = await sent(biller, b"~".join(lines))

    assert await counts(portal, upload) == (1, 2)
    page = await biller.open(upload.path)
    assert page.says("Medicare number") or page.says("MBI")
    assert page.says("NPI")
    assert page.says("this is not a denial and has no appeal rights")


async def test_a_file_with_a_broken_structure_is_not_accepted_and_says_where(
    portal: WholePortal, biller: Person
) -> None:
    upload = await sent(biller, file_faults(small_file())["structure"])

    assert await portal.value("claims", "SELECT count(*) FROM claim WHERE submission_id = $1", upload.id) == 0
    page = await biller.open(upload.path)
    assert page.says("not accepted")
    assert page.says("N3") or page.says("N4")


async def sent(biller: Person, content: bytes) -> Upload:
    """Send a file and wait until it is acknowledged."""
    return await uploaded(biller, content, within=60)


async def counts(portal: WholePortal, upload: Upload) -> tuple[int, int]:
    row = (
        await portal.rows(
            "claims",
            "SELECT count(*) FILTER (WHERE state <> 'not-accepted') AS accepted,"
            " count(*) FILTER (WHERE state = 'not-accepted') AS refused FROM claim WHERE submission_id = $1",
            upload.id,
        )
    )[0]
    return row["accepted"], row["refused"]


# -- requests ------------------------------------------------------------------------------------------------------


async def test_a_body_over_64_kib_is_refused_before_any_service_reads_it(portal: WholePortal, walked: Walked) -> None:
    async with portal.place.client() as nobody, nothing_kept(portal):
        page = await nobody.post("/sign-in", data={"user_id": "x" * 70_000})
        answer = await walked.journey.program.post("/api/auth/users", json={"x": "x" * 70_000})

    assert (page.status_code, answer.status_code) == (413, 413)
    assert "64 KB" in page.text
    assert answer.json()["code"] == "body-too-large"


@pytest.mark.parametrize("path", ["/claims/{}", "/claims/submissions/{}", "/claims/submissions/{}/999"])
async def test_an_id_nobody_has_and_no_id_at_all_are_answered_like_a_foreign_one(
    biller: Person, walked: Walked, path: str
) -> None:
    stranger = walked.journey.stranger
    foreign = await stranger.open(walked.journey.sent.path)
    pages = [await biller.open(path.format(each)) for each in (uuid4(), "nonsense", "1 OR 1=1")]

    assert {page.status for page in pages} == {404}
    assert foreign.status in (404, 200)  # 200: the stranger was signed out meanwhile and sees the sign-in page
    assert len({page.heading for page in pages}) == 1


async def test_the_same_form_sent_twice_is_one_submission(portal: WholePortal, biller: Person) -> None:
    form, content = await upload_form(biller), small_file()
    before = await portal.value("claims", "SELECT count(*) FROM submission")
    first = await send_file(biller, form, content)
    second = await send_file(biller, form, content)

    assert (first.status, second.status) == (200, 200)
    assert first.path == second.path
    assert await portal.value("claims", "SELECT count(*) FROM submission") == before + 1


async def test_the_same_form_with_other_content_is_refused(portal: WholePortal, biller: Person) -> None:
    form = await upload_form(biller)
    await send_file(biller, form, small_file())
    async with nothing_kept(portal):
        page = await send_file(biller, form, small_file(4))

    assert page.status == 409
    assert page.says("already sent with other content")


@pytest.mark.parametrize(
    ("name", "value", "status", "sentence"),
    [
        ("enrollment", None, 409, "acting for another enrollment"),
        ("csrf", "of-another-session", 403, "earlier session"),
        ("idempotency_key", "", 400, "This form is not complete"),
    ],
)
async def test_a_form_opened_elsewhere_is_refused(
    portal: WholePortal, biller: Person, name: str, value: str | None, status: int, sentence: str
) -> None:
    form = await upload_form(biller)
    other = str(portal.population.provider_organization(2).enrollments[0].enrollment_id)
    async with nothing_kept(portal):
        page = await send_file(biller, form, small_file(), **{name: other if value is None else value})

    assert page.status == status
    assert page.says(sentence)


# -- sessions and tokens -------------------------------------------------------------------------------------------


async def test_a_code_works_once(portal: WholePortal) -> None:
    first, second = portal.person("juniper.admin"), portal.person("juniper.admin")
    async with first, second:
        code = await portal.codes.next(first.user)
        for person in (first, second):
            await person.open("/sign-in")
            notice = "I have read this notice and accept it"
            typed = {notice: "yes", "User ID": person.user.user_id, "Password": person.user.password}
            await person.submit("Sign in", typed)
        assert (await first.submit("Continue", {"Code": code})).status == 200
        async with logged(portal, lambda line: line.get("reason") == "code-replayed"):
            page = await second.submit("Continue", {"Code": code})

        assert page.status == 401
        assert page.says("was used before")
        assert "__Host-sid" not in second.client.cookies
        await expired(portal, first)


async def expired(portal: WholePortal, person: Person) -> None:
    """A session nobody used for half an hour is over, says why, and leads back to where the person was."""
    assert (await person.open("/auth")).heading == "Your account"
    await portal.rows(
        "auth",
        "UPDATE session SET last_seen_at = last_seen_at - interval '31 minutes' WHERE user_id = $1",
        person.user.user_uuid,
    )
    page = await person.open("/auth")

    assert page.says("not used for a while")
    assert "next=/auth" in page.link("Sign in")


@pytest.fixture
def principal(portal: WholePortal, walked: Walked) -> Principal:
    """The biller, as a token would name them."""
    del walked
    user = portal.population.user(BILLER)
    enrollment = portal.population.provider_organization(1).enrollments[0]
    return Principal(
        kind="person",
        user_id=user.user_uuid,
        name="Biller",
        organization_id=user.organization_id,
        role=user.role,
        assurance=2,
        factor_at=SystemClock().now(),
        enrollment_id=enrollment.enrollment_id,
        user_epoch=0,
        organization_epoch=0,
        session="00" * 32,
        csrf="none",
        expires_in=1800,
    )


def internal_token(portal: WholePortal, principal: Principal, kind: str) -> str:
    """A token as only auth can make it, or with one thing wrong with it."""
    key = SigningKey(portal.state / "secrets")
    now = SystemClock().now() - (timedelta(minutes=10) if kind == "stale" else timedelta())
    audience = "eligibility" if kind == "foreign-audience" else "claims"
    token = issue_internal_token(key, principal, audience=audience, token_id=str(uuid4()), now=now)
    if kind != "forged":
        return token
    claims = {"iss": ISSUER, "aud": "claims", "sub": str(principal.user_id)}
    strange = ECKey.generate_key("P-256", {"kid": "strange"})
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "strange"}, claims, strange)


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [("forged", {"key-unknown", "signature"}), ("stale", {"stale"}), ("foreign-audience", {"audience"})],
)
async def test_a_service_believes_no_token_but_a_fresh_one_for_itself(
    portal: WholePortal, principal: Principal, kind: str, reasons: set[str]
) -> None:
    address = f"http://127.0.0.1:{portal.settings.service_port('claims', 'all')}"
    async with httpx.AsyncClient(base_url=address, trust_env=False) as inside:

        async def ask(which: str) -> httpx.Response:
            header = {"authorization": f"Bearer {internal_token(portal, principal, which)}"}
            return await inside.get("/api/claims/submissions", headers=header)

        assert (await ask("good")).status_code == 200
        async with logged(portal, lambda line: line.get("reason") in reasons):
            answer = await ask(kind)

    assert answer.status_code == 401
    assert answer.json()["code"] == "token-invalid"


@pytest.mark.parametrize("kind", ["good", "forged", "stale", "foreign-audience"])
async def test_the_gateway_lets_no_internal_token_in_from_outside(
    portal: WholePortal, principal: Principal, kind: str
) -> None:
    header = {"authorization": f"Bearer {internal_token(portal, principal, kind)}"}
    async with portal.place.client(headers=header) as outside:
        answer = await outside.get("/api/claims/submissions")
        page = await outside.get("/claims")

    assert answer.status_code == 401
    assert answer.json()["code"] == "sign-in-required"
    assert page.status_code == 303
    assert page.headers["location"].startswith("/sign-in")
