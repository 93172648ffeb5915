from random import Random
from uuid import UUID

import pytest

from services.notifier.delivery.domain import Bounce, bounce_of
from tests.support.bounces import RETURNED_HEADERS, RETURNED_WHOLE, report

MESSAGE = UUID("0193a1c2-7b3e-7f00-8000-00000000c0de")
NUMBER = f"<{MESSAGE}@portico.example>"


@pytest.mark.parametrize("returned", [RETURNED_HEADERS, RETURNED_WHOLE])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_report_is_of_the_message_it_returns(returned: str, end: bytes) -> None:
    content = report(NUMBER, returned=returned).replace(b"\n", end)
    assert bounce_of(content) == Bounce(MESSAGE, "5.1.1")


def test_a_report_is_of_the_message_whose_envelope_it_names() -> None:
    other = UUID(int=5)
    content = report(f"<{other}@portico.example>", envelope_id=NUMBER.strip("<>"), status="5.2.2")
    assert bounce_of(content) == Bounce(MESSAGE, "5.2.2")


def test_a_report_without_a_code_of_its_own_is_a_failure_like_any_other() -> None:
    assert bounce_of(report(NUMBER, status="unknown")) == Bounce(MESSAGE, "5.0.0")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00 no mail",
        b"Subject: I am on vacation\nAuto-Submitted: auto-replied\n\nBack on Monday.\n",
        report(NUMBER, action="delayed", status="4.4.1"),
        report(NUMBER, action="delivered", status="2.0.0"),
        report(NUMBER, kind="multipart/mixed"),
        report("<newsletter-17@elsewhere.example>"),
        report(""),
        # A report that somebody forwards is a letter of somebody.
        b"Content-Type: message/rfc822\n\n" + report(NUMBER),
    ],
    ids=[
        "nothing",
        "no mail",
        "vacation notice",
        "delay",
        "delivery",
        "other mail",
        "another's message",
        "no number",
        "forwarded",
    ],
)
def test_everything_else_is_no_bounce(content: bytes) -> None:
    assert bounce_of(content) is None


def test_a_damaged_report_is_read_as_far_as_it_goes_and_never_stops_the_others() -> None:
    random, whole = Random(26), report(NUMBER, envelope_id=NUMBER.strip("<>"))
    read = []
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(random.randrange(1, 12)):
            place = random.randrange(len(damaged))
            if random.random() < 0.5:
                damaged[place] = random.randrange(256)
            else:
                del damaged[place : place + random.randrange(80)]
        read.append(bounce_of(bytes(damaged)))
    assert Bounce(MESSAGE, "5.1.1") in read
    assert None in read
