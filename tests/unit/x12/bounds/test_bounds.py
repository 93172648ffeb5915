"""Files made to hurt: each gets a verdict, in memory and work that grow no faster than the file, if at all."""

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, pairwise, repeat
from types import FrameType
from typing import Any

import pytest

from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.command.show import show
from libs.x12.reader import FINDINGS_PER_FILE, INTERCHANGES_PER_FILE, TRANSACTIONS_PER_FILE, check_file
from libs.x12.tokenizer import MAX_SEGMENT_LENGTH, Fault, Header, tokens
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import ONE_CLAIM, RECEIVED

ENVELOPE = ONE_CLAIM[: ONE_CLAIM.index("ST*")].encode()
HEAD = ONE_CLAIM[: ONE_CLAIM.index("CLM*")].encode()
CLAIM = ONE_CLAIM[ONE_CLAIM.index("CLM*") : ONE_CLAIM.index("SE*")].encode()
LINE_FEEDS = HEAD.replace(b"~", b"\n")
SET = b"ST*837*0001*005010X222A1~"
GROUP = b"GS*HC*A*B*20261120*0930*1*X*005010X222A1~"
CLM = b"***11:B:1*Y*A*Y*Y~"


def interchanges(count: int) -> Iterator[bytes]:
    """As many interchanges, each with a control number of its own."""
    return (ONE_CLAIM.replace("000000001", f"{number:09}").encode() for number in range(1, count + 1))


@dataclass(frozen=True)
class Bomb:
    """`head`, then `piece` again and again. Most pieces have about 32 KB."""

    name: str
    head: bytes
    piece: bytes

    def source(self, pieces: int) -> Iterator[bytes]:
        return chain([self.head], repeat(self.piece, pieces))


BOMBS = [
    Bomb("an element without an end", HEAD + b"NTE*ADD*", b"A" * 32768),
    Bomb("nul", HEAD, b"\x00" * 32768),
    Bomb("empty segments", HEAD, b"~" * 32768),
    Bomb("line ends", HEAD, b"~\r\n\r\n" * 6500),
    Bomb("line ends that are terminators", LINE_FEEDS, b"\n" * 32760 + b"IEA*"),
    Bomb("trailers that are none", HEAD, b"IEA*" * 8192),
    Bomb("lines", HEAD + CLAIM, b"LX*1~" * 6500),
    Bomb("unknown segments", HEAD + CLAIM, b"ZZZ*1~" * 5400),
    Bomb("unknown qualifiers", HEAD + CLAIM, b"REF*QQ*1~" * 3600),
    Bomb("segments of another place", HEAD + CLAIM, b"BHT*1~" * 5400),
    Bomb("subscribers", HEAD + CLAIM, b"HL*3*1*22*0~" * 2700),
    Bomb("billing providers", HEAD + CLAIM, b"HL*3**20*1~" * 2900),
    Bomb("loops that lack all", HEAD, (b"CLM*A*1" + CLM) * 1200),
    Bomb("claims", HEAD, CLAIM * 160),
    Bomb("faults of a subscriber", HEAD, b"N4*A*QQ*12345~" * 2300),
    Bomb("faults of a provider", HEAD[: HEAD.index(b"HL*2")], b"N4*A*QQ*12345~" * 2300),
    Bomb("elements", HEAD, b"NM1" + b"*A" * 16000 + b"~"),
    Bomb("components", HEAD, b"CLM*A*1***" + b"11:" * 10000 + b"~"),
    Bomb("repetitions", HEAD, b"HI*" + b"ABK:A^" * 5400 + b"~"),
    Bomb("long values", HEAD, b"CLM*" + b"A" * 32000 + b"*1" + CLM),
    Bomb("blanks", HEAD, b"NM1*IL*1*" + b" " * 32000 + b"~"),
    Bomb("digits", HEAD, b"CLM*A*" + b"1" * 32000 + b"." + CLM),
    Bomb("transaction sets in transaction sets", ENVELOPE, SET * 200),
    Bomb("transaction sets full of faults", ENVELOPE, (SET + b"A~" * 110) * 40),
    Bomb("long control numbers", ENVELOPE, b"ST*837*" + b"1" * 32000 + b"~"),
    Bomb("groups in groups", ENVELOPE, GROUP * 800),
    Bomb("interchanges in interchanges", HEAD, ENVELOPE[:106] * 300),
    Bomb("headers that are none", HEAD, b"ISA*" * 8192),
    Bomb("headers of a wrong width", ENVELOPE[:106] + b"IEA*0*000000001~", b"ISA*00*" + b" " * 99 + b"~"),
    Bomb("padding", ONE_CLAIM.replace("005010X222A1", "005010X222").encode(), b"\x00 \x1a" * 10000),
    Bomb("interchanges", b"", ONE_CLAIM.encode() * 36),
    Bomb("interchanges of nothing", b"", ONE_CLAIM[:106].encode() + b"IEA*0*000000001~"),
]


