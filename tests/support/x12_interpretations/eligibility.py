"""What X12 answered about eligibility, 270 and 271."""

from datetime import date

from libs.x12.eligibility.judging import answers, judge_inquiry, rejections_for
from libs.x12.eligibility.objects import EligibilityAnswer, Rejection, Trace
from services.eligibility.coverage.domain import headline
from services.eligibility.entitlement.domain import Benefit, Entitlement
from services.eligibility.entitlement.views import in_words
from tests.support.eligibility_files import ANSWER, INQUIRY, TODAY, changed, read, read_answer, read_inquiry
from tests.support.x12_interpretations import NOT_OURS, interpretation

# Where the statements of an answer begin and end.
_START, _END = ANSWER.index("EB*6*IND"), ANSWER.index("~SE*") + 1
_ACTIVE = "EB*1*IND*30*MB~DTP*291*D8*20010201~"
_PATIENT = "NM1*IL*1*ASHGROVE*ALDORA*M**JR*MI*1EG4TE5MK73~"


def saying(statements: str, patient: str = _PATIENT) -> str:
    """An answer that says only this of the patient."""
    said = changed(ANSWER, ANSWER[_START:_END], statements)
    return said if patient == _PATIENT else changed(said, _PATIENT, patient)


def refusing(refusals: str) -> str:
    """An answer that only refuses."""
    return changed(saying(""), "DMG*D8", f"{refusals}DMG*D8")


def accepted(text: str) -> bool:
    """Whether the answer is taken without a fault."""
    items, verdict = read(text)
    return verdict.verdict == "accepted" and all(not item.findings for item in items)


def remarks(text: str) -> list[str]:
    """What is remarked about an answer that is taken, by code."""
    assert accepted(text)
    return [notice.code for notice in read_answer(text).notices]


def shown(text: str) -> Entitlement:
    """The answer as people see it."""
    entitlement, _ = in_words(read_answer(text))
    assert entitlement is not None
    return entitlement


def statement(text: str) -> Benefit:
    """The last statement of an answer as people see it."""
    return shown(text).benefits[-1]


def refusal_codes(inquiry: str) -> list[str]:
    """What HETS would refuse an inquiry with (AAA03)."""
    found = read_inquiry(inquiry)
    return [each.reason for each in rejections_for(judge_inquiry(found, TODAY))]


# --- 271: what is said, and how often -------------------------------------------------------------------------------


@interpretation(1716, "AAA 42 for one patient of a batch leaves the others answered")
def one_of_two_is_not_answered() -> None:
    items, verdict = read(refusing("AAA*N**42*R~"))
    assert verdict.verdict == "accepted"
    assert [item.is_refused for item in items if isinstance(item, EligibilityAnswer)] == [True]


@interpretation(2411, "EB11 may be N or U")
def authorization_not_needed_or_not_known() -> None:
    for code, words in (("N", "Not required"), ("U", "Not known")):
        text = saying(f"{_ACTIVE}EB*D*IND*42*MB*******{code}~")
        assert remarks(text) == []
        assert words in {fact.words for fact in statement(text).facts}


@interpretation(2201, "service types are repeated where all else is the same; several loops are taken too")
def service_types_repeat() -> None:
    assert remarks(saying("EB*1*IND*30^42*MB~DTP*291*D8*20010201~")) == []


@interpretation(2267, "statements that differ in the service type alone are the payer's fault; the reader takes them")
def statements_that_differ_in_service_type() -> None:
    text = saying(f"{_ACTIVE}EB*1*IND*42*MB~EB*1*IND*45*MB~")
    assert remarks(text) == []
    assert len(shown(text).benefits) == 3


@interpretation(1313, "ten service types in one statement for a question about 30 are all read")
def ten_service_types() -> None:
    types = ("30", "1", "33", "35", "47", "48", "50", "86", "88", "98", "AL")
    text = saying(f"EB*1*IND*{'^'.join(types)}*MB~DTP*291*D8*20010201~")
    assert remarks(text) == []
    assert statement(text).service_types == types


