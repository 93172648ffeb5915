"""What X12 answered about the remittance advice, 835.

A file is put together of remittances, each of claims, each of lines; what is not said balances. `told` is everything
said about a file, `refused` what refuses it.
"""

from libs.x12.reader import GUIDES
from libs.x12.remittance.objects import ProviderAdjustment, RemittanceAdvice, RemittedClaim, RemittedLine
from tests.support.x12_interpretations import NOT_OURS, interpretation
from tests.support.x12_remittances import Read, read

ICN = "1126311000010"
LINE = "SVC*HC:99213*100*80**1~DTM*472*20261102~CAS*PR*2*20~"
DENIED_LINE = "SVC*HC:99213*100*0**1~DTM*472*20261102~CAS*CO*50*100~LQ*HE*N115~"
BY_ACH = "ACH*CCP*01*000900012*DA*0009000123*1000900009**01*000900025*DA*00001000001"
BY_CHECK = "CHK***********"
NOTICE_ONLY = "H*0*C*NON***********"


def claim(
    said: str = "1*100*80*20",
    *,
    adjustments: str = "",
    parties: str = "",
    adjudication: str = "",
    dates: str = "DTM*232*20261102~",
    sums: str = "",
    lines: str = LINE,
    number: str = "PCN0001",
    kind: str = f"MB*{ICN}*11",
) -> str:
    """A claim: `said` is CLP02 to CLP05 or, when the patient owes nothing, CLP04; `kind` CLP06 to CLP08."""
    owed = "" if said.count("*") == 3 else "*"
    patient = "" if parties.startswith("NM1*QC") else "NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~"
    return f"CLP*{number}*{said}{owed}*{kind}~{adjustments}{patient}{parties}{adjudication}{dates}{sums}{lines}"


def taken_back(said: str = "22*-100*-80", lines: str = "") -> str:
    """The same claim with each amount negated."""
    return claim(said, lines=lines or "SVC*HC:99213*-100*-80**1~DTM*472*20261102~CAS*PR*2*-20~")


def remittance(
    claims: str, paid: str = "80", *, provider: str = "", payment: str = "", trace: str = "8000012345", more: str = ""
) -> str:
    """One transaction set from BPR on. `provider` are the adjustments of a PLB, `payment` BPR01 to BPR15."""
    return (
        f"BPR*{payment or f'I*{paid}*C*{BY_CHECK}'}*20261121~TRN*1*{trace}*1000900009~DTM*405*20261120~"
        "N1*PR*MERIDIAN MEDICARE~N3*1 LANTERN SQUARE~N4*LANTERNVILLE*KY*428810001~PER*BL*EDI DESK*TE*8005550142~"
        f"{more}N1*PE*RIVERSIDE CLINIC*XX*2994535120~REF*TJ*001000001~{'LX*1~' if claims else ''}{claims}"
        + (f"PLB*2994535120*20261231*{provider}~" if provider else "")
    )


def file_of(*remittances: str) -> Read:
    """A file of these remittances, read."""
    sets = "".join(
        f"ST*835*{number:04}~{each}SE*{each.count('~') + 2}*{number:04}~" for number, each in enumerate(remittances, 1)
    )
    return read(
        "ISA*00*          *00*          *ZZ*15004          *ZZ*SUB00001       *261120*0430*^*00501*000000001*0*T*:~"
        "GS*HP*15004*SUB00001*20261120*0430*1*X*005010X221A1~"
        f"{sets}GE*{len(remittances)}*1~IEA*1*000000001~"
    )


def refused(*remittances: str) -> set[str]:
    """The codes that refuse a file of these remittances."""
    return {finding.code for each in file_of(*remittances).verdict.transactions() for finding in each.findings}


def told(*remittances: str) -> set[str]:
    """All codes that are said about a file of these remittances; what is refused is rejected, all else accepted."""
    advices, claims, verdict = file_of(*remittances)
    refusals = refused(*remittances)
    assert verdict.stands == (not refusals)
    notices = [finding for advice in advices for finding in advice.notices]
    notices += [finding for one in claims for finding in one.notices]
    return refusals | {finding.code for finding in notices}


def advice_of(text: str) -> RemittanceAdvice:
    """The remittance, which must be in order."""
    assert told(text) == set()
    return file_of(text).advices[0]


