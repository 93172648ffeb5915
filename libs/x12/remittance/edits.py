"""The edits of a remittance that its guide's structure cannot tell: balancing (SNIP 3), situations (4), code sets (5).

Each has a stable code, what to mend, its place, and the answer of the 999: IK304, IK403 and the data element (IK402).
A remittance that does not balance or breaks a situational rule is refused as a whole, because money would be posted
wrongly; a code or a check digit that is not in order stands on the claim, or on the remittance, it belongs to.
Sources: 005010X221A1 balancing rules (claims, lines, provider adjustments) and situational rules, the code lists of
`libs.x12.code_sets`, 45 CFR 162 (NPI).
"""

from dataclasses import dataclass

from libs.x12.findings import Finding

_CODE_SETS = 5
_SEGMENT_HAS_FAULTS = "8"
_SEGMENT_MISSING, _SEGMENT_NOT_USED = "I6", "I9"
_INVALID_CODE, _INVALID_DATE = "7", "8"
_CODE_NOT_USED, _ELEMENT_MISSING, _WRONG_PATTERN, _ELEMENT_NOT_USED = "I6", "I9", "I12", "I13"


@dataclass(slots=True, frozen=True)
class Edit:
    """One edit. `element` and `component` count from 1, 0 when they do not apply."""

    snip: int
    field: str
    sentence: str
    segment: str
    element: int
    segment_code: str
    element_code: str
    element_reference: str
    component: int = 0