@interpretation(1911, "what is said of 1 and MH is not limited by the receiver")
def medical_care_and_mental_health() -> None:
    text = saying(f"{_ACTIVE}EB*1*IND*1^MH*MB~")
    assert statement(text).service == "Medical care, Mental health"


@interpretation(215, "one day asked is answered by the service range or the true plan dates")
def one_day_asked() -> None:
    for dates in ("DTP*472*RD8*20261101-20261130~", ""):
        assert remarks(saying(f"EB*1*IND*30*MB~DTP*291*D8*20010201~{dates}")) == []


@interpretation(1628, "benefits by age have S7 or S8 with the age")
def benefits_by_age() -> None:
    for unit, words in (("S7", "65 years of age at most"), ("S8", "65 years of age at least")):
        assert statement(saying(f"{_ACTIVE}EB*D*IND*42*MB*****{unit}*65~")).quantity == words


@interpretation(1272, "a trace number comes back as it was sent, whatever its originator begins with")
def originator_of_a_returned_trace() -> None:
    inquiry = read_inquiry(changed(INQUIRY, "*9SUB000010", "*ASUB000010"))
    answer = read_answer(changed(ANSWER, "*9SUB000010", "*ASUB000010"))
    assert answers(inquiry, answer) == ()
    assert Trace("2", "INQ0001", "ASUB000010") in answer.returned_traces


@interpretation(1681, "the last name is needed unless something is refused")
def last_name() -> None:
    nameless = "NM1*IL*1******MI*1EG4TE5MK73~"
    assert remarks(saying(_ACTIVE, nameless)) == ["last-name-missing"]
    assert remarks(changed(refusing("AAA*Y**75*C~"), _PATIENT, nameless)) == []


@interpretation(1410, "a refusal of the dependent excuses the subscriber's last name")
def refused_dependent() -> None:
    text = changed(saying(""), "HL*3*2*22*0", "HL*3*2*22*1")
    text = changed(text, _PATIENT, "NM1*IL*1******MI*1EG4TE5MK73~")
    text = changed(
        text, "~SE*", "~HL*4*3*23*0~TRN*2*INQ0002*9SUB000010~NM1*03*1*ASHGROVE*CORIN~AAA*Y**67*C~DMG*D8*20150110*M~SE*"
    )
    items, verdict = read(text)
    assert verdict.verdict == "accepted"
    assert [item.notices for item in items if isinstance(item, EligibilityAnswer)] == [()]


@interpretation(1934, "an unknown address is written in street and city; it may also be left out")
def address_not_on_file() -> None:
    start, end = ANSWER.index("N3*672"), ANSWER.index("DMG*D8")
    unknown = "N3*ADDRESS UNKNOWN~N4*ADDRESS UNKNOWN~"
    for address in (unknown, ""):
        assert remarks(changed(saying(_ACTIVE), ANSWER[start:end], address)) == []


@interpretation(951, "another case of letters is no change of data")
def case_of_letters() -> None:
    inquiry = read_inquiry(changed(INQUIRY, "*ASHGROVE*ALDORA", "*Ashgrove*Aldora"))
    assert answers(inquiry, read_answer(changed(ANSWER, "INS*Y*18*001*25~", ""))) == ()


@interpretation(1557, "active coverage needs its plan date, 346 or 291")
def plan_date() -> None:
    assert remarks(saying("EB*1*IND*30*MB~")) == ["plan-date-missing"]
    for dates in ("DTP*291*D8*20010201~", "DTP*346*D8*20010201~"):
        assert remarks(saying(f"EB*1*IND*30*MB~{dates}")) == []


@interpretation(1717, "two plans are told apart by their names and dates")
def two_plans() -> None:
    text = saying("EB*1*IND*30**GOLD~DTP*291*RD8*20260101-20260630~EB*1*IND*30**SILVER~DTP*291*RD8*20260701-20261231~")
    assert remarks(text) == []
    assert [(said.plan, said.periods[0].days) for said in shown(text).benefits] == [
        ("GOLD", "01/01/2026 to 06/30/2026"),
        ("SILVER", "07/01/2026 to 12/31/2026"),
    ]


