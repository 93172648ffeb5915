import tracemalloc
from collections.abc import Iterator
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.x12.reader import check_file, read_file
from libs.x12.verdicts import FileVerdict
from simulators.population import file_faults
from tests.support.x12 import ONE_CLAIM, RECEIVED, population_file, read

SMALL = population_file(claims=3, faulty=1)


def test_two_of_twenty_five_claims_are_refused_and_their_neighbors_are_not() -> None:
    claims, verdict = read(population_file())

    assert verdict.verdict == "partial"
    assert (verdict.claims_accepted, verdict.claims_rejected) == (23, 2)
    assert [finding.code for claim in claims for finding in claim.findings] == ["mbi", "total-charge"]
    [transaction] = verdict.transactions()
    assert (transaction.providers[0].accepted, transaction.providers[0].rejected) == (23, 2)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("not-x12", "not-x12"),
        ("empty", "empty"),
        ("byte-order-mark", "byte-order-mark"),
        ("leading-space", "leading-space"),
        ("utf-16", "byte-order-mark"),
        ("truncated", "truncated"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(fault: str, code: str) -> None:
    claims, verdict = read(file_faults(SMALL)[fault])

    assert verdict.verdict == "rejected"
    assert [finding.code for finding in verdict.findings] == [code]
    assert not any(verdict.accepts(claim) for claim in claims)
    assert verdict.claims_accepted == 0


def test_line_ends_after_terminators_are_legal() -> None:
    claims, verdict = read(file_faults(SMALL)["crlf"])

    assert verdict.verdict == "partial"
    assert len(claims) == 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [("wrong-segment-count", "segment-count"), ("structure", "segment-out-of-order"), ("structure", "segment-missing")],
)
def test_a_fault_of_the_whole_transaction_set_takes_all_its_claims(fault: str, code: str) -> None:
    claims, verdict = read(file_faults(SMALL)[fault])

    [transaction] = verdict.transactions()
    assert code in {finding.code for finding in transaction.findings}
    assert (verdict.claims_accepted, verdict.claims_rejected) == (0, 3)
    assert not any(verdict.accepts(claim) for claim in claims)


def test_a_wrong_group_count_rejects_the_group() -> None:
    _, verdict = read(file_faults(SMALL)["wrong-group-count"])

    assert verdict.interchanges[0].groups[0].codes == ["5"]
    assert verdict.verdict == "rejected"
    assert verdict.claims_accepted == 0


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("IEA*1*000000001", "IEA*1*000000002", "001"),
        ("IEA*1*", "IEA*2*", "021"),
        ("*00501*", "*00401*", "017"),
        ("*261120*0930*^", "*261320*0930*^", "014"),
        ("*0*T*:", "*0*Q*:", "020"),
        ("GE*1*1~", "", "024"),
        ("GS*HC", "N1*AB~GS*HC", "022"),
    ],
)
def test_a_fault_of_the_interchange_is_its_ta1_note(old: str, new: str, note: str) -> None:
    _, verdict = read(ONE_CLAIM.replace(old, new, 1))

    assert verdict.interchanges[0].note == note
    assert verdict.verdict == "rejected"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("X*005010X222A1", "X*005010X222A2", "2"),
        ("GS*HC", "GS*HI", "1"),
        ("GE*1*1~", "GE*1*2~", "4"),
        ("~GE*1*1~", "~ST*837*12*005010X222A1~SE*2*12~GE*2*1~", "5"),
    ],
)
def test_a_fault_of_the_group_is_its_ak9_code(old: str, new: str, code: str) -> None:
    _, verdict = read(ONE_CLAIM.replace(old, new, 1))

    assert code in verdict.interchanges[0].groups[0].codes
    assert verdict.verdict == "rejected"


def test_an_acknowledgment_of_the_other_side_may_stand_before_the_group() -> None:
    _, verdict = read(ONE_CLAIM.replace("~GS*", "~TA1*000000001*261120*0930*A*000~GS*", 1))

    assert verdict.verdict == "accepted"


def test_a_bad_transaction_set_does_not_sink_its_neighbor() -> None:
    start, end = ONE_CLAIM.index("ST*"), ONE_CLAIM.index("GE*")
    first = ONE_CLAIM[start:end]
    second = first.replace("*0001", "*0002").replace("BHT*0019", "BHT*0018")
    claims, verdict = read(ONE_CLAIM[:end] + second + ONE_CLAIM[end:].replace("GE*1*", "GE*2*"))

    assert verdict.verdict == "partial"
    assert [transaction.verdict for transaction in verdict.transactions()] == ["accepted", "rejected"]
    assert [verdict.accepts(claim) for claim in claims] == [True, False]
    assert [claim.ordinal for claim in claims] == [1, 2]


def test_a_control_number_used_twice_in_a_group_rejects_the_second_set() -> None:
    start, end = ONE_CLAIM.index("ST*"), ONE_CLAIM.index("GE*")
    _, verdict = read(ONE_CLAIM[:end] + ONE_CLAIM[start:end] + ONE_CLAIM[end:].replace("GE*1*", "GE*2*"))

    first, second = verdict.transactions()
    assert (first.verdict, second.verdict, second.codes) == ("accepted", "rejected", ["23"])


