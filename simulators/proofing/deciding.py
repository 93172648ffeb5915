"""How the partner decides: by the last four digits of the SSN, and by how often somebody was tried."""

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from libs.partners.proofing import Proofed, Proofing

TRIES = 3
NUMBER = "555-555-0142"

AGREES_NEVER, ASKS_FOR_A_CALL, ASKS_FOR_DOCUMENTS, REFUSED = "0001", "0002", "0003", "0004"
STORIES = {
    AGREES_NEVER: "fails; after three tries the partner asks for a call",
    ASKS_FOR_A_CALL: "the partner asks for a call at once",
    ASKS_FOR_DOCUMENTS: "the partner asks for documents",
    REFUSED: "the partner refuses",
}
"""By the last four digits of an SSN. All others agree."""


@dataclass
class Deciding:
    """What the partner remembers. `settled`: calls and documents agree by now."""

    settled: bool = True
    _tried: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    _waiting: dict[str, Proofed] = field(default_factory=dict)

    def decide(self, asked: Proofing) -> Proofed:
        """What comes of one try."""
        ssn = asked.ssn.get_secret_value()
        story = ssn[-4:]
        self._tried[asked.proofing_id] += 1
        left = TRIES - self._tried[asked.proofing_id]
        if story == REFUSED:
            return Proofed(proofing_id=asked.proofing_id, outcome="refused")
        if story == AGREES_NEVER and left > 0:
            return Proofed(proofing_id=asked.proofing_id, outcome="failed", tries_left=left)
        if story in (AGREES_NEVER, ASKS_FOR_A_CALL, ASKS_FOR_DOCUMENTS):
            return self._go_on(asked, ssn, "documents" if story == ASKS_FOR_DOCUMENTS else "telephone")
        return Proofed(proofing_id=asked.proofing_id, outcome="passed", subject=_subject(ssn))

    def _go_on(self, asked: Proofing, ssn: str, outcome: str) -> Proofed:
        reference = f"PR-{asked.proofing_id.hex[-8:].upper()}"
        self._waiting[reference] = Proofed(proofing_id=asked.proofing_id, outcome="passed", subject=_subject(ssn))
        return Proofed.model_validate(
            {"proofing_id": asked.proofing_id, "outcome": outcome, "reference": reference, "number": NUMBER}
        )

    def look(self, reference: str) -> Proofed | None:
        """How far a call or a set of documents is; `None` for an unknown reference."""
        passed = self._waiting.get(reference)
        if passed is None or self.settled:
            return passed
        return Proofed(proofing_id=passed.proofing_id, outcome="telephone", reference=reference, number=NUMBER)


def _subject(ssn: str) -> str:
    return sha256(f"proofing simulator {ssn}".encode()).hexdigest()[:32]
