"""Appeals: a denied line is appealed once, decided in favor, and paid; what is not goes on to the QIC."""

import re

from tools.walk.html import Form
from tools.walk.journey import Journey, expect
from tools.walk.person import Page
from tools.walk.place import until
from tools.walk.remittance import business_today, day_in, move_business_clock
from tools.walk.telling import UnexpectedError

_EXPLANATION = "The record shows that the service was medically necessary on that day."
_RATIONALE = "The record supports the service: the first decision is reversed."
_REFUSAL = "The record does not show why the service was needed on that day."
_DISAGREEMENT = "The record shows it on its second page, which the redetermination does not mention."
_SEND = "Send the request"
_RECEIVED = re.compile(r"counts as received on ([0-9/]{10})")
_QIC_NUMBER = re.compile(r"\b1-\d{10}\b")
_WITHIN = 60.0


def _claim_id(walk: Journey, number: str) -> str:
    return walk.sent.accepted[number].rsplit("/", 1)[-1]


def _denied(walk: Journey) -> str:
    if not walk.denied:
        raise UnexpectedError("a claim denied with CO-50", "none, because an earlier step failed")
    return next(iter(walk.denied))


async def _rights(walk: Journey, number: str, *sentences: str) -> Page:
    """The page that says what may be done about a claim, once appeals has heard of its remittance."""

    async def look() -> Page | None:
        page = await walk.biller.open(f"/appeals/claims/{_claim_id(walk, number)}/rights")
        return page if page.status == 200 and page.says("As of the remittance") else None

    page = await until(look, within=_WITHIN, waiting_for="the rights of a remitted claim")
    expect(page, 200, *sentences)
    return page


async def rights_are_told(walk: Journey) -> str:
    """The denied line says by when and why; the unprocessable claim offers to correct and resubmit instead."""
    page = await _rights(walk, _denied(walk), "Ask for a redetermination", "CO-50", "120 days")
    other = await _rights(walk, next(iter(walk.unprocessable)), "MA130", "Submit claims")
    if other.says("Ask for a redetermination"):
        raise UnexpectedError("no appeal offered on an unprocessable claim", "one")
    await walk.biller.open(page.path)
    return (
        f"ICN {_denied(walk)} may be appealed; ICN {next(iter(walk.unprocessable))} is to be corrected and sent again"
    )


async def appeal_is_filed(walk: Journey) -> str:
    """A redetermination of the denied lines: confirmation with its number."""
    number = _denied(walk)
    await _rights(walk, number)
    page = await walk.biller.follow("Ask for a redetermination")
    walk.appeal_form = page.form_with(_SEND)
    page = await walk.biller.send(walk.appeal_form, _request(walk.appeal_form))
    expect(page, 200, "What happens next", "Decision by", number)
    walk.appeal = page.link("Follow this appeal")
    return f"{page.heading}: {(await walk.biller.open(walk.appeal)).heading}"


def _request(form: Form) -> dict[str, str]:
    lines = [each["name"] for each in form.element.all("input", where=lambda each: each["name"].startswith("line_"))]
    return {**dict.fromkeys(lines, "yes"), "explanation": _EXPLANATION, "requester": "Alder Brook"}


async def duplicate_is_refused(walk: Journey) -> str:
    """The same lines asked for again: refused, with a link to the first and the offer to add documents."""
    form = walk.appeal_form
    if form is None:
        raise UnexpectedError("a first request", "none, because an earlier step failed")
    page = await walk.biller.send(form, {**_request(form), "idempotency_key": f"walk-{walk.sent.id}"})
    expect(page, 409, "Add documents to it", _EXPLANATION)
    if walk.appeal not in page.links(walk.appeal):
        raise UnexpectedError("a link to the first appeal", f"“{page.heading}”")
    return f"“{page.heading}”"


async def reviewer_decides(walk: Journey) -> str:
    """A reviewer of the contractor opens the appeal and decides every line in the provider's favor."""
    expect(await walk.reviewer.sign_in(), 200)
    await _decide(walk, walk.appeal, "favorable", _RATIONALE)
    page = await walk.biller.open(walk.appeal)
    expect(page, 200, "To be paid")
    return f"{walk.reviewer.user.user_id}: favorable"