@interpretation(176, "the source may be named again as a related entity, with its address")
def source_named_again() -> None:
    text = saying(
        f"{_ACTIVE}EB*U*IND*42*MB~LS*2120~NM1*PR*2*CMS*****PI*CMS~N3*7500 BOULEVARD~N4*TOWN*MD*212441850~LE*2120~"
    )
    assert remarks(text) == []
    assert "7500 BOULEVARD, TOWN, MD 21244-1850" in {fact.words for fact in statement(text).entities[0].facts}


@interpretation(845, "a deductible has an amount; without service type it is the plan's")
def deductible_amount() -> None:
    assert remarks(saying(f"{_ACTIVE}EB*C*IND**MB**23~")) == ["share-amount"]
    for services in ("", "98"):
        assert remarks(saying(f"{_ACTIVE}EB*C*IND*{services}*MB**23*283~")) == []


@interpretation(1852, "covered in network and not outside are two statements, told apart where people read them")
def in_and_out_of_network() -> None:
    text = saying(f"{_ACTIVE}EB*1*IND*35**PLAN*******Y~DTP*291*D8*20260101~EB*I*IND*35**PLAN*******N~")
    assert remarks(text) == []
    assert [said.network for said in shown(text).benefits[1:]] == ["In network", "Out of network"]


@interpretation(774, "W says that the network makes no difference; else the deductibles are told apart by it")
def network_makes_no_difference() -> None:
    told = [statement(saying(f"{_ACTIVE}EB*C*IND*30*MB**29*0*****{code}~")).network for code in ("W", "Y", "N")]
    assert told == ["", "In network", "Out of network"]


@interpretation(1727, "a percentage is coinsurance, not a copayment; it is shown with its decimals")
def coinsurance() -> None:
    for dollars in "BCGJY":
        assert remarks(saying(f"{_ACTIVE}EB*{dollars}*IND*98*MB**27**.2~")) == ["share-percent"]
        assert remarks(saying(f"{_ACTIVE}EB*{dollars}*IND*98*MB**27~")) == ["share-amount"]
        assert remarks(saying(f"{_ACTIVE}EB*{dollars}*IND*98*MB**27*20~")) == []
    assert remarks(saying(f"{_ACTIVE}EB*A*IND*98*MB**27*20~")) == ["coinsurance-percent"]
    text = saying(f"{_ACTIVE}EB*A*IND*98*MB**27**.125~")
    assert (remarks(text), statement(text).percent) == ([], "12.5%")


@interpretation(739, "a patient found by other data is refused with what differs, not with 75")
def not_found_with_all_four_items() -> None:
    answer = read_answer(refusing("AAA*N**71*C~"))
    assert answer.rejections == (Rejection("2100C", "71", "C"),)
    _, [refusal] = in_words(answer)
    assert refusal.sentence == "The birth date is not the one Medicare has."


@interpretation(1821, "some coverage status is always given; another payer has its name")
def least_content() -> None:
    payer = "EB*R*IND*30*12~DTP*290*D8*20240101~"
    named = f"{payer}LS*2120~NM1*PRP*2*GREAT LAKES MUTUAL~LE*2120~"
    assert remarks(saying(named)) == ["status-missing"]
    assert remarks(saying(f"{_ACTIVE}{payer}")) == ["other-payer-name"]
    assert remarks(saying(f"{_ACTIVE}{named.replace('PRP', 'P3')}")) == ["other-payer-name"]
    assert remarks(saying(f"{_ACTIVE}{named}")) == []
    assert remarks(saying(f"EB*6*IND*30*MB~{named}")) == []


