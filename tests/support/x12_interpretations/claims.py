"""What X12 answered about claims, 837P and 837I.

Each check changes one valid claim and names the codes of the faults it must have: `codes` those of the claim, `broken`
those of the structure.
"""

from decimal import Decimal

from libs.x12.claim.objects import Claim
from libs.x12.reader import Batch, read_file
from libs.x12.verdicts import FileVerdict
from tests.support.x12 import ONE_CLAIM, RECEIVED, changed, recounted
from tests.support.x12_institutional import STAY, VISIT
from tests.support.x12_interpretations import interpretation
from tests.support.x12_mutants import OTHER_PAYER

Change = tuple[str, str]

HOME_HEALTH = (
    recounted(STAY.replace("11:A:1", "32:A:9").replace("HI*ABJ:R0602~", "").partition("LX*1~")[0] + "SE*0*0001~"
    "GE*1*1~IEA*1*000000001~")
    .replace("CLM*PCN0001*7150", "CLM*PCN0001*5550")
    .replace("SE*", "LX*1~SV2*0023*HP:1AA11*5550*UN*1~DTP*472*D8*20260920~SE*")
)  # fmt: skip
# A line of the professional claim, and the end of its first line.
SECOND, END_OF_FIRST = "HC:85025*22*UN*1***1", "LX*2~"


def judged(text: str) -> tuple[list[Claim], FileVerdict]:
    """The claims of a file and its verdict."""
    *batches, verdict = read_file([text.encode("latin-1")], received=RECEIVED)
    assert isinstance(verdict, FileVerdict)
    return [claim for batch in batches if isinstance(batch, Batch) for claim in batch.of(Claim)], verdict


def claim_of(text: str) -> Claim:
    """The one claim of a file whose structure is in order."""
    [claim], verdict = judged(text)
    assert not any(transaction.findings for transaction in verdict.transactions())
    return claim


def codes(text: str, *changes: Change) -> set[str]:
    """The faults of the one claim of `text` with its changes; its structure is in order."""
    return {finding.code for finding in claim_of(changed(text, *changes)).findings}


def broken(text: str, *changes: Change) -> set[str]:
    """The faults of the structure of `text` with its changes."""
    _, verdict = judged(changed(text, *changes))
    return {finding.code for transaction in verdict.transactions() for finding in transaction.findings}


def secondary(
    text: str = ONE_CLAIM,
    *,
    paid: str = "AMT*D*182~",
    adjusted: str = "",
    amounts: str = "",
    lines: tuple[str, str] = ("", ""),
) -> str:
    """The claim behind another payer: what it paid and took off in all, and what it decided on each of two lines."""
    payer = OTHER_PAYER.replace("SBR*S", "SBR*P").replace("CAS*PR*1*20~AMT*D*{paid}~", adjusted + paid + amounts)
    # Only a professional claim says why Medicare is second.
    text = text.replace("SBR*P*18*******MB", "SBR*S*18***12****MB")
    behind = text.replace("SBR*P*18*******MA", "SBR*S*18*******MA").replace("LX*1~", payer, 1)
    return changed(behind, (END_OF_FIRST, lines[0] + END_OF_FIRST), ("SE*", lines[1] + "SE*"))


def decision(paid: int, adjusted: str = "", code: str = "HC:99203", units: str = "1", revenue_code: str = "") -> str:
    """What the other payer decided on a line, or on one of the services it made of it."""
    return f"SVD*0042*{paid}*{code}*{revenue_code}*{units}~{adjusted}DTP*573*D8*20261001~"


# --- people and providers ---------------------------------------------------------------------------------------------


