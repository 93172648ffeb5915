"""The edits of a remittance that its guide's structure cannot show: sums (SNIP 3), situations (4), code sets (5).

Each has a stable code, what to correct, its place, and the answer of the 999: IK304, IK403, the data element (IK402).

`REFUSALS` refuse the remittance as a whole, and are only those by which money would be posted wrongly: sums that do not
agree, a sign or a status that contradicts the money, a payment that is none or is there twice. What else the guide asks
for is left to whoever receives the remittance: `REMARKS` are notices on the claim or the remittance, whose money is
posted all the same. Where an edit is listed decides; nothing else does.

So it is with a code that the guide's own lists lack, as a status or a reason newer than the guide. It is kept as
it came, with a notice (`OPEN_CODES`), because sums and signs say what is posted, and they are held against each other
without it. A group of adjustments (CAS01) is one of them: it says who bears an amount, not how much was paid, so an
unknown one posts the same money. It is read as none of the known ones: nobody is told that the patient owes it.
Only the codes that say whether money moves, which way, under which number and to whom must be those of the guide:
BPR01 (handling), BPR03 (credit or debit), TRN01 (which number is that of the payment), N101 and N103 (who pays whom,
and by which kind of number the payee is known), CUR01 (whose currency it is).
Sources: 005010X221A1 section 1.10 (claims, lines, provider adjustments) and its situational rules, X12's answers to
requests for interpretation (their numbers stand beside the edits), `libs.x12.code_sets`, 45 CFR 162 (NPI).
"""

from libs.x12.edits import Edits, reported

_SEGMENT_HAS_FAULTS = "8"
_SEGMENT_MISSING, _SEGMENT_NOT_USED = "I6", "I9"
_INVALID_CODE, _INVALID_DATE = "7", "8"
_CODE_NOT_USED, _ELEMENT_MISSING, _WRONG_PATTERN, _ELEMENT_NOT_USED = "I6", "I9", "I12", "I13"


OPEN_CODES = frozenset(
    {"66", "98", "128", "235", "365", "366", "374", "426", "506", "522", "569", "591", "673", "756", "812"}
    | {"1029", "1032", "1033", "1065", "1270"}
)
"""The data elements whose codes may be newer than the guide."""

CLOSED_PLACES = frozenset({"N101", "N103", "CUR01"})
"""Where those of the guide alone are taken nevertheless."""

