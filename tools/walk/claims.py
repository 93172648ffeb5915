"""A claim file on its way: sent, acknowledged, processed, and seen by people and programs alike."""

import re
from collections import Counter
from uuid import uuid4

from simulators.population import DEFAULT_SEED, Organization, Population, write_837p
from simulators.shared_system.adjudication import DENIED, RECORDS_REQUESTED, adjudicate
from tools.walk.answers import ClaimAnswer, claim_answers, implementation_verdicts
from tools.walk.html import Element, Form
from tools.walk.journey import Journey, Upload, expect, today
from tools.walk.person import Page, Person
from tools.walk.place import until
from tools.walk.telling import UnexpectedError

SUBMISSIONS = "/claims/submissions"
CLAIMS, FAULTY = 25, 2
_DENIED = 3
NO_DENIAL = "this is not a denial and has no appeal rights"
# What the shared system has said the last word about, and what it says on the way there.
FINAL_WORDS = ("Approved, on the payment floor", "Paid", "Denied", "Finalized", "Adjusted", "Returned to you")
PENDING_WORDS = ("In process", "Records requested")

_NUMBER = re.compile(r"S-\d{4}-\d{6}")
_READ_WITHIN = 60.0
ADJUDICATED_WITHIN = 90.0


async def upload_form(person: Person) -> Form:
    """Open the upload page; its form."""
    page = await person.open(SUBMISSIONS)
    return page.form(lambda form: form.takes_files)


async def send_file(person: Person, form: Form, content: bytes, **changed: str) -> Page:
    """Send `form` with a file. `changed` are unseen fields to be different, for what must be refused."""
    return await person.send(form, changed, file=(form.file_field, ("claims.txt", content)))


async def uploaded(person: Person, content: bytes, *, within: float = _READ_WITHIN) -> Upload:
    """Send a file and wait until it was read and answered.

    Raises `UnexpectedError` when it is not taken, `TimeoutError` when the answer does not come.
    """
    form = await upload_form(person)
    upload = receipt_of(await send_file(person, form, content), form, content)
    await answered(person, upload, within=within)
    return upload


def receipt_of(page: Page, form: Form, content: bytes) -> Upload:
    """What the confirmation says. Raises `UnexpectedError` when the page is none."""
    expect(page, 200, "What happens next")
    number = _NUMBER.search(page.main.text)
    if number is None:
        raise UnexpectedError("a submission number", f"“{page.main.text[:200]}”")
    return Upload(number[0], page.link("Follow this submission"), form, content)


async def answered(person: Person, upload: Upload, *, within: float = _READ_WITHIN) -> Page:
    """Look at the submission until its acknowledgments can be downloaded; they are noted in `upload`."""

    async def look() -> Page | None:
        page = await person.open(upload.path)
        expect(page, 200)
        return page if page.says("Acknowledgments") else None

    page = await until(look, within=within, waiting_for="the acknowledgments")
    upload.documents = {path.rsplit("/", 1)[-1]: path for path in page.links(f"{upload.path}/")}
    return page


# -- steps ----------------------------------------------------------------------------------------------------------


async def biller_uploads(walk: Journey) -> str:
    """A new 837P of 25 claims, two of them with a fault that no structure check finds."""
    content = _new_file(walk, walk.population.provider_organization(1), CLAIMS, FAULTY)
    form = await upload_form(walk.biller)
    walk.upload = receipt_of(await send_file(walk.biller, form, content), form, content)
    return f"{walk.sent.number}, {len(content):,} bytes"


def _new_file(walk: Journey, organization: Organization, claims: int, faulty: int) -> bytes:
    """A file nobody sent before: other patients each time, and of all kinds of decision where there are many."""
    draw = uuid4().int
    while claims == CLAIMS and not has_all_kinds(DEFAULT_SEED + draw % 1_000_000, organization):
        draw = uuid4().int
    path = walk.directory / "claims.txt"
    write_837p(
        path,
        received=today(),
        claims=claims,
        faulty=faulty,
        seed=DEFAULT_SEED + draw % 1_000_000,
        organization=organization,
        control_number=draw % 1_000_000_000,
    )
    return path.read_bytes()


