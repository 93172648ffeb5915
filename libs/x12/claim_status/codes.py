"""Claim status categories and status codes Portico uses, each in our own short words.

Source of the codes: external code sources 507 (category) and 508 (status), codes only.
"""

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
    "P0": "Pending",
    "P1": "Pending: in process",
    "P2": "Pending: under review",
    "P3": "Pending: information was asked of you",
    "P4": "Pending: information was asked of the patient",
    "F0": "Finalized",
    "F1": "Finalized: paid",
    "F2": "Finalized: denied",
    "F3": "Finalized: revised",
    "F4": "Finalized: adjudication complete, no payment",
    "R0": "Information requested",
    "E0": "Answer not possible: the request has errors",
}

STATUSES = {
    "0": "No further detail is available",
    "1": "For details see the remittance advice",
    "2": "More information follows",
    "3": "The claim has been adjudicated and waits for payment",
    "19": "Receipt acknowledged",
    "20": "Accepted for processing",
    "65": "The claim or line has been paid",
    "66": "The payment reflects the plan's provisions",
    "88": "The person is not covered on the day of service",
    "104": "Processed according to plan provisions",
    "107": "Processed according to contract provisions",
    "145": "Specialty or taxonomy code",
    "158": "Birth date",
    "164": "Medicare number",
    "178": "Submitted charge",
    "187": "Date of service",
    "189": "Admission date",
    "249": "Place of service",
    "254": "Principal diagnosis code",
    "255": "Diagnosis code",
    "294": "Supporting documentation",
    "317": "Medical records",
    "400": "The claim is out of balance",
    "454": "Procedure code",
    "477": "Diagnosis pointer",
    "480": "Claim filing indicator",
    "500": "ZIP code",
    "501": "State",
    "503": "Street address",
    "562": "National Provider Identifier (NPI)",
}

ENTITIES = {
    "1P": "Provider",
    "82": "Rendering provider",
    "85": "Billing provider",
    "IL": "Patient",
    "PR": "Payer",
    "QC": "Patient",
}


def status_words(category: str, status: str, entity: str = "") -> str:
    """Return a claim status as people read it; codes without words of ours are shown as codes."""
    words = CATEGORIES.get(category, f"Category {category}")
    detail = STATUSES.get(status, f"status {status}")
    whose = f" ({ENTITIES[entity].lower()})" if entity in ENTITIES else ""
    return f"{words} · {detail}{whose}"