def peak(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def calls(work: Callable[[], Any]) -> int:
    """How often Python calls a function, its own or one in C: a measure of work that no busy machine disturbs."""
    count = 0

    def tell(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(tell)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_file_made_to_hurt_gets_a_verdict_in_bounded_memory(bomb: Bomb) -> None:
    check_file(bomb.source(2), received=RECEIVED)  # what is made once does not count
    small = peak(lambda: check_file(bomb.source(4), received=RECEIVED))
    large = peak(lambda: check_file(bomb.source(16), received=RECEIVED))
    verdict = check_file(bomb.source(16), received=RECEIVED)

    assert verdict.verdict == ("partial" if bomb.name == "interchanges" else "rejected")
    # The verdicts on as many transaction sets as are read take about 9 MB.
    assert large < 2 * small + 5_000_000
    assert large < 32_000_000


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_twice_the_file_is_at_most_twice_the_work(bomb: Bomb) -> None:
    check_file(bomb.source(2), received=RECEIVED)
    once = calls(lambda: check_file(bomb.source(4), received=RECEIVED))
    twice = calls(lambda: check_file(bomb.source(8), received=RECEIVED))

    assert twice < 2.2 * once + 1000


def test_a_million_segments_are_judged() -> None:
    verdict = check_file(chain([HEAD + CLAIM], repeat(b"DTP*472*D8*20260923~" * 10_000, 100)), received=RECEIVED)

    [transaction] = verdict.transactions()
    assert verdict.verdict == "rejected"
    assert transaction.segments > 1_000_000
    assert len(transaction.findings) == 100
    assert transaction.findings_left_out > 900_000


def test_a_hundred_thousand_loops_are_judged() -> None:
    loops = repeat(b"HL*3*1*22*0~LX*1~" * 1000, 100)
    verdict = check_file(chain([HEAD + CLAIM], loops, [b"SE*1*0001~GE*1*1~IEA*1*000000001~"]), received=RECEIVED)

    [transaction] = verdict.transactions()
    assert (verdict.verdict, transaction.verdict) == ("rejected", "rejected")
    assert transaction.segments > 200_000


def test_no_more_than_a_segment_is_held_when_the_terminator_is_missing() -> None:
    def source() -> Iterator[bytes]:
        return chain([HEAD], repeat(b"A" * 10_000, 1000))

    verdict = check_file(source(), received=RECEIVED)

    assert [finding.code for finding in verdict.findings] == ["segment-too-long"]
    assert verdict.interchanges[0].note == "004"
    assert peak(lambda: check_file(source(), received=RECEIVED)) < 10 * MAX_SEGMENT_LENGTH


@pytest.mark.parametrize("size", [1, 7, 105, 106, 107, 5000])
def test_tiny_pieces_are_as_good_as_large_ones(size: int) -> None:
    data = b"".join(interchanges(20))
    pieces = [data[start : start + size] for start in range(0, len(data), size)]

    assert check_file(pieces, received=RECEIVED) == check_file([data], received=RECEIVED)
    assert check_file(chain.from_iterable(zip(pieces, repeat(b""))), received=RECEIVED).verdict == "accepted"


def test_a_file_cut_off_anywhere_gets_a_verdict() -> None:
    data = ONE_CLAIM.encode()

    for end in range(len(data) - 1):
        verdict = check_file([data[:end]], received=RECEIVED)
        assert verdict.verdict == "rejected", end
        assert verdict.findings, end
        assert verdict.claims_accepted == 0, end


def test_a_nul_at_any_place_gets_a_verdict_and_never_passes() -> None:
    data = ONE_CLAIM.encode()

    for place in range(len(data)):
        verdict = check_file([data[:place] + b"\x00" + data[place + 1 :]], received=RECEIVED)
        assert verdict.verdict != "accepted", place


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_text_in_another_encoding_is_named(encoding: str) -> None:
    verdict = check_file([ONE_CLAIM.encode(encoding)], received=RECEIVED)

    assert not verdict.is_x12
    assert {finding.code for finding in verdict.findings} <= {"byte-order-mark", "not-text"}
    assert verdict.findings


def test_an_envelope_within_its_like_ends_the_one_around_it() -> None:
    start, end = ONE_CLAIM.index("ST*"), ONE_CLAIM.index("GE*")
    inner = ONE_CLAIM[start:end].replace("*0001", "*0002")
    text = ONE_CLAIM[:start] + "ST*837*0001*005010X222A1~" + inner + ONE_CLAIM[end:].replace("GE*1*", "GE*2*")
    verdict = check_file([text.encode()], received=RECEIVED)

    assert [transaction.verdict for transaction in verdict.transactions()] == ["rejected", "accepted"]
    assert [transaction.segments for transaction in verdict.transactions()] == [1, 28]


@pytest.mark.parametrize("count", ["9" * 30, "0" * 30 + "1", "-1", "1.0", "²", "1e9", "", " 1"])
@pytest.mark.parametrize("segment", ["SE*28*", "GE*1*", "IEA*1*"])
def test_a_count_that_is_none_is_a_fault(segment: str, count: str) -> None:
    identifier = segment.partition("*")[0]
    text = ONE_CLAIM.replace(f"~{segment}", f"~{identifier}*{count}*")
    verdict = check_file([text.encode("latin-1")], received=RECEIVED)

    assert verdict.verdict == "rejected"


def test_thousands_of_interchanges_are_read_as_far_as_the_bound() -> None:
    verdict = check_file(interchanges(2 * INTERCHANGES_PER_FILE), received=RECEIVED)

    assert verdict.verdict == "partial"
    assert len(verdict.interchanges) == verdict.claims_accepted == INTERCHANGES_PER_FILE
    assert [finding.code for finding in verdict.findings] == ["too-many"]


def test_thousands_of_transaction_sets_full_of_faults_keep_few_of_them() -> None:
    pieces = chain([ENVELOPE], repeat((SET + b"A~" * 60) * 100, TRANSACTIONS_PER_FILE // 100))
    verdict = check_file(pieces, received=RECEIVED)

    transactions = list(verdict.transactions())
    assert len(transactions) == TRANSACTIONS_PER_FILE
    assert all(transaction.findings for transaction in transactions)
    assert sum(len(transaction.findings) for transaction in transactions) < FINDINGS_PER_FILE + 3 * len(transactions)


@pytest.mark.parametrize("guide", ["005010X222A1", "005010X223A2"])
def test_a_transaction_set_costs_what_it_holds_and_not_what_its_guide_has(guide: str) -> None:
    def work(sets: int) -> int:
        empty = SET.replace(b"005010X222A1", guide.encode())
        head = ENVELOPE.replace(b"005010X222A1", guide.encode())
        return calls(lambda: check_file([head, empty * sets], received=RECEIVED))

    work(10)  # what is made once does not count
    # Each guide has more than 250 kinds of segments.
    assert work(200) - work(100) < 100 * 100


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_file_made_to_hurt_is_answered_and_shown(bomb: Bomb) -> None:
    verdict = check_file(bomb.source(2), received=RECEIVED)
    created = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

    for interchange in islice(verdict.interchanges, 3):
        envelope = answering(interchange, created, 1)
        for answer in ([write_ta1(interchange, envelope)], list(write_999(interchange, envelope))):
            assert not answer or _is_whole(check_file(answer, received=RECEIVED))
    assert sum(1 for _ in islice(show(bomb.source(2), RECEIVED), 100_000))


def _is_whole(verdict: FileVerdict) -> bool:
    return verdict.is_x12 and not verdict.findings and all(each.note == "000" for each in verdict.interchanges)


def test_behind_a_fault_comes_a_header_if_anything() -> None:
    for bomb in BOMBS:
        for token, after in pairwise(tokens(bomb.source(2))):
            assert not isinstance(token, Fault) or isinstance(after, Header | Fault), bomb.name
