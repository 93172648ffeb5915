"""A vendor asks, the provider signs, changes, ends: what is published is what every service decides by (S05, S29)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.common.contracts.auth import Authorization, MessageWanted, OrganizationAccess
from libs.common.messaging.subscriptions import Due
from services.auth.access.handlers import END_WHAT_IS_OVER, end_what_is_over
from services.auth.access.repository import put_vendors
from services.auth.billers.domain import PAPERS
from tests.support.appeals import pdf
from tests.support.applications import Application, Someone, application
from tests.support.auth import carry
from tests.support.platform import CloneSettings

PROVIDER = Someone("A Boss", role="PROVIDER_ADMIN", permissions=frozenset(), npi="1234567893", ptan="P00009")
CLERK = Someone("clerk", office=PROVIDER.name, npi=PROVIDER.npi, ptan=PROVIDER.ptan)
VENDOR = Someone("vendor", role="VENDOR_ADMIN", vendor="not-authorized", permissions=frozenset(), npi="1245319599")
OTHER = Someone("other vendor", role="VENDOR_ADMIN", vendor="not-authorized", permissions=frozenset())
STALE = Someone(
    "stale boss",
    office=PROVIDER.name,
    role="PROVIDER_ADMIN",
    permissions=frozenset(),
    factor_age=timedelta(minutes=16),
)
TERMS = {
    "function_F-07": "yes",
    "function_F-08": "yes",
    "submitter": "sub-00001",
    "effective": "11/23/2026",
    "ends": "",
}
ASKED = {"npi": PROVIDER.npi, "ptan": PROVIDER.ptan, "tax_id": PROVIDER.tax_id, **TERMS}
SIGNED = {**TERMS, "signed_name": "a boss"}


@pytest.fixture
async def auth(databases: Callable[..., Awaitable[CloneSettings]]) -> AsyncIterator[Application]:
    async with application("auth", await databases("auth")) as running:
        await running.admit(PROVIDER, CLERK, VENDOR, OTHER, STALE)
        yield running


async def send(auth: Application, who: Someone, path: str, *, key: str = "", **fields: str) -> httpx.Response:
    data = {"csrf": who.csrf, "idempotency_key": key or f"{path} {sorted(fields.items())}"[:200], **fields}
    return await auth.call("POST", path, who, headers={"sec-fetch-site": "same-origin"}, data=data)


async def asked(auth: Application, key: str = "asked once") -> str:
    """The address of a new request of the vendor."""
    answer = await send(auth, VENDOR, "/auth/billers", key=key, **ASKED)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def published(auth: Application) -> tuple[tuple[Authorization, ...] | None, list[Any]]:
    """What the provider's newest record says of its vendors, and who is told of what by mail."""
    events = [each.event for each in await carry(auth.work)]
    records = [each for each in events if isinstance(each, OrganizationAccess)]
    told = [each for each in events if isinstance(each, MessageWanted)]
    mine = [each for each in records if each.organization_id == PROVIDER.organization_id]
    return (mine[-1].authorizations if mine else None), [(each.user_id, each.kind) for each in told]


async def test_a_vendor_asks_the_provider_signs_and_only_then_it_counts(auth: Application) -> None:
    path = await asked(auth)
    authorizations, told = await published(auth)
    assert authorizations == ()
    assert {each for each, matter in told if matter == "biller-asked"} == {PROVIDER.user_id, STALE.user_id}
    page = await auth.call("GET", path, PROVIDER)
    assert "Sign the letter" in page.text
    answer = await send(auth, PROVIDER, f"{path}/sign", **SIGNED)
    assert answer.headers["location"] == path
    authorizations, told = await published(auth)
    assert authorizations is not None
    [given] = authorizations
    assert (given.vendor_id, given.functions, given.submitter) == (VENDOR.organization_id, ("F-07", "F-08"), "SUB00001")
    assert given.ends is None
    assert told == [(VENDOR.user_id, "biller-confirmed")]
    shown = (await auth.call("GET", path, VENDOR)).text
    assert "Signed electronically by A Boss" in shown
    assert "In force" in shown


async def test_what_a_vendor_typed_wrong_is_said_at_its_field_and_nothing_is_asked(auth: Application) -> None:
    for changes, words in (
        ({"ptan": "none such"}, "No provider of this contractor"),
        ({"npi": "1999999999"}, "No provider of this contractor"),
        ({"tax_id": "999999999"}, "No provider of this contractor"),
        ({"effective": "11/22/2026"}, "The first day is over"),
        ({"submitter": "x"}, "submitter ID"),
        ({"function_F-07": "", "function_F-08": ""}, "Choose at least one function"),
    ):
        answer = await send(auth, VENDOR, "/auth/billers", **{**ASKED, **changes})
        assert answer.status_code == 422, changes
        assert words in answer.text
    assert await published(auth) == (None, [])