def claims_of(text: str) -> list[RemittedClaim]:
    """The claims of a remittance, which must be in order."""
    assert told(text) == set()
    return file_of(text).claims


def lines_of(*lines: str, said: str = "1*100*80*20") -> list[RemittedLine]:
    """The lines of a remittance of one claim, which must be in order."""
    return claims_of(remittance(claim(said, lines="".join(lines)), said.split("*")[2]))[0].lines


def provider_adjustments(provider: str, paid: str) -> list[ProviderAdjustment]:
    """The provider adjustments of a remittance of one claim that paid 80, which must be in order."""
    return advice_of(remittance(claim(), paid, provider=provider)).provider_adjustments


# --- payment ----------------------------------------------------------------------------------------------------------


@interpretation(2228, "nothing is paid by a notification without payment, or is a prenotification")
def nothing_is_paid_by_notification() -> None:
    nothing = claim("1*100*0", lines=DENIED_LINE)
    for payment in (f"I*0*C*{BY_ACH}", f"I*0*C*{BY_CHECK}", "I*0*C*NON***********", f"H*0*C*{BY_CHECK}"):
        assert told(remittance(nothing, payment=payment)) == {"payment-method"}
    for payment in (NOTICE_ONLY, f"P*0*C*{BY_ACH}"):
        assert told(remittance(nothing, payment=payment)) == set()
    assert told(remittance(claim(), payment=f"I*80*C*{BY_ACH}")) == set()
    assert refused(remittance(claim(), payment="H*80*C*NON***********")) == {"payment-notified"}


@interpretation(1847, "a trace number is used once, with money and without")
def trace_numbers_are_used_once() -> None:
    nothing = claim("1*100*0", lines=DENIED_LINE)
    zero = remittance(nothing, payment=NOTICE_ONLY)
    assert told(zero, zero) == {"trace-repeated"}
    assert refused(remittance(claim()), remittance(claim())) == {"payment-repeated"}
    assert told(zero, remittance(nothing, payment=NOTICE_ONLY, trace="8000012346")) == set()


@interpretation(654, "a trace number of 0 is taken, once")
def trace_number_of_zero() -> None:
    nothing = claim("1*100*0", lines=DENIED_LINE)
    assert advice_of(remittance(nothing, payment=NOTICE_ONLY, trace="0")).trace_number == "0"


@interpretation(1874, "any number that is in the transfer too may be its trace number")
def any_number_may_be_the_trace() -> None:
    advice = advice_of(remittance(claim(), payment=f"I*80*C*{BY_ACH}", trace="0001047"))
    assert advice.trace == ("1000900009", "0001047")


@interpretation("CORE 370", "trace number, amount and day tie the remittance to its transfer")
def what_ties_a_transfer() -> None:
    advice = advice_of(remittance(claim(), payment=f"I*80*C*{BY_ACH}"))
    assert advice.payment.effective
    assert (advice.trace_number, advice.payment.amount_cents) == ("8000012345", 8000)
    assert advice.payment.effective.isoformat() == "2026-11-21"


@interpretation(738, "a remittance of nothing need not carry a balance again")
@interpretation(1114, "a balance that is carried forward leaves a payment of 0")
def balances_carried_forward() -> None:
    owing = remittance(taken_back(), payment=NOTICE_ONLY, provider="FB:8000012345*-80")
    again = remittance(
        claim("1*100*0", lines=DENIED_LINE),
        payment=NOTICE_ONLY,
        trace="8000012346",
    )
    assert told(owing, again) == set()


@interpretation(2005, "a web address of the payer is taken without references to policies")
def web_address_without_policies() -> None:
    advice = advice_of(remittance(claim(), more="PER*IC**UR*policies.invalid~"))
    assert advice.payer.contacts[-1].numbers == (("UR", "policies.invalid"),)


# --- interest ---------------------------------------------------------------------------------------------------------


@interpretation(2202, "interest of a claim is interest of this payment")
@interpretation(2184, "the provider adjustment of interest is the interest of the claims with the sign changed")
@interpretation(2123, "the two sums of interest agree")
def interest_agrees() -> None:
    late = claim(sums="AMT*I*5~")
    assert told(remittance(late, "85", provider=f"L6:{ICN}*-5")) == set()
    assert told(remittance(late, "75", provider=f"L6:{ICN}*5")) == {"interest"}
    assert told(remittance(late, "84", provider=f"L6:{ICN}*-4")) == {"interest"}
    assert told(remittance(late)) == {"interest"}
    assert told(remittance(claim(), "85", provider=f"L6:{ICN}*-5")) == {"interest"}