async def _decide(walk: Journey, appeal: str, decision: str, rationale: str) -> None:
    """The reviewer decides every line of an appeal in the same way, on a business day once it counts as received."""
    received = day_in(_RECEIVED, await walk.biller.open(appeal))
    if received is None:
        raise UnexpectedError("the day the appeal counts as received", "none")
    today = business_today(walk)
    day = walk.place.deployment.business_days.on_or_after(max(today, received))
    move_business_clock(walk, (day - today).days)
    page = await walk.reviewer.open(appeal.replace("/appeals/", "/appeals/review/"))
    expect(page, 200, _EXPLANATION)
    form = page.form_with("Issue the decision")
    typed = {each["name"]: rationale for each in form.element.all("textarea")}
    typed |= {each["name"]: decision for each in form.element.all("input") if each["name"].startswith("decision_")}
    issued = await walk.reviewer.send(form, typed, button="Issue the decision")
    expect(issued, 200, f"Decided on {day:%m/%d/%Y}")


async def adjusted_and_paid(walk: Journey) -> str:
    """The claim is adjusted and a new remittance takes back the first decision and pays."""
    number = _denied(walk)

    async def adjusted() -> bool:
        return (await walk.biller.open(walk.sent.accepted[number])).says("Adjusted")

    async def paid() -> Page | None:
        await walk.biller.open("/remittance")
        page = await walk.biller.submit("Find", {"number": number})
        # As long as there is one alone, the search opens it, and there is no list.
        outcomes = [row["Outcome"].text for row in page.rows() if "Outcome" in row]
        return page if "Taken back" in outcomes and "Paid" in outcomes else None

    await until(adjusted, within=_WITHIN, waiting_for="the claim to be adjusted")
    page = await until(paid, within=_WITHIN, waiting_for="the new remittance", pause=0.5)
    return ", ".join(f"{row['Outcome'].text} {row['Paid'].text}" for row in page.rows())


async def another_is_refused(walk: Journey) -> str:
    """A second denied claim is appealed and not decided in favor: the letter says how to go on."""
    if len(walk.denied) < 2:
        raise UnexpectedError("a second claim denied with CO-50", "none")
    number = list(walk.denied)[1]
    await _rights(walk, number)
    form = (await walk.biller.follow("Ask for a redetermination")).form_with(_SEND)
    page = await walk.biller.send(form, _request(form))
    expect(page, 200, "What happens next")
    walk.second_appeal = page.link("Follow this appeal")
    await _decide(walk, walk.second_appeal, "unfavorable", _REFUSAL)
    page = await walk.biller.open(f"{walk.second_appeal}/letter")
    expect(page, 200, _REFUSAL, "Qualified Independent Contractor")
    return f"ICN {number}: unfavorable, with a letter"


async def reconsideration_is_asked_for(walk: Journey) -> str:
    """The request goes to the QIC with the case file, and comes back with the QIC's own number."""
    await walk.biller.open(walk.second_appeal)
    page = await walk.biller.follow("Ask for a reconsideration (level 2)")
    expect(page, 200, "180 days", _REFUSAL)
    form = page.form_with(_SEND)
    letter = (await walk.biller.client.get(f"{walk.second_appeal}/letter.pdf")).content
    typed = {"explanation": _DISAGREEMENT, "requester": "Alder Brook"}
    page = await walk.biller.send(form, typed, file=(form.file_field, ("letter.pdf", letter)))
    expect(page, 200, _DISAGREEMENT, "letter.pdf")

    async def received() -> str:
        numbers = _QIC_NUMBER.findall((await walk.biller.open(page.path)).main.text)
        return numbers[0] if numbers else ""

    number = await until(received, within=_WITHIN, waiting_for="the QIC to receive the request")
    again = await walk.biller.send(form, {"explanation": _DISAGREEMENT, "idempotency_key": f"walk-2-{walk.sent.id}"})
    expect(again, 409, "Open the reconsideration")
    return f"{number} at the QIC; a second request is refused"


async def qic_decides(walk: Journey) -> str:
    """What the QIC decided stands line by line; what it granted is paid, as after a redetermination."""

    async def decided() -> Page | None:
        page = await walk.biller.open(f"{walk.second_appeal}/reconsideration")
        return page if page.says("To be paid") or page.says("Not paid") else None

    page = await until(decided, within=_WITHIN, waiting_for="the decision of the QIC")
    lines = [f"{row['Line'].text}: {row['Decision of the QIC'].text}" for row in page.rows()]
    if page.says("To be paid"):
        number = list(walk.denied)[1]

        async def adjusted() -> bool:
            return (await walk.biller.open(walk.sent.accepted[number])).says("Adjusted")

        await until(adjusted, within=_WITHIN, waiting_for="the claim to be adjusted after the QIC's decision")
        lines.append("the claim is adjusted")
    expect(await walk.biller.open(walk.second_appeal), 200, "See the reconsideration (level 2)")
    return "; ".join(lines)