async def test_only_a_vendor_asks_only_once_at_a_time_and_the_provider_signs_with_their_own_name(
    auth: Application,
) -> None:
    assert (await send(auth, PROVIDER, "/auth/billers", **ASKED)).status_code == 403
    path = await asked(auth)
    assert (
        "has asked this provider already"
        in (await send(auth, VENDOR, "/auth/billers", key="again again", **ASKED)).text
    )
    for fields, words in (
        ({"signed_name": "Somebody Else"}, "Type your name as it is in your account"),
        ({"submitter": "SUB00002"}, "No EDI agreement of your organization names this submitter ID"),
        ({"function_F-07": "", "function_F-08": ""}, "Choose at least one function"),
    ):
        answer = await send(auth, PROVIDER, f"{path}/sign", **{**SIGNED, **fields})
        assert answer.status_code == 422
        assert words in answer.text
    assert "Waits for the provider" in (await auth.call("GET", path, VENDOR)).text


async def test_nobody_but_the_two_sides_knows_of_it_and_the_vendor_never_signs_for_the_provider(
    auth: Application,
) -> None:
    path = await asked(auth)
    assert (await auth.call("GET", path, OTHER)).status_code == 404
    assert (await auth.call("GET", path, CLERK)).status_code == 403
    for who, status in ((OTHER, 404), (VENDOR, 404), (CLERK, 403), (STALE, 403)):
        for action, fields in (("sign", SIGNED), ("refuse", {"reason": "Unknown to us."})):
            assert (await send(auth, who, f"{path}/{action}", **fields)).status_code == status, (who.name, action)
    assert (await send(auth, OTHER, f"{path}/end")).status_code == 404
    assert (await send(auth, PROVIDER, f"{path}/end")).status_code == 409  # it is refused instead
    authorizations, _ = await published(auth)
    assert authorizations == ()


async def test_a_change_is_another_letter_and_an_end_counts_at_once(auth: Application) -> None:
    path = await asked(auth)
    await send(auth, PROVIDER, f"{path}/sign", **SIGNED)
    answer = await send(auth, PROVIDER, f"{path}/sign", **{**SIGNED, "function_F-08": "", "ends": "12/31/2026"})
    second = answer.headers["location"]
    assert second != path
    authorizations, _ = await published(auth)
    assert authorizations is not None
    [given] = authorizations
    assert given.functions == ("F-07",)
    assert given.ends is not None
    assert given.ends.isoformat() == "2027-01-01T05:00:00+00:00"  # the end of 12/31 where the contractor is
    first = (await auth.call("GET", path, PROVIDER)).text
    assert "signed another letter in its place" in first
    assert "Claim Submission" in first
    assert (await send(auth, PROVIDER, f"{path}/end")).status_code == 409
    assert (await send(auth, PROVIDER, f"{second}/end")).status_code == 303
    authorizations, told = await published(auth)
    assert authorizations == ()
    assert told == [(VENDOR.user_id, "biller-ended")]


async def test_a_refusal_says_why_and_a_request_can_be_taken_back(auth: Application) -> None:
    path = await asked(auth)
    assert "Say in a sentence why" in (await send(auth, PROVIDER, f"{path}/refuse", reason="")).text
    assert (await send(auth, PROVIDER, f"{path}/refuse", reason="We do not work with you.")).status_code == 303
    assert "We do not work with you." in (await auth.call("GET", path, VENDOR)).text
    assert (await published(auth))[1][-1] == (VENDOR.user_id, "biller-refused")
    again = await asked(auth, key="asked another time")
    assert (await send(auth, VENDOR, f"{again}/end")).status_code == 303
    assert "took its request back" in (await auth.call("GET", again, PROVIDER)).text
    assert (await send(auth, PROVIDER, f"{again}/sign", **SIGNED)).status_code == 409


async def test_programs_ask_and_end_but_sign_no_letter(auth: Application) -> None:
    body = {
        "npi": PROVIDER.npi,
        "ptan": PROVIDER.ptan,
        "tax_id": PROVIDER.tax_id,
        "functions": ["F-07"],
        "submitter": "SUB00001",
        "effective": "2026-11-23",
    }
    answer = await auth.call("POST", "/api/auth/billers", VENDOR, headers={"idempotency-key": "ask once"}, json=body)
    assert answer.status_code == 201
    authorization_id = answer.json()["authorization_id"]
    [one] = (await auth.call("GET", "/api/auth/billers", PROVIDER)).json()["authorizations"]
    assert (one["authorization_id"], one["state"], one["functions"]) == (authorization_id, "asked", ["F-07"])
    assert (await auth.call("DELETE", f"/api/auth/billers/{authorization_id}", VENDOR)).status_code == 204


