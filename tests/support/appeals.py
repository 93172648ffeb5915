"""Appeals in tests: claims that were decided and remitted, PDFs of all kinds, clinics and a reviewer."""

import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pikepdf
import sqlalchemy as sa

from libs.common.contracts.claims import ClaimFinalized
from libs.common.contracts.envelope import (
    Message,
    Origin,
    Received,
    headers_from_text,
    open_envelope,
    seal_envelope,
)
from libs.common.contracts.remittance import Adjustment, ClaimRemitted, LineRemitted
from libs.common.contracts.sealed import CLAIM_FACTS, ClaimFacts, ServiceFacts
from libs.common.documents.kinds import PDF
from libs.common.ids import derived_id
from libs.common.messaging.due_work import DueWork
from libs.common.persistence.unit_of_work import UnitOfWork
from libs.common.runtime import Runtime
from libs.common.security.keys import KeyRing
from services.appeals.app import service
from services.appeals.letters.domain import LetterFacts, LetterLine, compose
from services.appeals.reconsideration import tables as reconsideration_tables
from services.appeals.reconsideration.tables import reconsideration
from services.appeals.redetermination import tables as appeal_tables
from services.appeals.redetermination.domain import Argument
from services.appeals.redetermination.handlers import claim_finalized, claim_remitted
from services.appeals.redetermination.tables import appeal, finalized_claim, remitted_claim
from tests.support.applications import BILLER, OTHER_BILLER, REVIEWER, Application, Someone, application
from tests.support.attachments import complete as complete_attachment
from tests.support.planting import object_id
from tests.support.platform import CloneSettings

_FOR_LONG: dict[str, Any] = dict.fromkeys(("rules_left", "training_left", "certified_left"), timedelta(days=365))
"""Tests move the clock past the last day of an appeal."""

REMITTED = date(2026, 11, 19)
MBI = "1EG4TE5MK73"
NOT_NEEDED = (Adjustment(group="CO", reason="50", amount_cents=12_500),)
AS_PAID = (
    Adjustment(group="CO", reason="45", amount_cents=2_000),
    Adjustment(group="PR", reason="2", amount_cents=1_100),
    Adjustment(group="CO", reason="253", amount_cents=100),
)


def denied(
    number: int, *adjustments: Adjustment, remarks: tuple[str, ...] = (), procedure: str = "99213"
) -> LineRemitted:
    """A line nothing was paid of."""
    return LineRemitted(
        number=number,
        procedure=procedure,
        charge_cents=12_500,
        paid_cents=0,
        adjustments=adjustments or NOT_NEEDED,
        remarks=remarks,
    )


def paid(number: int) -> LineRemitted:
    """A line that was paid as the rules say."""
    return LineRemitted(
        number=number, procedure="93000", charge_cents=4_200, paid_cents=1_000, adjustments=AS_PAID, remarks=()
    )


def remitted(
    claim_id: UUID, enrollment_id: UUID, *lines: LineRemitted, sequence: int = 1, on: date = REMITTED, **more: Any
) -> ClaimRemitted:
    """What a remittance says of a claim."""
    return ClaimRemitted(
        **{
            "remittance_id": derived_id("remittance", claim_id, sequence),
            "claim_id": claim_id,
            "enrollment_id": enrollment_id,
            "internal_control_number": control_number(claim_id),
            "sequence": sequence,
            "remitted_on": on,
            "status": "1",
            "charge_cents": sum(line.charge_cents for line in lines),
            "paid_cents": sum(line.paid_cents for line in lines),
            "lines": lines,
            **more,
        }
    )


def control_number(claim_id: UUID) -> str:
    """The ICN of a claim of the tests."""
    return f"2226323{claim_id.int % 1_000_000:06}"


def finalized(keys: KeyRing, claim_id: UUID, enrollment_id: UUID, *, lines: int = 2) -> ClaimFinalized:
    """What claims says of a claim that was decided, its facts sealed."""
    day = date(2026, 10, 1)
    facts = ClaimFacts(
        mbi=MBI,
        last_name="Mossinghame",
        first_name="Aldora",
        birth_date=date(1941, 3, 4),
        patient_control_number="PCN-1",
        diagnoses=("I10", "E119"),
        lines={number: ServiceFacts("99213", ("25",), day, day) for number in range(1, lines + 1)},
    )
    return ClaimFinalized(
        claim_id=claim_id,
        enrollment_id=enrollment_id,
        internal_control_number=control_number(claim_id),
        category="F2",
        total_charge_cents=12_500 * lines,
        paid_cents=0,
        finalized_on=date(2026, 11, 5),
        sealed_facts=CLAIM_FACTS.seal(keys, facts, claim_id),
    )


def received(runtime: Runtime, event: Any, *, at: datetime | None = None) -> Received[Any]:
    """An event as a worker hands it to its handler."""
    message = seal_envelope(
        event,
        event_id=runtime.ids.new(),
        source_name="/tests",
        at=at or runtime.clock.now(),
        origin=Origin(actor="tests", correlation_id="test"),
    )
    return replace(open_envelope(message), event=event)


