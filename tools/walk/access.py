"""Who gets in and who may see what: nobody of another organization, nobody whose access was taken away."""

import time

import httpx

from services.auth.agreements.domain import AGREEMENTS
from tools.walk.journey import Journey, expect
from tools.walk.person import CHOICE, Page
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

_FUNCTION = "Claim Status"
_PAGE = "/claims"
_RECERTIFICATION = "/auth/users/recertification"
_AT_ONCE = 5.0


async def biller_signs_in(walk: Journey) -> str:
    """Notice, user id and password, a code of the authenticator; nothing else opens before what is asked then."""

    async def attempt() -> Page | None:
        page = await walk.biller.prove()
        return None if page.status == httpx.codes.UNAUTHORIZED else page

    # A portal that starts for the first time is taking the accounts in just now.
    page = await until(attempt, within=30, waiting_for="an account that may sign in", pause=3)
    expect(page, 200, walk.biller.user.first_name)
    return f"{walk.biller.user.user_id} sees “{page.heading}”"


async def biller_signs_documents(walk: Journey) -> str:
    """At the first sign-in, and once a year, every page leads to what is to be signed until it is."""
    if not walk.biller.must_sign:
        page = await walk.biller.open(f"{AGREEMENTS}/rules-of-behavior")
        expect(page, 200, "You signed this document")
        return "signed before, and not asked again"
    expect(await walk.biller.open(_PAGE), 200, "Sign out without signing")
    expect(await walk.biller.sign_documents(), 200)
    page = await walk.biller.open(AGREEMENTS)
    expect(page, 200, "All documents are signed", "Rules of Behavior", "Security training", "Code set license")
    return f"{len(page.rows())} documents signed for a year"


async def biller_chooses_npi(walk: Journey) -> str:
    """Two NPIs, the clinic's and its hospital's: the biller looks at the second, and goes on with the first."""
    first, second = walk.population.provider_organization(1).enrollments
    for enrollment in (second, first):
        page = await walk.biller.open(f"/session/acting?next={_PAGE}")
        if page.heading != CHOICE:
            raise UnexpectedError(f"“{CHOICE}”", f"“{page.heading}”")
        expect(await walk.biller.choose(enrollment.npi), 200, f"Acting for: Riverside Clinic · NPI {enrollment.npi}")
    return f"NPI {second.npi}, then NPI {first.npi}"


async def administrator_removes_grant(walk: Journey) -> str:
    """The administrator takes the function from the biller, who is refused at the next request."""
    expect(await walk.biller.open(_PAGE), 200)
    expect(await walk.administrator.sign_in(), 200, walk.biller.user.user_id)
    await _change(walk, "Remove")
    page = await walk.biller.open(_PAGE)
    expect(page, 403, "access to this function")
    return f"the biller's next request: {page.status} “{page.heading}”"


async def administrator_gives_it_back(walk: Journey) -> str:
    """The same function given back works at the next request."""
    await _change(walk, "Grant")
    page = await walk.biller.open(_PAGE)
    expect(page, 200)
    return f"the biller's next request: {page.status} “{page.heading}”"


async def administrator_declines_npi(walk: Journey) -> str:
    """The administrator declines the biller for the second NPI: it is gone at once, the first NPI still works."""
    first, second = walk.population.provider_organization(1).enrollments
    await act_for(walk, second.npi)
    expect(await walk.biller.open(_PAGE), 200, f"NPI {second.npi}")
    page = await walk.administrator.open(_RECERTIFICATION)
    expect(page, 200, walk.biller.user.user_id, second.npi)
    if page.says("Enter a fresh code before you decide"):
        page = await walk.administrator.step_up()
    form = page.form_with("Sign and save the decisions")
    field = f"decide.{walk.biller.user.user_uuid}.{second.enrollment_id}"
    typed = {field: "Decline", "signer": walk.administrator.name}
    page = await walk.administrator.send(form, typed, button="Sign and save the decisions")
    expect(page, 200, "removed all access in 1 case")
    declined = time.monotonic()
    page = await walk.biller.open(_PAGE)
    took = time.monotonic() - declined
    expect(page, 403, "Choose a provider")
    if took > _AT_ONCE:
        raise UnexpectedError(f"a refusal within {_AT_ONCE:.0f} s", f"{took:.1f} s")
    # A service that just came up may ask to try again in a moment: it waits for its copy of the new grants.
    await _opened(walk, f"/session/acting?next={_PAGE}")
    await walk.biller.choose(first.npi)
    expect(await _opened(walk, _PAGE), 200, f"NPI {first.npi}")
    return f"NPI {second.npi} refused after {took * 1000:.0f} ms; NPI {first.npi} works"


