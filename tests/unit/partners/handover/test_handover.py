from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import pytest

from libs.common.contracts.partner import ClaimsOutbound, ClaimsStatus
from libs.common.document_store import DocumentBrokenError
from libs.common.sealing import SealBrokenError
from libs.common.security.keys import KeyNotHeldError, KeyRing
from libs.partners.handover import BODY_BYTES, PartnerExchange, outbound_place, status_place
from tests.support.keys import settings_with_keys

SUBMISSION = UUID(int=1)


def counter(directory: Path, service: str) -> PartnerExchange:
    settings = settings_with_keys(directory)
    return PartnerExchange(settings, KeyRing.load(settings, service))


def outbound(giver: PartnerExchange, content: bytes, part: int = 1) -> ClaimsOutbound:
    given = giver.give(
        (content[at : at + 65536] for at in range(0, len(content), 65536)), place=outbound_place(SUBMISSION, part)
    )
    return ClaimsOutbound(submission_id=SUBMISSION, part=part, claims=1, **asdict(given))


@pytest.mark.parametrize("size", [0, 1000, BODY_BYTES, BODY_BYTES + 1, 3 * BODY_BYTES])
def test_the_other_side_takes_what_was_given(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    event = outbound(counter(tmp_path, "claims"), content)
    assert (event.sealed_body is None, event.document is None) == (size > BODY_BYTES, size <= BODY_BYTES)
    assert b"".join(counter(tmp_path, "shared_system").take(event)) == content


def test_an_answer_comes_back_the_same_way(tmp_path: Path) -> None:
    given = counter(tmp_path, "shared_system").give([b"ISA*277"], place=status_place(SUBMISSION, 1, 2))
    event = ClaimsStatus(submission_id=SUBMISSION, part=1, sequence=2, claims=1, **asdict(given))
    assert b"".join(counter(tmp_path, "claims").take(event)) == b"ISA*277"


def test_one_part_does_not_pass_for_another(tmp_path: Path) -> None:
    claims = counter(tmp_path, "claims")
    event = outbound(claims, b"ISA*837").model_copy(update={"part": 2})
    with pytest.raises(SealBrokenError):
        list(claims.take(event))


def test_a_document_that_is_not_the_one_announced_is_noticed(tmp_path: Path) -> None:
    claims = counter(tmp_path, "claims")
    first, second = (outbound(claims, letter * 2 * BODY_BYTES, part) for part, letter in ((1, b"a"), (2, b"b")))
    with pytest.raises(DocumentBrokenError):
        list(claims.take(first.model_copy(update={"document": second.document})))


def test_giving_again_leaves_one_document(tmp_path: Path) -> None:
    claims = counter(tmp_path, "claims")
    assert {outbound(claims, b"a" * 2 * BODY_BYTES).document for _ in range(2)} == {
        outbound(claims, b"a" * 2 * BODY_BYTES).document
    }
    assert len([path for path in (tmp_path / "documents/partner-claims").rglob("*") if path.is_file()]) == 1


def test_nobody_else_opens_it(tmp_path: Path) -> None:
    event = outbound(counter(tmp_path, "claims"), b"ISA*837")
    with pytest.raises(KeyNotHeldError):
        list(counter(tmp_path, "remittance").take(event))
