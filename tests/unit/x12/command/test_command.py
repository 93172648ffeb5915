import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.x12.__main__ import main
from libs.x12.reader import check_file
from tests.support.x12 import ONE_CLAIM, PRIVATE, RECEIVED, population_file

DAY = f"--received={RECEIVED}"
REJECTED_CLAIM = ONE_CLAIM.replace("1EG4TE5MK73", "1EG4TE5MK7S")
REJECTED_SET = ONE_CLAIM.replace("SE*28", "SE*29")
OTHER_SENDER = ONE_CLAIM.replace("SUB00001       ", "SUB00002       ").replace("000000001", "000000002")


@pytest.fixture
def place(tmp_path: Path) -> Callable[..., str]:
    def place(text: str | bytes, name: str = "claims.837") -> str:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(file)

    return place


def report(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (ONE_CLAIM, 0),
        (ONE_CLAIM + OTHER_SENDER, 0),
        (REJECTED_CLAIM, 1),
        (REJECTED_SET, 1),
        (ONE_CLAIM + "and more", 1),
        (ONE_CLAIM[:-40], 1),
        ("", 2),
        ("hello", 2),
        (b"\xef\xbb\xbf" + ONE_CLAIM.encode(), 2),
        (ONE_CLAIM.encode("utf-16"), 2),
    ],
)
def test_the_status_says_whether_all_was_accepted(
    place: Callable[..., str], content: str | bytes, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", place(content), DAY]) == status
    assert main(["check", place(content), DAY, "--json"]) == status
    assert capsys.readouterr().out


def test_the_worst_file_decides_the_status(place: Callable[..., str]) -> None:
    good, bad = place(ONE_CLAIM, "good"), place(REJECTED_CLAIM, "bad")

    assert main(["check", good, bad, DAY]) == 1
    assert main(["check", bad, place("", "empty"), good, DAY]) == 2


def test_json_tells_the_whole_verdict(place: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    name = place(population_file(claims=25))
    main(["check", name, DAY, "--json"])

    [file] = report(capsys)
    assert (file["file"], file["verdict"], file["errors"]) == (name, "partial", [])
    [interchange] = file["interchanges"]
    assert (interchange["control_number"], interchange["verdict"], interchange["ta1"]) == (
        "000000001",
        "partial",
        "000",
    )
    [group] = interchange["groups"]
    assert (group["control_number"], group["verdict"]) == ("1", "partial")
    [transaction] = group["transactions"]
    assert transaction["control_number"] == "0001"
    assert (transaction["type"], transaction["guide"], transaction["verdict"]) == ("837", "005010X222A1", "partial")
    assert transaction["claims"] == {"accepted": 23, "rejected": 2}
    assert [(error["claim"], error["code"], error["snip"]) for error in transaction["errors"]] == [
        (9, "mbi", 7),
        (17, "total-charge", 3),
    ]
    assert transaction["errors"][0]["status"] == {"category": "A7", "code": "164", "entity": "IL"}


def test_json_places_a_fault_of_structure(place: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", place(ONE_CLAIM.replace("NM1*IL*1*ASHGROVE", "NM1*IL*1*")), DAY, "--json"])

    [file] = report(capsys)
    [transaction] = file["interchanges"][0]["groups"][0]["transactions"]
    [error] = transaction["errors"]
    assert transaction["verdict"] == "rejected"
    assert error == {
        "snip": 2,
        "code": "element-missing",
        "sentence": "Patient last name: a value is required here. Fill it in.",
        "field": "Patient last name",
        "segment": "NM1",
        "position": 14,
        "loop": "2010BA",
        "element": 3,
        "component": 0,
        "repeat": 0,
        "ik3": "8",
        "ik4": "I9",
    }


def test_the_report_repeats_no_value_of_a_claim(place: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    name = place(REJECTED_CLAIM.replace("HC:99203", "HC:9920E"))
    main(["check", name, DAY])
    main(["check", name, DAY, "--json"])

    told = capsys.readouterr().out
    assert "mbi" in told
    assert not [value for value in PRIVATE if value in told]


def test_what_a_terminal_would_obey_is_not_printed(
    place: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    name = place(ONE_CLAIM.replace("*1*X*", "*\x1b[2J*X*").replace("ASHGROVE", "\x1b[2J"))
    main(["check", name, DAY])
    main(["show", name, DAY])

    assert "\x1b" not in capsys.readouterr().out


def test_many_faults_are_counted_and_not_all_told(
    place: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", place(population_file(claims=150, faulty=150)), DAY, "--json"])

    [file] = report(capsys)
    [transaction] = file["interchanges"][0]["groups"][0]["transactions"]
    assert transaction["claims"]["rejected"] == 150
    assert len(transaction["errors"]) == 100
    assert transaction["errors_left_out"] == 50


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere"), DAY]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"{tmp_path / 'nowhere'}: No such file or directory.\n"


def test_a_file_that_cannot_be_read_is_told_in_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path), DAY, "--json"]) == 2

    [file] = report(capsys)
    assert (file["verdict"], file["interchanges"], file["errors"][0]["code"]) == ("rejected", [], "unreadable")


@pytest.mark.parametrize("option", ["--received=yesterday", "--jobs=0", "--jobs=-1", "--jobs=many"])
def test_an_option_that_makes_no_sense_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["check", "claims.837", option])

    assert refused.value.code == 2
    assert "write " in capsys.readouterr().err


# --- answers ----------------------------------------------------------------------------------------------------------


def answers(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("ascii") for file in folder.rglob("*") if file.is_file()}


def test_each_sender_gets_the_answers_to_its_own_interchange(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(ONE_CLAIM + OTHER_SENDER), DAY, "--ack", str(folder)])

    written = answers(folder)
    for sender, number in (("SUB00001", "000000001"), ("SUB00002", "000000002")):
        own = {Path(name).suffix: text for name, text in written.items() if name.startswith(f"ZZ-{sender}/")}
        assert own.keys() == {".ta1", ".999", ".277ca"}
        assert all(text[:106].split("*")[8].strip() == sender for text in own.values())
        assert f"TA1*{number}*" in own[".ta1"]
    assert len(written) == 6


def test_answers_of_one_run_have_control_numbers_of_their_own(place: Callable[..., str], tmp_path: Path) -> None:
    files = [place(ONE_CLAIM + OTHER_SENDER, "one"), place(population_file(claims=3), "two")]
    main(["check", *files, DAY, "--ack", str(tmp_path / "answers")])

    numbers = [text[:106].split("*")[13] for text in answers(tmp_path / "answers").values()]
    assert len(numbers) == len(set(numbers)) == 9


def test_the_same_file_gets_the_same_answers_again(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(ONE_CLAIM), DAY, "--ack", str(folder)])
    before = answers(folder)
    main(["check", place(ONE_CLAIM, "again.837"), DAY, "--ack", str(folder)])

    assert answers(folder).keys() == before.keys()


