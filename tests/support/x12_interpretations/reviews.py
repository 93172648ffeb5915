"""What X12 answered about prior authorization and attachments, 278 and 275."""

from decimal import Decimal

from libs.x12.review.objects import ReviewAnswer, ReviewRequest
from tests.support.x12 import changed
from tests.support.x12_interpretations import NOT_OURS, interpretation
from tests.support.x12_objects import DECISION, REQUEST, read


def answer(*changes: tuple[str, str]) -> ReviewAnswer:
    """What a valid answer says with its changes; nothing is wrong with it."""
    [item], verdict = read(changed(DECISION, *changes))
    assert isinstance(item, ReviewAnswer)
    assert (item.findings, verdict.verdict) == ((), "accepted")
    return item


def request(*changes: tuple[str, str]) -> ReviewRequest:
    """What a valid request asks with its changes; nothing is wrong with it."""
    [item], verdict = read(changed(REQUEST, *changes))
    assert isinstance(item, ReviewRequest)
    assert (item.findings, verdict.verdict) == ((), "accepted")
    return item


NOT_OURS[2460] = (
    "The service date of a 275: attachments are checked for their structure alone, no claim is made of them."
)


@interpretation(1669, "a contact may have a name and a number")
def contact_with_name_and_number() -> None:
    [requester] = request(("*TE*8005550142~", "*TE*8005550142*FX*8005550143~")).requesters
    assert [(each.name, len(each.numbers)) for each in requester.contacts] == [("PRIOR AUTHORIZATION", 2)]
    answer(("PER*IC*REVIEW DESK*TE*8005550143", "PER*IC*REVIEW DESK*TE*8005550143*UR*review.example"))


@interpretation(2445, "when the reviewer is refused with AAA 42 no level stands below")
def refusal_of_the_reviewer() -> None:
    below = DECISION[DECISION.index("HL*2*") : DECISION.index("SE*")]
    refused = answer((below, ""), ("HL*1**20*1~", "HL*1**20*0~AAA*N**42*Y~"))
    assert [each.reason for each in refused.refusals] == ["42"]


@interpretation(2477, "a kind of review that is not supported is refused with 33 at event or service")
def review_not_supported() -> None:
    asked, refused = "UM*HS*I*2*22:B~HCR*A1*UTN0001~", "AAA*N**33*C~UM*HS*I*2*22:B~HCR*A3**25~"
    said = answer((asked, refused), ("HI*ABK:E785~", "HI*ABK:E785~MSG*NOT SUPPORTED~"))
    assert [each.reason for each in said.refusals] == ["33"]
    said = answer(("UM*HS*I~HCR*A3**0U^0V~", "AAA*N**33*C~UM*HS*I~HCR*A3**25~"))
    assert [each.reason for each in said.refusals] == ["33"]


@interpretation(2033, "a quantity of fifteen digits, with a point anywhere, is read")
def longest_quantity() -> None:
    for quantity in ("123456789012345", "1234567890.12345", ".123456789012345"):
        event = request(("*UN*1***1:2~", f"*UN*{quantity}***1:2~")).event
        assert event is not None
        assert [service.line and service.line.quantity for service in event.services] == [Decimal(quantity)]


@interpretation(887, "an answer may have the level of service when the request had it")
def level_of_service() -> None:
    answer(("UM*HS*I*2*22:B~", "UM*HS*I*2*22:B**U~"))


@interpretation(2577, "of a request that is certified in part, the event says A2 and each service its own decision")
def certified_in_part() -> None:
    said = answer(("HCR*A1*UTN0001~", "HCR*A2*UTN0001*0U~"))
    assert [each.action for each in said.decisions] == ["A2", "A3"]
    said = answer(("HCR*A1*UTN0001~", "HCR*A2*UTN0001*0U~"), ("HCR*A3**0U^0V~", "HCR*A6*UTN0002*0U~"))
    assert [each.action for each in said.decisions] == ["A2", "A6"]


@interpretation(1620, "services have numbers of their own beside that of the event")
def numbers_of_event_and_services() -> None:
    said = answer(("HCR*A1*UTN0001~", "HCR*A2*UTN0001*0U~"), ("HCR*A3**0U^0V~", "HCR*A1*UTN0002~"))
    assert [each.number for each in said.decisions] == ["UTN0001", "UTN0002"]


@interpretation("CORE 278", "the member number of the patient is required")
def member_number() -> None:
    _, verdict = read(changed(REQUEST, ("****MI*1EG4TE5MK73", "")))
    [transaction] = verdict.transactions()
    assert {(each.segment, each.element) for each in transaction.findings} == {("NM1", 8), ("NM1", 9)}