@interpretation(1324, "interest that is paid and taken back in one remittance needs no provider adjustment")
def interest_of_nothing() -> None:
    back = taken_back().replace("SVC*", "AMT*I*-5~SVC*", 1)
    again = claim(sums="AMT*I*5~", lines=LINE)
    assert told(remittance(back + again, payment=NOTICE_ONLY)) == set()


# --- provider adjustments ---------------------------------------------------------------------------------------------


@interpretation(264, "a provider adjustment of 0 is none")
def provider_adjustment_of_zero() -> None:
    assert told(remittance(claim(), provider=f"FB:{ICN}*0")) == {"provider-adjustment-zero"}


@interpretation("CR 7499", "Medicare writes claim number and patient control number into one reference")
def two_numbers_in_one_reference() -> None:
    [recovered] = provider_adjustments(f"WO:{ICN}      PCN0009*30", "50")
    assert (recovered.payer_claim_control_number, recovered.patient_control_number) == (ICN, "PCN0009")


@interpretation(1956, "the payer's claim number ties a recovery to the claim that was taken back")
@interpretation(968, "a recovery may name its claim")
def recovery_names_its_claim() -> None:
    text = remittance(taken_back() + claim("1*100*80*20"), "30", provider=f"WO:{ICN}*-30")
    advice = advice_of(text)
    [back, _] = file_of(text).claims
    assert back.is_reversal
    assert advice.provider_adjustments[0].payer_claim_control_number == back.payer_claim_control_number
    assert advice.provider_adjustments[0].patient_control_number == ""


@interpretation(2370, "a reference of both numbers, the patient control number first, is taken as it is")
@interpretation(1976, "a recovery may have a text")
@interpretation(484, "a refund names a letter, or the claim")
@interpretation(758, "a refund nobody asked for names the check")
def references_are_kept_as_they_are() -> None:
    for reason, reference in (("WO", f"PCN0001 {ICN}"), ("WO", "NO PAYMENT LEFT"), ("72", "LETTER 7"), ("72", ICN)):
        [found] = provider_adjustments(f"{reason}:{reference}*30", "50")
        assert (found.reason, found.reference, found.amount_cents) == (reason, reference, 3000)
    [refund] = provider_adjustments("B2:CHECK 1047*-30", "110")
    assert (refund.reference, refund.amount_cents, refund.payer_claim_control_number) == ("CHECK 1047", -3000, "")


@interpretation(1756, "what is recovered later is given back now and taken then")
@interpretation(1645, "a payment in advance is given first and taken where it is used up")
def given_now_and_taken_later() -> None:
    for reason in ("WO", "PI"):
        assert provider_adjustments(f"{reason}:{ICN}*-30", "110")[0].amount_cents == -3000
        assert provider_adjustments(f"{reason}:{ICN}*30", "50")[0].amount_cents == 3000


@interpretation(615, "what the payer gives up is recovered and given back with a text")
def payer_gives_up_the_rest() -> None:
    recovered, given_up = provider_adjustments(f"WO:{ICN}*30*CS:PAYER WRITE OFF*-30", "80")
    assert (recovered.payer_claim_control_number, given_up.payer_claim_control_number) == (ICN, "")
    assert (given_up.reason, given_up.reference) == ("CS", "PAYER WRITE OFF")


@interpretation(1386, "two recoveries may have the same reference")
def same_reference_twice() -> None:
    assert len(provider_adjustments(f"WO:{ICN}*10*WO:{ICN}*20", "50")) == 2


@interpretation(2125, "levies and what is withheld have codes of their own")
def levies_have_codes() -> None:
    found = provider_adjustments("LE:L1*10*IR:W1*5*WU:S1*7*CS:G1*8", "50")
    assert [each.reason for each in found] == ["LE", "IR", "WU", "CS"]