def test_a_refused_interchange_gets_its_ta1_alone(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(ONE_CLAIM.replace("IEA*1*000000001", "IEA*1*000000009")), DAY, "--ack", str(folder)])

    [(name, text)] = answers(folder).items()
    assert name.endswith(".ta1")
    assert "*R*001~" in text


def test_a_refused_transaction_set_gets_no_277ca(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(REJECTED_SET), DAY, "--ack", str(folder)])

    assert {Path(name).suffix for name in answers(folder)} == {".ta1", ".999"}


def test_every_claim_is_answered_once_however_large_the_file(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    first = population_file(claims=1200, faulty=30).decode()
    start, end = first.index("ST*"), first.index("GE*")
    second = first[start:end].replace("*0001*", "*0002*").replace("*0001~", "*0002~")
    main(["check", place(first[:end] + second + first[end:].replace("GE*1*", "GE*2*")), DAY, "--ack", str(folder)])

    replies = [text for name, text in answers(folder).items() if name.endswith(".277ca")]
    assert [text.count("~TRN*2*") for text in replies] == [1201, 1201]
    assert [text.count("STC*A7") + text.count("STC*A8") for text in replies] == [30, 30]


def test_a_sender_with_a_name_like_a_path_stays_in_the_folder(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(ONE_CLAIM.replace("SUB00001       ", "../../EVIL     ")), DAY, "--ack", str(folder)])

    [sender] = folder.iterdir()
    assert sender.name.startswith("ZZ-______EVIL-")
    assert {file.name for file in tmp_path.iterdir()} == {"answers", "claims.837"}