@interpretation(2281, "address and birth data stand with whoever is the patient, and only there")
def where_the_patient_is() -> None:
    address, born = "N3*672 OLD ORCHARD WAY~N4*WILLOW BEND*KY*424691020~", "DMG*D8*19360110*F~"
    dependent = f"HL*3*2*23*0~PAT*19~NM1*QC*1*ASHGROVE*BRAM~{address}{born}CLM*"
    below = (("HL*2*1*22*0", "HL*2*1*22*1"), ("SBR*P*18*", "SBR*P**"), (address, ""), (born, ""), ("CLM*", dependent))

    assert codes(ONE_CLAIM, (address, ""), (born, "")) == {"subscriber-address", "subscriber-demographics"}
    # Medicare insures nobody's dependents; that is all that is wrong.
    assert codes(ONE_CLAIM, *below) == {"dependent"}


@interpretation(600, "a ZIP code of five digits is no fault where nine are not asked for")
def five_digits_of_a_patient() -> None:
    assert codes(ONE_CLAIM, ("KY*424691020", "KY*42469")) == set()


@interpretation(1533, "ZIP codes have no space and no dash, and nine digits for the billing provider")
def form_of_zip_codes() -> None:
    assert codes(ONE_CLAIM, ("KY*428810324", "KY*42881")) == {"billing-postal-code"}
    assert codes(ONE_CLAIM, ("KY*424691020", "KY*42469-1020")) == {"postal-code"}
    assert codes(ONE_CLAIM, ("KY*424691020", "KY*42469 1020")) == {"postal-code"}


@interpretation(772, "the address to pay to has no name")
def no_name_to_pay_to() -> None:
    address = "N3*1 LANTERN SQUARE~N4*LANTERNVILLE*KY*428810001~HL*2"

    assert codes(ONE_CLAIM, ("HL*2", f"NM1*87*2~{address}")) == set()
    assert broken(ONE_CLAIM, ("HL*2", f"NM1*87*2*FACTORING AGENT~{address}"))


@interpretation(908, "an older number of the provider beside the NPI is the receiver's to judge, and taken")
def an_older_number_beside_the_npi() -> None:
    assert codes(ONE_CLAIM, ("CLM*", "REF*G2*A12345~CLM*")) == set()


@interpretation(345, "the rendering provider may be named on the lines alone")
def rendering_provider_of_the_lines() -> None:
    rendering = "NM1*82*2*RENDERING PROVIDER*****XX*2952919902~"

    assert codes(ONE_CLAIM, (rendering, ""), (END_OF_FIRST, rendering + END_OF_FIRST)) == set()
    assert codes(ONE_CLAIM, (END_OF_FIRST, rendering + END_OF_FIRST)) == set()


@interpretation(1977, "a referral number needs no referring provider")
def referral_without_a_referrer() -> None:
    assert codes(ONE_CLAIM, ("HI*ABK", "REF*9F*R12345~HI*ABK")) == set()


@interpretation("FCSO referring", "who orders stands on the line; on the claim stands who refers")
def ordering_is_of_the_line() -> None:
    assert codes(ONE_CLAIM, ("LX*1~", "NM1*DN*1*OAKENSHIRE*BRAMWIN****XX*2952919902~LX*1~")) == set()
    assert codes(ONE_CLAIM, (END_OF_FIRST, f"NM1*DK*1*OAKENSHIRE*BRAMWIN****XX*2952919902~{END_OF_FIRST}")) == set()
    assert broken(ONE_CLAIM, ("LX*1~", "NM1*DK*1*OAKENSHIRE*BRAMWIN****XX*2952919902~LX*1~"))


@interpretation("NGS A7:164:IL", "a Medicare number has eleven places, none of them S, L, O, I, B or Z")
def form_of_the_medicare_number() -> None:
    for letter in "SLOIBZ":
        claim = claim_of(ONE_CLAIM.replace("1EG4TE5MK73", f"1{letter}G4TE5MK73"[:11]))
        assert [(each.category, each.status, each.entity) for each in claim.findings] == [("A7", "164", "IL")]


# --- levels, dates and codes of the claim -----------------------------------------------------------------------------


