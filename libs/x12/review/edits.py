"""The edits of a request for review, or of its answer, that no guide's structure can tell: SNIP 3 to 5 and Medicare's.

Each has a stable code, what to correct, and for requests the refusal a reviewer answers with: reject reason (AAA03) and
follow-up action (AAA04). They stand on the request or answer they concern; its neighbors live.
Sources: 005010X217 as its table tells it, 45 CFR 162 (NPI, code sets), CMS MBI format sheet.
"""

from libs.x12.edits import Edits, refused

EDITS = Edits({
    "amount-form": refused(
        3, "Amount", "An amount has parts of a cent or too many digits. Write dollars and cents.",
        "SV1", 2, 0, "15", "C",
    ),
    "admission-date": refused(
        4, "Day of admission", "A request for an admission needs the day of admission. Add it.",
        "DTP", 3, 0, "57", "C",
    ),
    "period": refused(
        4, "Dates", "A period ends before it begins. Correct the dates.", "DTP", 3, 0, "57", "C",
    ),
    "diagnosis-pointer": refused(
        4, "Diagnosis pointer",
        "A service points to a diagnosis the event does not have. Point to one it has, or add it.",
        "SV1", 7, 1, "15", "C",
    ),
    "diagnosis-qualifier": refused(
        4, "Diagnoses", "From 10/01/2015 on use ICD-10 codes (ABK, ABF, ABJ, APR); before, ICD-9 (BK, BF, BJ, PR).",
        "HI", 1, 1, "15", "C",
    ),
    "service-kind": refused(
        4, "Service", "A service is professional, institutional or dental. Send one of the three.",
        "SV1", 1, 0, "15", "C",
    ),
    "nothing-decided": refused(
        4, "Decision",
        "The answer neither decides about the event or a service of it nor refuses a part of the request.",
        "HCR", 1,
    ),
    "authorization-number": refused(
        4, "Authorization number", "A decision that certifies something names the authorization number. Add it.",
        "HCR", 2,
    ),
    "decision-reason": refused(
        4, "Decision reason", "A decision that does not certify, or waits, says why. Add the reason.", "HCR", 3,
    ),
    "provider-npi": refused(
        5, "Provider NPI",
        "A provider's NPI is not valid: ten digits, the first 1 or 2, the last a check digit. Compare it with NPPES.",
        "NM1", 9, 0, "43", "C",
    ),
    "diagnosis-code": refused(
        5, "Diagnoses", "A diagnosis code does not have the form of an ICD code. Write it without the dot.",
        "HI", 1, 2, "15", "C",
    ),
    "procedure-code": refused(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SV1", 1, 2, "15", "C",
    ),
    "place-of-service": refused(
        5, "Place of service", "This place of service code does not exist. Use a code of the CMS list.",
        "UM", 4, 1, "15", "C",
    ),
    "code-not-in-set": refused(
        5, "Code", "A code is not in its code set on the day of receipt. Use a code of the current list.",
        "", 0, 0, "15", "C",
    ),
    "mbi": refused(
        7, "Medicare number (MBI)",
        "This is not a Medicare number. Compare it with the card: 11 characters, never S, L, O, I, B or Z.",
        "NM1", 9, 0, "72", "C",
    ),
    "patient-not-subscriber": refused(
        7, "Patient", "In Medicare the patient is always the insured. Ask below the subscriber.",
        "HL", 3, 0, "15", "C",
    ),
})  # fmt: skip
