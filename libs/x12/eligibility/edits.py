"""The edits of an inquiry and of an answer that their guide's structure cannot show: SNIP 4, 5 and Medicare's (7).

Each has a stable code, what to correct, and for inquiries the refusal HETS answers with: reject reason (AAA03) and
follow-up action (AAA04). Edits without a reason are not looked at by HETS.
Sources: 005010X279A1 situational rules, the search sets and dates of the Noridian and CGS portal guides (primary
MBI, last name, first name and birth date; alternates without the first name or without the birth date; four years
back, four months ahead), 45 CFR 162 (NPI, code sets), CMS MBI format sheet. The reasons follow the meaning of the
codes in the guide, to be held against the current HETS companion guide.
"""

from libs.x12.edits import Edits, refused

EDITS = Edits({
    # --- the inquiry ----------------------------------------------------------------------------------------------
    "source": refused(
        7, "Information source", "HETS answers for CMS alone: the payer is CMS, with the identifier CMS. Correct it.",
        "NM1", 9, 0, "79", "C",
    ),
    "receiver-npi": refused(
        5, "Provider NPI",
        "The provider's NPI is missing or is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, 0, "43", "C",
    ),
    "mbi": refused(
        7, "Medicare number (MBI)",
        "This is not a Medicare number. Compare it with the card: 11 characters, never S, L, O, I, B or Z.",
        "NM1", 9, 0, "72", "C",
    ),
    "last-name": refused(
        7, "Patient last name", "The last name is required. Write it as on the Medicare card.",
        "NM1", 3, 0, "73", "C",
    ),
    "search-set": refused(
        7, "Patient first name or birth date",
        "Besides the Medicare number and the last name, give the first name or the birth date.",
        "NM1", 4, 0, "15", "C",
    ),
    "birth-date": refused(
        4, "Patient birth date", "The birth date is in the future. Correct it.",
        "DMG", 2, 0, "58", "C",
    ),
    "birth-after-service": refused(
        4, "Patient birth date", "The birth date is after the date that is asked about. Correct one of the two.",
        "DMG", 2, 0, "60", "C",
    ),
    "dates": refused(
        4, "Dates", "The period ends before it begins. Correct its dates.",
        "DTP", 3, 0, "57", "C",
    ),
    "dates-too-early": refused(
        7, "Dates", "HETS does not look back that far. Ask about a later date.",
        "DTP", 3, 0, "62", "C",
    ),
    "dates-too-late": refused(
        7, "Dates", "HETS does not look ahead that far. Ask about an earlier date.",
        "DTP", 3, 0, "63", "C",
    ),
    "dependent": refused(
        7, "Patient", "In Medicare the patient is always the insured. Ask about the subscriber.",
        "NM1", 1, 0, "77", "C",
    ),
    "question": refused(
        4, "Service type", "Nothing is asked about the patient. Name at least one service type.",
        "EQ", 1, 0, "15", "C",
    ),
    # --- both -----------------------------------------------------------------------------------------------------
    "diagnosis-code": refused(
        5, "Diagnosis codes", "A diagnosis code does not have the form of an ICD code. Write it without the dot.",
        "HI", 1, 2, "AF", "C",
    ),
    "procedure-code": refused(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "EQ", 2, 2, "AG", "C",
    ),
    "state": refused(
        5, "State", "The state is not a postal abbreviation. Correct it.",
        "N4", 2, code_set="states",
    ),
    # --- the answer -----------------------------------------------------------------------------------------------
    "benefit-procedure-code": refused(
        5, "Procedure code", "A procedure code of a benefit does not have the form of a HCPCS code.",
        "EB", 13, 2,
    ),
    "entity-npi": refused(
        5, "Provider NPI",
        "The NPI of a provider named with a benefit is not valid: ten digits, the first 1 or 2, the last a check"
        " digit.",
        "NM1", 9,
    ),
    "amount-form": refused(
        3, "Amount", "An amount has more than two decimals or too many digits. Write dollars and cents.",
        "EB", 7,
    ),
    # Situations of the guide that a payer missed. X12 leaves it to the receiver what follows (RFI 1512): remarks.
    "last-name-missing": refused(
        4, "Patient last name", "The answer finds the patient but does not give the last name. Compare the MBI.",
        "NM1", 3,
    ),
    "status-missing": refused(
        4, "Coverage", "The answer does not say whether coverage is active or inactive. Ask again, or ask the payer.",
        "EB", 1,
    ),
    "plan-date-missing": refused(
        4, "Coverage", "Active coverage is given without the date it began. Ask the payer for its dates.",
        "EB", 1,
    ),
    "share-amount": refused(
        4, "Share of the patient", "An amount the patient pays is not given. Ask the payer for it.",
        "EB", 7,
    ),
    "share-percent": refused(
        4, "Share of the patient",
        "An amount the patient pays is given as a percentage, which is how coinsurance is given. Ask the payer.",
        "EB", 8,
    ),
    "coinsurance-percent": refused(
        4, "Coinsurance", "A coinsurance is given without its percentage. Ask the payer for it.",
        "EB", 8,
    ),
    "other-payer-name": refused(
        4, "Other payer", "Another payer is reported without its name. Ask the patient which one it is.",
        "EB", 1,
    ),
    "nothing-said": refused(
        4, "Answer", "The answer names the patient and says nothing: neither a benefit nor a refusal. Ask again.",
        "EB", 1,
    ),
    # --- question and answer --------------------------------------------------------------------------------------
    "answer-reference": refused(
        7, "Answer", "The answer does not carry the reference of the question. Do not use it; ask again.",
        "BHT", 3,
    ),
    "answer-source": refused(
        7, "Answer", "The answer comes from another payer than was asked. Do not use it; ask again.",
        "NM1", 9,
    ),
    "answer-receiver": refused(
        7, "Answer", "The answer is meant for another provider. Do not use it; ask again.",
        "NM1", 9,
    ),
    "answer-patient-missing": refused(
        7, "Answer", "The answer names no patient and refuses nothing. Do not use it; ask again.",
        "NM1", 1,
    ),
    "answer-trace": refused(
        7, "Answer", "The trace number of the question did not come back. Do not use the answer; ask again.",
        "TRN", 2,
    ),
    "answer-mbi": refused(
        7, "Answer", "The answer is about another Medicare number. Do not use it; ask again.",
        "NM1", 9,
    ),
    "answer-name": refused(
        7, "Answer", "The answer is about a patient of another name. Do not use it; ask again.",
        "NM1", 3,
    ),
    "answer-birth-date": refused(
        7, "Answer", "The answer is about a patient born on another day. Do not use it; ask again.",
        "DMG", 2,
    ),
    "answer-patient": refused(
        7, "Answer", "One of question and answer is about the subscriber, the other about a dependent. Ask again.",
        "NM1", 1,
    ),
})  # fmt: skip