@interpretation(1719, "levels come in the order of the guide, each below its own")
def order_of_levels() -> None:
    start, middle, end = (ONE_CLAIM.index(text) for text in ("HL*1*", "HL*2*", "CLM*"))
    provider, subscriber = ONE_CLAIM[start:middle], ONE_CLAIM[middle:end]

    assert broken(ONE_CLAIM.replace(provider + subscriber, subscriber + provider))


@interpretation(477, "levels are numbered from 1 in each transaction set")
def numbers_of_levels() -> None:
    start, end = ONE_CLAIM.index("ST*"), ONE_CLAIM.index("GE*")
    second = ONE_CLAIM[start:end].replace("*0001", "*0002", 1).replace("SE*28*0001", "SE*28*0002")
    running_on = second.replace("HL*1**20", "HL*3**20").replace("HL*2*1*22", "HL*4*3*22")
    both = ONE_CLAIM[:end] + "{}" + ONE_CLAIM[end:].replace("GE*1*", "GE*2*")

    assert [each.verdict for each in judged(both.format(second))[1].transactions()] == ["accepted", "accepted"]
    assert [each.verdict for each in judged(both.format(running_on))[1].transactions()] == ["accepted", "rejected"]


@interpretation(1538, "the number of the earlier claim may stand beside the frequencies G and I")
def earlier_claim_of_an_adjustment() -> None:
    for frequency in "GI":
        assert codes(STAY, ("11:A:1", f"11:A:{frequency}"), ("HI*ABK", "REF*F8*22632400001~HI*ABK")) == set()


@interpretation(2173, "the number of the earlier claim may stand beside the frequency Q")
def earlier_claim_of_a_reopening() -> None:
    assert codes(STAY, ("11:A:1", "11:A:Q"), ("HI*ABK", "REF*F8*22632400001~HI*ABK")) == set()


@interpretation(2110, "a first claim is not asked for the number of an earlier one")
def no_earlier_claim_of_a_first_one() -> None:
    assert "REF*F8" not in STAY
    assert codes(STAY) == set()
    assert codes(STAY, ("11:A:1", "11:A:7")) == {"original-claim-number"}


@interpretation(1520, "the date of admission is asked for where the UB-04 manual asks, home health too")
def when_the_admission_has_a_date() -> None:
    assert "DTP*435" not in VISIT
    assert codes(VISIT) == set()
    assert codes(HOME_HEALTH) == set()
    assert codes(HOME_HEALTH, ("DTP*435*DT*202609201705~", "")) == {"admission-date"}


@interpretation(1479, "a date of admission does not ask for an admitting diagnosis")
def admission_without_a_diagnosis() -> None:
    assert "HI*ABJ" not in HOME_HEALTH
    assert codes(HOME_HEALTH) == set()


@interpretation(1435, "lines of outpatient types of bill have dates, also where the patient lies in (12, 22)")
def dates_of_outpatient_lines() -> None:
    undated = ("DTP*472*D8*20260924~", "")
    for kind in "12 13 14 22 23 32 34 71 72 74 75 76 81 82 85".split():  # noqa: SIM905
        assert "service-date-missing" in codes(VISIT, undated, ("13:A:1", f"{kind}:A:1"))
    assert codes(STAY) == set()


@interpretation(433, "a line points to at most four diagnoses, each one of the claim's")
def pointers() -> None:
    four = ("HI*ABK:E785*ABF:Z0000", "HI*ABK:E785*ABF:Z0000*ABF:I10*ABF:R0602*ABF:E119")

    assert codes(ONE_CLAIM, four, ("***1:2~", "***1:2:3:4~")) == set()
    assert codes(ONE_CLAIM, ("***1:2~", "***1:2:3~")) == {"diagnosis-pointer"}
    assert broken(ONE_CLAIM, four, ("***1:2~", "***1:2:3:4:5~"))


# --- lines ------------------------------------------------------------------------------------------------------------