EDITS = {
    # --- balancing ------------------------------------------------------------------------------------------------
    "amount-form": Edit(
        3, "Amount", "An amount has more than two decimals or too many digits. Write dollars and cents.",
        "", 0, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-total": Edit(
        3, "Payment amount",
        "The payment is not the sum of the claim payments less the provider adjustments. Correct what is wrong.",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "claim-balance": Edit(
        3, "Claim payment",
        "Charge less payment of the claim is not the sum of its adjustments and those of its lines. Correct them.",
        "CLP", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "line-balance": Edit(
        3, "Line payment", "Charge less payment of the line is not the sum of its adjustments. Correct them.",
        "SVC", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "line-charges": Edit(
        3, "Claim charge", "The charge of the claim is not the sum of the charges of its lines. Correct them.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    # --- situations of the payment --------------------------------------------------------------------------------
    "payment-negative": Edit(
        4, "Payment amount", "A payment is never negative: carry the balance forward as a provider adjustment (FB).",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-notified": Edit(
        4, "Payment amount", "A notification without payment (handling H, method NON) has the amount 0. Correct it.",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-method": Edit(
        4, "Payment method", "The handling H and the method NON belong together: write both or neither.",
        "BPR", 4, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "591",
    ),
    "payment-format-missing": Edit(
        4, "Payment format", "A transfer by ACH needs its format: CCP or CTX. Add it.",
        "BPR", 5, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "812",
    ),
    "payment-format-surplus": Edit(
        4, "Payment format", "Only a transfer by ACH has a format. Take it out.",
        "BPR", 5, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "812",
    ),
    "bank-missing": Edit(
        4, "Bank and account", "A transfer needs bank and account of payer and payee, and the payer's identifier.",
        "BPR", 6, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "",
    ),
    "bank-surplus": Edit(
        4, "Bank and account", "A payment by check, or none at all, has no banks and accounts. Take them out.",
        "BPR", 6, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "",
    ),
    "trace-payer": Edit(
        4, "Payer identifier of the trace", "The payer's identifier differs from the one in BPR10. Write the same.",
        "TRN", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "509",
    ),
    "fiscal-period": Edit(
        4, "Fiscal period", "The fiscal period of a provider adjustment ends more than a year after the remittance.",
        "PLB", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    # --- situations of a claim ------------------------------------------------------------------------------------
    "reversal-sign": Edit(
        4, "Charge of a reversal", "A reversal takes back a claim: its charges are negative. Correct the sign.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "charge-sign": Edit(
        4, "Charge", "Only a reversal (claim status 22) has negative charges. Correct the sign or the status.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "status-unpaid": Edit(
        4, "Claim payment", "A claim that was denied or only priced in advance is not paid. Correct status or payment.",
        "CLP", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "facility-missing": Edit(
        4, "Facility code", "The claim frequency code needs the facility code beside it. Add it.",
        "CLP", 8, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "1331",
    ),
    "crossover-missing": Edit(
        4, "Crossover payer name", "A claim that was forwarded names the payer it went to (NM1*TT). Add it.",
        "NM1", 0, _SEGMENT_MISSING, "", "",
    ),
    "adjudication-twice": Edit(
        4, "Adjudication", "A claim has inpatient or outpatient adjudication, never both. Take one out.",
        "MOA", 0, _SEGMENT_NOT_USED, "", "",
    ),
    "statement-period": Edit(
        4, "Statement period", "The statement period ends before it begins. Correct its dates.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    "service-period": Edit(
        4, "Service dates", "The service ends before it begins. Correct the dates of the line.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    "service-days": Edit(
        4, "Service dates", "A line has one service date (472), or the first (150) and the last (151). Correct them.",
        "DTM", 1, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "374",
    ),
    "service-date-missing": Edit(
        4, "Service date", "Neither the claim nor the line says when the service was. Add the date.",
        "DTM", 0, _SEGMENT_MISSING, "", "",
    ),
    "service-after-remittance": Edit(
        4, "Service date", "A service lies after the remittance. Correct the date.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    "too-many": Edit(
        4, "Remittance", "A part is repeated more often than can be read. Split the remittance.",
        "", 0, _SEGMENT_HAS_FAULTS, "", "",
    ),
    # --- code sets ------------------------------------------------------------------------------------------------
    "payee-npi": Edit(
        5, "Payee NPI",
        "The payee's NPI is not valid: ten digits, the first 1 or 2, the last a check digit. Compare it with NPPES.",
        "N1", 4, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "67",
    ),
    "provider-npi": Edit(
        5, "Rendering provider NPI",
        "The rendering provider's NPI is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "67",
    ),
    "state": Edit(
        5, "State", "This is not the postal abbreviation of a state. Correct it.",
        "N4", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "156",
    ),
    "country": Edit(
        5, "Country", "This is not a country code. Correct it.",
        "N4", 4, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "26",
    ),
    "currency": Edit(
        5, "Currency", "This is not a currency code. Correct it.",
        "CUR", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "100",
    ),
    "facility-code": Edit(
        5, "Facility code", "This is neither a place of service nor a type of bill. Correct it.",
        "CLP", 8, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1331",
    ),
    "reason": Edit(
        5, "Adjustment reason", "This adjustment reason (CARC) does not exist, or not any more. Use a current one.",
        "CAS", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1034",
    ),
    "reason-unexplained": Edit(
        5, "Remark code", "An adjustment reason of the claim asks for a remark code that says more. Add one.",
        "CAS", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1034",
    ),
    "remark": Edit(
        5, "Remark code", "This remark code (RARC) does not exist. Use a current one.",
        "LQ", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1271",
    ),
    "claim-remark": Edit(
        5, "Remark code", "This remark code (RARC) does not exist. Use a current one.",
        "MOA", 3, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "127",
    ),
    "procedure-code": Edit(
        5, "Procedure code", "The procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SVC", 1, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "234", 2,
    ),
}  # fmt: skip


def remittance_finding(code: str, position: int, loop: str, *, segment: str = "", element: int = 0) -> Finding:
    """The finding of one edit at one place; `segment` and `element` where the edit may stand at several."""
    edit = EDITS[code]
    return Finding(
        snip=edit.snip,
        code=code,
        # What refuses the remittance is told without its field beside it.
        sentence=f"{edit.field}: {edit.sentence}" if edit.snip < _CODE_SETS else edit.sentence,
        field=edit.field,
        segment=segment or edit.segment,
        position=position,
        loop=loop,
        element=element or edit.element,
        component=edit.component,
        segment_code=edit.segment_code,
        element_code=edit.element_code,
        element_reference=edit.element_reference,
    )
