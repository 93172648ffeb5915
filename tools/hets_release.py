"""Asks a HETS endpoint about its test patients and holds each answer against what is expected (handbook H-103).

    python -m tools.hets_release simulators/hets/release.toml
    python -m tools.hets_release cases.toml --address https://hets.example/core/soap --form soap

Before a release of HETS or of ours: the questions go out by the adapter of the portal, with its certificate and the
submitter ID of the contract, and the answers are read as the portal reads them. It ends with 0 when every case passes.
What is printed are names of cases and codes: nothing of a patient. Of a file of cases `simulators/hets/release.toml` is
a sample; a case is named by what it tests.
"""

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

import typer
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console

from libs.common.clock import Clock, SystemClock
from libs.common.deployment import Deployment, load_deployment
from libs.common.ids import Ids
from libs.common.mbi import normalize_mbi
from libs.common.settings import Settings
from libs.partners.core_connectivity.forms import Form
from services.eligibility.coverage.domain import coverage
from services.eligibility.hets.domain import ANSWERED, Question, State
from services.eligibility.hets.partner import Asked, Hets, Outcome
from services.eligibility.settings import EligibilitySettings

application = typer.Typer(add_completion=False, help=__doc__)
console = Console(soft_wrap=True, highlight=False, markup=False)

# Each case is to be asked, also after others that had no answer.
_NEVER_REST = 1_000_000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expected(_Part):
    """What the answer must hold; what is left out is not looked at.

    `codes` are the AAA reasons of a refusal, `parts` of Medicare those active on any day asked about. A statement is
    EB01 and EB04, as `1 MA`; the answer has each of `statements` and none of `without`.
    """

    state: State = ANSWERED
    codes: tuple[str, ...] | None = None
    parts: tuple[str, ...] | None = None
    statements: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    corrected: bool | None = None
    died_on: date | None = None


class Case(_Part):
    """One question about a test patient, by one of the three searches; without days of service it is about today."""

    name: str = Field(min_length=1)
    mbi: str
    last_name: str
    first_name: str = ""
    birth_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    expect: Expected = Expected()

    def question(self, today: date) -> Question:
        """What HETS is asked."""
        first = self.service_from or today
        return Question(
            normalize_mbi(self.mbi), self.last_name, self.first_name, self.birth_date, first, self.service_to or first
        )


class Suite(_Part):
    """A file of cases, and the provider in whose name they are asked."""

    npi: str
    organization: str
    case: tuple[Case, ...] = Field(min_length=1)


@application.command()
def release(
    cases: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file of cases, TOML.")],
    address: Annotated[str, typer.Option(help="Where HETS takes messages. Without: as the portal is set.")] = "",
    form: Annotated[str, typer.Option(help=f"The form of the envelope: {' or '.join(get_args(Form))}.")] = "",
) -> None:
    """Ask about each case, and say which pass."""
    suite, own = _suite(cases), _own(address, form)
    settings = Settings()
    clock = SystemClock(settings.state_directory / "clock-offset")
    if not asyncio.run(_all_pass(suite, settings, own, load_deployment(settings.contract_file), clock)):
        raise typer.Exit(1)


def _suite(file: Path) -> Suite:
    """The cases of a file. Raises `typer.BadParameter` that names what to correct, and no value of it."""
    try:
        return Suite.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise typer.BadParameter(f"{file} is no TOML: {error}") from error
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}." for each in error.errors(include_input=False)]
        raise typer.BadParameter(f"{file}: {' '.join(wrong)}") from None


def _own(address: str, form: str) -> EligibilitySettings:
    told = {name: value for name, value in (("hets_address", address), ("hets_form", form)) if value}
    try:
        return EligibilitySettings.model_validate(
            EligibilitySettings().model_dump() | {"hets_failures": _NEVER_REST} | told
        )
    except ValidationError:
        raise typer.BadParameter(f"The form is {' or '.join(get_args(Form))}.") from None


async def _all_pass(
    suite: Suite, settings: Settings, own: EligibilitySettings, deployment: Deployment, clock: Clock
) -> bool:
    today = clock.business().astimezone(deployment.zone).date()
    ids, hets, failed = Ids(clock), Hets(settings, clock, own), 0
    async for case, outcome, seconds in _asked(suite, hets, ids, deployment.hets_submitter, today):
        wrong = list(differences(case, outcome, today))
        failed += bool(wrong)
        console.print(f"{'FAIL' if wrong else 'pass'}  {case.name}  {seconds * 1000:.0f} ms")
        for each in wrong:
            console.print(f"      {each}")
    console.print(f"{len(suite.case) - failed} of {len(suite.case)} cases pass at {own.address(settings)}.")
    return not failed


async def _asked(
    suite: Suite, hets: Hets, ids: Ids, submitter: str, today: date
) -> AsyncIterator[tuple[Case, Outcome, float]]:
    """Ask about one case after the other: each with its outcome, and how long that took."""
    for case in suite.case:
        inquiry_id = ids.new()
        asked = Asked(
            inquiry_id=inquiry_id,
            trace=inquiry_id.hex[:24].upper(),
            question=case.question(today),
            npi=suite.npi,
            organization=suite.organization,
            submitter=submitter,
            today=today,
        )
        began = time.perf_counter()
        yield case, await hets.ask(asked), time.perf_counter() - began


def differences(case: Case, outcome: Outcome, today: date) -> Iterator[str]:
    """What is otherwise than expected, in codes; nothing when the case passes."""
    wanted, known = case.expect, outcome.entitlement
    if outcome.state != wanted.state:
        yield f"state: {outcome.state} ({outcome.reason or ' '.join(outcome.codes) or 'benefits'}), not {wanted.state}"
        return
    if wanted.codes is not None and set(outcome.codes) != set(wanted.codes):
        yield f"AAA: {_words(outcome.codes)}, not {_words(wanted.codes)}"
    if known is None:
        return
    asked = case.question(today)
    parts = [each.part for each in coverage(known, asked.service_from, asked.service_to) if each.days]
    if wanted.parts is not None and set(parts) != set(wanted.parts):
        yield f"active: {_words(parts)}, not {_words(wanted.parts)}"
    said = {f"{each.code} {each.insurance_type}".strip() for each in known.benefits}
    if missing := [each for each in wanted.statements if each not in said]:
        yield f"statements that are missing: {', '.join(missing)}"
    if unwanted := [each for each in wanted.without if each in said]:
        yield f"statements that should not be there: {', '.join(unwanted)}"
    if wanted.corrected is not None and known.person.corrected is not wanted.corrected:
        yield f"corrected data: {'yes' if known.person.corrected else 'no'}, not expected so"
    if wanted.died_on is not None and known.death != wanted.died_on:
        yield f"date of death: {'another' if known.death else 'none'}"


def _words(codes: object) -> str:
    found = sorted(map(str, codes)) if isinstance(codes, list | tuple) else []
    return ", ".join(found) or "none"


if __name__ == "__main__":
    application()