@interpretation(1467, "an unlisted procedure has a text; anesthesia not otherwise specified is not unlisted")
def text_of_an_unlisted_procedure() -> None:
    for code in ("20999", "01999"):
        assert codes(ONE_CLAIM, (SECOND, f"HC:{code}*22*UN*1***1")) == {"procedure-description"}
        assert codes(ONE_CLAIM, (SECOND, f"HC:{code}:::::WRIST BAND RELEASE*22*UN*1***1")) == set()
    assert codes(ONE_CLAIM, (SECOND, "HC:00400:AA*22*MJ*30***1")) == set()


@interpretation(2448, "whether a specific code needs a text is for the submitter to say")
def no_text_of_a_specific_procedure() -> None:
    assert codes(ONE_CLAIM, (SECOND, "HC:83516*22*UN*1***1")) == set()


@interpretation(2363, "01953 and 01996 are not always counted in minutes")
def units_of_anesthesia() -> None:
    for code in ("01953", "01996"):
        for unit in ("UN*1", "MJ*30"):
            assert codes(ONE_CLAIM, (SECOND, f"HC:{code}*22*{unit}***1")) == set()


@interpretation(2499, "charges, quantities, and what another payer paid are not negative")
def nothing_negative() -> None:
    assert "amount-negative" in codes(ONE_CLAIM, ("*160*UN", "*-160*UN"), ("*182*", "*-138*"))
    assert codes(ONE_CLAIM, (SECOND, "HC:85025*22*UN*-1***1")) == {"units"}
    assert codes(secondary(lines=(decision(160, units="-1"), decision(22)))) == {"paid-units"}
    # What an adjustment takes off may be negative, as where a payer paid more than the charge; what it paid may not.
    assert codes(secondary(paid="AMT*D*202~", adjusted="CAS*OA*94*-20~")) == set()
    assert codes(secondary(paid="AMT*D*-20~", adjusted="CAS*OA*23*202~")) == {"amount-negative"}
    assert codes(secondary(STAY, paid="AMT*D*-20~", adjusted="CAS*OA*23*7170~")) == {"amount-negative"}
    for text in (ONE_CLAIM, STAY):
        drug = "LIN**N4*12345678901~CTP****{}*UN~SE*"
        assert codes(text, ("SE*", drug.format(2))) == set()
        assert codes(text, ("SE*", drug.format(-2))) == {"drug-quantity"}
    assert codes(ONE_CLAIM, ("SE*", "AMT*T*-5~SE*")) == codes(STAY, ("SE*", "AMT*GT*-5~SE*")) == {"amount-negative"}
    for units, faults in (("2", set()), ("-2", {"adjusted-units"})):
        taken = (decision(140, f"CAS*CO*45*20*{units}~"), decision(22))
        assert codes(secondary(paid="AMT*D*162~", lines=taken)) == faults
    more = (decision(180, "CAS*OA*94*-20*-1~"), decision(22))
    assert codes(secondary(paid="AMT*D*202~", lines=more)) == set()
    for transport, faults in (
        ("LB*140**A*DH*12", set()),
        ("***A*DH*0", set()),
        ("LB*0**A*DH*12", {"ambulance-transport"}),
        ("LB*140**A*DH*-12", {"ambulance-transport"}),
    ):
        assert codes(ONE_CLAIM, ("HI*ABK", f"CR1*{transport}~HI*ABK")) == faults
        assert codes(ONE_CLAIM, ("DTP*472*D8*20260923~LX*2", f"CR1*{transport}~DTP*472*D8*20260923~LX*2")) == faults
    taken = (decision(-20, "CAS*OA*23*180~"), decision(22))
    assert codes(secondary(paid="AMT*D*2~", lines=taken)) == {"amount-negative"}


@interpretation(1917, "the control number of a line is unique within the claim")
def control_numbers_of_lines() -> None:
    first = (END_OF_FIRST, f"REF*6R*L01~{END_OF_FIRST}")

    assert codes(ONE_CLAIM, first, ("SE*", "REF*6R*L02~SE*")) == set()
    assert codes(ONE_CLAIM, first, ("SE*", "REF*6R*L01~SE*")) == {"line-control-number"}