def pdf(pages: int = 1, **saving: Any) -> bytes:
    """A PDF of empty pages."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    return saved(document, **saving)


def saved(document: pikepdf.Pdf, **saving: Any) -> bytes:
    content = io.BytesIO()
    document.save(content, static_id=True, **saving)
    return content.getvalue()


def scripted_pdf() -> bytes:
    """A PDF that runs a script when it is opened."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    return saved(document)


def pdf_with_a_file_inside() -> bytes:
    """A PDF that carries another file."""
    document = pikepdf.new()
    document.add_blank_page()
    document.attachments["notes.txt"] = b"text"
    return saved(document)


def protected_pdf() -> bytes:
    """A PDF that opens with a password only."""
    return pdf(encryption=pikepdf.Encryption(owner="owner", user="user"))


REFUSED_FILES = {
    "no document": (b"PK\x03\x04 a spreadsheet", "upload-not-document", "This is not a PDF, TIFF or JPEG."),
    "encrypted": (protected_pdf(), "upload-encrypted", "protected by a password"),
    "empty": (b"", "upload-empty", "The file is empty."),
    "without pages": (pdf(0), "upload-empty", "has no pages"),
    "with a script": (scripted_pdf(), "upload-active-content", "holds a script"),
    "with a file inside": (pdf_with_a_file_inside(), "upload-active-content", "another file"),
    "damaged": (b"%PDF-1.7\nnothing more", "upload-unreadable", "cannot be read"),
}
"""Files that are not taken: content, code, and words of the answer."""


