"""Claim status categories and status codes Portico uses, each in our own short words.

Source of the codes: external code sources 507 (category) and 508 (status), codes only. Closed codes keep their words:
older answers are still read. What may be sent on a day is in `libs.x12.code_sets`.
"""

from libs.x12 import qualifiers
from libs.x12.claim_status.objects import PHARMACY_CODES
from libs.x12.code_sets import CODE_SETS

_STATUS_CODES = CODE_SETS["claim_status"].pattern
_ENTITIES = CODE_SETS["entity_id"].pattern

# 2200B and 2200C of the 277CA: the file was received by the payer.
RECEIVED = ("A1", "19", "PR")
ACCEPTED_FOR_PROCESSING = ("A2", "20", "")

CATEGORIES = {
    "A0": "Forwarded to another party",
    "A1": "Received",
    "A2": "Accepted for processing",
    "A3": "Not accepted",
    "A4": "Not found",
    "A5": "Split into several claims",
    "A6": "Not accepted: information is missing",
    "A7": "Not accepted: information is not valid",
    "A8": "Not accepted: parts of the claim contradict each other",
    "D0": "No claim was found by what was asked",
    "E0": "Answer not possible: the request has errors",
    "E1": "Answer not possible: the system is down",
    "E2": "Answer not possible now: ask again later",
    "E3": "Correct the request: parts of it contradict each other",
    "E4": "Correct the request: it breaks the trading partner agreement",
    "F0": "Finalized",
    "F1": "Finalized: paid",
    "F2": "Finalized: denied",
    "F3": "Finalized: revised",
    "F3F": "Finalized: revised and forwarded to another payer",
    "F3N": "Finalized: revised and not forwarded",
    "F4": "Finalized: adjudication complete, no payment",
    "F5": "Finalized: it cannot be processed",
    "P0": "Pending",
    "P1": "Pending: in process",
    "P2": "Pending: under review",
    "P3": "Pending: information was asked of you",
    "P4": "Pending: information was asked of the patient",
    "P5": "Pending: held by the payer",
    "R0": "Information requested",
    "R1": "Information requested about a person or organization",
    "R3": "Information requested about the claim or a line",
    "R4": "Documents requested",
    "R5": "More exact information requested",
    "R6": "Information requested because the law asks for it",
    "R7": "Information requested to judge whether the care agrees with the plan's policy",
    "R8": "Information requested to judge an exception to the coverage",
    "R9": "Information requested to judge whether the care was necessary",
    "R10": "Information requested for an appeal",
    "R11": "Information requested for a review before payment",
    "R12": "Reasons requested for a procedure code",
    "R13": "Documents requested again: they could not be read",
    "R14": "Documents requested again: they were not the right ones",
    "R15": "Information requested to decide on workers' compensation",
    "R16": "Information requested to judge eligibility",
    "R17": "Information requested; this takes the place of an earlier request",
    "RQ": "A question to answer with yes or no",
    "X0": "A further message",
}

