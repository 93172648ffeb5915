"""What changes something is done only by a form that this session opened, for this enrollment (S09)."""

import re

import pytest

from tests.support.applications import (
    ADMINISTRATOR,
    ALL_ROUTES,
    BILLER,
    OTHER_BILLER,
    Application,
    Applications,
    Route,
    Someone,
    staff_for,
)
from tests.support.requests import BODIES, GUARDED, SAFE, body_of, path_of

OF_AN_ENROLLMENT = [each for each in GUARDED if BODIES[str(each)].guard == "form"]
EARLIER_SESSION = "opened in an earlier session"
ANOTHER_ENROLLMENT = "while acting for another enrollment"


BEHIND_THE_GUARD = {
    "POST /sign-out": (303, 303),
    "POST /sign-out/everywhere": (303, 303),
    "POST /session/extend": (200, 200),
    "POST /session/acting": (303, 303),
    "POST /session/step-up": (303, 303),
    "POST /session/step-up/send": (422, 422),
    "POST /session/step-up/passkey/options": (200, 200),
    "POST /session/step-up/passkey": (409, 409),
    "POST /auth/passkeys/options": (200, 200),
    "POST /auth/passkeys": (422, 422),
    "POST /auth/passkeys/{passkey_id}/remove": (404, 404),
    "POST /auth/password": (303, 303),
    "POST /auth/security/authenticators": (200, 200),
    "POST /auth/security/authenticators/confirm": (422, 422),
    "POST /auth/security/authenticators/remove": (404, 404),
    "POST /auth/security/phone": (429, 429),
    "POST /auth/security/phone/confirm": (422, 422),
    "POST /auth/security/phone/remove": (404, 404),
    "POST /auth/security/recovery-codes": (200, 200),
    "POST /auth/security/forget-browser": (303, 303),
    "POST /auth/organizations/access/{request_id}/approve": (404, 422),
    "POST /auth/organizations/access/{request_id}/refuse": (404, 422),
    "POST /auth/users/{user_id}/end": (404, 422),
    "POST /auth/leaving": (403, 403),
    "POST /auth/email": (303, 303),
    "POST /auth/another-user-id": (303, 303),
    "POST /auth/email/confirm": (422, 422),
    "POST /auth/users/{user_id}/grants/remove": (404, 422),
    "POST /auth/users/{user_id}/grants/add": (404, 422),
    "POST /auth/users/programs/{client_id}/keys": (404, 422),
    "POST /auth/users/programs/{client_id}/keys/{key_id}/revoke": (404, 422),
    "POST /auth/desk/accounts/{user_id}/help": (404, 422),
    "POST /auth/desk/accounts/{user_id}/secure": (404, 422),
    "POST /auth/desk/view-as/end": (303, 303),
    "POST /auth/desk/view-as/{user_id}": (404, 404),
    "POST /auth/desk/elevation": (303, 422),
    "POST /auth/desk/elevation/{elevation_id}": (404, 422),
    "POST /auth/desk/elevation/{elevation_id}/end": (404, 404),
    "POST /auth/desk/staff/new": (303, 422),
    "POST /auth/desk/staff/requests/{request_id}": (404, 422),
    "POST /auth/desk/staff/requests/{request_id}/withdraw": (404, 404),
    "POST /auth/desk/staff/members/{user_id}/role": (404, 422),
    "POST /auth/desk/staff/members/{user_id}/end": (404, 422),
    "POST /auth/desk/feeds/{file_id}": (404, 422),
    "POST /auth/desk/certifications/{organization_id}": (404, 422),
    "POST /auth/organization": (409, 422),
    "POST /auth/organization/withdraw": (404, 404),
    "POST /auth/organizations/{request_id}/decision": (404, 404),
    "POST /auth/users/joining/{request_id}/decision": (404, 404),
    "POST /auth/users/lost-factors/{request_id}/decision": (404, 404),
    "POST /auth/desk/lost-factors/{request_id}/decision": (404, 404),
    "POST /auth/users/recertification": (422, 422),
    "POST /auth/certification": (422, 422),
    "POST /auth/certification/ask": (303, 422),
    "POST /auth/agreements/{document}": (404, 404),
    "POST /auth/agreements/{document}/accept": (404, 404),
    "POST /auth/users/{user_id}/dual-role": (404, 422),
    "POST /auth/billers": (404, 404),
    "POST /auth/billers/{authorization_id}/sign": (404, 404),
    "POST /auth/billers/letters": (404, 404),
    "POST /auth/billers/{authorization_id}/refuse": (404, 422),
    "POST /auth/billers/{authorization_id}/end": (404, 422),
    "POST /auth/requests": (422, 422),
    "POST /auth/requests/{request_id}/remind": (404, 422),
    "POST /auth/requests/{request_id}/withdraw": (404, 422),
    "POST /auth/access-requests/{request_id}/approve": (404, 422),
    "POST /auth/access-requests/{request_id}/refuse": (404, 422),
    "POST /eligibility/inquiries": (422, 422),
    "POST /eligibility/inquiries/{inquiry_id}/again": (404, 404),
    "POST /eligibility/use/{user_id}/unlock": (404, 422),
    "POST /eligibility/audit/disclosures": (200, 200),
    "POST /eligibility/hets-enrollments/drafts": (422, 422),
    "POST /eligibility/hets-enrollments/drafts/discard": (303, 303),
    "POST /eligibility/hets-enrollments/several": (422, 422),
    "POST /eligibility/hets-enrollments/attestations": (200, 200),
    "POST /eligibility/hets-enrollments/{enrollment_id}": (404, 404),
    "POST /eligibility/hets-enrollments/{enrollment_id}/end": (404, 404),
    "POST /eligibility/hets-enrollments/{enrollment_id}/attest": (404, 404),
    "POST /eligibility/same-or-similar/checks": (422, 422),
    "POST /eligibility/certificates/checks": (422, 422),
    "POST /eligibility/schedules": (422, 422),
    "POST /eligibility/schedules/corrections": (404, 422),
    "POST /eligibility/schedules/confirm": (404, 422),
    "POST /eligibility/look-up": (422, 422),
    "POST /eligibility/look-up/rules": (409, 422),
    "POST /eligibility/look-up/office/{user_id}/release": (404, 422),
    "POST /claims/audit/disclosures": (200, 200),
    "POST /claims/submissions": (422, 422),
    "POST /claims/search": (200, 200),
    "POST /claims/filters": (303, 303),
    "POST /claims/{claim_id}/reveal": (404, 404),
    "POST /remittance/audit/disclosures": (200, 200),
    "POST /remittance/search": (200, 200),
    "POST /remittance/filters": (303, 303),
    "POST /remittance/{remittance_id}/claims/{number}/reveal": (404, 404),
    "POST /appeals/audit/disclosures": (200, 200),
    "POST /appeals/review/{appeal_id}": (404, 404),
    "POST /appeals/reconsiderations": (404, 404),
    "POST /appeals/search": (404, 404),
    "POST /appeals/filters": (303, 303),
    "POST /appeals/drafts/redetermination": (404, 404),
    "POST /appeals/drafts/redetermination/discard": (404, 404),
    "POST /appeals/drafts/reconsideration": (404, 404),
    "POST /appeals/drafts/reconsideration/discard": (404, 404),
    "POST /appeals": (404, 404),
    "POST /appeals/documents": (404, 404),
}
"""What each form comes to once it is past the guard: as `body_of` fills it in, and with a sign in its idempotency key
that no text has. What it asks for is nobody's (404), does not say enough (422), or was done before (409).
"""


