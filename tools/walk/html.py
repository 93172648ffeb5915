"""Reads a page as a browser without scripts would: its text, links and tables, its forms and what they would send."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

# Elements without an end.
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_UNSEEN = frozenset(("script", "style", "template"))
# Elements inside a line; every other one begins a new line, so that its words do not run into its neighbor's.
_INLINE = frozenset(("a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup", "svg", "time"))
_UNSENT = frozenset(("submit", "button", "image", "reset", "file"))


class Element:
    """One element with what is in it, in the order of the page."""

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.content: list[Element | str] = []

    def __getitem__(self, attribute: str) -> str:
        """An attribute; empty when the element has none of that name."""
        return self.attributes.get(attribute, "")

    @property
    def text(self) -> str:
        """What a person reads of it, white space made single."""
        return " ".join("".join(self._pieces()).split())

    def all(self, *tags: str, where: "Callable[[Element], bool]" = lambda _: True) -> "Iterator[Element]":
        """Every element below this one with one of `tags` (none: any) for which `where` holds, in order."""
        for each in self.content:
            if isinstance(each, Element):
                if (not tags or each.tag in tags) and where(each):
                    yield each
                yield from each.all(*tags, where=where)

    def first(self, *tags: str, where: "Callable[[Element], bool]" = lambda _: True) -> "Element | None":
        """The first of `all`."""
        return next(self.all(*tags, where=where), None)

    def _pieces(self) -> Iterator[str]:
        if self.tag in _UNSEEN or "hidden" in self.attributes:
            return
        space = "" if self.tag in _INLINE else " "
        yield space
        for each in self.content:
            if isinstance(each, str):
                yield each
            else:
                yield from each._pieces()  # noqa: SLF001 - the same class
        yield space


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._open = Element("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._open)
        self._open.content.append(element)
        if tag not in _VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self._open
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self._open = at.parent

    def handle_data(self, data: str) -> None:
        self._open.content.append(data)


def read_html(text: str) -> Element:
    """The page as a tree. What is not well-formed is read as far as it makes sense."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root


class NotOnThePageError(LookupError):
    """What was looked for is not on the page; the message says what there is instead."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page, and what it would send as it stands. `action` is empty for the page's own address."""

    element: Element

    @property
    def method(self) -> str:
        """`GET` or `POST`."""
        return self.element["method"].upper() or "GET"

    @property
    def action(self) -> str:
        """Where it goes."""
        return self.element["action"]

    @property
    def takes_files(self) -> bool:
        """Whether it goes as multipart/form-data."""
        return self.element["enctype"].lower() == "multipart/form-data"

    @property
    def file_field(self) -> str:
        """The name of its first field for a file; empty when it has none."""
        found = self.element.first("input", where=lambda each: each["type"].lower() == "file")
        return found["name"] if found else ""

    def values(self) -> dict[str, str]:
        """What would be sent if nobody changed anything; files left out."""
        sent: dict[str, str] = {}
        for field in self.element.all("input", "select", "textarea"):
            name, kind = field["name"], field["type"].lower()
            if not name or "disabled" in field.attributes or (field.tag == "input" and kind in _UNSENT):
                continue
            if kind in ("checkbox", "radio"):
                if "checked" in field.attributes:
                    sent[name] = field["value"] or "on"
            elif field.tag == "select":
                sent[name] = _selected(field)
            elif field.tag == "textarea":
                sent[name] = "".join(each for each in field.content if isinstance(each, str)).removeprefix("\n")
            else:
                sent[name] = field["value"]
        return sent

    def name_of(self, label: str) -> str:
        """The name under which the field that a person knows as `label` is sent. A name is taken as it is.

        Raises `NotOnThePageError` when there is no such field.
        """
        fields = list(self.element.all("input", "select", "textarea"))
        if any(field["name"] == label for field in fields):
            return label
        names = {field["id"]: field["name"] for field in fields if field["id"]}
        labels = {each.text: names[each["for"]] for each in self.element.all("label") if each["for"] in names}
        for words, name in labels.items():
            if words.removesuffix("(optional)").strip() == label:
                return name
        raise NotOnThePageError(f"there is no field “{label}”, only {', '.join(sorted(labels)) or 'none'}")

    def option(self, name: str, words: str) -> str:
        """The value of the choice called `words` among the alternatives of `name`; `words` itself when it is none."""
        for select in self.element.all("select", where=lambda each: each["name"] == name):
            for each in select.all("option"):
                if each.text == words:
                    return each["value"] if "value" in each.attributes else each.text
        labels = {each["for"]: each.text for each in self.element.all("label")}
        for each in self.element.all("input", where=lambda each: each["name"] == name):
            if labels.get(each["id"]) == words:
                return each["value"] or "on"
        return words

    def button(self, words: str) -> dict[str, str]:
        """What pressing the button called `words` adds to what is sent.

        Raises `NotOnThePageError` when there is no such button.
        """
        for each in self.element.all("button", "input"):
            kind = each["type"].lower() or "submit"
            if kind == "submit" and words in (each.text, each["value"]):
                return {each["name"]: each["value"]} if each["name"] else {}
        raise NotOnThePageError(f"there is no button “{words}”")

    @property
    def buttons(self) -> tuple[str, ...]:
        """The words on its buttons."""
        return tuple(each.text for each in self.element.all("button", where=_submits))


def _submits(element: Element) -> bool:
    return element["type"].lower() in ("", "submit")


def _selected(select: Element) -> str:
    options = list(select.all("option"))
    chosen = next((each for each in options if "selected" in each.attributes), options[0] if options else None)
    if chosen is None:
        return ""
    return chosen["value"] if "value" in chosen.attributes else chosen.text