@interpretation(1924, "the quantity of a drug may have any number of decimals")
def decimals_of_a_drug() -> None:
    drug = "LIN**N4*00026063512~CTP****0.12345678912345*ML~"

    assert codes(ONE_CLAIM, (END_OF_FIRST, drug + END_OF_FIRST)) == set()


@interpretation(2151, "code, quantity and unit of a drug have elements of their own")
def elements_of_a_drug() -> None:
    drug = ("SE*", "LIN**N4*00026063512~CTP****1.5*ML~SE*")
    for text in (ONE_CLAIM, VISIT):
        claim = claim_of(changed(text, drug))
        line = claim.lines[-1]  # type: ignore[attr-defined]
        assert (line.drug.code, line.drug.quantity, line.drug.unit) == ("00026063512", Decimal("1.5"), "ML")
        assert not claim.findings


@interpretation(591, "the units of a drug are those of the guide")
def units_of_a_drug() -> None:
    drug = "LIN**N4*00026063512~CTP****1*{}~SE*"
    for unit in ("F2", "GR", "ME", "ML", "UN"):
        assert codes(ONE_CLAIM, ("SE*", drug.format(unit))) == set()
    assert broken(ONE_CLAIM, ("SE*", drug.format("MJ"))) == {"code-not-allowed"}


@interpretation(1664, "a drug has a procedure on a professional line; an institutional one follows the UB-04 manual")
def a_drug_without_a_procedure() -> None:
    drug = ("SE*", "LIN**N4*00026063512~CTP****1*UN~SE*")

    assert codes(STAY, drug) == set()
    assert broken(ONE_CLAIM, (f"SV1*{SECOND}", "SV1**22*UN*1***1"), drug)


@interpretation(2072, "a percentage on a form has any number of decimals within its six digits")
def decimals_of_a_form() -> None:
    assert codes(ONE_CLAIM, (END_OF_FIRST, f"LQ*AS*05~FRM*1A****12.345~{END_OF_FIRST}")) == set()


@interpretation("CEDI A7:698", "services from 2023 on have no certificate of medical necessity")
def no_certificate_after_2022() -> None:
    form = (END_OF_FIRST, f"LQ*UT*484.03~FRM*1A**60~{END_OF_FIRST}")

    assert codes(ONE_CLAIM, form) == {"certificate"}
    assert codes(changed(ONE_CLAIM, form).replace("20260923", "20221231")) == set()


# --- other payers -----------------------------------------------------------------------------------------------------


@interpretation(1980, "one payer is the first, even when it pays nothing")
def one_payer_is_the_first() -> None:
    nothing = secondary(paid="AMT*D*0~", adjusted="CAS*PR*100*182~")

    assert codes(nothing) == set()
    assert codes(nothing, ("SBR*P*18*", "SBR*T*18*")) == {"other-payer-missing"}


@interpretation(1405, "a line another payer unbundled balances over all its decisions")
def unbundled() -> None:
    parts = decision(60, "CAS*CO*45*40~", "HC:99212") + decision(40, "CAS*CO*45*20~", "HC:99211")

    assert codes(secondary(paid="AMT*D*122~", lines=(parts, decision(22)))) == set()
    assert codes(secondary(paid="AMT*D*122~", lines=(parts, decision(21)))) == {"other-payer-line-balance"}
    assert codes(secondary(paid="AMT*D*121~", lines=(parts, decision(22)))) == {"other-payer-balance"}


@interpretation(1747, "the parts of a line that another payer made of it make up its charge")
def parts_of_a_line() -> None:
    unbundled()


@interpretation(1814, "several decisions of one payer on one line balance together")
def split() -> None:
    parts = decision(60) + decision(0, "CAS*CO*45*88~") + decision(0, "CAS*PR*2*12~")

    assert codes(secondary(paid="AMT*D*82~", lines=(parts, decision(22)))) == set()
    apart = parts.replace("**1~", "**1*2~", 1)
    assert codes(secondary(paid="AMT*D*82~", lines=(apart, decision(22)))) == {"bundled-line"}