@interpretation(1285, "a tax is withheld from a claim, or from the total")
def withheld_tax() -> None:
    assert told(remittance(claim(lines=LINE.replace("PR*2*20", "CO*105*20"), said="1*100*80"))) == set()
    assert provider_adjustments("IR:2026*30", "50")[0].amount_cents == 3000


@interpretation(1921, "payment by head is a provider adjustment without a claim")
@interpretation(1809, "payment by head is told by the 835, never by the 820")
def payment_by_head() -> None:
    advice = advice_of(remittance("", provider="CT:ROSTER 7*-80"))
    assert (advice.claims, advice.payment.amount_cents) == (0, 8000)
    assert not {guide for guide in GUIDES if "X218" in guide or "X306" in guide}


# --- claims -----------------------------------------------------------------------------------------------------------


@interpretation(457, "claim status 5 is gone")
def status_5_is_gone() -> None:
    assert told(remittance(claim("5*100*80*20"))) == {"code-not-allowed"}


@interpretation(288, "a correction has its true status")
@interpretation(791, "a correction may stand before or after what it corrects")
@interpretation(2442, "taking back repeats groups and reasons with the sign changed")
def reversals_and_corrections() -> None:
    back, again = taken_back(), claim("1*100*70*30", lines=LINE.replace("100*80", "100*70").replace("*20~", "*30~"))
    for both in (back + again, again + back):
        claims = claims_of(remittance(both, payment=NOTICE_ONLY, provider=f"FB:{ICN}*-10"))
        assert {each.status for each in claims} == {"22", "1"}
    assert "reversal-sign" in refused(remittance(back + again.replace("*1*100*", "*22*100*"), "-10"))
    assert (
        claims_of(remittance(back, payment=NOTICE_ONLY, provider="FB:X*-80"))[0].lines[0].adjustments[0].group == "PR"
    )


@interpretation(1147, "group CR is gone")
def group_cr_is_gone() -> None:
    assert told(remittance(claim(lines=LINE.replace("PR*2", "CR*2"), said="1*100*80"))) == {"code-not-allowed"}


@interpretation(1106, "a reversal may repeat a reason that has ended")
def reversal_repeats_an_ended_reason() -> None:
    back = taken_back(lines="SVC*HC:99213*-100*-80**1~DTM*472*20261102~CAS*CO*A2*-20~")
    assert told(remittance(back, payment=NOTICE_ONLY, provider="FB:X*-80")) == set()
    assert told(remittance(claim("1*100*80", lines=LINE.replace("PR*2", "CO*A2")))) == {"reason"}


@interpretation(1741, "a denial that is paid later is taken back, of nothing")
def denial_is_taken_back() -> None:
    lines = "SVC*HC:99213*-100*0**1~DTM*472*20261102~CAS*CO*50*-100~LQ*HE*N115~"
    [back, _] = claims_of(remittance(taken_back("22*-100*0", lines) + claim()))
    assert (back.is_reversal, back.paid_cents) == (True, 0)


@interpretation(1079, "status 4 is for a patient who is not known")
@interpretation(1885, "status 4 with a reason that says otherwise is taken")
def status_4() -> None:
    for reason in ("31", "177"):
        denied = claim("4*100*0", lines=f"SVC*HC:99213*100*0**1~DTM*472*20261102~CAS*CO*{reason}*100~")
        assert told(remittance(denied, payment=NOTICE_ONLY)) == set()


@interpretation(546, "which payer came first is the payer's word")
@interpretation(2566, "another payer that is only supposed makes no second payer")
def order_of_payers() -> None:
    for status in "123":
        assert told(remittance(claim(f"{status}*100*80*20"))) == set()


@interpretation(137, "a claim may be split into several")
@interpretation(1076, "a claim that was split says so")
def split_claims() -> None:
    part = "50*40*10", LINE.replace("100*80", "50*40").replace("*20~", "*10~")
    parts = [claim(f"1*{part[0]}", adjudication="MOA***MA15~", lines=part[1]) for _ in range(2)]
    claims = claims_of(remittance("".join(parts)))
    assert {(each.patient_control_number, each.remarks) for each in claims} == {("PCN0001", ("MA15",))}


@interpretation(535, "a claim without a number of the provider has the number 0, others up to 38 characters")
@interpretation(504, "the number of the provider comes back as it was")
def patient_control_numbers() -> None:
    for number in ("0", "9" * 38, "ash-0007 b"):
        assert claims_of(remittance(claim(number=number)))[0].patient_control_number == number
    assert refused(remittance(claim(number="9" * 39))) == {"value-too-long"}