def test_several_interchanges_with_separators_of_their_own() -> None:
    other = ONE_CLAIM.replace("000000001", "000000002").translate(str.maketrans("*:^~", "|>+\n"))
    claims, verdict = read(ONE_CLAIM + "\r\n" + other)

    assert [interchange.verdict for interchange in verdict.interchanges] == ["accepted", "accepted"]
    assert [claim.patient_control_number for claim in claims] == ["PCN0001", "PCN0001"]


def test_text_after_the_last_interchange_is_named() -> None:
    _, verdict = read(ONE_CLAIM + "hello")

    assert [finding.code for finding in verdict.findings] == ["data-after-interchange"]
    assert verdict.verdict == "partial"


def test_blanks_before_segments_are_named_once() -> None:
    _, verdict = read(ONE_CLAIM.replace("~", "~  "))

    assert [finding.code for finding in verdict.findings] == ["indented"]
    assert [finding.code for finding in verdict.interchanges[0].findings] == ["interchange-022"]


def test_a_refusal_of_nothing_says_why() -> None:
    nothing = ONE_CLAIM[:106] + "IEA*0*000000001~"
    empty = ONE_CLAIM[: ONE_CLAIM.index("ST*")] + "GE*0*1~IEA*1*000000001~"

    [interchange] = read(nothing)[1].interchanges
    assert (interchange.verdict, interchange.note) == ("rejected", "024")
    [group] = read(empty)[1].interchanges[0].groups
    assert (group.verdict, group.codes) == ("rejected", ["5"])


def test_a_claim_that_is_cut_off_or_has_no_guide_is_counted() -> None:
    cut = ONE_CLAIM.replace("SE*28*0001~", "")
    unknown = ONE_CLAIM.replace("005010X222A1", "005010X222")

    assert [(read(text)[1].claims_accepted, read(text)[1].claims_rejected) for text in (cut, unknown)] == [
        (0, 1),
        (0, 1),
    ]


def test_separators_that_are_letters_or_alike_are_refused() -> None:
    _, verdict = read(ONE_CLAIM.replace("*T*:~", "*T**~", 1))

    assert verdict.verdict == "rejected"
    assert verdict.interchanges[0].note in {"026", "027"}


@given(separators=st.permutations(list("|>+!\n\x1d\x1c;")))
def test_any_legal_separators_give_the_same_claims(separators: list[str]) -> None:
    text = ONE_CLAIM.translate(str.maketrans("*:^~", "".join(separators[:4])))

    assert read(text)[0] == read(ONE_CLAIM)[0]


@settings(deadline=None)
@given(chunk=st.integers(1, 700))
def test_the_size_of_the_pieces_does_not_matter(chunk: int) -> None:
    assert read(SMALL, chunk=chunk) == read(SMALL)


def test_batches_have_the_size_asked_for() -> None:
    *batches, verdict = read_file([population_file(claims=25)], received=RECEIVED, batch=10)

    assert [len(batch.items) for batch in batches if not isinstance(batch, FileVerdict)] == [10, 10, 5]
    assert isinstance(verdict, FileVerdict)
    assert verdict == check_file([population_file(claims=25)], received=RECEIVED)


@given(place=st.integers(0, len(ONE_CLAIM) - 1), byte=st.integers(0, 255))
def test_one_changed_byte_never_breaks_the_reader(place: int, byte: int) -> None:
    data = bytearray(ONE_CLAIM.encode())
    data[place] = byte
    _, verdict = read(bytes(data))

    assert verdict.verdict in {"accepted", "partial", "rejected"}


@given(data=st.binary(max_size=400))
def test_noise_behind_a_header_never_breaks_the_reader(data: bytes) -> None:
    _, verdict = read(ONE_CLAIM[:106].encode() + data)

    assert verdict.verdict == "rejected"


HEAD = ONE_CLAIM[: ONE_CLAIM.index("CLM*")].encode()
CLAIM = ONE_CLAIM[ONE_CLAIM.index("CLM*") : ONE_CLAIM.index("SE*")].encode()


@pytest.mark.parametrize(
    ("piece", "count"),
    [
        (b"A" * 65536, 160),  # an element of 10 MB, and no terminator
        (b"\x00" * 65536, 160),
        (b"~" * 4096, 30),
        (b"LX*1~" * 1000, 30),
        (b"HL*3*1*22*0~" * 1000, 30),
        (b"IEA*" * 16384, 20),
        (b"ST*837*0001~" * 1000, 11),  # one thousand above what is read
        (b"ISA*GS*ST~" * 1000, 100),
        (b"\r\n" * 32768, 50),
    ],
    ids=["element", "nul", "empty", "lines", "levels", "trailers", "sets", "envelopes", "line-ends"],
)
def test_a_bomb_gets_a_verdict_in_bounded_memory(piece: bytes, count: int) -> None:
    def source() -> Iterator[bytes]:
        return chain([HEAD + CLAIM], repeat(piece, count))

    check_file([ONE_CLAIM.encode()], received=RECEIVED)  # what is compiled once does not count
    tracemalloc.start()
    try:
        verdict = check_file(source(), received=RECEIVED)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert verdict.verdict == "rejected"
    assert peak < 48_000_000


def test_a_long_file_needs_no_more_memory_than_a_short_one() -> None:
    def peak(claims: int) -> int:
        data = population_file(claims=claims)
        pieces = [data[start : start + 65536] for start in range(0, len(data), 65536)]
        check_file(pieces, received=RECEIVED)
        tracemalloc.start()
        try:
            for _ in read_file(pieces, received=RECEIVED):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(4000) < peak(1000) * 1.5