@interpretation(1814, "only a line that was paid with another names that one")
def bundled() -> None:
    for number, faults in ((1, set()), (2, {"bundled-line"}), (3, {"bundled-line"})):
        second = decision(0, "CAS*CO*97*22~", code="HC:99203").replace("**1~", f"**1*{number}~", 1)
        assert codes(secondary(paid="AMT*D*160~", lines=(decision(160), second))) == faults


@interpretation(2425, "paid units are those the payer returned, and a line it took apart has a decision for each part")
def units_as_the_payer_returned_them() -> None:
    parts = decision(0, code="HC:99284", revenue_code="0450") + decision(
        450, code="HC:99283", units="2", revenue_code="0450"
    )

    assert (
        codes(secondary(VISIT, paid="AMT*D*610~", lines=(parts, decision(160, units="7", revenue_code="0730"))))
        == set()
    )


@interpretation(524, "a line may have its whole charge and the claim the adjustment: paid is the lines less the claim")
def adjustments_of_the_claim_alone() -> None:
    lines = (decision(160), decision(22))

    assert codes(secondary(paid="AMT*D*162~", adjusted="CAS*CO*45*20~", lines=lines)) == set()


@interpretation(1294, "without decisions on lines the charge is what was paid and taken off the claim")
def balance_of_a_claim() -> None:
    assert codes(secondary(VISIT, paid="AMT*D*590~", adjusted="CAS*PR*1*20~")) == set()
    assert codes(secondary(VISIT, paid="AMT*D*590~", adjusted="CAS*PR*1*21~")) == {"other-payer-balance"}


@interpretation("WPS MSP", "what was paid and taken off makes up the charge, with reasons")
def no_charge_without_reasons() -> None:
    assert codes(secondary(paid="AMT*D*100~")) == {"other-payer-balance"}


@interpretation(1115, "what was allowed or remains does not enter the balance")
def what_is_not_in_the_balance() -> None:
    assert codes(secondary(amounts="AMT*EAF*77~")) == set()


@interpretation(985, "what remains may hold amounts of any group, as the provider judges")
def what_remains() -> None:
    adjusted = "CAS*OA*45*60~CAS*PR*1*20~"

    assert codes(secondary(paid="AMT*D*102~", adjusted=adjusted, amounts="AMT*EAF*80~")) == set()


@interpretation(1860, "a payer that paid the patient paid nothing, and says so with reason 100")
def paid_to_the_patient() -> None:
    assert codes(secondary(paid="AMT*D*0~", adjusted="CAS*PR*100*182~")) == set()


@interpretation(1353, "what remains follows a decision on the claim; non-covered is the claim of a payer passed over")
def what_remains_and_what_is_not_covered() -> None:
    assert codes(secondary(paid="", amounts="AMT*A8*182~")) == set()
    assert codes(secondary(paid="", amounts="AMT*A8*100~")) == {"not-covered-amount"}
    assert codes(secondary(amounts="AMT*A8*182~")) == {"not-covered-amount"}


@interpretation(1391, "what remains stands on the claim or on its lines, never on both")
def what_remains_on_one_level() -> None:
    lines = (f"{decision(160)}AMT*EAF*12~", decision(22))

    assert codes(secondary(lines=lines)) == set()
    assert codes(secondary(amounts="AMT*EAF*12~", lines=lines)) == {"remaining-liability"}


@interpretation(1796, "the code of a decision is the one the payer judged")
def code_the_payer_judged() -> None:
    assert codes(secondary(lines=(decision(160, code="HC:99202"), decision(22, code="HC:85027")))) == set()


@interpretation(1535, "decisions stand on the level the payer made them on, claim and lines alike")
def decisions_on_both_levels() -> None:
    lines = (decision(150, "CAS*CO*45*10~"), decision(22))

    assert codes(secondary(paid="AMT*D*152~", adjusted="CAS*PR*1*20~", lines=lines)) == set()