@interpretation(2348, "a professional claim has lines")
@interpretation(1712, "an outpatient claim of a facility may have none")
def claims_without_lines() -> None:
    alone = claim(adjustments="CAS*PR*2*20~", lines="")
    assert told(remittance(alone)) == {"lines-missing"}
    assert told(remittance(alone.replace("*MB*", "*MA*").replace("*11~", "*13~"))) == set()


@interpretation(2055, "a claim with a begin date alone is of one day")
def begin_date_of_a_claim() -> None:
    [one] = claims_of(remittance(claim(lines=LINE.replace("DTM*472*20261102~", ""))))
    assert one.period
    assert [day.isoformat() for day in one.period] == ["2026-11-02"] * 2


@interpretation(2069, "the class of a contract may be told several times")
def contract_classes() -> None:
    several = claim(dates="REF*CE*ONE~REF*CE*TWO~DTM*232*20261102~")
    assert [each.number for each in claims_of(remittance(several))[0].references] == ["ONE", "TWO"]


# --- people and payers ------------------------------------------------------------------------------------------------


@interpretation(1613, "the patient has the number that is known, also a social security number")
def number_of_the_patient() -> None:
    patient = claims_of(remittance(claim(parties="NM1*QC*1*ASHGROVE*ALDORA****34*900000001~")))[0].patient
    assert patient
    assert (patient.qualifier, patient.identifier) == ("34", "900000001")


@interpretation(2671, "an insured of the same name as the patient is taken")
def insured_like_the_patient() -> None:
    insured = "NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~"
    assert claims_of(remittance(claim(parties=insured)))[0].party("IL")


@interpretation(1990, "a corrected insured may have a number alone")
@interpretation(759, "the patient is shown as submitted and as corrected")
def corrected_insured() -> None:
    [one] = claims_of(remittance(claim(parties="NM1*74*1******C*2EG4TE5MK74~")))
    assert one.patient
    assert one.corrected
    assert (one.patient.identifier, one.corrected.identifier) == ("1EG4TE5MK73", "2EG4TE5MK74")


@interpretation(963, "the payer that comes first has name and number")
def payer_that_comes_first() -> None:
    assert told(remittance(claim(parties="NM1*PR*2*FERRYMAN MUTUAL*****PI*00777~"))) == set()
    assert "element-missing" in refused(remittance(claim(parties="NM1*PR*2*FERRYMAN MUTUAL~")))


# --- adjustments ------------------------------------------------------------------------------------------------------


@interpretation(618, "a line that is paid in full has no adjustment")
def line_paid_in_full() -> None:
    [line] = lines_of("SVC*HC:99213*80*80**1~DTM*472*20261102~", said="1*80*80")
    assert line.adjustments == ()


@interpretation(689, "adjustments stand at claim and lines when they are different ones")
@interpretation(358, "the same adjustment at claim and line is one too many")
def adjustments_of_both_levels() -> None:
    assert told(remittance(claim("1*100*75*20", adjustments="CAS*CO*253*5~"), "75")) == set()
    assert "claim-balance" in refused(remittance(claim(adjustments="CAS*PR*2*20~")))


@interpretation(196, "a segment holds up to six reasons of one group")
def six_reasons_in_a_segment() -> None:
    six = "CAS*CO*45*1**97*2**18*3**253*4**50*5**B7*5~"
    [line] = lines_of("SVC*HC:99213*100*80**1~DTM*472*20261102~", six, "LQ*HE*N115~", said="1*100*80")
    assert [each.amount_cents for each in line.adjustments] == [100, 200, 300, 400, 500, 500]


@interpretation(213, "the same group and reason twice is no refusal")
def same_reason_twice() -> None:
    assert told(remittance(claim(lines=LINE.replace("PR*2*20", "PR*2*15**2*5")))) == set()


@interpretation(2601, "the allowed amount takes no part in the balance")
def allowed_amount() -> None:
    assert lines_of(LINE, "AMT*B6*999.99~")[0].amounts[0].amount_cents == 99999


