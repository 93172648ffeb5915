"""The command over every kind of transaction set, and over every example file nobody on this project wrote."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.x12.__main__ import main
from tests.support.x12 import ONE_CLAIM, RECEIVED
from tests.support.x12_examples import examples, without_mark
from tests.support.x12_institutional import STAY
from tests.support.x12_remittances import ONE_REMITTANCE

DAY = f"--received={RECEIVED}"
KINDS = ("270", "271", "276", "277", "278", "835", "837I", "837P", "999")
# As their readme and their guide imply. Those that are not named are structurally in order, and the faults of single
# claims, inquiries or answers in them show: they are accepted in part.
ACCEPTED = {
    "271/lfh-dependent-health-benefit-check.271",
    "271/lfh-subscriber-health-benefit-check.271",
    # A status code that is not in use is a remark on the answer of a payer.
    "277/lfh-claim-level-status-ncpdp.277",
    "277/lfh-claim-level-status.277",
    "277/lfh-information-receiver-level-status.277",
    "277/lfh-provider-level-status.277",
    "835/stupidedi-dollars-and-data-sent-separate.edi",
    "835/stupidedi-dollars-and-data-sent-together.edi",
    "835/stupidedi-secondary-payments.edi",
    "835/stupidedi-tertiary-payments.edi",
    "999/stupidedi-response-to-3-837s.edi",
}
REJECTED = {
    "271/lfh-subscriber-health-benefit-check-error.271",
    "278/stupidedi-admission-request-for-review.edi",
    "835/lfh-cob-contractural-adjustment.835",
    "835/lfh-managed-care.835",
    "835/lfh-medicare-part-a.835",
    "835/lfh-secondary-payment.835",
    "835/lfh-tertiary-payment.835",
    "837I/lfh-institutional-claim.837i",
    "837I/lfh-out-of-network-repriced-claim.837i",
    "837I/lfh-two-claims-single-provider.837i",
    "837P/lfh-demo.ambulance.example5.837",
    "837P/lfh-demo.cob.example3.A.837",
    "837P/lfh-demo.example6.837",
    "837P/lfh-demo.example9.837",
    "837P/lfh-demo.example11.837",
    "837P/lfh-demo.example12.837",
}
EXAMPLES = [path for kind in KINDS for path in examples(kind) if path.suffix != ".md"]


def adopted(data: bytes) -> bytes:
    """A file with the name of the adopted guide in it, and without a byte-order mark."""
    names = {b"005010X222A2": b"005010X222A1", b"005010X223A3": b"005010X223A2"}
    for old, new in names.items():
        data = data.replace(old, new)
    return without_mark(data)


@pytest.fixture
def checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Check a file; the report, with the status it ended with."""

    def checked(data: str | bytes, *options: str) -> dict[str, Any]:
        file = tmp_path / "file.x12"
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        status = main(["check", str(file), DAY, "--json", *options])
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return report | {"status": status}

    return checked


def transactions(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        transaction
        for interchange in report["interchanges"]
        for group in interchange["groups"]
        for transaction in group["transactions"]
    ]


def test_the_tables_name_examples_that_are_there() -> None:
    assert {f"{path.parent.name}/{path.name}" for path in EXAMPLES} >= ACCEPTED | REJECTED
    assert len(EXAMPLES) == 52


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_command_gives_every_example_its_verdict(path: Path, checked: Callable[..., dict[str, Any]]) -> None:
    name = f"{path.parent.name}/{path.name}"
    report = checked(adopted(path.read_bytes()))

    expected = "accepted" if name in ACCEPTED else "rejected" if name in REJECTED else "partial"
    [transaction] = transactions(report)
    assert (report["verdict"], transaction["verdict"]) == (expected, expected)
    assert report["status"] == (0 if expected == "accepted" else 1)
    assert any("remark" not in error for error in transaction["errors"]) == (expected != "accepted")
    assert transaction["type"] == path.parent.name[:3]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_command_shows_every_example_by_its_loops(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / path.name
    file.write_bytes(adopted(path.read_bytes()))

    assert main(["show", str(file), DAY]) == 0
    lines = capsys.readouterr().out.splitlines()
    named = [line for line in lines if line.endswith("]")]
    assert len(named) >= 5
    assert any(line.strip().startswith("2000") for line in lines) or path.parent.name == "835"


def test_institutional_claims_are_counted_and_answered(checked: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    faulty = STAY.replace("1EG4TE5MK73", "1EG4TE5MK7S").replace("000000001", "000000002")
    report = checked(STAY + faulty, "--ack", str(answers))

    assert [each["claims"] for each in transactions(report)] == [
        {"accepted": 1, "rejected": 0},
        {"accepted": 0, "rejected": 1},
    ]
    assert [each["verdict"] for each in transactions(report)] == ["accepted", "partial"]
    written = {file.suffix: file.read_text() for file in sorted(answers.rglob("*.*"))}
    assert written.keys() == {".ta1", ".999", ".277ca"}
    texts = [file.read_text() for file in sorted(answers.rglob("*.277ca"))]
    assert ["STC*A2:20*" in text for text in texts] == [True, False]
    assert ["STC*A7:164:IL*" in text for text in texts] == [False, True]
    assert all("REF*BLT*111~" in text for text in texts)
    for file in answers.rglob("*.*"):
        assert main(["check", str(file), DAY]) == 0


def test_the_claims_of_a_remittance_are_counted(checked: Callable[..., dict[str, Any]]) -> None:
    [good] = transactions(checked(ONE_REMITTANCE))
    [bad] = transactions(
        checked(
            ONE_REMITTANCE.replace(
                "NM1*82*1*OAKENSHIRE*BRAMWIN****XX*2952919902", "NM1*82*1*OAKENSHIRE*BRAMWIN****XX*2952919903"
            )
        )
    )

    assert (good["verdict"], good["claims"]["rejected"]) == ("accepted", 0)
    # A wrong check digit posts no money wrongly: it is a remark.
    assert (bad["verdict"], bad["claims"]["rejected"]) == ("accepted", 0)
    assert sum(good["claims"].values()) == sum(bad["claims"].values()) == ONE_REMITTANCE.count("CLP*")
    assert [(error["segment"], error["remark"]) for error in bad["errors"]] == [("NM1", True)]


def test_a_faulty_acknowledgment_of_an_interchange_shows(checked: Callable[..., dict[str, Any]]) -> None:
    start, end = ONE_CLAIM.index("GS*"), ONE_CLAIM.index("IEA*")
    envelope = ONE_CLAIM[:start] + "{}~" + ONE_CLAIM[end:].replace("IEA*1*", "IEA*0*")
    good = checked(envelope.format("TA1*000000009*261119*0930*A*000"))
    bad = checked(envelope.format("TA1*000000009*261119*0930*Q*000"))

    assert (good["verdict"], good["status"]) == ("accepted", 0)
    assert (bad["verdict"], bad["status"]) == ("partial", 1)
    [error] = bad["interchanges"][0]["errors"]
    assert (error["segment"], error["element"]) == ("TA1", 4)