def has_all_kinds(seed: int, organization: Organization) -> bool:
    """Whether the shared system will pay, deny (three as not necessary) and hand back claims, and take the deductible.

    The first eight and the last eight claims are never those with a fault. The first one is followed to its remittance,
    so it must be decided: a claim whose records are requested has none, however long one waits.
    """
    claims = list(Population(seed).claims(CLAIMS, received=today(), organization=organization))
    decisions = [adjudicate(claim, DEFAULT_SEED) for claim in (*claims[:8], *claims[-8:])]
    reasons = {each.reason for decision in decisions for line in decision.lines for each in line.adjustments}
    denied = [each for each in decisions if each.status == DENIED]
    is_remitted = decisions[0].status != RECORDS_REQUESTED
    return is_remitted and len(denied) >= _DENIED and {"1", "2", "16", "45", "50", "253"} <= reasons


async def same_form_again(walk: Journey) -> str:
    """The same form sent twice is the same submission."""
    sent = walk.sent
    again = receipt_of(await send_file(walk.biller, sent.form, sent.content), sent.form, sent.content)
    if (again.number, again.path) != (sent.number, sent.path):
        raise UnexpectedError(f"{sent.number} again", again.number)
    return f"{again.number} again"


async def acknowledged_in_words(walk: Journey) -> str:
    """What 999 and 277CA say stands on the page: how many claims were accepted, and that the others are no denial."""
    page = await answered(walk.biller, walk.sent)
    expect(page, 200, f"Claims accepted {CLAIMS - FAULTY}", f"Claims not accepted {FAULTY}", NO_DENIAL)
    missing = {"999", "277ca"} - walk.sent.documents.keys()
    if missing:
        raise UnexpectedError("a 999 and a 277CA to download", f"no {', '.join(sorted(missing))}")
    return answer_of(page)


def answer_of(page: Page) -> str:
    """What a page answers first; empty when it answers nothing."""
    found = page.main.first("div", where=lambda each: "p-answer" in each["class"].split())
    return f"“{found.text}”" if found else ""


async def acknowledged_in_files(walk: Journey) -> str:
    """The 999 accepts the file; the 277CA answers each claim, in numbers that stand on the page too."""
    verdicts = implementation_verdicts(await download(walk.biller, walk.sent, "999"))
    if verdicts != ["A"]:
        raise UnexpectedError("a 999 that accepts one transaction set", f"IK501 {verdicts}")
    answers = claim_answers(await download(walk.biller, walk.sent, "277ca"))
    accepted = [each for each in answers if each.accepted]
    if (len(accepted), len(answers)) != (CLAIMS - FAULTY, CLAIMS):
        raise UnexpectedError(f"{CLAIMS - FAULTY} of {CLAIMS} claims accepted", f"{len(accepted)} of {len(answers)}")
    _compare(walk.biller.page, answers)
    return f"999 accepts; 277CA: {len(accepted)} accepted, {len(answers) - len(accepted)} not"


async def download(person: Person, upload: Upload, kind: str) -> bytes:
    """An acknowledgment of a file, as its sender gets it. Raises `UnexpectedError` when it is none."""
    answer = await person.client.get(upload.documents[kind])
    if answer.status_code != 200 or "attachment" not in answer.headers.get("content-disposition", ""):
        raise UnexpectedError(f"the {kind} as a file", f"status {answer.status_code}")
    return answer.content


def _compare(page: Page, answers: list[ClaimAnswer]) -> None:
    """The page and the 277CA speak of the same claims by the same numbers."""
    told = {(number_in(row["Claim"]), row["Patient control number"].text) for row in page.rows()}
    wanted = {(each.internal_control_number, each.patient_control_number) for each in answers}
    if told != wanted:
        raise UnexpectedError("the claims of the 277CA on the page", f"{len(told & wanted)} of {len(wanted)} of them")


def number_in(cell: Element) -> str:
    """The internal control number in a cell; empty when the claim has none."""
    return cell.text.removeprefix("ICN ") if cell.text.startswith("ICN ") else ""