REFUSALS = Edits({
    "amount-form": reported(
        3, "Amount", "An amount has more than two decimals or too many digits. Write dollars and cents.",
        "", 0, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-total": reported(
        3, "Payment amount",
        "The payment is not the sum of the claim payments less the provider adjustments. Correct what is wrong.",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "claim-balance": reported(
        3, "Claim payment",
        "Charge less payment of the claim is not the sum of its adjustments and those of its lines. Correct them.",
        "CLP", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "line-balance": reported(
        3, "Line payment", "Charge less payment of the line is not the sum of its adjustments. Correct them.",
        "SVC", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "line-charges": reported(
        3, "Claim charge", "The charge of the claim is not the sum of the charges of its lines. Correct them.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-negative": reported(
        4, "Payment amount", "A payment is never negative: carry the balance forward as a provider adjustment (FB).",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-notified": reported(
        3, "Payment amount", "A notification (handling H or P, method NON) moves no money: its amount is 0.",
        "BPR", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "payment-repeated": reported(
        4, "Trace number", "An earlier remittance of this file has this number: one payment would count twice.",
        "TRN", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "127",
    ),
    "status-unpaid": reported(
        4, "Claim payment", "A claim that was denied or only priced in advance is not paid. Correct status or payment.",
        "CLP", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "reversal-sign": reported(
        4, "Charge of a reversal", "A reversal takes back a claim: its charges are negative. Correct the sign.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "charge-sign": reported(
        4, "Charge", "Only a reversal (claim status 22) has negative charges. Correct the sign or the status.",
        "CLP", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "too-many": reported(
        4, "Remittance", "A part is repeated more often than can be read. Split the remittance.",
        "", 0, _SEGMENT_HAS_FAULTS, "", "",
    ),
})  # fmt: skip

REMARKS = Edits({
    # --- of the payment -----------------------------------------------------------------------------------------------
    "payment-method": reported(
        4, "Payment method", "A remittance of nothing has the handling H and the method NON. Write both.",
        "BPR", 4, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "591",
    ),
    "trace-repeated": reported(
        4, "Trace number", "An earlier remittance of this file has this number. Give each its own.",
        "TRN", 2, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "127",
    ),
    "payment-format-missing": reported(
        4, "Payment format", "A transfer by ACH needs its format: CCP or CTX. Add it.",
        "BPR", 5, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "812",
    ),
    "payment-format-surplus": reported(
        4, "Payment format", "Only a transfer by ACH has a format. Take it out.",
        "BPR", 5, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "812",
    ),
    "bank-missing": reported(
        4, "Bank and account", "A transfer needs bank and account of payer and payee, and the payer's identifier.",
        "BPR", 6, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "",
    ),
    "bank-surplus": reported(
        4, "Bank and account", "A payment by check, or none at all, has no banks and accounts. Take them out.",
        "BPR", 6, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "",
    ),
    "trace-payer": reported(
        4, "Payer identifier of the trace", "The payer's identifier differs from the one in BPR10. Write the same.",
        "TRN", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "509",
    ),
    "interest": reported(
        3, "Interest", "The interest of the provider adjustments (L6) is not that of the claims (AMT*I), sign changed.",
        "PLB", 0, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "provider-adjustment-zero": reported(
        3, "Provider adjustment", "A provider adjustment of nothing adjusts nothing. Leave it out.",
        "PLB", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "fiscal-period": reported(
        4, "Fiscal period", "The fiscal period of a provider adjustment ends more than a year after the remittance.",
        "PLB", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    # --- of a claim ---------------------------------------------------------------------------------------------------
    "patient-responsibility": reported(
        3, "Patient responsibility", "What the patient owes is not the sum of the adjustments of group PR. Correct it.",
        "CLP", 5, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "adjustment-zero": reported(
        3, "Adjustment", "An adjustment of nothing adjusts nothing. Leave it out, or use a remark code.",
        "CAS", 3, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "782",
    ),
    "quantity-zero": reported(
        4, "Adjusted units", "The units of an adjustment are never 0. Leave the element out.",
        "CAS", 4, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "380",
    ),
    "quantity-sign": reported(
        4, "Adjusted units",
        "The units of an adjustment are less than zero and its amount is not, or the other way around. Correct it.",
        "CAS", 4, _SEGMENT_HAS_FAULTS, _WRONG_PATTERN, "380",
    ),
    "quantity-of-claim": reported(
        4, "Adjusted units", "For the claim as a whole only days that are not covered have units. Leave them out.",
        "CAS", 4, _SEGMENT_HAS_FAULTS, _ELEMENT_NOT_USED, "380",
    ),
    "facility-missing": reported(
        4, "Facility code", "The claim frequency code needs the facility code beside it. Add it.",
        "CLP", 8, _SEGMENT_HAS_FAULTS, _ELEMENT_MISSING, "1331",
    ),
    "crossover-missing": reported(
        4, "Crossover payer name", "A claim that was forwarded names the payer it went to (NM1*TT). Add it.",
        "NM1", 0, _SEGMENT_MISSING, "", "",
    ),
    "adjudication-twice": reported(
        4, "Adjudication", "A claim has inpatient or outpatient adjudication, never both. Take one out.",
        "MOA", 0, _SEGMENT_NOT_USED, "", "",
    ),
    "lines-missing": reported(
        4, "Service lines", "A professional claim shows what was paid for each of its lines (SVC). Add them.",
        "SVC", 0, _SEGMENT_MISSING, "", "",
    ),
    "statement-period": reported(
        4, "Statement period", "The statement period ends before it begins. Correct its dates.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    "service-period": reported(
        4, "Service dates", "The service ends before it begins. Correct the dates of the line.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    "service-days": reported(
        4, "Service dates", "A service of one day has the date 472, a longer one the first (150) and the last (151).",
        "DTM", 1, _SEGMENT_HAS_FAULTS, _CODE_NOT_USED, "374",
    ),
    "service-date-missing": reported(
        4, "Service date", "Neither the claim nor the line says when the service was. Add the date.",
        "DTM", 0, _SEGMENT_MISSING, "", "",
    ),
    "service-after-remittance": reported(
        4, "Service date", "A service is dated after the remittance. Correct the date.",
        "DTM", 2, _SEGMENT_HAS_FAULTS, _INVALID_DATE, "373",
    ),
    # --- codes and check digits ---------------------------------------------------------------------------------------
    "payee-npi": reported(
        5, "Payee NPI",
        "The payee's NPI is not valid: ten digits, the first 1 or 2, the last a check digit. Compare it with NPPES.",
        "N1", 4, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "67",
    ),
    "provider-npi": reported(
        5, "Rendering provider NPI",
        "The rendering provider's NPI is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "67",
    ),
    "state": reported(
        5, "State", "This is not the postal abbreviation of a state. Correct it.",
        "N4", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "156", code_set="states",
    ),
    "country": reported(
        5, "Country", "This is not a country code. Correct it.",
        "N4", 4, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "26", code_set="country",
    ),
    "currency": reported(
        5, "Currency", "This is not a currency code. Correct it.",
        "CUR", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "100", code_set="currency",
    ),
    "facility-code": reported(
        5, "Facility code", "This is neither a place of service nor a type of bill. Correct it.",
        "CLP", 8, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1331", code_set="pos",
    ),
    "reason": reported(
        5, "Adjustment reason", "This adjustment reason (CARC) does not exist, or not any more. Use a current one.",
        "CAS", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1034", code_set="adjustment_reason",
    ),
    "reason-unexplained": reported(
        5, "Remark code", "An adjustment reason of the claim asks for a remark code that says more. Add one.",
        "CAS", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1034",
    ),
    "remark": reported(
        5, "Remark code", "This remark code (RARC) does not exist. Use a current one.",
        "LQ", 2, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "1271", code_set="remark_code",
    ),
    "claim-remark": reported(
        5, "Remark code", "This remark code (RARC) does not exist. Use a current one.",
        "MOA", 3, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "127", code_set="remark_code",
    ),
    "procedure-code": reported(
        5, "Procedure code", "The procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SVC", 1, _SEGMENT_HAS_FAULTS, _INVALID_CODE, "234", 2,
    ),
})  # fmt: skip

EDITS = Edits(REFUSALS | REMARKS)