def test_every_page_that_changes_something_takes_a_checked_form() -> None:
    # What is for neither people nor programs stands under /gateway/, which answers the gateway alone.
    people = [each for each in ALL_ROUTES if not each.api and not each.path.startswith("/gateway/")]
    assert [str(each) for each in people if each.method not in SAFE and not each.form] == []


async def admitted(app: Application) -> None:
    if not app.answers:
        theirs = {who_may(route) for route in GUARDED if route.service == app.service.name}
        await app.admit(*sorted(theirs | {BILLER, OTHER_BILLER, ADMINISTRATOR}, key=lambda each: each.name))


def who_may(route: Route) -> Someone:
    if route.permission is not None and route.permission.staff:
        return staff_for(route.permission)
    return ADMINISTRATOR if route.permission is not None and route.permission.administrators else BILLER


def said(text: str) -> str:
    """The words of a page or problem, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.mark.parametrize("csrf", ["", OTHER_BILLER.csrf, BILLER.csrf.upper()], ids=["none", "another's", "changed"])
@pytest.mark.parametrize("route", GUARDED, ids=str)
async def test_a_form_of_no_session_or_another_is_refused(route: Route, csrf: str, applications: Applications) -> None:
    app = await applications(route.service)
    await admitted(app)
    who = who_may(route)
    before, refused = await app.content(), await app.refused(who)
    answer = await app.call(
        route.method, path_of(route), who, **body_of(route, who, who.enrollment_id, csrf=csrf, key=f"csrf {csrf}")
    )
    assert answer.status_code == 403
    assert EARLIER_SESSION in said(answer.text)
    assert await app.content() == before
    assert await app.refused(who) == refused + 1


@pytest.mark.parametrize("route", [each for each in GUARDED if not each.path.startswith("/sign-out")], ids=str)
async def test_an_unseen_field_with_a_sign_that_no_text_has_is_no_failure_of_ours(
    route: Route, applications: Applications
) -> None:
    app = await applications(route.service)
    await admitted(app)
    who = who_may(route)
    answer = await app.call(
        route.method, path_of(route), who, **body_of(route, who, who.enrollment_id, key=f"{route} \0")
    )
    assert (answer.status_code, route) == (BEHIND_THE_GUARD[str(route)][1], route)


@pytest.mark.parametrize("acting", ["", str(OTHER_BILLER.enrollment_id), "x"], ids=["none", "another's", "no id"])
@pytest.mark.parametrize("route", OF_AN_ENROLLMENT, ids=str)
async def test_a_form_opened_for_another_enrollment_is_refused(
    route: Route, acting: str, applications: Applications
) -> None:
    app = await applications(route.service)
    await admitted(app)
    who = who_may(route)
    before = await app.content()
    answer = await app.call(
        route.method, path_of(route), who, **body_of(route, who, who.enrollment_id, acting=acting, key="acting form")
    )
    assert answer.status_code == 409
    assert ANOTHER_ENROLLMENT in said(answer.text)
    assert await app.content() == before


# Signing out comes last: it ends the session.
@pytest.mark.parametrize("route", sorted(GUARDED, key=lambda each: each.path.startswith("/sign-out")), ids=str)
async def test_the_same_form_of_this_session_passes(route: Route, applications: Applications) -> None:
    app = await applications(route.service)
    await admitted(app)
    who = who_may(route)
    answer = await app.call(
        route.method, path_of(route), who, **body_of(route, who, who.enrollment_id, key=f"form of {route}")
    )
    assert (answer.status_code, route) == (BEHIND_THE_GUARD[str(route)][0], route)
    assert EARLIER_SESSION not in said(answer.text)
    assert ANOTHER_ENROLLMENT not in said(answer.text)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code"])
@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
    ids=["cross-site", "same-site", "foreign origin"],
)
async def test_signing_in_from_another_sites_page_is_refused(
    path: str, headers: dict[str, str], applications: Applications
) -> None:
    app = await applications("auth")
    before = await app.content()
    answer = await app.call("POST", path, headers=headers, data={"user_id": "a", "password": "b", "code": "123456"})
    assert answer.status_code == 403
    assert await app.content() == before
