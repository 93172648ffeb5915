"""The edits of a question or answer about claims that no guide's structure can tell: SNIP 3 to 5 and Medicare's (7).

Each has a stable code, what to correct, and how a 277 would answer it: category, status code, entity. They stand on the
question or answer they concern; its neighbors live.
Sources: 005010X212 and 005010X214 as their tables tell them, CMS companion guide 276/277, 45 CFR 162 (NPI, code sets).
"""

from libs.x12.edits import Edit, Edits

EDITS = Edits({
    "amount-form": Edit(
        3, "Amount", "An amount has parts of a cent or too many digits. Write dollars and cents.",
        "AMT", 2, 0, "E0", "178",
    ),
    "charge-negative": Edit(
        3, "Total charge", "A claim is not charged below zero. Correct the amount.", "AMT", 2, 0, "E0", "178",
    ),
    "totals": Edit(
        3, "Totals",
        "The number of claims or their charges differ from the claims that are listed. Correct the totals.",
        "QTY", 2, 0, "E0",
    ),
    "nothing-to-search-by": Edit(
        4, "Service dates",
        "A claim is found by its service dates or by its internal control number. Add one of them.",
        "DTP", 3, 0, "E0", "187",
    ),
    "service-period": Edit(
        4, "Service dates", "A service ends before it begins. Correct the dates.", "DTP", 3, 0, "E0", "187",
    ),
    "trace-repeated": Edit(
        4, "Inquiry number", "Two inquiries have the same number (TRN02). Number them differently.",
        "TRN", 2, 0, "E0", "24",
    ),
    "status-action": Edit(
        4, "Status",
        "Category and action contradict each other: A0, A1, A2 and A5 go with WQ, the other A categories with U.",
        "STC", 3, 0, "E0",
    ),
    "status-category": Edit(
        5, "Status category", "This category has no place in this answer. Use one the guide allows.", "STC", 1, 1, "E0",
    ),
    "status-code": Edit(
        5, "Status code", "This status code is not in its code set on the day of receipt.", "STC", 1, 2, "E0",
        code_set="claim_status",
    ),
    "provider-npi": Edit(
        5, "Provider NPI",
        "The provider's NPI is not valid: ten digits, the first 1 or 2, the last a check digit. Compare it with NPPES.",
        "NM1", 9, 0, "E0", "562", "1P",
    ),
    "procedure-code": Edit(
        5, "Procedure code", "A procedure code does not have the form of a HCPCS code: five characters. Correct it.",
        "SVC", 1, 2, "E0", "454",
    ),
    "type-of-bill": Edit(
        5, "Type of bill", "A type of bill has three digits, or four with a leading zero. Correct it.",
        "REF", 2, 0, "E0", "228",
    ),
    "mbi": Edit(
        7, "Medicare number (MBI)",
        "This is not a Medicare number. Compare it with the card: 11 characters, never S, L, O, I, B or Z.",
        "NM1", 9, 0, "E0", "164", "IL",
    ),
    "service-after-receipt": Edit(
        7, "Service dates", "A service begins after the day the inquiry was received. Correct the dates.",
        "DTP", 3, 0, "E0", "187",
    ),
    "patient-not-subscriber": Edit(
        7, "Patient", "In Medicare the patient is always the insured. Ask below the subscriber.",
        "HL", 3, 0, "E0", "164", "QC",
    ),
})  # fmt: skip


UNKNOWN_CODES = frozenset({"status-code", "code-not-in-set", "code-not-allowed"})
"""What a payer says by a code our lists do not have in use is remarked on its answer, and refuses nothing."""

OPEN_CODES = frozenset({"66", "98", "128", "235", "365", "366", "374", "1065", "1270"})
"""The data elements of an answer whose codes may be newer than the guide: one it does not print is such a code.

Those that hold the answer together, or say what became of a claim, must be those of the guide: its kind, levels,
traces, totals, the forms of its days, and whether a claim is accepted (STC03).
"""

CLOSED_PLACES = frozenset({"NM101"})
"""Where those of the guide alone are taken nevertheless: who is named on a level."""
