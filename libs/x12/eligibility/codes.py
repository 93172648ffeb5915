"""What the codes of an eligibility answer mean, each in our own short words, and what to do about a refusal.

Source of the codes: the data elements named at each table, as guide 005010X279A1 uses them; what HETS says with them,
from a public CMS sample. Codes only: the words are ours.
"""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Reason:
    """Why a payer refused (AAA03): what was wrong, what the person at the portal should try, and who can help."""

    words: str
    advice: str
    helper: str


_ASK_LATER = "Nothing is wrong with the question. Ask again later."
_ASK_EDI = "Call the EDI help desk of your contractor: asking again does not help."
_CHECK_CARD = "Compare it with the Medicare card, correct it and ask again."
# Medicare cards show neither birth date nor sex (since 2018).
_CHECK_ID = "Check the patient's ID, correct it and ask again."
_CHECK_DATES = "Correct the dates and ask again."
_CHECK_PROVIDER = "Choose another provider of your organization, or compare the NPI with NPPES."
_OTHER_PAYER = "This does not happen with Medicare. Ask the payer."

_HELP_DESK = "The help desk of this portal."
_STATUS = "The page Function status says when it answers again; the help desk of this portal."
_EDI = "The EDI help desk of your contractor."
_PROVIDER = "Your organization's portal administrator; NPPES corrects the data of an NPI."
_ADMINISTRATOR = "Your organization's portal administrator, on the page HETS enrollment."
_PAYER = "The payer."
_PATIENT = "The patient, who can see the number at Medicare.gov or ask 1-800-MEDICARE."
_SOCIAL_SECURITY = "The patient; Social Security corrects a name or birth date that Medicare has wrong."