@interpretation(2775, "a period may end on 99991231; people see that it has no end")
def placeholder_end() -> None:
    text = saying("EB*1*IND*30*MB~DTP*291*RD8*20240101-99991231~")
    assert remarks(text) == []
    assert statement(text).periods[0].days == "01/01/2024, no end date"
    assert headline(shown(text), date(2026, 11, 1), date(2026, 11, 30)).words.endswith("Part B active")


# --- 270 ------------------------------------------------------------------------------------------------------------


@interpretation(1103, "an inquiry by fewer than the four items is well formed; the payer answers it with AAA")
def alternate_search() -> None:
    text = changed(INQUIRY, "*ASHGROVE*ALDORA", "**")
    assert read(text)[1].stands
    assert refusal_codes(text) == ["73"]


@interpretation(1913, "a search that is not supported is neither a TA1 nor a 999 but a 271 with AAA")
def search_not_supported() -> None:
    text = changed(INQUIRY, "*ALDORA****MI*1EG4TE5MK73~DMG*D8*19360110~", "*****MI*1EG4TE5MK73~")
    [interchange] = read(text)[1].interchanges
    assert interchange.note == "000"
    assert read(text)[1].stands
    assert refusal_codes(text) == ["15"]


@interpretation(1293, "more than the four items may be used and is never asked for")
def more_than_four_items() -> None:
    assert refusal_codes(changed(INQUIRY, "DMG*D8*19360110~", "N4*WILLOW BEND*KY*42469~DMG*D8*19360110*F~")) == []
    assert refusal_codes(INQUIRY) == []


@interpretation(1755, "EQ03 FAM is well formed; whether it is answered is the payer's choice")
def family() -> None:
    assert read(changed(INQUIRY, "EQ*30^42^45^AG^98~", "EQ*30**FAM~"))[1].stands


@interpretation(2808, "both cases of letters are taken")
def both_cases() -> None:
    assert refusal_codes(changed(INQUIRY, "*ASHGROVE*ALDORA", "*Ashgrove*Aldora")) == []


# --- CAQH CORE ------------------------------------------------------------------------------------------------------


@interpretation(
    "CORE 260 (FAQ 519)", "base and remaining deductible, copayment and coinsurance are shown beside the status"
)
def beside_the_status() -> None:
    text = saying(
        f"{_ACTIVE}EB*C*IND*98*MB**23*283~EB*C*IND*98*MB**29*100~EB*B*IND*98*MB**27*20~EB*A*IND*98*MB**27**.2~"
    )
    assert remarks(text) == []
    groups = shown(text).groups
    assert [said.amount_cents for said in groups["Deductibles"]] == [28_300, 10_000]
    assert [(said.what, said.percent) for said in groups["Coinsurance and other limits"]] == [
        ("Copayment", ""),
        ("Coinsurance", "20%"),
    ]


@interpretation("CORE 154 (FAQ 512)", "twelve months back to the end of this month may be asked about")
def days_that_are_answered() -> None:
    days = "20251120-20261130"
    assert refusal_codes(changed(INQUIRY, "20251120-20270320", days)) == []


@interpretation("CORE 154 plan name", "the plan's name is enough on service type 30")
def plan_name_once() -> None:
    assert remarks(saying("EB*1*IND*30**GOLD~DTP*291*D8*20010201~EB*C*IND*98***23*283~")) == []


@interpretation("CORE 259", "every refusal is shown by its own text")
def every_refusal() -> None:
    _, refusals = in_words(read_answer(refusing("AAA*N**71*C~AAA*N**73*C~")))
    assert [refusal.code for refusal in refusals] == ["71", "73"]
    assert len({refusal.sentence for refusal in refusals}) == 2


NOT_OURS |= {
    922: "the INS of an inquiry is a dependent's, and a patient of Medicare is always the insured (AAA 77 for others)",
    1400: "dates of the subscriber for a dependent: a patient of Medicare is never a dependent",
    257: "questions for subscriber and dependent in one transaction set: Medicare has no dependents",
    "CORE 258": "names are normalized by the payer; the words for AAA 73 say what to try",
}
