from datetime import UTC, datetime

from libs.x12.acknowledgment.writer import answering, write_999, write_ta1
from libs.x12.claim_status.acknowledgment import ClaimAnswers, Source, write_277ca
from libs.x12.verdicts import FileVerdict
from simulators.population import file_faults
from tests.support.x12 import ONE_CLAIM, RECEIVED, population_file, read
from tests.support.x12_mutants import STRUCTURE

CREATED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def acknowledge(verdict: FileVerdict, interchange: int = 0) -> list[str]:
    answered = verdict.interchanges[interchange]
    data = b"".join(write_999(answered, answering(answered, CREATED, 7)))
    return data.decode("ascii").split("~")


def mutant(name: str) -> FileVerdict:
    return read(next(mutant for mutant in STRUCTURE if mutant.name == name).text)[1]


def test_an_accepted_file_gets_an_accepting_999() -> None:
    segments = acknowledge(read(population_file())[1])

    assert segments[2:9] == [
        "ST*999*0001*005010X231A1",
        "AK1*HC*1*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
        "GE*1*7",
    ]


def test_a_fault_names_segment_position_claim_and_element_but_no_value() -> None:
    segments = acknowledge(mutant("charge is no number"))

    assert segments[4:10] == [
        "AK2*837*0001*005010X222A1",
        "IK3*CLM*19**8",
        "CTX*CLM01:PCN0001",
        "IK4*2*782*6",
        "IK5*R*5",
        "AK9*R*1*1*0",
    ]


def test_a_wrong_count_is_told_by_ik5_alone() -> None:
    segments = acknowledge(mutant("wrong segment count"))

    assert segments[5:7] == ["IK5*R*4", "AK9*R*1*1*0"]


def test_a_group_with_one_bad_set_is_accepted_in_part() -> None:
    start, end = ONE_CLAIM.index("ST*"), ONE_CLAIM.index("GE*")
    second = ONE_CLAIM[start:end].replace("*0001", "*0002").replace("BHT*0019", "BHT*0018")
    _, verdict = read(ONE_CLAIM[:end] + second + ONE_CLAIM[end:].replace("GE*1*", "GE*2*"))
    segments = acknowledge(verdict)

    assert [segment for segment in segments if segment.startswith(("IK5", "AK9"))] == [
        "IK5*A",
        "IK5*R*5",
        "AK9*P*2*2*1",
    ]


def test_a_group_without_its_trailer_count_is_rejected_as_a_group() -> None:
    segments = acknowledge(read(file_faults(population_file(claims=2, faulty=0))["wrong-group-count"])[1])

    assert [segment for segment in segments if segment.startswith("AK9")] == ["AK9*R*2*1*0*5"]


def test_each_interchange_is_answered_to_its_own_sender() -> None:
    other = ONE_CLAIM.replace("SUB00001       ", "LCX0001        ").replace("000000001", "000000002")
    _, verdict = read(ONE_CLAIM + other)

    assert "*ZZ*15004          *ZZ*SUB00001       *" in acknowledge(verdict, 0)[0]
    assert "*ZZ*15004          *ZZ*LCX0001        *" in acknowledge(verdict, 1)[0]


def test_a_ta1_stands_right_behind_its_header_and_names_the_interchange() -> None:
    refused = read(ONE_CLAIM.replace("IEA*1*", "IEA*2*"))[1].interchanges[0]
    text = write_ta1(refused, answering(refused, CREATED, 9)).decode()

    assert text[106:] == "TA1*000000001*261120*0930*R*021~IEA*0*000000009~"


def test_the_277ca_answers_each_claim_and_sums_them_up() -> None:
    claims, verdict = read(population_file())
    [transaction] = verdict.transactions()
    answers = ClaimAnswers(CREATED).write(claims, [f"11{claim.ordinal:011}" for claim in claims])
    envelope = answering(verdict.interchanges[0], CREATED, 8)
    source = Source("MERIDIAN MEDICARE", "15004")
    segments = b"".join(write_277ca(transaction, answers, envelope, source, received=RECEIVED)).decode().split("~")

    assert [segment for segment in segments if segment.startswith("QTY")] == [
        *("QTY*90*23", "QTY*AA*2"),
        *("QTY*QA*23", "QTY*QC*2"),
    ]
    assert sum(segment.startswith("STC*A2:20*20261120*WQ*") for segment in segments) == 23
    assert sum(segment.startswith("STC*A7:164:IL*20261120*U*") for segment in segments) == 1
    assert sum(segment.startswith("STC*A8:400*20261120*U*") for segment in segments) == 1
    assert sum(segment.startswith("REF*1K*") for segment in segments) == 23
    assert segments[segments.index(f"TRN*2*{claims[0].patient_control_number}") + 2] == "REF*1K*1100000000001"
    money = sum(claim.total_charge_cents for claim in claims if claim.accepted)
    assert next(segment for segment in segments if segment.startswith("AMT*YU*")) == f"AMT*YU*{money / 100:g}"


def test_a_refused_claim_never_shows_a_control_number() -> None:
    [claim], _ = read(ONE_CLAIM.replace("1EG4TE5MK73", "1SG4TE5MK73"))
    [answer] = ClaimAnswers(CREATED).write([claim], ["1100000000001"])

    assert "1100000000001" not in answer.text
    assert "~STC*A7:164:IL*" in answer.text


def test_answers_written_batch_by_batch_are_the_same_as_in_one_go() -> None:
    claims, verdict = read(population_file())
    [transaction] = verdict.transactions()
    envelope = answering(verdict.interchanges[0], CREATED, 8)
    texts = []
    for size in (1, 7, len(claims)):
        writer = ClaimAnswers(CREATED)
        blocks = [
            block
            for start in range(0, len(claims), size)
            for block in writer.write(
                claims[start : start + size], [f"{each.ordinal:013}" for each in claims[start : start + size]]
            )
        ]
        pieces = write_277ca(transaction, blocks, envelope, Source("MAC", "15004"), received=RECEIVED)
        texts.append(b"".join(pieces))

    assert texts[0] == texts[1] == texts[2]