STATUSES = {
    "0": "No further detail is available",
    "1": "For details see the remittance advice",
    "2": "More information follows by letter",
    "3": "The claim has been adjudicated and waits for payment",
    "12": "Procedure codes of the claim were combined into one",
    "15": "A procedure code of the claim was changed",
    "16": "The claim was forwarded",
    "19": "Receipt acknowledged",
    "20": "Accepted for processing",
    "21": "Information is missing or not valid",
    "23": "The claim was returned",
    "24": "Not approved to send electronic files",
    "25": "Not approved",
    "26": "Not found",
    "29": "Patient and policy number do not belong together",
    "33": "No patient with this number was found",
    "35": "The claim was not found",
    "38": "The claim waits for the next adjudication cycle",
    "40": "The claim waits for final approval",
    "41": "The claim needs special handling by the payer",
    "42": "The claim waits for related charges",
    "45": "The claim waits for a decision on benefits",
    "46": "The claim is under internal review",
    "50": "The claim waits until the provider is verified",
    "52": "The payer looks for other insurance",
    "54": "Duplicate of a claim or line that was processed before",
    "55": "The claim was given to an analyst",
    "56": "The claim waits for a decision on eligibility",
    "59": "Information was requested by letter or telephone",
    "60": "Information was requested electronically",
    "65": "The claim or line has been paid",
    "66": "The payment reflects usual and customary charges",
    "72": "The payment is split",
    "78": "Duplicate of a claim or line that is being processed",
    "84": "The service was not authorized",
    "85": "Not the primary payer",
    "86": "Diagnosis and sex of the patient do not fit",
    "88": "The person is not covered on the day of service",
    "90": "The person has no medical benefits on the day of service",
    "91": "Not eligible or approved on the day of service",
    "95": "The information that was requested did not come",
    "97": "No eligibility of the patient was found",
    "98": "The charge went to the deductible",
    "101": "Processed as an adjustment of an earlier claim",
    "103": "Combined with another claim",
    "104": "Processed according to plan provisions",
    "107": "Processed according to contract provisions",
    "109": "Not eligible",
    "110": "Pricing information is needed",
    "116": "The claim was sent to the wrong payer",
    "121": "More service lines than the payer takes",
    "122": "Missing or faulty data keep the payer from processing the claim",
    "123": "Additional information was requested",
    "124": "Name, address, telephone number and identifier",
    "125": "Name",
    "126": "Address",
    "127": "Telephone or other number",
    "128": "Tax number",
    "142": "License or certification number",
    "145": "Specialty or taxonomy code",
    "153": "Identifier",
    "156": "Relationship of the patient to the subscriber",
    "157": "Sex",
    "158": "Birth date",
    "159": "Date of death",
    "163": "Policy or group number",
    "164": "Medicare number",
    "171": "Other insurance",
    "178": "Submitted charge",
    "187": "Date of service",
    "188": "Statement from and through dates",
    "189": "Admission date",
    "190": "Discharge date",
    "218": "National Drug Code (NDC)",
    "228": "Type of bill",
    "229": "Admission source",
    "231": "Admission type",
    "232": "Admitting diagnosis",
    "234": "Patient status at discharge",
    "247": "Line information",
    "248": "Accident: date, state and cause",
    "249": "Place of service",
    "252": "Authorization number",
    "254": "Principal diagnosis code",
    "255": "Diagnosis code",
    "256": "DRG code",
    "258": "Days or units of a procedure or revenue code",
    "286": "Explanation of benefits of another payer",
    "287": "Why the service was medically necessary",
    "294": "Supporting documentation",
    "297": "Medical notes or report",
    "298": "Operative report",
    "300": "Laboratory or test report",
    "306": "Detailed description of the service",
    "317": "Medical records",
    "400": "The claim is out of balance",
    "402": "An amount must be greater than zero",
    "421": "Information for medical review",
    "448": "Codes that must not be billed together",
    "453": "Procedure modifier",
    "454": "Procedure code",
    "455": "Revenue code",
    "460": "Condition code",
    "461": "Occurrence code and date",
    "463": "Value code and amount",
    "464": "Internal control number",
    "465": "Principal procedure code",
    "474": "Procedure and sex of the patient do not fit",
    "475": "Procedure and age of the patient do not fit",
    "476": "Units of service",
    "477": "Diagnosis pointer",
    "478": "Claim number of the submitter",
    "480": "Claim filing indicator",
    "481": "The form of the claim or file is not valid",
    "483": "The most that is covered in the benefit period was reached",
    "484": "The application is not available now",
    "485": "More was found than can be answered at once: ask more narrowly",
    "488": "Diagnosis codes of the service",
    "489": "Attachment control number",
    "496": "Not approved to send claims for this provider",
    "500": "ZIP code",
    "501": "State",
    "502": "City",
    "503": "Street address",
    "504": "Last name",
    "505": "First name",
    "507": "HCPCS code",
    "509": "External cause of injury code",
    "510": "A date is in the future",
    "511": "A character is not valid",
    "513": "HIPPS code",
    "516": "Day another payer decided",
    "535": "Claim frequency code",
    "562": "National Provider Identifier (NPI)",
    "585": "Denied or non-covered charge",
    "718": "Not sent within the time limit for filing",
    "719": "Occurrence code",
    "720": "Occurrence date",
    "721": "Occurrence span code",
    "722": "Occurrence span dates",
    "725": "Value code",
    "726": "Value amount",
    "727": "Accident date",
    "728": "State or country of the accident",
    "729": "Description of the accident",
    "730": "Cause of the accident",
    "732": "The information contradicts the billing guidelines",
    "746": "Duplicate submission",
    "772": "The diagnosis is not specific enough",
    "773": "A claim must lie within one calendar year",
    "774": "The treatment counts as experimental",
    "775": "Whether it is a person or an organization",
    "776": "Care before or after surgery",
    "777": "The rules for several procedures on one day were not followed",
    "779": "The same or a similar service was furnished within a set time",
    "780": "The lifetime maximum was reached",
    "781": "A readmission",
    "783": "Reduced by sequestration",
    "787": "Send a new claim, not a replacement",
    "795": "The earlier payer has not decided yet",
    "796": "The procedure code was not valid on the date of service",
    "798": "The predetermination is under review by a person: do not send it again",
    "799": "Send a replacement of the earlier claim, not a new claim",
    "804": "More inquiries than one batch may hold",
    "805": "Mammography certification number",
    "807": "Health risk assessment",
    "808": "A manifestation code cannot be the principal diagnosis",
}

# Whom a status speaks of. In Medicare the insured is the patient.
ENTITIES = qualifiers.ENTITIES | {"73": "Other provider", "IL": "Patient"}


def status_words(category: str, status: str, entity: str = "", code_list: str = "") -> str:
    """Return a claim status as people read it; a category that its list never had is shown as unknown."""
    words = CATEGORIES.get(category, f"Unknown category {category}")
    return f"{words} · {detail_words(status, entity, code_list)}"


def detail_words(status: str, entity: str = "", code_list: str = "") -> str:
    """Return a status code, and whom it speaks of, as people read it.

    A code without words of ours is shown as the code; one that its list never had is shown as unknown, and so is one of
    a list nobody here knows. `code_list` is RX when `status` is a reject code of NCPDP.
    """
    if code_list == PHARMACY_CODES:
        detail = f"pharmacy reject code {status}"
    elif code_list:
        detail = f"code {status} of unknown list {code_list}"
    else:
        is_known = _STATUS_CODES.fullmatch(status) is not None
        detail = STATUSES.get(status, f"{'status' if is_known else 'unknown status'} {status}")
    return f"{detail} ({_entity_words(entity)})" if entity else detail


def _entity_words(entity: str) -> str:
    if entity in ENTITIES:
        return ENTITIES[entity].lower()
    is_known = _ENTITIES.fullmatch(entity) is not None
    return f"{'entity' if is_known else 'unknown entity'} {entity}"