@interpretation(681, "a copayment is the patient's responsibility also when it was collected")
def copayment_collected() -> None:
    copayment = LINE.replace("PR*2*20", "PR*3*20")
    assert told(remittance(claim(lines=copayment))) == set()
    assert told(remittance(claim("1*100*80", lines=copayment))) == {"patient-responsibility"}
    assert told(remittance(claim("1*100*80*19", lines=copayment))) == {"patient-responsibility"}


@interpretation(2048, "what group CO takes is not counted as the patient's, whatever its reason")
@interpretation(1812, "a payment to the patient is taken under another group")
def groups_decide_who_owes() -> None:
    for taken in ("CO*1*20", "OA*100*20"):
        assert told(remittance(claim("1*100*80", lines=LINE.replace("PR*2*20", taken)))) == set()
        assert told(remittance(claim(lines=LINE.replace("PR*2*20", taken)))) == {"patient-responsibility"}


@interpretation(2353, "no adjustment is 0, also not to carry a reason")
def adjustment_of_zero() -> None:
    assert told(remittance(claim(lines=LINE.replace("PR*2*20", "PR*1*0**2*20")))) == {"adjustment-zero"}
    assert told(remittance(claim(adjustments="CAS*CO*45*0~"))) == {"adjustment-zero"}


@interpretation(1592, "an adjustment of no units writes none")
def quantity_of_zero() -> None:
    assert told(remittance(claim(lines=LINE.replace("PR*2*20", "PR*2*20*0")))) == {"quantity-zero"}
    at_the_claim = claim(adjustments="CAS*PR*2*20*0~", lines="SVC*HC:99213*100*100**1~DTM*472*20261102~")
    assert told(remittance(at_the_claim)) == {"quantity-zero"}


@interpretation(1445, "of a claim as a whole only days that are not covered have units")
def units_of_a_claim() -> None:
    whole = "SVC*HC:99213*100*100**1~DTM*472*20261102~"
    for reason, remarks in (("78", set()), ("45", {"quantity-of-claim"})):
        assert told(remittance(claim("1*100*80", adjustments=f"CAS*CO*{reason}*20*2~", lines=whole))) == remarks
    assert told(remittance(claim(lines=LINE.replace("PR*2*20", "PR*2*20*1")))) == set()


@interpretation(2489, "a remark code needs no adjustment, at line and claim")
def remark_without_adjustment() -> None:
    [one] = claims_of(
        remittance(
            claim("1*80*80", adjudication="MOA***MA01~", lines="SVC*HC:99213*80*80~DTM*472*20261102~LQ*HE*N115~")
        )
    )
    assert (one.remarks, one.lines[0].remarks[0].code) == (("MA01",), "N115")


@interpretation("CORE 360", "only reasons whose definition asks for it need a remark code")
def reasons_that_need_a_remark() -> None:
    asks = LINE.replace("PR*2*20", "CO*16*20")
    assert told(remittance(claim("1*100*80", lines=asks))) == {"reason-unexplained"}
    assert told(remittance(claim("1*100*80", lines=asks + "LQ*HE*N290~"))) == set()
    assert told(remittance(claim("1*100*80", lines=LINE.replace("PR*2*20", "CO*45*20")))) == set()


@interpretation(1028, "what a savings account leaves of a deductible is the patient's")
@interpretation(387, "what the first payer covered is told once, as OA 23")
@interpretation(2535, "OA 23 is what the first payer's decision takes from this payment")
@interpretation(1696, "paid, OA 23 and the payer's own cut are the charge")
def payer_after_another() -> None:
    for reasons, owed in (("OA*23*12~CAS*PR*1*8", "*8"), ("OA*23*20", ""), ("OA*23*12~CAS*CO*45*8", "")):
        second = claim(f"2*100*80{owed}", lines=LINE.replace("PR*2*20", reasons))
        assert told(remittance(second)) == set()


@interpretation(2143, "all of the charge is explained, nothing twice")
@interpretation(2062, "the whole charge as OA 23 beside a payment does not balance")
def charge_is_explained_once() -> None:
    for taken in ("OA*23*100", "OA*23*10"):
        assert {"line-balance", "claim-balance"} == refused(
            remittance(claim("2*100*80", lines=LINE.replace("PR*2*20", taken)))
        )