@dataclass
class Appeals:
    """The service with two clinics and a reviewer, called past the gateway."""

    app: Application
    asked: int = 0

    async def claim(self, *lines: LineRemitted, who: Someone = BILLER, decided: bool = True, **more: Any) -> UUID:
        """A claim that was decided and remitted with these lines; its id."""
        claim_id = self.app.work.ids.new()
        if decided:
            await self.tell(finalized(self.app.work.keys, claim_id, who.enrollment_id))
        if lines:
            await self.tell(remitted(claim_id, who.enrollment_id, *lines, **more))
        return claim_id

    async def tell(self, *events: ClaimFinalized | ClaimRemitted) -> None:
        """Let events arrive."""
        runtime = self.app.work
        async with runtime.database.work(runtime) as work:
            for event in events:
                handler = claim_finalized if isinstance(event, ClaimFinalized) else claim_remitted
                await handler(work, [received(runtime, event)])  # type: ignore[operator]

    async def get(self, path: str, who: Someone = BILLER, **headers: str) -> httpx.Response:
        return await self.app.call("GET", path, who, headers=headers)

    async def ask(
        self,
        claim_id: object,
        *lines: int,
        who: Someone = BILLER,
        file: bytes | None = None,
        key: str = "",
        name: str = "notes.pdf",
        **fields: str,
    ) -> httpx.Response:
        """Send the form for a redetermination."""
        self.asked += 1
        typed = {
            "csrf": who.csrf,
            "enrollment": str(who.enrollment_id),
            "idempotency_key": key or f"request {self.asked:06}",
            "claim_id": str(claim_id),
            "requester": "Jo Clerk",
            "explanation": "The patient could not walk without it.",
            **{f"line_{number}": "yes" for number in lines},
            **fields,
        }
        return await self._send("/appeals", who, typed, file, name)

    async def add(
        self, appeal_id: object, file: bytes | None, *, who: Someone = BILLER, key: str = "", name: str = "more.pdf"
    ) -> httpx.Response:
        """Send the form for another document."""
        self.asked += 1
        typed = {
            "csrf": who.csrf,
            "enrollment": str(who.enrollment_id),
            "idempotency_key": key or f"document {self.asked:06}",
            "appeal_id": str(appeal_id),
        }
        return await self._send("/appeals/documents", who, typed, file, name)

    async def _send(
        self, path: str, who: Someone, typed: dict[str, str], file: bytes | None, name: str
    ) -> httpx.Response:
        parts: list[tuple[str, Any]] = [(field, (None, value.encode())) for field, value in typed.items()]
        parts.append(("file", ("" if file is None else name, file or b"", "application/pdf")))
        return await self.app.call("POST", path, who, files=parts)

    async def filed(self, claim_id: object, *lines: int, **more: Any) -> str:
        """Ask, and get the id of the appeal."""
        answer = await self.ask(claim_id, *lines, **more)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].split("/")[2]

    async def decide(
        self, appeal_id: object, decisions: dict[int, bool], *, who: Someone = REVIEWER, key: str = "", **fields: str
    ) -> httpx.Response:
        """Send the form of a decision."""
        self.asked += 1
        words = {True: "favorable", False: "unfavorable"}
        typed = {
            "csrf": who.csrf,
            "enrollment": "",
            "idempotency_key": key or f"decision {self.asked:06}",
            **{f"decision_{number}": words[favorable] for number, favorable in decisions.items()},
            **{f"rationale_{number}": f"The record of line {number} shows it." for number in decisions},
            **fields,
        }
        return await self.app.call("POST", f"/appeals/review/{appeal_id}", who, data=typed)

    async def ask_again(
        self,
        appeal_id: object,
        *,
        who: Someone = BILLER,
        file: bytes | None = None,
        key: str = "",
        name: str = "new.pdf",
        **fields: str,
    ) -> httpx.Response:
        """Send the form for a reconsideration."""
        self.asked += 1
        typed = {
            "csrf": who.csrf,
            "enrollment": str(who.enrollment_id),
            "idempotency_key": key or f"reconsider {self.asked:06}",
            "appeal_id": str(appeal_id),
            "requester": "Jo Clerk",
            "explanation": "The second page shows it.",
            **fields,
        }
        return await self._send("/appeals/reconsiderations", who, typed, file, name)

    async def refused(self, *, lines: int = 1, granted: tuple[int, ...] = (), **more: Any) -> str:
        """A redetermination of denied lines that was decided, in favor of those `granted` alone; its id."""
        claim_id = await self.claim(*(denied(number) for number in range(1, lines + 1)))
        appeal_id = await self.filed(claim_id, *range(1, lines + 1), **more)
        answer = await self.decide(appeal_id, {number: number in granted for number in range(1, lines + 1)})
        assert answer.status_code == 303, answer.text
        return appeal_id

    async def due(self) -> None:
        """Do what is due now, as a worker does, to its end."""
        work = DueWork(self.app.work, service.timers, service.jobs)
        while await work.step():
            await work.finish_jobs()

    async def published(self, *types: str) -> list[Received[Any]]:
        """The events that wait in the outbox, of these types."""
        rows = await self.rows("SELECT topic, key, headers, payload FROM outbox ORDER BY id")
        messages = [Message(row.topic, row.key, headers_from_text(row.headers), bytes(row.payload)) for row in rows]
        return [open_envelope(each) for each in messages if each.headers["ce_type"] in types]

    async def rows(self, statement: str) -> Sequence[Any]:
        """What a query of the test finds, past row security."""
        async with self.app.work.database.work(self.app.work) as work:
            return (await work.execute(sa.text(statement))).all()

    def stored_files(self) -> int:
        """How many documents lie in the store of the service."""
        folder = self.app.web.settings.state_directory / "documents" / "appeals"
        return sum(1 for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


@asynccontextmanager
async def appeals_service(settings: CloneSettings) -> AsyncIterator[Appeals]:
    """The service on `settings`, with the access of two clinics and a reviewer already in its copy."""
    async with application("appeals", settings) as app:
        await app.admit(*(replace(each, **_FOR_LONG) for each in (BILLER, OTHER_BILLER, REVIEWER)))
        yield Appeals(app)


async def complete(work: UnitOfWork, enrollment_id: UUID) -> None:
    """Make the planted rows of an enrollment whole: facts that open, a decided appeal with letter and document, and
    its reconsideration.
    """
    keys = work.runtime.keys
    claim_id, appeal_id = object_id(enrollment_id, "claim_id"), object_id(enrollment_id, "appeal_id")
    facts = finalized(keys, claim_id, enrollment_id).sealed_facts
    await work.execute(
        sa.update(finalized_claim).where(finalized_claim.c.claim_id == claim_id).values(sealed_facts=facts)
    )
    await work.execute(sa.delete(remitted_claim).where(remitted_claim.c.claim_id == claim_id))
    await claim_remitted(work, [received(work.runtime, remitted(claim_id, enrollment_id, denied(1), denied(2)))])
    line = LetterLine("Line 1", "99213", "$125.00", "CO-50", "Not paid", "Not shown.", "")
    letter = compose(
        LetterFacts(
            *("Meridian", "A-2611-000001", "unfavorable", "11/23/2026", "11/20/2026", "Clinic", "1234567893", "P1"),
            *("Aldora Mossinghame", MBI, control_number(claim_id), (line,), "05/24/2027", "1-800", "daily"),
        )
    )
    await work.execute(
        sa.update(appeal)
        .where(appeal.c.appeal_id == appeal_id)
        .values(
            argument=appeal_tables.ARGUMENT.seal(keys, Argument("Jo", "Because.", ""), appeal_id),
            outcome="unfavorable",
            decided_on=REMITTED,
            decided_at=datetime(2026, 11, 23, 15, 0, tzinfo=UTC),
            letter=appeal_tables.LETTER.seal(keys, letter, appeal_id),
            next_level="asked",
        )
    )

    await complete_attachment(work, enrollment_id, "redetermination", "appeal_id", pdf(), PDF)
    second = reconsideration_tables.ARGUMENT.seal(keys, Argument("Jo", "Still because.", ""), appeal_id)
    await work.execute(
        sa.update(reconsideration).where(reconsideration.c.appeal_id == appeal_id).values(argument=second)
    )