async def _opened(walk: Journey, address: str) -> Page:
    """The page, as soon as the service no longer asks to try again in a moment."""

    async def page() -> Page | None:
        shown = await walk.biller.open(address)
        return shown if shown.status != httpx.codes.SERVICE_UNAVAILABLE else None

    return await until(page, within=15, waiting_for=f"an answer of {address}")


async def user_is_mailed(walk: Journey) -> str:
    """The user hears of it by mail: for which NPI, by its last four digits, and whom to ask."""
    _, second = walk.population.provider_organization(1).enrollments
    address = walk.biller.user.email

    async def look() -> str | None:
        messages = await walk.place.messages()
        found = [each for each in messages if address in each["recipients"] and second.npi[-4:] in each["body"]]
        return found[-1]["subject"] if found else None

    subject = await until(look, within=30, waiting_for="a mail to the user")
    return f"“{subject}”"


async def administrator_gives_npi_back(walk: Journey) -> str:
    """All functions for the second NPI given back, as a bundle, work at the next request, certified for a year."""
    first, second = walk.population.provider_organization(1).enrollments
    await walk.administrator.open(f"/auth/users/{walk.biller.user.user_uuid}")
    where = f"for NPI {second.npi}, PTAN {second.ptan}"
    page = await walk.administrator.submit(f"Grant {where}", {f"What they work on {where}": "All functions"})
    expect(page, 200, walk.biller.user.user_id)
    await act_for(walk, second.npi)
    expect(await walk.biller.open(_PAGE), 200, f"NPI {second.npi}")
    await act_for(walk, first.npi)
    return f"the biller acts for NPI {second.npi} again"


async def act_for(walk: Journey, npi: str) -> None:
    """Let the biller act for another of the NPIs there is access to."""
    await walk.biller.open(f"/session/acting?next={_PAGE}")
    expect(await walk.biller.choose(npi), 200, f"NPI {npi}")


async def _change(walk: Journey, verb: str) -> Page:
    """Press the button beside the function of the biller, for the first NPI."""
    await walk.administrator.open(f"/auth/users/{walk.biller.user.user_uuid}")
    first = walk.population.provider_organization(1).enrollments[0]
    page = await walk.administrator.submit(f"{verb} {_FUNCTION} for NPI {first.npi}, PTAN {first.ptan}")
    expect(page, 200, walk.biller.user.user_id)
    return page


async def stranger_sees_nothing(walk: Journey) -> str:
    """Somebody of another organization gets 404 for every page of the file and of its claims."""
    paths = [walk.sent.path, *walk.sent.documents.values(), *walk.sent.not_accepted, *walk.sent.accepted.values()]
    for path in paths:
        answer = await walk.biller.client.get(path)
        if answer.status_code != 200:
            raise UnexpectedError(f"200 for the owner of {path}", str(answer.status_code))
        answer = await walk.stranger.client.get(path)
        if answer.status_code != 404:
            raise UnexpectedError("404 for a page of another organization", str(answer.status_code))
    return f"{walk.stranger.user.user_id}: 404 for {len(paths)} pages"


async def foreign_program_sees_nothing(walk: Journey) -> str:
    """A program of another organization gets 404 for the same under /api."""
    if walk.foreign_upload is None:
        raise UnexpectedError("a file of another organization", "none, because an earlier step failed")
    foreign = walk.foreign_upload
    page = await walk.stranger.open(foreign.path)
    paths = [foreign.path, f"{foreign.path}/acknowledgments/999", f"{foreign.path}/acknowledgments/277CA"]
    paths += [each["href"] for row in page.rows() for each in row["Claim"].all("a")]
    for path in paths:
        answer = await walk.program.get(f"/api{path}")
        if answer.status_code != 404 or answer.json()["code"] != "not-found":
            raise UnexpectedError("404 under /api", f"{answer.status_code} {answer.text[:100]}")
    return f"{walk.program.registered.client_id}: 404 for {len(paths)} addresses of {foreign.number}"