async def test_the_files_of_edi_enrollment_give_and_take_and_never_give_back_what_the_provider_took(
    auth: Application,
) -> None:
    async def told(*vendors: UUID) -> bool:
        async with auth.work.database.work(auth.work) as work:
            return await put_vendors(work, PROVIDER.organization_id, vendors)

    async def listed() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await auth.call("GET", "/api/auth/billers", PROVIDER)).json()["authorizations"]
        return rows

    async def states() -> list[str]:
        return [each["state"] for each in await listed()]

    assert await told(VENDOR.organization_id)
    assert not await told(VENDOR.organization_id)
    assert await states() == ["confirmed"]
    assert await told()
    assert await states() == ["ended"]
    assert await told(VENDOR.organization_id)
    [standing] = [each for each in await listed() if each["state"] == "confirmed"]
    assert standing["submitter"] == ""
    assert (await send(auth, PROVIDER, f"/auth/billers/{standing['authorization_id']}/end")).status_code == 303
    assert not await told(VENDOR.organization_id)
    assert set(await states()) == {"ended"}


async def test_one_whose_last_day_is_over_ends_in_the_lists_too(auth: Application) -> None:
    path = await asked(auth)
    await send(auth, PROVIDER, f"{path}/sign", **{**SIGNED, "ends": "11/24/2026"})
    auth.clock.advance(timedelta(days=2))
    await published(auth)
    async with auth.work.database.work(auth.work) as work:
        await end_what_is_over(work, Due(END_WHAT_IS_OVER, "all", auth.clock.now(), {}, 0))
    authorizations, _ = await published(auth)
    assert authorizations == ()
    async with auth.work.database.work(auth.work) as work:
        await end_what_is_over(work, Due(END_WHAT_IS_OVER, "all", auth.clock.now(), {}, 0))
    assert await published(auth) == (None, [])


async def add_letter(
    auth: Application, who: Someone, path: str, content: bytes, *, key: str = "letter"
) -> httpx.Response:
    return await auth.call(
        "POST",
        "/auth/billers/letters",
        who,
        headers={"sec-fetch-site": "same-origin"},
        data={"csrf": who.csrf, "authorization_id": path.rpartition("/")[2], "idempotency_key": f"key of {key}"},
        files={"file": ("letter.pdf" if content else "", content, "application/pdf")},
    )


async def test_a_letter_on_paper_is_kept_for_both_sides_and_decides_nothing(auth: Application) -> None:
    path = await asked(auth)
    await published(auth)
    scanned = pdf()
    assert (await add_letter(auth, VENDOR, path, scanned)).status_code == 303
    assert (await add_letter(auth, VENDOR, path, scanned)).status_code == 303  # the same form again
    assert await published(auth) == (None, [])
    for who in (VENDOR, PROVIDER):
        page = (await auth.call("GET", path, who)).text
        [letter] = set(re.findall(rf'href="({path}/letters/[0-9a-f-]+)"', page))
        assert (await auth.call("GET", letter, who)).content == scanned
    for who, status in ((OTHER, 404), (CLERK, 403)):
        assert (await auth.call("GET", letter, who)).status_code == status
    assert (await add_letter(auth, OTHER, path, scanned)).status_code == 404
    assert (await add_letter(auth, STALE, path, scanned)).status_code == 403


async def test_what_is_no_letter_or_one_too_many_is_said_at_the_file(auth: Application) -> None:
    path = await asked(auth)
    refused = await add_letter(auth, VENDOR, path, b"just words", key="words")
    assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    nothing = await add_letter(auth, VENDOR, path, b"", key="nothing")
    assert (nothing.status_code, "Choose the scanned letter" in nothing.text) == (422, True)
    for number in range(PAPERS):
        assert (await add_letter(auth, PROVIDER, path, pdf(), key=f"letter {number}")).status_code == 303
    enough = await add_letter(auth, PROVIDER, path, pdf(), key="one more")
    assert (enough.status_code, "as many as there may be" in enough.text) == (409, True)
    assert (await send(auth, PROVIDER, f"{path}/refuse", reason="We do not work with you.")).status_code == 303
    assert (await add_letter(auth, VENDOR, path, pdf(), key="late")).status_code == 409
