"""A code that the guide's lists lack stands as it came, and posts the same money (`OPEN_CODES`)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from libs.x12.guide import ElementRule
from libs.x12.guides.remittance_advice import GUIDE
from libs.x12.remittance.edits import CLOSED_PLACES, OPEN_CODES
from libs.x12.remittance.objects import Dated, RemittanceAdvice, RemittedClaim
from libs.x12.remittance.writer import Remittance, write_835
from tests.support.x12 import recounted
from tests.support.x12_remittances import ENVELOPE, read

# Every segment in which a list of the guide is used, and each place of a list once.
WHOLE = recounted(
    """\
ISA*00*          *00*          *ZZ*15004          *ZZ*SUB00001       *261120*0430*^*00501*000000001*0*T*:~
GS*HP*15004*SUB00001*20261120*0430*1*X*005010X221A1~
ST*835*0001~
BPR*I*80*C*ACH*CCP*01*000900012*DA*0009000123*1000900009**01*000900025*DA*00001000001*20261121~
TRN*1*1500426324*1000900009~
REF*EV*RECEIVER~
DTM*405*20261120~
N1*PR*MERIDIAN MEDICARE*XV*00777~
N3*1 LANTERN SQUARE~
N4*LANTERNVILLE*KY*428810001~
REF*2U*15004~
PER*CX**TE*8005550141*EX*12*EX*13~
PER*BL*EDI DESK*TE*8005550142~
N1*PE*RIVERSIDE CLINIC*XX*2994535120~
REF*TJ*001000001~
RDM*BM*RECEIVER*BOX 1~
LX*1~
CLP*PCN0001*1*100*70*20*MB*1126324000001*11*1~
CAS*OA*94*10~
NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~
NM1*82*1*OAKENSHIRE*BRAMWIN****XX*2952919902~
REF*EA*MR-1~
DTM*232*20260923~
DTM*233*20260923~
PER*CX*CLAIM DESK*TE*8005550143*EX*14*EX*15~
AMT*AU*100~
QTY*CA*3~
SVC*HC:99203*100*80**1*HC:99204~
DTM*472*20260923~
CAS*PR*2*20~
REF*LU*LOC1~
REF*6R*000101~
AMT*B6*100~
QTY*ZK*1~
LQ*HE*N115~
PLB*2994535120*20261231*WO:A*-1*WO:B*-1*WO:C*-1*WO:D*-1*WO:E*-1*WO:F*-5~
SE*36*0001~
GE*1*1~
IEA*1*000000001~
""".replace("\n", "")
)
SEGMENTS = WHOLE.split("~")
# Qualifiers without which something is missing that the guide, or an edit, asks for.
NEEDED = ("NM1*QC", "PER*BL", "DTM*472", "DTM*232")


def places() -> Iterator[tuple[int, int, int, ElementRule]]:
    """Segment of the file, element and component (from 0) of each place whose codes the guide prints."""
    for at, segment in enumerate(SEGMENTS):
        elements = segment.split("*")
        rules = [
            each for each in GUIDE.rules(elements[0]) if each.match(segment.replace("*", "\x1d").replace(":", "\x1f"))
        ]
        for element, rule in enumerate(rules[0].elements if rules else (), start=1):
            if element < len(elements) and elements[element]:
                for component, inner in enumerate(rule.components or (rule,)):
                    if inner.codes:
                        yield at, element, component, inner


def unknown(at: int, element: int, component: int) -> tuple[str, str]:
    """The file with a code there that no list has, as long as the one it replaces; and that code.

    Where the guide asks for the segment of the known code, that one stays before it.
    """
    segment = SEGMENTS[at]
    elements = segment.split("*")
    parts = elements[element].split(":")
    code = parts[component] = "QQQ"[: len(parts[component])]
    elements[element] = ":".join(parts)
    kept = [segment] if element == 1 and segment.startswith(NEEDED) else []
    return recounted("~".join((*SEGMENTS[:at], *kept, "*".join(elements), *SEGMENTS[at + 1 :]))), code


PLACES = list(places())
OPEN = [
    place
    for place in PLACES
    if place[3].number in OPEN_CODES and f"{SEGMENTS[place[0]].split('*')[0]}{place[1]:02}" not in CLOSED_PLACES
]
CLOSED = [place for place in PLACES if place not in OPEN and not SEGMENTS[place[0]].startswith("ST*")]


def name(place: tuple[int, int, int, ElementRule]) -> str:
    at, element, component, rule = place
    return f"{SEGMENTS[at].split('*')[0]}{element:02}-{component + 1} of segment {at}, {rule.label}"


def test_the_file_uses_every_list_of_the_guide_and_is_in_order() -> None:
    [advice], [claim], verdict = read(WHOLE)
    assert (verdict.verdict, advice.notices, claim.notices) == ("accepted", (), ())
    used = {rule.number for _, _, _, rule in PLACES}
    printed = {
        inner.number
        for segment in GUIDE.segments
        for element in segment.elements
        for inner in (element, *element.components)
        if inner.codes
    }
    # Without a claim in a foreign currency there is no CUR; its only code is that of the payer, as in N101.
    assert used == printed
    assert printed > OPEN_CODES


@pytest.mark.parametrize("place", OPEN, ids=name)
def test_an_unknown_code_is_told_and_stands_and_posts_the_same_money(
    place: tuple[int, int, int, ElementRule],
) -> None:
    at, element, component, rule = place
    text, code = unknown(at, element, component)
    [advice], [claim], verdict = read(text)

    assert verdict.stands
    assert verdict.accepts(advice)
    assert verdict.accepts(claim)
    told = [finding for finding in (*advice.notices, *claim.notices) if finding.code == "code-not-allowed"]
    assert [(each.element, each.code_set) for each in told] == [(element, rule.label.replace(" ", "_"))]
    assert code in repr((advice, claim))
    [whole], [whole_claim], _ = read(WHOLE)
    assert (advice.payment.amount_cents, advice.trace, money(claim)) == (8000, whole.trace, money(whole_claim))
    # Written and read once more it is the same; only a number of the head has moved to those of the payer.
    for read_again, first in zip(again(advice, claim), (advice, claim), strict=True):
        assert replace(read_again, notices=()) == replace(first, notices=())


def money(claim: RemittedClaim) -> object:
    return [
        (each.charge_cents, each.paid_cents, [one.amount_cents for one in each.adjustments])
        for each in (claim, *claim.lines)
    ]


def again(advice: RemittanceAdvice, claim: RemittedClaim) -> tuple[RemittanceAdvice, RemittedClaim]:
    """The same objects written and read once more."""
    [advice], [claim], _ = read(b"".join(write_835([Remittance(advice, [claim])], ENVELOPE)))
    return advice, claim


@pytest.mark.parametrize("place", CLOSED, ids=name)
def test_what_says_whose_money_goes_where_must_be_a_code_of_the_guide(
    place: tuple[int, int, int, ElementRule],
) -> None:
    text, _ = unknown(*place[:3])
    _, _, verdict = read(text)
    assert not verdict.stands
    assert "code-not-allowed" in {finding.code for each in verdict.transactions() for finding in each.findings}


@pytest.mark.parametrize(
    ("after", "some", "limit"),
    [("REF*EA*MR-1~", "REF*{}*{:03}~", 5), ("DTM*233*20260923~", "DTM*{}*2026092{}~", 2)],
)
def test_an_unknown_qualifier_does_not_count_as_one_of_those_the_guide_names(after: str, some: str, limit: int) -> None:
    news = "".join(some.format("QQQ"[: 2 + (limit == 2)], each % 10) for each in range(limit + 1))
    _, [claim], verdict = read(recounted(WHOLE.replace(after, after + news)))
    assert verdict.stands
    assert len(claim.references if limit == 5 else claim.dates) >= limit + 1


def test_days_under_unknown_qualifiers_stand_where_they_were_told() -> None:
    text = WHOLE
    for after in ("DTM*405*20261120~", "DTM*233*20260923~", "DTM*472*20260923~"):
        text = text.replace(after, f"{after}DTM*QQQ*20260901~")
    [advice], [claim], verdict = read(recounted(text))
    assert verdict.stands
    kept = [each.dates for each in (advice, claim, claim.lines[0])]
    assert [[each.qualifier for each in dates] for dates in kept] == [["QQQ"]] * 3
    assert (advice.produced, claim.lines[0].service_date) == (read(WHOLE).advices[0].produced, claim.statement_from)
    assert isinstance(kept[0][0], Dated)


def test_a_status_that_is_new_never_makes_negative_charges_a_payment() -> None:
    # Only 22 takes back: whether an unknown status does so, nobody could say.
    back = WHOLE.replace("*1*100*70*20*", "*QQ*-100*-70*20*")
    _, _, verdict = read(back)
    assert "charge-sign" in {finding.code for each in verdict.transactions() for finding in each.findings}


def test_however_much_is_remarked_of_a_claim_an_unknown_code_is_told() -> None:
    text = WHOLE.replace("CAS*OA*94*10~", "CAS*OA*94*10~" + "CAS*OA*94*0~" * 30).replace("SVC*HC:99203", "SVC*QQ:99203")
    _, [claim], verdict = read(recounted(text))
    assert verdict.stands
    assert "procedure_code_qualifier" in {each.code_set for each in claim.notices}


def test_an_unknown_group_is_nobody_s_debt() -> None:
    text = WHOLE.replace("CAS*PR*2*20~", "CAS*QQ*2*20~")
    _, [claim], verdict = read(text)
    assert verdict.stands
    # What the patient owes has no reason any more, and that is remarked.
    assert {each.code for each in claim.notices} == {"code-not-allowed", "patient-responsibility"}
    assert claim.lines[0].adjustments == (replace(read(WHOLE).claims[0].lines[0].adjustments[0], group="QQ"),)
