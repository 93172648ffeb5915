"""The edits of a claim that its guide's structure cannot tell: SNIP 3 to 5 and Medicare's own (level 7).

Each has a stable code, what to mend, and the 277CA answer: claim status category, claim status code, entity.
Sources: 005010X222A1 situational rules, CMS 837P companion guide, 45 CFR 162 (NPI, code sets), CMS MBI format sheet.
"""

from dataclasses import dataclass

from libs.x12.code_sets import CODE_SETS
from libs.x12.findings import Finding


@dataclass(slots=True, frozen=True)
class Edit:
    """One edit. `element` and `component` count from 1, 0 when they do not apply."""

    snip: int
    field: str
    sentence: str
    segment: str
    element: int
    component: int
    category: str
    status: str
    entity: str = ""


EDITS = {
    "total-charge": Edit(
        3, "Total charge", "The total charge is not the sum of the line charges. Correct the total or the lines.",
        "CLM", 2, 0, "A8", "400",
    ),
    "amount-form": Edit(
        3, "Amount", "An amount has more than two decimals or too many digits. Write dollars and cents.",
        "CLM", 2, 0, "A7", "178",
    ),
    "admission-date": Edit(
        4, "Admission date", "Place of service 21 (inpatient hospital) needs the admission date. Add it.",
        "DTP", 3, 0, "A8", "189",
    ),
    "diagnosis-pointer": Edit(
        4, "Diagnosis pointer", "A line points to a diagnosis the claim does not have. Point to one it has, or add it.",
        "SV1", 7, 1, "A8", "477",
    ),
    "diagnosis-qualifier": Edit(
        4, "Diagnosis codes", "For services from 10/01/2015 on use ICD-10 codes (ABK, ABF); before, ICD-9 (BK, BF).",
        "HI", 1, 1, "A8", "254",
    ),
    "billing-postal-code": Edit(
        4, "Billing provider ZIP code", "The billing provider's ZIP code needs all nine digits. Add the last four.",
        "N4", 3, 0, "A7", "500", "85",
    ),
    "subscriber-address": Edit(
        4, "Patient address", "The patient's street, city, state and ZIP code are required. Add them.",
        "N3", 1, 0, "A6", "503", "IL",
    ),
    "subscriber-demographics": Edit(
        4, "Patient birth date", "The patient's birth date and sex are required. Add them.",
        "DMG", 2, 0, "A6", "158", "IL",
    ),
    "service-period": Edit(
        4, "Service dates", "A service ends before it begins. Correct the dates of the line.",
        "DTP", 3, 0, "A8", "187",
    ),
    "billing-npi": Edit(
        5, "Billing provider NPI",
        "The billing provider's NPI is missing or its check digit is wrong. Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "85",
    ),
    "rendering-npi": Edit(
        5, "Rendering provider NPI",
        "The rendering provider's NPI is missing or its check digit is wrong. Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "82",
    ),
    "provider-npi": Edit(
        5, "Provider NPI", "The check digit of a provider's NPI is wrong. Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "1P",
    ),
    "taxonomy": Edit(
        5, "Billing provider taxonomy code", "This is not a taxonomy code: ten characters, the last one X. Correct it.",
        "PRV", 3, 0, "A7", "145", "85",
    ),
    "place-of-service": Edit(
        5, "Place of service",
        "This place of service code did not exist on the day of service. Use a code of the CMS list.",
        "CLM", 5, 1, "A7", "249",
    ),
    "line-place-of-service": Edit(
        5, "Place of service",
        "The place of service code of a line did not exist on the day of service. Use a code of the CMS list.",
        "SV1", 5, 0, "A7", "249",
    ),
    "state": Edit(
        5, "State", "This is not the postal abbreviation of a state. Correct it.",
        "N4", 2, 0, "A7", "501",
    ),
    "code-not-in-set": Edit(
        5, "Code", "A code is not in its code set on the day of receipt. Use a code of the current list.",
        "", 0, 0, "A7", "21",
    ),
    "diagnosis-code": Edit(
        5, "Diagnosis codes", "A diagnosis code does not have the form of an ICD code. Write it without the dot.",
        "HI", 1, 2, "A7", "255",
    ),
    "procedure-code": Edit(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SV1", 1, 2, "A7", "454",
    ),
    "mbi": Edit(
        7, "Medicare number (MBI)",
        "This is not a Medicare number. Compare it with the card: 11 characters, never S, L, O, I, B or Z.",
        "NM1", 9, 0, "A7", "164", "IL",
    ),
    "service-after-receipt": Edit(
        7, "Service date", "A service lies after the day the file was received. Correct the date.",
        "DTP", 3, 0, "A8", "187",
    ),
    "filing-indicator": Edit(
        7, "Claim filing indicator",
        "Claims to this contractor carry the filing indicator MB (Medicare Part B). Correct it.",
        "SBR", 9, 0, "A7", "480", "IL",
    ),
    "dependent": Edit(
        7, "Patient", "In Medicare the patient is always the insured. Send the claim below the subscriber.",
        "HL", 3, 0, "A7", "164", "QC",
    ),
}  # fmt: skip


def claim_finding(code: str, position: int, loop: str) -> Finding:
    """The finding of one edit at one place."""
    edit = EDITS[code]
    return Finding(
        snip=edit.snip,
        code=code,
        sentence=edit.sentence,
        field=edit.field,
        segment=edit.segment,
        position=position,
        loop=loop,
        element=edit.element,
        component=edit.component,
        category=edit.category,
        status=edit.status,
        entity=edit.entity,
    )


# Codes whose form is checked, not whether they are in the list of the year: that is adjudication's.
ICD_10 = CODE_SETS["icd_10"].pattern
ICD_9 = CODE_SETS["icd_9"].pattern
HCPCS = CODE_SETS["hcpcs"].pattern
TAXONOMY = CODE_SETS["prov_taxonomy"].pattern
PLACES_OF_SERVICE = CODE_SETS["pos"]
STATES = CODE_SETS["states"]