def test_a_folder_that_takes_no_answers_is_told(
    place: Callable[..., str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answers").write_text("a file, no folder", encoding="ascii")

    assert main(["check", place(ONE_CLAIM), DAY, "--ack", str(tmp_path / "answers")]) == 2
    assert capsys.readouterr().err


def test_our_own_answers_need_no_answer(place: Callable[..., str], tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    main(["check", place(ONE_CLAIM), DAY, "--ack", str(folder)])
    [structure] = folder.rglob("*.999")
    main(["check", str(structure), DAY, "--ack", str(tmp_path / "second")])

    assert {Path(name).suffix for name in answers(tmp_path / "second")} == {".ta1"}


def test_a_late_claim_is_accepted_and_told(place: Callable[..., str], capsys: pytest.CaptureFixture[str]) -> None:
    late = ONE_CLAIM.replace("20260923", "20240923")

    assert main(["check", place(late), DAY, "--json"]) == 0
    [interchange] = json.loads(capsys.readouterr().out)["interchanges"]
    [transaction] = interchange["groups"][0]["transactions"]
    assert transaction["claims"] == {"accepted": 1, "rejected": 0}
    assert [(error["code"], error["claim"]) for error in transaction["errors"]] == [("late-filing", 1)]


# --- show -------------------------------------------------------------------------------------------------------------


def test_a_file_is_shown_with_the_names_of_its_loops(
    place: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", place(ONE_CLAIM), DAY]) == 0

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    claim = lines.index("2300 Claim information")
    assert lines[claim + 1] == "CLM*PCN0001*182***11:B:1*Y*A*Y*Y   [Claim information]"
    assert lines.count("2400 Service line number") == 2
    assert not [line for line in lines if line.startswith("!")]
    segments = [line.partition("   [")[0] for line in lines if "*" in line]
    assert [segment.partition("*")[0] for segment in segments] == [
        segment.partition("*")[0] for segment in ONE_CLAIM.split("~")[:-1]
    ]


def test_what_is_no_x12_is_shown_as_that_and_ends_with_2(place: Callable[..., str]) -> None:
    assert main(["show", place("hello"), DAY]) == 2
    assert main(["show", place(ONE_CLAIM.encode("utf-16")), DAY]) == 2
    assert main(["show", place(ONE_CLAIM.replace("ST*", "XX*")), DAY]) == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "hello",
        ONE_CLAIM[:90],
        ONE_CLAIM[:700],
        ONE_CLAIM.replace("N3*", "ZZ*"),
        ONE_CLAIM.replace("005010X222A1", "005010X999"),
        ONE_CLAIM.replace("GE*1*1~", ""),
        ONE_CLAIM.replace("ST*", "XX*"),
        ONE_CLAIM + "rest",
        ONE_CLAIM.encode("utf-16"),
    ],
)
def test_a_bad_file_is_shown_as_far_as_it_goes_with_every_fault(
    place: Callable[..., str], content: str | bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    name = place(content)
    main(["show", name, DAY])

    lines = capsys.readouterr().out.splitlines()
    verdict = check_file([Path(name).read_bytes()], received=RECEIVED)
    findings = [*verdict.findings]
    for interchange in verdict.interchanges:
        findings += interchange.findings
        for group in interchange.groups:
            findings += [*group.findings, *(found for each in group.transactions for found in each.findings)]
    assert findings
    assert sorted(line for line in lines if line.startswith("!")) == sorted(f"! {each.sentence}" for each in findings)


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path / "nowhere")]) == 2
    assert "No such file" in capsys.readouterr().err


# --- as a process -----------------------------------------------------------------------------------------------------


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "libs.x12", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=120)  # noqa: S603  ourselves


def test_several_files_are_checked_by_several_processes_in_order(place: Callable[..., str], tmp_path: Path) -> None:
    files = [place(population_file(claims=claims), f"{claims}.837") for claims in (40, 3, 25)]
    files.append(place("hello", "no.837"))
    done = run("check", *files, DAY, "--json", "--jobs", "3", "--ack", str(tmp_path / "answers"))

    assert done.returncode == 2
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == files
    assert len(list((tmp_path / "answers").rglob("*.277ca"))) == 3
    assert done.stderr.decode() == f"{files[3]}: This is not an X12 file: it does not begin with the segment ISA.\n"


def test_the_standard_input_may_be_checked() -> None:
    done = run("check", "-", DAY, given=ONE_CLAIM.encode())

    assert done.returncode == 0
    assert b"1 of 1 claims accepted" in done.stdout


def test_who_stops_reading_ends_the_command_quietly(place: Callable[..., str]) -> None:
    name = place(population_file(claims=2000))
    command = [sys.executable, "-m", "libs.x12", "show", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:  # noqa: S603  ourselves
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(60)

    assert complaint == b""
    assert process.returncode == 0