async def accepted_and_not(walk: Journey) -> str:
    """23 claims have an ICN and the provider's own number; 2 have the field to correct and the sentence on rights."""
    expect(walk.biller.page, 200, NO_DENIAL)
    rows = walk.biller.page.rows()
    for row in rows:
        link = row["Claim"].first("a")
        path = link["href"] if link else ""
        correction = row["What to correct"].text
        if number := number_in(row["Claim"]):
            walk.sent.accepted[number] = path
        elif ":" in correction:
            walk.sent.not_accepted.append(path)
        else:
            raise UnexpectedError("the field to correct", f"“{correction}”")
    if (len(walk.sent.accepted), len(walk.sent.not_accepted)) != (CLAIMS - FAULTY, FAULTY):
        raise UnexpectedError(
            "23 claims with ICN, 2 to correct", f"{len(walk.sent.accepted)}, {len(walk.sent.not_accepted)}"
        )
    fields = [row["What to correct"].text.split(":")[0] for row in rows if not number_in(row["Claim"])]
    for path in walk.sent.not_accepted:
        expect(await walk.biller.open(path), 200, NO_DENIAL)
        if walk.biller.page.says("You may appeal"):
            raise UnexpectedError("no appeal offered", "“You may appeal”")
    return f"first ICN {next(iter(walk.sent.accepted))}; to correct: {', '.join(fields)}"


async def statuses_arrive(walk: Journey) -> str:
    """The shared system's 277s came back over the partner topics: every accepted claim shows what was decided."""
    sent = walk.sent

    async def look() -> Counter[str] | None:
        page = await walk.biller.open(sent.path)
        words = Counter(row["Status"].text for row in page.rows() if number_in(row["Claim"]))
        settled = sum(words[each] for each in (*FINAL_WORDS, *PENDING_WORDS))
        decided = any(words[each] for each in FINAL_WORDS)
        return words if decided and settled == len(sent.accepted) else None

    words = await until(look, within=ADJUDICATED_WITHIN, waiting_for="the decisions of the shared system")
    return ", ".join(f"{count} {word.lower()}" for word, count in words.most_common())


async def claim_tells_its_history(walk: Journey) -> str:
    """A claim's own page: the decision first, then its history; the list finds it by ICN."""
    number, path = next(iter(walk.sent.accepted.items()))
    page = await walk.biller.open(path)
    expect(page, 200, number, "What can I do now")
    answer = answer_of(page)
    return f"ICN {number}: {answer}"


async def program_sees_the_same(walk: Journey) -> str:
    """The vendor's program signs in with its key and gets the same facts as the page shows."""
    await walk.program.sign_in(walk.population.provider_organization(1).enrollments[0].enrollment_id)
    answer = (await walk.program.get(f"/api{walk.sent.path}")).raise_for_status().json()
    facts = (answer["number"], answer["claims_accepted"], answer["claims_rejected"], answer["state"])
    if facts != (walk.sent.number, CLAIMS - FAULTY, FAULTY, "acknowledged"):
        raise UnexpectedError(f"{walk.sent.number} acknowledged, 23 and 2", str(facts))
    for number, path in list(walk.sent.accepted.items())[:3]:
        claim = (await walk.program.get(f"/api{path}")).raise_for_status().json()
        if claim["internal_control_number"] != number:
            raise UnexpectedError(f"ICN {number}", claim["internal_control_number"])
        expect(await walk.biller.open(path), 200, claim["patient_control_number"])
    kinds = {}
    for kind in ("999", "277CA"):
        file = await walk.program.get(f"/api{walk.sent.path}/acknowledgments/{kind}")
        kinds[kind] = file.raise_for_status().content
    if kinds["277CA"] != await download(walk.biller, walk.sent, "277ca"):
        raise UnexpectedError("the same 277CA as the page gives", "another")
    return f"{facts[0]}: {facts[1]} accepted, {facts[2]} not; 999 and 277CA byte for byte"


async def stranger_uploads(walk: Journey) -> str:
    """A biller of another organization sends a file of their own."""
    content = _new_file(walk, walk.population.provider_organization(2), 1, 0)
    expect(await walk.stranger.sign_in(), 200, walk.stranger.user.first_name)
    walk.foreign_upload = await uploaded(walk.stranger, content)
    return walk.foreign_upload.number