@interpretation(626, "what is allowed above the charge is told with the sign minus")
@interpretation(424, "a payment by head takes a charge to nothing, and pays where none was charged")
def allowed_above_the_charge() -> None:
    above = claim("2*100*110", lines="SVC*HC:99213*100*110**1~DTM*472*20261102~CAS*OA*94*-30**23*20~")
    assert told(remittance(above, "110")) == set()
    nothing = "SVC*HC:99213*100*0**1~DTM*472*20261102~CAS*CO*24*100~"
    free = "SVC*HC:99401*0*30**1~DTM*472*20261102~CAS*CO*94*-30~"
    assert told(remittance(claim("1*100*30", lines=nothing + free), "30")) == set()


# --- lines ------------------------------------------------------------------------------------------------------------


@interpretation(2163, "a line without units paid one")
@interpretation(386, "a denied line pays 0 units and shows those billed")
def units_of_a_line() -> None:
    [one] = lines_of(LINE.replace("100*80**1", "100*80"))
    assert (one.units, one.submitted_units) == (1, None)
    denied = claim("1*100*0", lines=DENIED_LINE.replace("**1~", "**0**32~"))
    [none] = claims_of(remittance(denied, payment=NOTICE_ONLY))[0].lines
    assert none.units == 0
    assert none.submitted_units == 32


@interpretation(1205, "a begin date of a line needs the end date; one day is one date")
def begin_date_of_a_line() -> None:
    begun = LINE.replace("DTM*472*20261102", "DTM*150*20261101")
    assert told(remittance(claim(lines=begun))) == {"service-days"}
    [line] = file_of(remittance(claim(lines=begun))).claims[0].lines
    assert (line.period, bool(line.service_from)) == (None, True)
    both = begun.replace("DTM*150*20261101~", "DTM*150*20261101~DTM*151*20261103~")
    period = lines_of(both)[0].period
    assert period
    assert [day.day for day in period] == [1, 3]


@interpretation(1917, "the line control number comes back, on each part of a line that was split")
@interpretation(2283, "a line may become several, of which further ones charge nothing")
@interpretation(223, "a line without a number is returned without one")
def lines_that_were_split() -> None:
    rest = "SVC*HC:99212*0*10**1~DTM*472*20261102~CAS*CO*94*-10~REF*6R*7~"
    first, second = lines_of(
        LINE.replace("100*80", "100*70").replace("*20~", "*30~"), "REF*6R*7~", rest, said="1*100*80*30"
    )
    assert (first.control_number, second.control_number) == ("7", "7")
    assert lines_of(LINE)[0].control_number == ""


@interpretation(2551, "bundled lines charge what the provider charged, no more")
@interpretation(1801, "the procedure as billed may be of another kind")
@interpretation(1109, "the procedure as billed comes back with its description")
def lines_that_were_bundled() -> None:
    bundled = "SVC*HC:80053*60*80**1*HC:84443*1~DTM*472*20261102~CAS*CO*94*-20~"
    rest = "SVC*HC:80053*40*0**0*AD:D0120:::::ORAL*1~DTM*472*20261102~CAS*CO*97*40~"
    one, other = lines_of(bundled, rest, said="1*100*80")
    assert (one.procedure.code, one.billed.code) == ("80053", "84443")
    assert (other.billed.qualifier, other.billed.code, other.billed.description) == ("AD", "D0120", "ORAL")
    assert "line-charges" in refused(remittance(claim("1*110*80", lines=bundled + rest)))


@interpretation(2399, "an audit adjusts a revenue line, it splits none")
def revenue_line_after_an_audit() -> None:
    audited = "SVC*NU:0250*100*80**1~DTM*472*20261102~CAS*CO*45*5**50*15~LQ*HE*N115~"
    assert told(remittance(claim("1*100*80", lines=audited, kind=f"MA*{ICN}*13"))) == set()


NOT_OURS |= {
    207: "It is about version 4010.",
    185: "Whether lines were left out shows only beside the claim, which a remittance does not bring.",
    870: "Whether a reason applies to a claim cannot be seen in the remittance.",
    1082: "A letter that asks for money is not in the file.",
    1733: "What is taken back was told in an earlier remittance; a file is read by itself.",
    1945: "The number of the original claim shows only in the history of the claim.",
    2320: "Whether a procedure differs from the one billed shows only beside the claim.",
    2806: "X12 leaves it to the payer.",
}
