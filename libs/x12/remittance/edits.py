"""The edits of a remittance that its guide's structure cannot show: sums (SNIP 3), situations (4), code sets (5).

Each has a stable code, what to correct, its place, and the answer of the 999: IK304, IK403, the data element (IK402).

`REFUSALS` refuse the remittance as a whole, and are only those by which money would be posted wrongly: sums that do not
agree, a sign or a status that contradicts the money, a payment that is none or is there twice. What else the guide asks
for is left to whoever receives the remittance: `REMARKS` are notices on the claim or the remittance, whose money is
posted all the same. Where an edit is listed decides; nothing else does.
Sources: 005010X221A1 section 1.10 (claims, lines, provider adjustments) and its situational rules, X12's answers to
requests for interpretation (their numbers stand beside the edits), `libs.x12.code_sets`, 45 CFR 162 (NPI).
"""

from dataclasses import dataclass

from libs.x12.findings import Finding

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


REFUSALS = {
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
    "payment-negative": Edit(
        4, "Payment amount", "A payment is never negative: carry the balance forward as a provider adjustment (FB).",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-notified": Edit(
        3, "Payment amount", "A notification (handling H or P, method NON) moves no money: its amount is 0.",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-repeated": Edit(
        4, "Trace number", "An earlier remittance of this file has this number: one payment would count twice.",
        "TRN", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "127",
    ),
    "status-unpaid": Edit(
        4, "Claim payment", "A claim that was denied or only priced in advance is not paid. Correct status or payment.",
        "CLP", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "reversal-sign": Edit(
        4, "Charge of a reversal", "A reversal takes back a claim: its charges are negative. Correct the sign.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "charge-sign": Edit(
        4, "Charge", "Only a reversal (claim status 22) has negative charges. Correct the sign or the status.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "too-many": Edit(
        4, "Remittance", "A part is repeated more often than can be read. Split the remittance.",
        "", 0, _SEGMENT_HAS_FAULTS, "", "",
    ),
}  # fmt: skip

REMARKS = {
    # --- of the payment -----------------------------------------------------------------------------------------------
    "payment-method": Edit(
        4, "Payment method", "A remittance of nothing has the handling H and the method NON. Write both.",
        "BPR", 4, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "591",
    ),
    "trace-repeated": Edit(
        4, "Trace number", "An earlier remittance of this file has this number. Give each its own.",
        "TRN", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "127",
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
    "interest": Edit(
        3, "Interest", "The interest of the provider adjustments (L6) is not that of the claims (AMT*I), sign changed.",
        "PLB", 0, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "provider-adjustment-zero": Edit(
        3, "Provider adjustment", "A provider adjustment of nothing adjusts nothing. Leave it out.",
        "PLB", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "fiscal-period": Edit(
        4, "Fiscal period", "The fiscal period of a provider adjustment ends more than a year after the remittance.",
        "PLB", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    # --- of a claim ---------------------------------------------------------------------------------------------------
    "patient-responsibility": Edit(
        3, "Patient responsibility", "What the patient owes is not the sum of the adjustments of group PR. Correct it.",
        "CLP", 5, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "adjustment-zero": Edit(
        3, "Adjustment", "An adjustment of nothing adjusts nothing. Leave it out, or use a remark code.",
        "CAS", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "quantity-zero": Edit(
        4, "Adjusted units", "The units of an adjustment are never 0. Leave the element out.",
        "CAS", 4, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "380",
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
    "lines-missing": Edit(
        4, "Service lines", "A professional claim shows what was paid for each of its lines (SVC). Add them.",
        "SVC", 0, _SEGMENT_MISSING, "", "",
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
        4, "Service dates", "A service of one day has the date 472, a longer one the first (150) and the last (151).",
        "DTM", 1, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "374",
    ),
    "service-date-missing": Edit(
        4, "Service date", "Neither the claim nor the line says when the service was. Add the date.",
        "DTM", 0, _SEGMENT_MISSING, "", "",
    ),
    "service-after-remittance": Edit(
        4, "Service date", "A service is dated after the remittance. Correct the date.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    # --- codes and check digits ---------------------------------------------------------------------------------------
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

EDITS = REFUSALS | REMARKS


def remittance_finding(code: str, position: int, loop: str, *, segment: str = "", element: int = 0) -> Finding:
    """The finding of one edit at one place; `segment` and `element` where the edit may stand at several."""
    edit = EDITS[code]
    return Finding(
        snip=edit.snip,
        code=code,
        # What refuses the remittance is told without its field beside it.
        sentence=f"{edit.field}: {edit.sentence}" if code in REFUSALS else edit.sentence,
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
