"""Who may see what: nobody of another organisation, and nobody whose grant was taken away."""

import httpx

from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

_FUNCTION = "Claim Status"
_PAGE = "/claims"


async def biller_signs_in(walk: Journey) -> str:
    """User id, password and a code of the authenticator."""

    async def attempt() -> Page | None:
        page = await walk.biller.sign_in()
        return None if page.status == httpx.codes.UNAUTHORIZED else page

    # A portal that starts for the first time is taking the accounts in just now.
    page = await until(attempt, within=30, waiting_for="an account that may sign in", pause=3)
    expect(page, 200, walk.biller.user.first_name, "Acting for")
    return f"{walk.biller.user.user_id} sees “{page.heading}”"


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
    await _change(walk, "Give")
    page = await walk.biller.open(_PAGE)
    expect(page, 200)
    return f"the biller's next request: {page.status} “{page.heading}”"


async def _change(walk: Journey, verb: str) -> Page:
    """Press the button beside the function of the biller."""
    await walk.administrator.open("/auth/users")
    name = f"{walk.biller.user.first_name} {walk.biller.user.last_name}"
    preposition = "from" if verb == "Remove" else "to"
    page = await walk.administrator.submit(f"{verb} {_FUNCTION} {preposition} {name}")
    expect(page, 200, walk.biller.user.user_id)
    return page


async def stranger_sees_nothing(walk: Journey) -> str:
    """Somebody of another organisation gets 404 for every page of the file and of its claims."""
    paths = [walk.sent.path, *walk.sent.documents.values(), *walk.sent.not_accepted, *walk.sent.accepted.values()]
    for path in paths:
        answer = await walk.biller.client.get(path)
        if answer.status_code != 200:
            raise UnexpectedError(f"200 for the owner of {path}", str(answer.status_code))
        answer = await walk.stranger.client.get(path)
        if answer.status_code != 404:
            raise UnexpectedError("404 for a page of another organisation", str(answer.status_code))
    return f"{walk.stranger.user.user_id}: 404 for {len(paths)} pages"


async def foreign_program_sees_nothing(walk: Journey) -> str:
    """A program of another organisation gets 404 for the same under /api."""
    if walk.foreign_upload is None:
        raise UnexpectedError("a file of another organisation", "none, because an earlier step failed")
    foreign = walk.foreign_upload
    page = await walk.stranger.open(foreign.path)
    paths = [foreign.path, f"{foreign.path}/acknowledgements/999", f"{foreign.path}/acknowledgements/277CA"]
    paths += [each["href"] for row in page.rows() for each in row["Claim"].all("a")]
    for path in paths:
        answer = await walk.program.get(f"/api{path}")
        if answer.status_code != 404 or answer.json()["code"] != "not-found":
            raise UnexpectedError("404 under /api", f"{answer.status_code} {answer.text[:100]}")
    return f"{walk.program.registered.client_id}: 404 for {len(paths)} addresses of {foreign.number}"
