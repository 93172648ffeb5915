"""What the portal and its partners write, a few files of each kind, for the readers of others to judge."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx

from libs.common.audit.chain import BEGINNING, canonical, link
from libs.common.audit.heads import TreeHead, sign
from libs.common.audit.merkle import GrowingTree
from libs.common.audit.verifier import proof_of
from libs.common.clock import SetClock
from libs.common.deployment import load_deployment
from libs.common.security.key_files import prepare_keys
from libs.common.security.keys import KeyRing
from libs.common.settings import Settings
from libs.common.web.app import build_routes
from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.claim_status.writer import write_276, write_277
from libs.x12.eligibility.objects import AskedPerson, Dated, EligibilityInquiry, Heading, Name, Question, Receiver
from libs.x12.eligibility.objects import Source as Payer
from libs.x12.eligibility.writer import write_270, write_271
from libs.x12.reader import Batch, read_file
from libs.x12.review.writer import write_278_answer, write_278_request
from libs.x12.verdicts import FileVerdict
from libs.x12.writing import Envelope
from services.appeals.letters.domain import LetterFacts, LetterLine, compose
from services.appeals.letters.views import typeset
from services.portal.app import service
from services.portal.manual.domain import CHAPTERS
from services.remittance.advice.domain import Patient, PostedAdvice, PostedClaim
from services.remittance.advice.partner import details_of, posted_advice, posted_claim
from services.remittance.advice.repository import Claim, Line, Remittance
from services.remittance.statement.views import PrintedClaim, typeset_part
from simulators.hets.knowledge import Knowledge
from simulators.population import DEFAULT_SEED, Population, claim_file, institutional_claim_file
from simulators.remittances import remittance, write_835_file

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "support" / "x12_corpus"
DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_ENVELOPE = Envelope("15004", "SUB00001", NOW, 7, usage="T")
_SAME_OF_A_REMITTANCE = {each.name for each in fields(PostedAdvice)} & {each.name for each in fields(Remittance)} - {
    "claims"
}
_SAME_OF_A_CLAIM = {each.name for each in fields(PostedClaim)} & {each.name for each in fields(Claim)}


def write_files(folder: Path) -> list[Path]:
    """Write an X12 file of each kind into `folder`."""
    faulty = {"P": b"".join(claim_file(received=DAY)), "I": b"".join(institutional_claim_file(received=DAY))}
    pieces: dict[str, Iterable[bytes]] = {
        "837P": claim_file(received=DAY, faulty=0),
        "837I": institutional_claim_file(received=DAY, faulty=0),
        **{f"{kind}-{name}": answer for name, sent in faulty.items() for kind, answer in _answers(sent)},
        "270": write_270(_inquiries(), _ENVELOPE),
        "271": write_271([Knowledge(DEFAULT_SEED).answer(each, NOW) for each in _inquiries()], _ENVELOPE),
        "276": write_276(_read(CORPUS / "claim-status-inquiry.x12"), _ENVELOPE),
        "277": write_277(_read(CORPUS / "claim-status-answer.x12"), _ENVELOPE),
        "278-request": write_278_request(_read(CORPUS / "review-request.x12"), _ENVELOPE),
        "278-answer": write_278_answer(_read(CORPUS / "review-answer.x12"), _ENVELOPE),
    }
    written = [folder / f"{name}.x12" for name in pieces]
    for path, content in zip(written, pieces.values(), strict=True):
        path.write_bytes(b"".join(content))
    write_835_file(folder / "835.x12", issued=DAY)
    return [*written, folder / "835.x12"]


def _answers(sent: bytes) -> Iterable[tuple[str, Iterable[bytes]]]:
    """TA1, 999 and 277CA for a claim file."""
    claims, verdict = _judged(sent)
    [interchange] = verdict.interchanges
    [transaction] = verdict.transactions()
    envelope = answering(interchange, NOW, 8)
    numbers = [f"11{claim.ordinal:011}" for claim in claims]
    blocks = ClaimAnswers(NOW).write(claims, numbers)
    yield "TA1", [write_ta1(interchange, envelope)]
    yield "999", write_999(interchange, envelope)
    yield "277CA", write_277ca(transaction, blocks, envelope, Source("MERIDIAN MEDICARE", "15004"), received=DAY)


def _inquiries() -> list[EligibilityInquiry]:
    """Questions about people whom HETS knows."""
    population = Population()
    provider = population.provider_organization(1)
    return [
        EligibilityInquiry(
            heading=Heading(f"PEER{number:04}", NOW, "13"),
            source=Payer(Name("PR", "2", "CMS", qualifier="PI", identifier="CMS")),
            receiver=Receiver(Name("1P", "2", provider.name.upper(), qualifier="XX", identifier=provider.npi)),
            subscriber=AskedPerson(
                name=Name("IL", "1", person.last_name, person.first_name, qualifier="MI", identifier=person.mbi),
                birth_date=person.birth_date,
                dates=[Dated("291", DAY)],
                questions=[Question(("30",))],
            ),
        )
        for number, person in enumerate(population.beneficiaries(5), start=1)
    ]


def _read(path: Path) -> list[Any]:
    """The objects of a file of the corpus."""
    return _judged(path.read_bytes())[0]


def _judged(data: bytes) -> tuple[list[Any], FileVerdict]:
    items: list[Any] = []
    for event in read_file([data], received=DAY):
        if not isinstance(event, Batch):
            return items, event
        items += event.items
    raise EOFError("the reader ended without a verdict")


def write_prints(folder: Path) -> list[Path]:
    """Write what people print into `folder`, each a PDF: the letter of an appeal, the statement of a remittance."""
    made = {"letter": typeset(compose(_decision())), "statement": _statement()}
    paths = [folder / f"{name}.pdf" for name in made]
    for path, printing in zip(paths, made.values(), strict=True):
        path.write_bytes(asyncio.run(printing))
    return paths


async def _statement() -> bytes:
    """The statement of the remittance that `write_files` writes: with reasons, remarks and money of no claim."""
    made = remittance(issued=DAY)
    advice = posted_advice(made.advice, [])
    nobody = UUID(int=0)
    one = Remittance(
        remittance_id=nobody,
        enrollment_id=nobody,
        payee_npi=advice.payee.npi,
        payee_tax_id=advice.payee.tax_id,
        payee_ptan=advice.payee.ptan,
        quarantine="",
        claims=len(made.claims),
        digest="",
        document="",
        received_at=NOW,
        **{name: getattr(advice, name) for name in _SAME_OF_A_REMITTANCE},
    )
    claims = [_printed(posted_claim(each, ""), details_of(each).patient) for each in made.claims]
    return await typeset_part(one, 1, claims, payer=advice.payer, today=DAY)


def _printed(posted: PostedClaim, patient: Patient) -> PrintedClaim:
    """A claim as it would be stored and printed."""
    nobody = UUID(int=0)
    claim = Claim(
        remittance_id=nobody,
        enrollment_id=nobody,
        claim_id=None,
        sequence=1,
        **{name: getattr(posted, name) for name in _SAME_OF_A_CLAIM},
    )
    lines = [
        Line(
            claim_number=posted.number,
            claim_line=line.number,
            **{each.name: getattr(line, each.name) for each in fields(line)},
        )
        for line in posted.lines
    ]
    return PrintedClaim(claim, patient, lines, corrected=False)


def _decision() -> LetterFacts:
    """What the letter of an appeal is about."""
    return LetterFacts(
        contractor="Meridian Medicare Administrative Services",
        number="A-2611-000001",
        outcome="partially-favorable",
        decided_on="11/20/2026",
        received_on="10/05/2026",
        provider="Riverside Clinic",
        npi="1234567893",
        ptan="MR10001",
        patient="Aldora Ashgrove",
        medicare_number="…MK73",
        control_number="1100000000001",
        lines=(
            LetterLine("Line 1", "99213", "$120.00", "CO-50", "Favorable", "The record supports it.", "Nobody"),
            LetterLine("Line 2", "97110", "$80.00", "CO-50", "Unfavorable", "No plan of care was sent.", "Nobody"),
        ),
        next_level_until="05/24/2027",
        help_phone="1-800-555-0142",
        help_hours="Monday to Friday",
    )


def write_proofs(folder: Path) -> list[Path]:
    """Write proofs of records of an audit trail into `folder`: each record of trees of one to nine records."""
    prepare_keys(folder / "state" / "secrets", month=f"{NOW:%Y-%m}")
    keys = KeyRing.load(Settings(profile="test", state_directory=folder / "state"), "portal")
    tree, leaves, written = GrowingTree(), [BEGINNING], []
    records = [canonical({"action": "read", "object_id": str(number)}) for number in range(9)]
    for size, latest in enumerate(records, 1):
        leaves.append(link(leaves[-1], latest))
        tree.add(leaves[-1])
        head = TreeHead("portal", size, NOW, tree.root(), tuple(tree.peaks))
        signature = sign(head, *keys.audit_signing_key())
        for index, record in enumerate(records[:size]):
            proof = proof_of(record, leaves[index], index, leaves[1:], signature, keys.audit_public_keys())
            written.append(folder / f"proof-{size}-{index}.json")
            written[-1].write_text(json.dumps(asdict(proof)), encoding="utf-8")
    return written


def write_pages(folder: Path) -> list[Path]:
    """Write the pages that everybody can read into `folder`, as they leave the service."""
    app = build_routes(service)
    app.state.runtime = SimpleNamespace(
        settings=Settings(profile="test", state_directory=folder),
        deployment=load_deployment(ROOT / "contract.toml"),
        clock=SetClock(NOW),
    )
    return asyncio.run(
        _fetched(app, folder, ["/manual", "/manual/print", *(f"/manual/{each.slug}" for each in CHAPTERS)])
    )


async def _fetched(app: Any, folder: Path, addresses: list[str]) -> list[Path]:
    written = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://portal.example") as client:
        for address in addresses:
            path = folder / f"{address.strip('/').replace('/', '-')}.html"
            path.write_text((await client.get(address)).raise_for_status().text, encoding="utf-8")
            written.append(path)
    return written
