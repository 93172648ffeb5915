"""A person with a browser that runs no scripts: opens pages, follows links, fills forms in by their labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from services.auth.agreements.partner import our_texts
from simulators.population import DemoUser
from tools.walk.codes import Codes
from tools.walk.html import Element, Form, NotOnThePageError, read_html
from tools.walk.place import Place

File = tuple[str, bytes]
"""Name and content."""

CODE = "/sign-in/code"
CHOICE = "Choose a provider"
"""What the portal may ask between the code and the page one wanted: the heading of its page."""

_SIGN = "Sign and continue"


@dataclass(frozen=True)
class Page:
    """What came back: status, the address it ended at, headers, and the page itself."""

    answer: httpx.Response
    root: Element

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.answer.status_code

    @property
    def path(self) -> str:
        """Where it ended, after redirects, with its query."""
        return self.answer.url.raw_path.decode()

    @property
    def heading(self) -> str:
        """The one `h1`; empty when there is none."""
        found = self.root.first("h1")
        return found.text if found else ""

    @property
    def text(self) -> str:
        """Everything a person reads, the frame too."""
        body = self.root.first("body")
        return (body or self.root).text

    @property
    def main(self) -> Element:
        """The page without its frame."""
        return self.root.first("main") or self.root

    def says(self, words: str) -> bool:
        """Whether `words` stand on the page, whatever their case."""
        return words.lower() in self.text.lower()

    def link(self, words: str) -> str:
        """Where the first link called `words` (or beginning so) leads. Raises `NotOnThePageError`."""
        links = [each for each in self.root.all("a") if each["href"]]
        # The exact words go before words that only begin so.
        for each in sorted(links, key=lambda each: each.text != words):
            if each.text.startswith(words):
                return each["href"]
        raise NotOnThePageError(f"there is no link “{words}” on “{self.heading}”")

    def links(self, prefix: str) -> list[str]:
        """Where its links to addresses below `prefix` lead, each once, in order."""
        found = (urlsplit(each["href"]).path for each in self.root.all("a"))
        return list(dict.fromkeys(path for path in found if path.startswith(prefix)))

    def form(self, where: Callable[[Form], bool]) -> Form:
        """The first form for which `where` holds. Raises `NotOnThePageError`."""
        for each in self.root.all("form"):
            if where(Form(each)):
                return Form(each)
        raise NotOnThePageError(f"there is no such form on “{self.heading}” ({self.status})")

    def form_with(self, button: str) -> Form:
        """The form with the button called `button`. Raises `NotOnThePageError`."""
        try:
            return self.form(lambda form: button in form.buttons)
        except NotOnThePageError:
            raise NotOnThePageError(f"there is no button “{button}” on “{self.heading}” ({self.status})") from None

    def rows(self) -> list[dict[str, Element]]:
        """The rows of its first table: cells by the words of their column."""
        table = self.main.first("table")
        if table is None:
            return []
        heads = [head.text.rstrip("▲▼") for row in table.all("thead") for head in row.all("th")]
        body = table.first("tbody")
        rows = body.all("tr") if body else iter(())
        return [dict(zip(heads, row.all("td", "th"), strict=False)) for row in rows]


class Person:
    """One browser. `page` is what is on the screen; each method ends with a new one there."""

    def __init__(self, place: Place, codes: Codes, user: DemoUser) -> None:
        self.place = place
        self.user = user
        self._codes = codes
        # What browsers say of themselves; the portal refuses forms that come from elsewhere.
        self.client = place.client(
            follow_redirects=True,
            headers={"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "same-origin"},
        )
        self.page = Page(httpx.Response(200, request=httpx.Request("GET", place.address)), read_html(""))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()

    async def open(self, path: str, **headers: str) -> Page:
        """Type an address."""
        return self._show(await self.client.get(urljoin(self.page.path, path), headers=headers))

    async def follow(self, words: str) -> Page:
        """Follow the link called `words`."""
        return await self.open(self.page.link(words))

    async def submit(
        self, button: str, typed: Mapping[str, str] | None = None, *, file: tuple[str, File] | None = None
    ) -> Page:
        """Fill in the form with the button `button` and press it. `typed` and `file` name fields by their labels."""
        return await self.send(self.page.form_with(button), typed or {}, button=button, file=file)

    async def send(
        self,
        form: Form,
        typed: Mapping[str, str],
        *,
        button: str = "",
        file: tuple[str, File] | None = None,
    ) -> Page:
        """Send `form` with `typed` over what stands in it. A form kept from an earlier page can be sent once more."""
        values = form.values() | (form.button(button) if button else {})
        for label, words in typed.items():
            name = form.name_of(label)
            values[name] = form.option(name, words)
        target = urljoin(self.page.path, form.action or self.page.path)
        if form.method == "GET":
            return self._show(await self.client.get(target, params=values))
        if not form.takes_files:
            return self._show(await self.client.post(target, data=values))
        files = {} if file is None else {form.name_of(file[0]): (*file[1], "application/octet-stream")}
        # Without a file a browser still sends the form as multipart.
        parts = {name: (None, value) for name, value in values.items()} | files
        return self._show(await self.client.post(target, files=parts))

    async def sign_in(self, *, acting_for: str = "") -> Page:
        """User id and password, a code never used before, and what the portal asks besides: documents, and for whom.

        The documents are signed. `acting_for` is the NPI chosen where there is a choice; empty: the first. The page is
        whatever the portal shows next.
        """
        await self.prove()
        page = await self.sign_documents()
        if page.status == httpx.codes.OK and page.heading == CHOICE:
            page = await self.choose(acting_for)
        return page

    async def prove(self) -> Page:
        """The notice, user id and password, then a code never used before; nothing of what comes after.

        A browser that showed a code within 12 hours may not be asked for another one.
        """
        await self.open("/sign-in")
        page = await self.submit(
            "Sign in",
            {
                "I have read this notice and accept it": "yes",
                "User ID": self.user.user_id,
                "Password": self.user.password,
            },
        )
        if page.status != httpx.codes.OK or page.path.partition("?")[0] != CODE:
            return page
        return await self.submit("Continue", {"Code": await self._codes.next(self.user)})

    @property
    def name(self) -> str:
        """As it is in the account, and typed as a signature."""
        return f"{self.user.first_name} {self.user.last_name}"

    @property
    def must_sign(self) -> bool:
        """Whether the page on the screen is a document that is to be signed before one goes on."""
        return any(_SIGN in Form(each).buttons for each in self.page.root.all("form"))

    async def sign_documents(self) -> Page:
        """Sign what the portal asks for, one document after the other, and answer the questions of the training."""
        right = {
            f"answer_{place}": each.options[each.right - 1]
            for place, each in enumerate(our_texts()["training"].questions, 1)
        }
        while self.must_sign:
            form = self.page.form_with(_SIGN)
            asked = {each["name"] for each in form.element.all("input")}
            answers = {name: words for name, words in right.items() if name in asked}
            page = await self.send(form, {**answers, "accepted": "yes", "signer": self.name}, button=_SIGN)
            if page.status != httpx.codes.OK:
                break
        return self.page

    async def choose(self, npi: str = "") -> Page:
        """Choose for whom to act, on the page that asks; without an NPI what is chosen there already."""
        form = self.page.form_with("Continue")
        chosen = [each["for"] for each in form.element.all("label") if npi and f"NPI {npi}" in each.text]
        fields = [each["value"] for each in form.element.all("input") if each["id"] in chosen]
        return await self.send(form, {"acting": fields[0]} if fields else {}, button="Continue")

    async def step_up(self) -> Page:
        """A fresh code where the page on the screen asks for one."""
        await self.follow("Enter a fresh code")
        return await self.submit("Continue", {"Code": await self._codes.next(self.user)})

    async def sign_out(self) -> Page:
        """Press "Sign out"."""
        return await self.submit("Sign out")

    def _show(self, answer: httpx.Response) -> Page:
        self.page = Page(answer, read_html(answer.text if "html" in answer.headers.get("content-type", "") else ""))
        return self.page
