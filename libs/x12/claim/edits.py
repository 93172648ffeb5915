"""The edits of a claim that its guide's structure cannot tell: SNIP 3 to 5 and Medicare's own (level 7).

Each has a stable code, what to correct, and the 277CA answer: claim status category, claim status code, entity; one
without an answer is a remark, which rejects nothing. `EDITS` are those of the 837P, `INSTITUTIONAL_EDITS` those of the
837I; what both ask for has one code in both.
Sources: 005010X222A1 and 005010X223A2 situational rules, X12's answers to requests for interpretation (RFI: unlisted
procedures 1467, amounts 1526, line control numbers 1917, amounts less than zero 2499, coordination of benefits 1353 and
1391), CMS 837 companion guides, CEDI edit X222.492.2440.LQ02.030 (certificates), Medicare Claims Processing Manual
chapter 25 (type of bill, admission, revenue codes) and chapter 24, section 30 (the billing provider is one the EDI
agreement links to the submitter; CMS Common Edits X222.087.2010AA.NM109.050), 42 CFR 424.44 (timely filing), 45 CFR 162
(NPI, code sets), CMS MBI format sheet.
"""

from libs.x12.code_sets import CODE_SETS
from libs.x12.edits import Edit, Edits

EDITS = Edits({
    "total-charge": Edit(
        3, "Total charge", "The total charge is not the sum of the line charges. Correct the total or the lines.",
        "CLM", 2, 0, "A8", "400",
    ),
    "amount-form": Edit(
        3, "Amount",
        "An amount has more than two decimals, or more than ten digits with its cents. Write dollars and cents.",
        "CLM", 2, 0, "A7", "178",
    ),
    "other-payer-balance": Edit(
        3, "Other payer", "What another payer paid and took off does not make up the total charge. Correct it.",
        "AMT", 2, 0, "A8", "400",
    ),
    "other-payer-line-balance": Edit(
        3, "Other payer", "What another payer paid and took off does not make up the charge of a line. Correct it.",
        "SVD", 2, 0, "A8", "400",
    ),
    "amount-negative": Edit(
        3, "Amount", "An amount is less than zero, which contradicts what it says. Write it without the minus.",
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
    "billing-street": Edit(
        4, "Billing provider address",
        "The billing provider's address is a street, never a box. Send the box as the pay-to address.",
        "N3", 1, 0, "A7", "503", "85",
    ),
    "billing-tax-id": Edit(
        5, "Billing provider tax identifier",
        "The billing provider's tax identifier has nine digits, without a dash. Correct it.",
        "REF", 2, 0, "A7", "128", "85",
    ),
    "subscriber-not-patient": Edit(
        7, "Patient", "In Medicare the subscriber is the patient. Write 18 (self) as the relationship.",
        "SBR", 2, 0, "A7", "164", "IL",
    ),
    "other-payer-missing": Edit(
        4, "Other payer", "Medicare is not the first payer of the claim, and no payer before it is named. Add it.",
        "SBR", 1, 0, "A6", "286",
    ),
    "other-payer-date": Edit(
        4, "Other payer", "What another payer paid needs the day it decided, on the claim or on its lines. Add it.",
        "DTP", 3, 0, "A6", "516",
    ),
    "insurance-type": Edit(
        4, "Insurance type", "Medicare is not the first payer: say why, by the insurance type code. Add it.",
        "SBR", 5, 0, "A6", "171",
    ),
    "accident-date": Edit(
        4, "Accident date", "The claim goes back to an accident and needs its date. Add it.",
        "DTP", 3, 0, "A6", "727",
    ),
    "accident-state": Edit(
        4, "Accident state", "A car accident needs the state, or the country, where it happened. Add it.",
        "CLM", 11, 4, "A6", "728",
    ),
    "payer-order": Edit(
        4, "Other payer", "Two payers of the claim have the same place in the order of payment. Correct one of them.",
        "SBR", 1, 0, "A8", "286",
    ),
    "subscriber-address": Edit(
        4, "Patient address", "The patient's street, city, state and ZIP code are required. Add them.",
        "N3", 1, 0, "A6", "503", "IL",
    ),
    "subscriber-demographics": Edit(
        4, "Patient birth date", "The patient's birth date and sex are required. Add them.",
        "DMG", 2, 0, "A6", "158", "IL",
    ),
    "other-payer-unknown": Edit(
        4, "Other payer", "A line names an earlier payer the claim does not have. Name one it has, or add it.",
        "SVD", 1, 0, "A8", "286",
    ),
    "paid-units": Edit(
        4, "Other payer", "The units that another payer paid on a line are less than zero. Write how many it paid.",
        "SVD", 5, 0, "A7", "476",
    ),
    "adjusted-units": Edit(
        4, "Other payer",
        "The units that another payer took off are less than zero, and the amount is not. Write how many it took off.",
        "CAS", 4, 0, "A7", "476",
    ),
    "bundled-line": Edit(
        4, "Other payer",
        "A line that another payer paid with another one names that other line of the claim; a line it took apart names"
        " none. Correct the number, or leave it out.",
        "SVD", 6, 0, "A8", "286",
    ),
    "remaining-liability": Edit(
        4, "Other payer",
        "What the patient still owes after another payer is on the claim and on its lines. Send it on the lines alone,"
        " or, where that payer decided the claim as a whole, on the claim alone.",
        "AMT", 2, 0, "A8", "286",
    ),
    "not-covered-amount": Edit(
        4, "Other payer",
        "A payer that was not billed has decided nothing: its non-covered amount is the total charge, and it paid and"
        " took off nothing. Correct the amount, or send what the payer decided instead.",
        "AMT", 2, 0, "A8", "286",
    ),
    "original-claim-number": Edit(
        4, "Payer claim control number",
        "A claim that replaces or cancels another needs the number the payer gave that one. Add it.",
        "REF", 2, 0, "A6", "464",
    ),
    "facility-postal-code": Edit(
        4, "Service facility ZIP code", "The service facility's ZIP code needs all nine digits. Add the last four.",
        "N4", 3, 0, "A7", "500", "77",
    ),
    "units": Edit(
        4, "Units of service", "A line has no units. Write how many were given.",
        "SV1", 4, 0, "A7", "476",
    ),
    "units-form": Edit(
        4, "Units of service", "The units have at most eight digits, three of them decimals. Round them.",
        "SV1", 4, 0, "A7", "476",
    ),
    "modifier": Edit(
        5, "Modifiers", "A modifier of a line is there twice, or is not two letters or digits. Correct it.",
        "SV1", 1, 3, "A7", "453",
    ),
    "procedure-description": Edit(
        4, "Procedure description", "An unlisted procedure needs a description of what was done or given. Add it.",
        "SV1", 1, 7, "A6", "306",
    ),
    "line-control-number": Edit(
        4, "Line control number",
        "Two lines of the claim have the same control number, so the remittance could not say which it means. Number"
        " each line differently.",
        "REF", 2, 0, "A8", "732",
    ),
    "certificate": Edit(
        7, "Certificate of medical necessity",
        "Medicare takes no certificate of medical necessity (CMN) or DME information form (DIF) for services from"
        " 01/01/2023 on. Take the form out.",
        "LQ", 2, 0, "A7", "698",
    ),
    "drug-code": Edit(
        5, "Drug code", "A national drug code has eleven digits (5-4-2), without dashes. Fill it up with zeros.",
        "LIN", 3, 0, "A7", "218",
    ),
    "ambulance-transport": Edit(
        4, "Ambulance transport",
        "The patient's weight is not above zero, or the distance is less than zero. Write pounds and miles.",
        "CR1", 0, 0, "A7", "21",
    ),
    "drug-quantity": Edit(
        4, "Drug quantity", "The quantity of a drug is less than zero. Write how much was given.",
        "CTP", 4, 0, "A7", "476",
    ),
    "principal-external-cause": Edit(
        7, "Principal diagnosis", "An external cause (V, W, X or Y) cannot be the principal diagnosis. Correct it.",
        "HI", 1, 2, "A7", "254",
    ),
    "postal-code": Edit(
        5, "ZIP code", "A ZIP code has five or nine digits, without a dash. Correct it.",
        "N4", 3, 0, "A7", "500",
    ),
    "service-before-birth": Edit(
        4, "Service dates", "A service is dated before the patient's birth. Correct one of the dates.",
        "DTP", 3, 0, "A8", "187",
    ),
    "service-period": Edit(
        4, "Service dates", "A service ends before it begins. Correct the dates of the line.",
        "DTP", 3, 0, "A8", "187",
    ),
    "billing-npi": Edit(
        5, "Billing provider NPI",
        "The billing provider's NPI is missing or is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "85",
    ),
    "billing-provider-foreign": Edit(
        7, "Billing provider NPI",
        "The billing provider is not the one you act for. Choose the NPI and PTAN that bills this claim, or correct the"
        " NPI.",
        "NM1", 9, 0, "A8", "496", "85",
    ),
    "billing-tax-id-foreign": Edit(
        7, "Billing provider tax identifier",
        "The tax identifier is not the one enrolled for the NPI and PTAN you act for. Correct it, or update PECOS.",
        "REF", 2, 0, "A8", "128", "85",
    ),
    "billing-ptan-foreign": Edit(
        7, "Billing provider PTAN",
        "The PTAN of the claim is not the one you act for. Correct it, or leave it out: the NPI is enough.",
        "REF", 2, 0, "A8", "132", "85",
    ),
    "line-of-business": Edit(
        7, "Kind of claim",
        "Claims of this kind are not billed under the PTAN you act for: an 837P goes under a Part B PTAN, an 837I under"
        " a Part A PTAN. Choose the other PTAN, or send the other kind.",
        "HL", 0, 0, "A8", "481",
    ),
    "submitter-foreign": Edit(
        7, "Submitter",
        "The submitter ID is not in the EDI agreement of the NPI and PTAN you act for. Send the file under one that is,"
        " or have this one added to the agreement.",
        "NM1", 9, 0, "A8", "24", "41",
    ),
    "rendering-npi": Edit(
        5, "Rendering provider NPI",
        "The rendering provider's NPI is missing or is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "82",
    ),
    "provider-npi": Edit(
        5, "Provider NPI",
        "A provider's NPI is not valid: ten digits, the first 1 or 2, the last a check digit. Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "1P",
    ),
    "taxonomy": Edit(
        5, "Billing provider taxonomy code", "This is not a taxonomy code: ten characters, the last one X. Correct it.",
        "PRV", 3, 0, "A7", "145", "85",
    ),
    "rendering-taxonomy": Edit(
        5, "Rendering provider taxonomy code",
        "This is not a taxonomy code: ten characters, the last one X. Correct it.",
        "PRV", 3, 0, "A7", "145", "82",
    ),
    "frequency-code": Edit(
        5, "Claim frequency code", "This claim frequency code does not exist for this kind of claim. Correct it.",
        "CLM", 5, 3, "A7", "535",
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
    "adjustment-reason": Edit(
        5, "Adjustment reason",
        "We do not know this adjustment reason of another payer. Nothing to correct if its remittance has it.",
        "CAS", 2, 0, "", "",
    ),
    "diagnosis-code": Edit(
        5, "Diagnosis codes", "A diagnosis code does not have the form of an ICD code. Write it without the dot.",
        "HI", 1, 2, "A7", "255",
    ),
    "procedure-code": Edit(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SV1", 1, 2, "A7", "507",
    ),
    "mbi": Edit(
        7, "Medicare number (MBI)",
        "This is not a Medicare number. Compare it with the card: 11 characters, never S, L, O, I, B or Z.",
        "NM1", 9, 0, "A7", "164", "IL",
    ),
    "service-after-receipt": Edit(
        7, "Service date", "A service begins after the day the file was received. Correct the date.",
        "DTP", 3, 0, "A8", "187",
    ),
    "birth-date": Edit(
        7, "Patient birth date", "The birth date is after the day the file was received. Correct it.",
        "DMG", 2, 0, "A7", "158", "IL",
    ),
    "admission-after-receipt": Edit(
        7, "Admission date", "The admission is after the day the file was received. Correct the date.",
        "DTP", 3, 0, "A7", "189",
    ),
    "adjustment-zero": Edit(
        4, "Other payer",
        "An adjustment of another payer has an amount or units of zero. Leave out what adjusts nothing.",
        "CAS", 3, 0, "", "",
    ),
    "late-filing": Edit(
        7, "Service date",
        "The claim comes more than one calendar year after the service. Medicare decides whether an exception applies.",
        "DTP", 3, 0, "", "",
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
})  # fmt: skip


INSTITUTIONAL_EDITS = Edits(EDITS | {
    "filing-indicator": Edit(
        7, "Claim filing indicator",
        "Claims to this contractor carry the filing indicator MA (Medicare Part A). Correct it.",
        "SBR", 9, 0, "A7", "480", "IL",
    ),
    "procedure-code": Edit(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SV2", 2, 2, "A7", "507",
    ),
    "units": Edit(
        4, "Units of service", "A line with a procedure has no units. Write how many were given.",
        "SV2", 5, 0, "A7", "476",
    ),
    "units-form": Edit(
        4, "Units of service", "The units have at most eight digits, three of them decimals. Round them.",
        "SV2", 5, 0, "A7", "476",
    ),
    "modifier": Edit(
        5, "Modifiers", "A modifier of a line is there twice, or is not two letters or digits. Correct it.",
        "SV2", 2, 3, "A7", "453",
    ),
    "procedure-description": Edit(
        4, "Procedure description", "An unlisted procedure needs a description of what was done or given. Add it.",
        "SV2", 2, 7, "A6", "306",
    ),
    "not-covered-charge": Edit(
        3, "Non-covered charge", "More of a line is not covered than is charged. Correct the amounts.",
        "SV2", 7, 0, "A8", "178",
    ),
    "type-of-bill": Edit(
        5, "Type of bill", "This type of bill does not exist. Use a code of the National Uniform Billing Committee.",
        "CLM", 5, 1, "A7", "228",
    ),
    "statement-dates": Edit(
        4, "Statement dates", "The statement ends before it begins. Correct the dates.",
        "DTP", 3, 0, "A8", "188",
    ),
    "statement-after-receipt": Edit(
        7, "Statement dates", "The statement begins after the day the file was received. Correct the dates.",
        "DTP", 3, 0, "A8", "188",
    ),
    "admission-date": Edit(
        4, "Admission date", "This type of bill needs the date of admission or of the start of care. Add it.",
        "DTP", 3, 0, "A6", "189",
    ),
    "admission-hour": Edit(
        4, "Admission hour", "An inpatient claim needs the hour of admission beside the date. Add it.",
        "DTP", 3, 0, "A6", "230",
    ),
    "admission-after-statement": Edit(
        4, "Admission date", "The admission is after the end of the statement. Correct one of the dates.",
        "DTP", 3, 0, "A8", "189",
    ),
    "discharge-hour": Edit(
        4, "Discharge hour", "An inpatient claim that ends with the discharge needs its hour. Add it.",
        "DTP", 3, 0, "A6", "233",
    ),
    "admission-type": Edit(
        5, "Admission type", "This is not a type of admission. Use 1, 2, 3, 4, 5 or 9.",
        "CL1", 1, 0, "A7", "231",
    ),
    "admission-source": Edit(
        4, "Point of origin", "An inpatient claim needs the point of origin of the admission. Add it.",
        "CL1", 2, 0, "A6", "229",
    ),
    "patient-status": Edit(
        5, "Patient status", "This patient status (discharge) code does not exist. Use a code of the NUBC list.",
        "CL1", 3, 0, "A7", "234",
    ),
    "patient-status-interim": Edit(
        4, "Patient status",
        "Frequency and patient status contradict each other: the patient is still there (30) on interim bills only.",
        "CL1", 3, 0, "A8", "234",
    ),
    "admitting-diagnosis": Edit(
        4, "Admitting diagnosis", "An inpatient claim needs the admitting diagnosis. Add it.",
        "HI", 1, 2, "A6", "232",
    ),
    "reason-for-visit": Edit(
        4, "Patient's reason for visit", "An unplanned outpatient visit needs the patient's reason for it. Add it.",
        "HI", 1, 2, "A6", "673",
    ),
    "inpatient-procedure": Edit(
        5, "Procedure of the stay",
        "A procedure does not have the form of ICD-10-PCS: seven characters without I and O. Correct it.",
        "HI", 1, 2, "A7", "465",
    ),
    "procedure-date": Edit(
        4, "Procedure of the stay", "A procedure is dated after the end of the statement. Correct its date.",
        "HI", 1, 4, "A8", "465",
    ),
    "value-code": Edit(
        5, "Value code", "A value code does not have its form: two letters or digits. Correct it.",
        "HI", 1, 2, "A7", "725",
    ),
    "condition-code": Edit(
        5, "Condition code", "A condition code does not have its form: two letters or digits. Correct it.",
        "HI", 1, 2, "A7", "460",
    ),
    "occurrence-code": Edit(
        5, "Occurrence code", "An occurrence code does not have its form: two letters or digits. Correct it.",
        "HI", 1, 2, "A7", "719",
    ),
    "occurrence-span-code": Edit(
        5, "Occurrence span code", "An occurrence span code does not have its form: two letters or digits. Correct it.",
        "HI", 1, 2, "A7", "721",
    ),
    "occurrence-span": Edit(
        4, "Occurrence span", "An occurrence span ends before it begins. Correct its dates.",
        "HI", 1, 4, "A8", "722",
    ),
    "attending-provider": Edit(
        4, "Attending provider", "The claim needs its attending provider; only unplanned transport goes without.",
        "NM1", 9, 0, "A6", "562", "71",
    ),
    "attending-npi": Edit(
        5, "Attending provider NPI",
        "The attending provider's NPI is missing or is not valid: ten digits, the first 1 or 2, the last a check digit."
        " Compare it with NPPES.",
        "NM1", 9, 0, "A7", "562", "71",
    ),
    "revenue-code": Edit(
        5, "Revenue code", "A revenue code does not have its form: four digits, and no line for the total. Correct it.",
        "SV2", 1, 0, "A7", "455",
    ),
    "procedure-missing": Edit(
        4, "Procedure code", "This revenue code needs a HCPCS code on an outpatient claim. Add it.",
        "SV2", 2, 2, "A6", "454",
    ),
    "hipps-code": Edit(
        5, "HIPPS code", "A line under revenue code 0022, 0023 or 0024 needs a HIPPS code: five characters.",
        "SV2", 2, 2, "A7", "513",
    ),
    "service-date-missing": Edit(
        4, "Service date", "Each line of an outpatient claim needs its service date. Add it.",
        "DTP", 3, 0, "A6", "187",
    ),
    "service-outside-statement": Edit(
        7, "Service date", "A service is outside the statement dates. Correct one of them.",
        "DTP", 3, 0, "A8", "187",
    ),
})  # fmt: skip


# Codes whose form is checked, not whether they are in the list of the year: that is adjudication's.
ICD_10 = CODE_SETS["icd_10"].pattern
ICD_9 = CODE_SETS["icd_9"].pattern
HCPCS = CODE_SETS["hcpcs"].pattern
UNLISTED_PROCEDURES = CODE_SETS["unlisted_procedure"].pattern
TAXONOMY = CODE_SETS["prov_taxonomy"].pattern
ICD_10_PROCEDURE = CODE_SETS["icd_10_procedure"].pattern
REVENUE_CODE = CODE_SETS["revenue_code"].pattern
TYPES_OF_BILL = CODE_SETS["type_of_bill"]
ADJUSTMENT_REASONS = CODE_SETS["adjustment_reason"]
PLACES_OF_SERVICE = CODE_SETS["pos"]
STATES = CODE_SETS["states"]
