"""The texts as files: ours beside the templates, and the official ones an operator lays into the state directory.

`<state>/agreements/<document>.toml` stands in place of ours as long as it is there. Both have one form.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.auth.agreements.domain import Name, Part, Question, Text, Texts

_OURS = Path(__file__).parent / "templates" / "texts"
_MAX_BYTES = 200_000

_Line = Annotated[str, Field(min_length=1, max_length=5000)]


class TextRefusedError(Exception):
    """A file is no text that could be shown. The argument says what to correct."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: _Line
    opening: _Line
    sentences: tuple[_Line, ...] = ()


class _Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: _Line
    options: tuple[_Line, ...] = Field(min_length=2, max_length=6)
    right: int = Field(ge=1)
    because: _Line

    @model_validator(mode="after")
    def _right_is_an_option(self) -> Self:
        if self.right > len(self.options):
            raise ValueError(f"right is {self.right}, but there are {len(self.options)} options")
        return self


class _File(BaseModel):
    """The content of a file of a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: Name
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")
    title: str = Field(min_length=1, max_length=100)
    parts: tuple[_Part, ...] = Field(min_length=1, max_length=100)
    questions: tuple[_Question, ...] = Field(default=(), max_length=50)

    @model_validator(mode="after")
    def _training_alone_asks(self) -> Self:
        if bool(self.questions) != (self.document == "training"):
            raise ValueError("the training has questions, and no other document has any")
        return self


def text_of(content: Mapping[str, Any]) -> Text:
    """The text that a file, or what was kept of a text, holds. Raises `pydantic.ValidationError`."""
    file = _File.model_validate(content)
    return Text(
        file.document,
        file.version,
        file.title,
        tuple(Part(each.heading, each.opening, each.sentences) for each in file.parts),
        tuple(Question(each.text, each.options, each.right, each.because) for each in file.questions),
    )


def content_of(text: Text) -> dict[str, Any]:
    """What is kept of a text: as `text_of` takes it."""
    return asdict(text)


@cache
def our_texts() -> Texts:
    """The texts that Portico brings: plain words, for where there is no official text."""
    texts = (_read(_OURS / f"{name}.toml", name) for name in get_args(Name))
    return {text.document: text for text in texts}


class TextFolder:
    """Where an operator lays the official texts."""

    def __init__(self, state_directory: Path) -> None:
        self._folder = state_directory / "agreements"

    def texts(self) -> tuple[dict[Name, Text], dict[str, str]]:
        """The texts that are there, and of each file that holds none, by its name, what to correct."""
        texts: dict[Name, Text] = {}
        faults: dict[str, str] = {}
        known = {f"{name}.toml": name for name in get_args(Name)}
        for path in sorted(self._folder.glob("*")):
            if path.name not in known:
                faults[path.name] = f"name the file as its document: {', '.join(sorted(known))}"
                continue
            try:
                text = _read(path, known[path.name])
            except TextRefusedError as fault:
                faults[path.name] = str(fault)
            else:
                texts[text.document] = text
        return texts, faults


def _read(path: Path, name: Name) -> Text:
    """The text of a file. Raises `TextRefusedError`."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TextRefusedError(f"shorten it to at most {_MAX_BYTES:,} bytes")
        text = text_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise TextRefusedError(f"{'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from None
    except (OSError, ValueError) as error:  # TOML that is none, or bytes that are no UTF-8
        raise TextRefusedError(f"it is no TOML: {type(error).__name__} {error}"[:300]) from None
    if text.document != name:
        raise TextRefusedError(f"document says {text.document}, the file is named for {name}")
    return text