# AAA03: data element 901.
REJECT_REASONS = {
    "04": Reason("More was asked at once than is allowed", "Ask about fewer patients or services at once.", _HELP_DESK),
    "15": Reason(
        "More details are needed for a search",
        "Give the Medicare number and the last name, and the first name or the birth date.",
        _HELP_DESK,
    ),
    "33": Reason("The question has an error", "Check what you entered, correct it and ask again.", _HELP_DESK),
    "35": Reason("The provider is outside the plan's network", _OTHER_PAYER, _PAYER),
    "41": Reason(
        "The provider may not ask through this submitter",
        "Ask the administrator of your organization to enroll the NPI for HETS, then ask again.",
        _ADMINISTRATOR,
    ),
    "42": Reason("Medicare's eligibility system cannot answer right now", _ASK_LATER, _STATUS),
    "43": Reason("The provider's NPI is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "44": Reason("The provider's name is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "45": Reason("The provider's specialty is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "46": Reason("The provider's telephone number is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "47": Reason("The provider's state is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "48": Reason("The referring provider's number is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "49": Reason("The provider is not the patient's primary care physician", _OTHER_PAYER, _PAYER),
    "50": Reason("The provider may not ask about eligibility", _ASK_EDI, _EDI),
    "51": Reason("Medicare does not know the provider's NPI", _CHECK_PROVIDER, _PROVIDER),
    "52": Reason("The provider was not enrolled on the date asked about", _CHECK_DATES, _HELP_DESK),
    "53": Reason("The benefit asked about is not one for this provider", "Ask about another service type.", _HELP_DESK),
    "54": Reason("The type of product or procedure code is not valid", "Ask without the procedure code.", _HELP_DESK),
    "55": Reason("The product or procedure code is not valid", "Correct the procedure code and ask again.", _HELP_DESK),
    "56": Reason("The date is not valid", _CHECK_DATES, _HELP_DESK),
    "57": Reason("The date asked about is missing or wrong", _CHECK_DATES, _HELP_DESK),
    "58": Reason("The birth date is missing or wrong", _CHECK_ID, _SOCIAL_SECURITY),
    "60": Reason(
        "The birth date is after the date asked about", "Correct one of the two dates and ask again.", _SOCIAL_SECURITY
    ),
    "61": Reason(
        "The patient died before the date asked about",
        "Check the date asked about, and that it is the right patient.",
        _SOCIAL_SECURITY,
    ),
    "62": Reason("The date asked about is too far back", "Ask about a date within the last four years.", _HELP_DESK),
    "63": Reason("The date asked about is too far ahead", "Ask about a date within the next four months.", _HELP_DESK),
    "64": Reason("The patient's number is missing or wrong", _CHECK_CARD, _PATIENT),
    "65": Reason("The patient's name is missing or wrong", _CHECK_CARD, _SOCIAL_SECURITY),
    "66": Reason("The patient's sex is missing or wrong", _CHECK_ID, _SOCIAL_SECURITY),
    "67": Reason("The patient was not found", _CHECK_CARD, _PATIENT),
    "68": Reason("The patient's number belongs to several persons", _OTHER_PAYER, _PAYER),
    "69": Reason("The patient's age does not match the service", "Check the service type and the patient.", _HELP_DESK),
    "70": Reason("The patient's sex does not match the service", "Check the service type and the patient.", _HELP_DESK),
    "71": Reason("The birth date is not the one Medicare has", _CHECK_ID, _SOCIAL_SECURITY),
    "72": Reason(
        "The Medicare number is wrong, or was replaced before the date asked about",
        "Compare it with the card. If the patient has a new card, use its number: the old one answers only for days"
        " before the change.",
        _PATIENT,
    ),
    "73": Reason(
        "The name is missing, or not the one Medicare has",
        "Write the name as on the Medicare card. Try it in another way: with the suffix inside the last name, without"
        " hyphen, or without the first name.",
        _SOCIAL_SECURITY,
    ),
    "74": Reason("The subscriber's sex is missing or wrong", _CHECK_ID, _SOCIAL_SECURITY),
    "75": Reason(
        "No patient with this Medicare number was found",
        "Compare the number with the card. If the patient got a new card, use the new number.",
        _PATIENT,
    ),
    "76": Reason("The subscriber's number belongs to several persons", _OTHER_PAYER, _PAYER),
    "77": Reason(
        "The subscriber was found, the patient was not", "Ask about the person on the Medicare card.", _PATIENT
    ),
    "78": Reason("The subscriber does not belong to the group or plan named", _OTHER_PAYER, _PAYER),
    "79": Reason("The question named another payer than Medicare", _ASK_EDI, _EDI),
    "80": Reason("No answer came from the payer's system", _ASK_LATER, _STATUS),
    "97": Reason("The address of the provider is missing or wrong", _CHECK_PROVIDER, _PROVIDER),
    "98": Reason("The service is experimental", _OTHER_PAYER, _PAYER),
    "AA": Reason("The authorization number was not found", _OTHER_PAYER, _PAYER),
    "AE": Reason("The primary care physician must authorize the service", _OTHER_PAYER, _PAYER),
    "AF": Reason("The diagnosis code is missing or wrong", "Correct the diagnosis code and ask again.", _HELP_DESK),
    "AG": Reason("The procedure code is missing or wrong", "Correct the procedure code and ask again.", _HELP_DESK),
    "AO": Reason("More about the patient's condition is needed", _OTHER_PAYER, _PAYER),
    "CI": Reason("The certification does not belong to the patient", _OTHER_PAYER, _PAYER),
    "E8": Reason("The service needs medical review", _OTHER_PAYER, _PAYER),
    "IA": Reason("The authorization number has a wrong form", _OTHER_PAYER, _PAYER),
    "MA": Reason("The authorization number is missing", _OTHER_PAYER, _PAYER),
    "T4": Reason("The question did not name a payer", _ASK_EDI, _EDI),
}

# The refusals HETS gives, by the loop they stand in (reference: HETS companion guide).
HETS_REASONS = {
    "2100A": ("41", "42", "79", "80", "T4"),
    "2100B": ("41", "43", "50", "51"),
    "2100C": ("15", "57", "58", "60", "61", "62", "63", "71", "72", "73", "75"),
}

NOT_NOW = frozenset({"42", "80"})
"""Refusals that say nothing about the question: the payer's own system is away."""

# AAA04: data element 889.
FOLLOW_UPS = {
    "C": "Correct it and ask again",
    "N": "Do not ask again",
    "P": "Send the first question again",
    "R": "You may ask again",
    "S": "Do not ask again: the question went to another payer",
    "W": "Wait 30 days and ask again",
    "X": "Wait 10 days and ask again",
    "Y": "Do not ask again: the answer follows",
}

# EB01: data element 1390.
INFORMATION = {
    "1": "Active coverage",
    "2": "Active, full risk capitation",
    "3": "Active, services capitated",
    "4": "Active, services capitated to the primary care physician",
    "5": "Active, being investigated",
    "6": "Inactive",
    "7": "Inactive, update awaited",
    "8": "Inactive, being investigated",
    "A": "Coinsurance",
    "B": "Copayment",
    "C": "Deductible",
    "CB": "Coverage basis",
    "D": "Benefit described",
    "E": "Excluded",
    "F": "Limit",
    "G": "Most the patient pays (stop loss)",
    "H": "Unlimited",
    "I": "Not covered",
    "J": "Cost containment",
    "K": "Reserve",
    "L": "Primary care provider",
    "M": "Pre-existing condition",
    "MC": "Managed care coordinator",
    "N": "Restricted to certain providers",
    "O": "Not medically necessary",
    "P": "Benefit disclaimer",
    "Q": "Second surgical opinion required",
    "R": "Other or additional payer",
    "S": "Prior years",
    "T": "Card reported lost or stolen",
    "U": "Contact this entity for details",
    "V": "Cannot be answered",
    "W": "Other source of information",
    "X": "Health care facility",
    "Y": "Spend down",
}

# Those of them that HETS takes in a question (EQ01), besides those it adds to each answer by itself.
HETS_SERVICE_TYPES = (
    "30",
    "1",
    "2",
    "3",
    "4",
    "5",
    "10",
    "12",
    "14",
    "15",
    "18",
    "33",
    "42",
    "45",
    "47",
    "48",
    "50",
    "62",
    "67",
    "71",
    "76",
    "80",
    "86",
    "88",
    "98",
    "A7",
    "AD",
    "AE",
    "AF",
    "AG",
    "BG",
    "MH",
    "UC",
)

# EB04: data element 1336. In an answer of Medicare 12 to 47 and WC name who pays before Medicare (MSP).
INSURANCE = {
    "12": "Employer group health plan, working aged",
    "13": "Employer group health plan, end-stage renal disease",
    "14": "No-fault insurance",
    "15": "Workers' compensation, Medicare second",
    "16": "Public Health Service or other federal agency",
    "41": "Black lung",
    "42": "Veterans Affairs",
    "43": "Employer group health plan, disabled",
    "47": "Liability insurance",
    "AP": "Automobile insurance",
    "C1": "Commercial insurance",
    "CO": "COBRA continuation",
    "CP": "Conditionally primary, Medicare",
    "D": "Disability",
    "DB": "Disability benefits",
    "EP": "Exclusive provider organization",
    "FF": "Family or friends",
    "GP": "Group policy",
    "HM": "Health maintenance organization (HMO)",
    "HN": "HMO that bears the risk for Medicare",
    "HS": "Special low-income beneficiary (Medicaid)",
    "IN": "Indemnity plan (private fee for service)",
    "IP": "Individual policy",
    "LC": "Long-term care",
    "LD": "Long-term policy",
    "LI": "Life insurance",
    "LT": "Litigation",
    "MA": "Medicare Part A",
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "MH": "Medigap, Part A",
    "MI": "Medigap, Part B",
    "MP": "Medicare, primary",
    "OT": "Other (in Medicare: Part D)",
    "PE": "Property insurance, personal",
    "PL": "Personal",
    "PP": "Personal payment",
    "PR": "Preferred provider organization (PPO)",
    "PS": "Point of service plan (POS)",
    "QM": "Qualified Medicare Beneficiary (QMB)",
    "RP": "Property insurance, real",
    "SP": "Supplemental policy",
    "TF": "Tax Equity and Fiscal Responsibility Act",
    "WC": "Workers' compensation",
    "WU": "Wrap-up policy",
}

# EB06 and HSD05: data element 615.
TIME_PERIODS = {
    "6": "per hour",
    "7": "per day",
    "13": "per 24 hours",
    "21": "per year",
    "22": "per service year",
    "23": "per calendar year",
    "24": "this year to date",
    "25": "per contract",
    "26": "per episode",
    "27": "per visit",
    "28": "as an outlier",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "in a lifetime",
    "33": "remaining in the lifetime",
    "34": "per month",
    "35": "per week",
    "36": "per admission",
}

# EB09 and HSD01: data element 673, after a number.
UNITS = {
    "8H": "at least",
    "99": "units used",
    "CA": "covered",
    "CE": "covered (estimated)",
    "D3": "coinsurance days",
    "DB": "pints of blood",
    "DY": "days",
    "FL": "units",
    "HS": "hours",
    "LA": "lifetime reserve days",
    "LE": "lifetime reserve days (estimated)",
    "M2": "at most",
    "MN": "months",
    "P6": "services or procedures",
    "QA": "approved",
    "S7": "years of age at most",
    "S8": "years of age at least",
    "VS": "visits",
    "YY": "years",
}

# EB02: data element 1207.
COVERAGE_LEVELS = {
    "CHD": "Children only",
    "DEP": "Dependents only",
    "ECH": "Employee and children",
    "EMP": "Employee only",
    "ESP": "Employee and spouse",
    "FAM": "Family",
    "IND": "Individual",
    "SPC": "Spouse and children",
    "SPO": "Spouse only",
}

# EB03 and EQ01: data element 1365.
SERVICE_TYPES = {
    "1": "Medical care",
    "2": "Surgery",
    "3": "Consultation",
    "4": "Diagnostic x-ray",
    "5": "Diagnostic laboratory",
    "6": "Radiation therapy",
    "7": "Anesthesia",
    "8": "Surgical assistance",
    "10": "Blood",
    "11": "Durable medical equipment, used",
    "12": "Durable medical equipment, purchase",
    "13": "Ambulatory surgery center",
    "14": "Renal supplies in the home",
    "15": "Alternate method of dialysis",
    "16": "Chronic renal disease equipment",
    "18": "Durable medical equipment, rental",
    "19": "Pneumonia vaccine",
    "20": "Second surgical opinion",
    "21": "Third surgical opinion",
    "23": "Diagnostic dental care",
    "30": "Health plan coverage",
    "33": "Chiropractic",
    "35": "Dental care",
    "40": "Oral surgery",
    "41": "Routine (preventive) dental care",
    "42": "Home health care",
    "43": "Home health prescriptions",
    "44": "Home health visits",
    "45": "Hospice",
    "46": "Respite care",
    "47": "Hospital",
    "48": "Hospital, inpatient",
    "49": "Hospital, room and board",
    "50": "Hospital, outpatient",
    "51": "Hospital, emergency accident",
    "52": "Hospital, emergency medical",
    "53": "Hospital, ambulatory surgery",
    "54": "Long-term care",
    "56": "Medically related transport",
    "57": "Air transport",
    "59": "Licensed ambulance",
    "60": "General benefits",
    "62": "MRI scan",
    "65": "Newborn care",
    "66": "Pathology",
    "67": "Smoking cessation",
    "68": "Well baby care",
    "69": "Maternity",
    "70": "Transplants",
    "71": "Audiology",
    "72": "Inhalation therapy",
    "73": "Diagnostic medical",
    "74": "Private duty nursing",
    "75": "Prosthetic device",
    "76": "Dialysis",
    "78": "Chemotherapy",
    "80": "Immunizations",
    "81": "Routine physical",
    "82": "Family planning",
    "83": "Infertility",
    "84": "Abortion",
    "86": "Emergency services",
    "88": "Pharmacy",
    "90": "Mail order prescriptions",
    "91": "Brand name prescriptions",
    "92": "Generic prescriptions",
    "93": "Podiatry",
    "96": "Professional (physician)",
    "98": "Professional (physician) visit, office",
    "99": "Professional (physician) visit, inpatient",
    "A0": "Professional (physician) visit, outpatient",
    "A1": "Professional (physician) visit, nursing home",
    "A2": "Professional (physician) visit, skilled nursing facility",
    "A3": "Professional (physician) visit, home",
    "A4": "Psychiatric",
    "A5": "Psychiatric, room and board",
    "A6": "Psychotherapy",
    "A7": "Psychiatric, inpatient",
    "A8": "Psychiatric, outpatient",
    "A9": "Rehabilitation",
    "AB": "Rehabilitation, inpatient",
    "AC": "Rehabilitation, outpatient",
    "AD": "Occupational therapy",
    "AE": "Physical medicine",
    "AF": "Speech therapy",
    "AG": "Skilled nursing care",
    "AH": "Skilled nursing care, room and board",
    "AI": "Substance abuse",
    "AJ": "Alcoholism",
    "AK": "Drug addiction",
    "AL": "Vision (optometry)",
    "AM": "Frames",
    "AO": "Lenses",
    "BF": "Pulmonary rehabilitation",
    "BG": "Cardiac rehabilitation",
    "BT": "Gynecological",
    "BU": "Obstetrical",
    "BV": "Obstetrical and gynecological",
    "BY": "Physician visit, sick",
    "BZ": "Physician visit, well",
    "CE": "Mental health provider, inpatient",
    "CF": "Mental health provider, outpatient",
    "CG": "Mental health facility, inpatient",
    "CH": "Mental health facility, outpatient",
    "CK": "Screening x-ray",
    "CL": "Screening laboratory",
    "CM": "Mammogram, high risk",
    "CN": "Mammogram, low risk",
    "CO": "Flu vaccine",
    "CQ": "Case management",
    "DM": "Durable medical equipment",
    "DS": "Diabetic supplies",
    "GY": "Allergy",
    "IC": "Intensive care",
    "MH": "Mental health",
    "ON": "Oncology",
    "PT": "Physical therapy",
    "RN": "Renal",
    "RT": "Residential psychiatric treatment",
    "TC": "Transitional care",
    "UC": "Urgent care",
    "9": "Other medical",
    "17": "Pre-admission testing",
    "22": "Social work",
    "24": "Periodontics",
    "25": "Restorative dental care",
    "26": "Endodontics",
    "27": "Maxillofacial prosthetics",
    "28": "Adjunctive dental care",
    "32": "Plan waiting period",
    "34": "Chiropractic, office visit",
    "36": "Dental crowns",
    "37": "Dental accident",
    "38": "Orthodontics",
    "39": "Prosthodontics",
    "55": "Major medical",
    "58": "Cabulance",
    "61": "In-vitro fertilization",
    "63": "Donor procedures",
    "64": "Acupuncture",
    "77": "Otology",
    "79": "Allergy testing",
    "85": "AIDS",
    "87": "Cancer",
    "89": "Prescriptions, free-standing",
    "94": "Podiatry, office visit",
    "95": "Podiatry, nursing home visit",
    "97": "Anesthesiologist",
    "AA": "Rehabilitation, room and board",
    "AN": "Routine vision exam",
    "AQ": "Nonmedically necessary physical",
    "AR": "Experimental drugs",
    "B1": "Burn care",
    "B2": "Brand name prescriptions, on the formulary",
    "B3": "Brand name prescriptions, not on the formulary",
    "BA": "Independent medical evaluation",
    "BB": "Partial hospitalization, psychiatric",
    "BC": "Day care, psychiatric",
    "BD": "Cognitive therapy",
    "BE": "Massage therapy",
    "BH": "Pediatric",
    "BI": "Nursery",
    "BJ": "Skin",
    "BK": "Orthopedic",
    "BL": "Cardiac",
    "BM": "Lymphatic",
    "BN": "Gastrointestinal",
    "BP": "Endocrine",
    "BQ": "Neurology",
    "BR": "Eye",
    "BS": "Invasive procedures",
    "BW": "Mail order prescriptions, brand name",
    "BX": "Mail order prescriptions, generic",
    "C1": "Coronary care",
    "CA": "Private duty nursing, inpatient",
    "CB": "Private duty nursing, home",
    "CC": "Surgical benefits, professional",
    "CD": "Surgical benefits, facility",
    "CI": "Substance abuse facility, inpatient",
    "CJ": "Substance abuse facility, outpatient",
    "CP": "Eyewear and accessories",
    "DG": "Dermatology",
    "GF": "Generic prescriptions, on the formulary",
    "GN": "Generic prescriptions, not on the formulary",
    "NI": "Neonatal intensive care",
    "PU": "Pulmonary",
    "TN": "Transitional nursery care",
}

# EB11: whether the service must be authorized first.
AUTHORIZATION = {"Y": "Required", "N": "Not required", "U": "Not known"}

# EB12. W says that the network makes no difference, which needs no words (RFI 774).
NETWORK = {"Y": "In network", "N": "Out of network", "U": "Network not known", "W": ""}

# BHT02: data element 353.
PURPOSES = {"06": "Spend down confirmed", "11": "Response"}

# TRN01: data element 481, as an answer uses it.
TRACES = {"1": "Trace number of HETS", "2": "Trace number of the question"}

# NM110: data element 706.
RELATIONSHIPS = {
    "01": "Parent",
    "02": "Child",
    "27": "Domestic partner",
    "41": "Spouse",
    "48": "Employee",
    "65": "Other",
    "72": "Not known",
}

# INS02: data element 1069.
RELATIONS_TO_INSURED = {
    "01": "Spouse",
    "18": "Insured",
    "19": "Child",
    "20": "Employee",
    "21": "Not known",
    "39": "Organ donor",
    "40": "Cadaver donor",
    "53": "Life partner",
    "G8": "Other",
}

# PRV01: data element 1221.
PROVIDER_PARTS = {
    "AD": "Admitting",
    "AT": "Attending",
    "BI": "Billing",
    "CO": "Consulting",
    "CV": "Covering",
    "H": "Hospital",
    "HH": "Home health care",
    "LA": "Laboratory",
    "OT": "Other physician",
    "P1": "Pharmacist",
    "P2": "Pharmacy",
    "PC": "Primary care physician",
    "PE": "Performing",
    "R": "Rural health clinic",
    "RF": "Referring",
    "SB": "Submitting",
    "SK": "Skilled nursing facility",
    "SU": "Supervising",
}

# HSD03: data element 355.
MEASURES = {"DA": "days", "MO": "months", "VS": "visits", "WK": "weeks", "YR": "years"}

# HSD07: data element 678.
DELIVERY_DAYS = {
    "1": "first week of the month",
    "2": "second week of the month",
    "3": "third week of the month",
    "4": "fourth week of the month",
    "5": "fifth week of the month",
    "6": "first and third weeks of the month",
    "7": "second and fourth weeks of the month",
    "8": "first working day of the period",
    "9": "last working day of the period",
    "A": "Monday to Friday",
    "B": "Monday to Saturday",
    "C": "Monday to Sunday",
    "D": "Monday",
    "E": "Tuesday",
    "F": "Wednesday",
    "G": "Thursday",
    "H": "Friday",
    "J": "Saturday",
    "K": "Sunday",
    "L": "Monday to Thursday",
    "M": "immediately",
    "N": "as directed",
    "O": "every day, Monday to Friday",
    "P": "half on Monday, half on Thursday",
    "Q": "half on Tuesday, half on Thursday",
    "R": "half on Wednesday, half on Friday",
    "S": "once at any time, Monday to Friday",
    "SG": "Tuesday to Friday",
    "SL": "Monday, Tuesday and Thursday",
    "SP": "Monday, Tuesday and Friday",
    "SX": "Wednesday and Thursday",
    "SY": "Monday, Wednesday and Thursday",
    "SZ": "Tuesday, Thursday and Friday",
    "T": "half on Tuesday, half on Friday",
    "U": "half on Monday, half on Wednesday",
    "V": "a third each on Monday, Wednesday and Friday",
    "W": "whenever necessary",
    "X": "half by Wednesday, the rest by Friday",
    "Y": "none",
}

# HSD08: data element 679.
DELIVERY_TIMES = {
    "A": "first shift",
    "B": "second shift",
    "C": "third shift",
    "D": "morning",
    "E": "afternoon",
    "F": "as directed",
    "G": "any shift",
    "Y": "no time",
}

# III01: data element 1270. ZZ is a place of service in this guide; its codes have words in `code_sets/pos.csv`.
DETAILS = {"GR": "Nature of injury (NCCI)", "NI": "Nature of injury", "ZZ": "Place of service"}

# III03: data element 1136.
DETAIL_CATEGORIES = {"44": "Nature of injury"}

# HI: data element 1270.
DIAGNOSES = {
    "ABK": "Principal diagnosis",
    "ABF": "Diagnosis",
    "BK": "Principal diagnosis (ICD-9)",
    "BF": "Diagnosis (ICD-9)",
}

# MPI01 to MPI03: data elements 1201, 584 and 1595.
MILITARY_STATUS = {
    "A": "Partly known",
    "C": "Current",
    "L": "Latest",
    "O": "Oldest",
    "P": "Prior",
    "S": "Second latest",
    "T": "Third latest",
}
MILITARY_EMPLOYMENT = {
    "AE": "Active reserve",
    "AO": "Active duty overseas",
    "AS": "Service academy student",
    "AT": "Presidential appointee",
    "AU": "Active duty, United States",
    "CC": "Contractor",
    "DD": "Dishonorably discharged",
    "HD": "Honorably discharged",
    "IR": "Inactive reserve",
    "LX": "On leave",
    "PE": "Plan to enlist",
    "RE": "Recommissioned",
    "RM": "Retired, overseas",
    "RR": "Retired without recall",
    "RU": "Retired, United States",
}
MILITARY_BRANCHES = {
    "A": "Air Force",
    "B": "Air Force reserve",
    "C": "Army",
    "D": "Army reserve",
    "E": "Coast Guard",
    "F": "Marine Corps",
    "G": "Marine Corps reserve",
    "H": "National Guard",
    "I": "Navy",
    "J": "Navy reserve",
    "K": "Other",
    "L": "Peace Corps",
    "M": "Regular armed forces",
    "N": "Reserves",
    "O": "Public Health Service",
    "Q": "Foreign military",
    "R": "American Red Cross",
    "S": "Department of Defense",
    "U": "United Services Organization",
    "W": "Military Sealift Command",
}
