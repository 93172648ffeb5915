"""What the qualifiers and small codes of a remittance are called, in our own plain words.

Each table is by the code as the 835 has it; codes are those that guide 005010X221A1 names at that place, and `named`
says of any other that it is unknown. The qualifiers all transactions share stand in `libs.x12.qualifiers`, what claim
adjustment reasons and remarks mean in `reasons.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.x12 import qualifiers


def named(names: Mapping[str, str], code: str, of: str = "code") -> str:
    """What a code is called; one that is newer than the guide is told as unknown."""
    return names.get(code, f"Unknown {of} {code}")


METHODS = {
    "ACH": "Electronic transfer",
    "CHK": "Check",
    "NON": "No payment",
    "FWT": "Wire transfer",
    "BOP": "Bank's choice",
}
HANDLING = {
    "C": "Payment comes with the remittance",
    "D": "Payment only",
    "H": "Notice only, without payment",
    "I": "Remittance only, the payment travels by itself",
    "P": "Test of the bank account",
    "U": "Payment and remittance travel apart",
    "X": "As the bank chooses",
}
FORMATS = {"CCP": "Transfer with one note (CCP)", "CTX": "Transfer with the whole remittance (CTX)"}
DIRECTIONS = {"C": "Credit to you", "D": "Debit from you"}
DELIVERIES = {"BM": "By mail", "EM": "By email", "FT": "By file transfer", "OL": "Online"}

# NUBC, form locator 4, third position; professional claims use 1, 7 and 8 of them.
FREQUENCIES = {
    "0": "Claim without payment",
    "1": "Original claim",
    "2": "Interim, first claim",
    "3": "Interim, continuing claim",
    "4": "Interim, last claim",
    "5": "Late charges only",
    "7": "Replacement of an earlier claim",
    "8": "Void of an earlier claim",
    "9": "Final claim of a home health period",
    "A": "Notice of admission or election",
    "B": "Notice of termination or revocation",
    "C": "Hospice, change of provider",
    "D": "Void of a notice",
    "E": "Hospice, change of ownership",
    "F": "Adjustment asked for by the patient",
    "G": "Adjustment by the Common Working File",
    "H": "Adjustment by CMS",
    "I": "Adjustment by the contractor",
    "J": "Adjustment by somebody else",
    "K": "Adjustment by the Office of Inspector General",
    "M": "Adjustment because another insurer pays first",
    "P": "Adjustment by the Quality Improvement Organization",
    "Q": "Reopening after the time limit",
}

STATUSES = {
    "1": "Processed, Medicare pays first",
    "2": "Processed, Medicare pays second",
    "3": "Processed, Medicare pays third",
    "4": "Not processed: the patient is not known to the payer",
    "19": "Processed, Medicare pays first; forwarded to another payer",
    "20": "Processed, Medicare pays second; forwarded to another payer",
    "21": "Processed, Medicare pays third; forwarded to another payer",
    "22": "Earlier payment taken back",
    "23": "Not this payer's claim; forwarded to another payer",
    "25": "Predetermination, no payment",
}
COVERAGES = {
    "12": "Preferred provider organization",
    "13": "Point of service plan",
    "14": "Exclusive provider organization",
    "15": "Indemnity insurance",
    "16": "Medicare Advantage (HMO)",
    "17": "Dental plan",
    "AM": "Automobile insurance",
    "CH": "TRICARE",
    "DS": "Disability insurance",
    "HM": "Health maintenance organization",
    "LM": "Liability insurance",
    "MA": "Medicare Part A",
    "MB": "Medicare Part B",
    "MC": "Medicaid",
    "OF": "Other federal program",
    "TV": "Title V",
    "VA": "Veterans Affairs",
    "WC": "Workers' compensation",
    "ZZ": "Other insurance",
}
AMOUNTS = {
    "AU": "Covered amount",
    "B6": "Allowed",
    "D8": "Discount for prompt payment",
    "DY": "Limit for each day",
    "F5": "Paid by the patient",
    "I": "Interest",
    "KH": "Reduction for late filing",
    "NL": "Negative balance",
    "T": "Tax",
    "T2": "Claim before taxes",
    "ZK": "Federal payment, category 1",
    "ZL": "Federal payment, category 2",
    "ZM": "Federal payment, category 3",
    "ZN": "Federal payment, category 4",
    "ZO": "Federal payment, category 5",
}
QUANTITIES = {
    "CA": "Covered days",
    "CD": "Coinsurance days",
    "LA": "Lifetime reserve days used",
    "LE": "Lifetime reserve days left, estimated",
    "NE": "Days not covered, estimated",
    "NR": "Blood units not replaced",
    "OU": "Outlier days",
    "PS": "Prescriptions",
    "VS": "Visits",
    "ZK": "Federal quantity, category 1",
    "ZL": "Federal quantity, category 2",
    "ZM": "Federal quantity, category 3",
    "ZN": "Federal quantity, category 4",
    "ZO": "Federal quantity, category 5",
}
# Who is who in a remittance (NM1): these say more than their codes do elsewhere.
PARTIES = qualifiers.ENTITIES | {
    "74": "Corrected by Medicare",
    "PR": "Payer that comes first",
    "TT": "Forwarded to (crossover)",
}
CONTACTS = {"BL": "Technical contact", "CX": "Questions about claims", "IC": "Website"}
REMARKS = {"HE": "Remark", "RX": "Pharmacy reject"}

_SUMMARY_MONEY = {
    "charge_cents": "Charges",
    "msp_payer_cents": "Paid by payers before Medicare",
    "non_lab_charge_cents": "Charges other than laboratory",
    "hcpcs_reportable_cents": "Reportable by HCPCS",
    "hcpcs_payable_cents": "Payable by HCPCS",
    "professional_cents": "Professional component",
    "msp_patient_liability_cents": "Owed by patients with another payer first",
    "patient_reimbursement_cents": "Paid back to patients",
    "periodic_interim_adjustment_cents": "Adjustment of periodic interim payments",
}
FIELDS: Mapping[str, Mapping[str, str]] = {
    "payment": {
        "handling": "How it is sent",
        "credit_or_debit": "Credit or debit",
        "payment_format": "Transfer format",
        "payer_account": "Payer's account",
        "company": "Payer's number at its bank",
        "company_supplement": "Payer's division at its bank",
        "payee_account": "Your account",
        "payer_identifier": "Payer's number",
        "trace_supplement": "Payer's division",
        "currency": "Currency",
        "receiver": "Receiver of this remittance",
        "payer_version": "Version of the payer's program",
        "produced": "Produced",
        "payer_number": "Payer's plan ID",
        "payer_address": "Payer's address",
        "payee": "Paid to",
        "payee_address": "Address of the payee",
        "delivery": "How the remittance is delivered",
    },
    "claim": {
        "filing_indicator": "Insurance",
        "bill_type": "Type of bill",
        "place_of_service": "Place of service",
        "frequency_code": "Claim frequency",
        "drg": "Diagnosis related group (DRG)",
        "drg_weight": "DRG weight",
        "discharge_fraction": "Discharge share",
        "coverage_expired": "Coverage ended",
        "received": "Claim received",
    },
    "line": {
        "revenue_code": "Revenue code",
        "procedure": "Paid as",
        "billed": "Billed as",
        "billed_units": "Units billed",
    },
    "inpatient": {
        "covered_days": "Covered days or visits",
        "pps_operating_outlier_cents": "Operating outlier",
        "lifetime_psychiatric_days": "Lifetime psychiatric days",
        "drg_cents": "DRG amount",
        "disproportionate_share_cents": "Disproportionate share",
        "msp_pass_through_cents": "Pass-through with another payer first",
        "pps_capital_cents": "Capital",
        "pps_capital_federal_cents": "Capital, federal part",
        "pps_capital_hospital_cents": "Capital, hospital part",
        "pps_capital_disproportionate_cents": "Capital, disproportionate share",
        "old_capital_cents": "Old capital",
        "pps_capital_teaching_cents": "Capital, indirect teaching",
        "pps_operating_hospital_cents": "Operating, hospital part",
        "cost_report_days": "Cost report days",
        "pps_operating_federal_cents": "Operating, federal part",
        "pps_capital_drg_cents": "Capital, DRG amount",
        "indirect_teaching_cents": "Indirect teaching",
        "nonpayable_professional_cents": "Professional component, not payable",
        "capital_exception_cents": "Capital exception",
    },
    "outpatient": {
        "reimbursement_rate": "Reimbursement rate",
        "hcpcs_payable_cents": "Payable by HCPCS",
        "esrd_cents": "End-stage renal disease amount",
        "nonpayable_professional_cents": "Professional component, not payable",
    },
    "summary": {
        "provider": "Provider",
        "facility_code": "Facility",
        "period_end": "End of the fiscal period",
        "claims": "Claims",
        **_SUMMARY_MONEY,
        "periodic_interim_claims": "Claims on periodic interim payment",
    },
    "inpatient-summary": {
        "drg_cents": "DRG amount",
        "federal_cents": "Federal part",
        "hospital_cents": "Hospital part",
        "disproportionate_share_cents": "Disproportionate share",
        "capital_cents": "Capital",
        "indirect_teaching_cents": "Indirect teaching",
        "outlier_days": "Outlier days",
        "day_outlier_cents": "Day outlier",
        "cost_outlier_cents": "Cost outlier",
        "average_length_of_stay": "Average length of stay",
        "discharges": "Discharges",
        "cost_report_days": "Cost report days",
        "covered_days": "Covered days",
        "noncovered_days": "Days not covered",
        "msp_pass_through_cents": "Pass-through with another payer first",
        "average_drg_weight": "Average DRG weight",
        "pps_capital_federal_cents": "Capital, federal part",
        "pps_capital_hospital_cents": "Capital, hospital part",
        "pps_disproportionate_cents": "Disproportionate share of capital",
    },
}
"""Names of the fields of `objects.py` that have no code of their own, by what they are fields of."""


@dataclass(frozen=True, slots=True)
class ProviderReason:
    """A reason of a provider adjustment (PLB): its name, and what it means when it takes from or adds to a payment."""

    name: str
    taken: str = ""
    added: str = ""


PROVIDER_REASONS = {
    "50": ProviderReason("Late filing charge"),
    "51": ProviderReason("Interest penalty"),
    "72": ProviderReason(
        "Refund",
        taken="Money that you had returned goes to the payer.",
        added="The payer has your refund, so it is not collected from this payment.",
    ),
    "90": ProviderReason("Allowance for early payment"),
    "AH": ProviderReason("Origination fee"),
    "AM": ProviderReason("Applied to a borrower's account"),
    "AP": ProviderReason("Advance of payments", taken="An advance is paid back.", added="An advance is paid to you."),
    "B2": ProviderReason("Rebate"),
    "B3": ProviderReason("Recovery allowance"),
    "BD": ProviderReason("Bad debts"),
    "BN": ProviderReason("Bonus"),
    "C5": ProviderReason("Temporary allowance"),
    "CR": ProviderReason("Interest on capitation"),
    "CS": ProviderReason("Adjustment that has no reason of its own"),
    "CT": ProviderReason("Capitation"),
    "CV": ProviderReason("Capital pass-through"),
    "CW": ProviderReason("Nurse anesthetist pass-through"),
    "DM": ProviderReason("Direct medical education pass-through"),
    "E3": ProviderReason("Withholding"),
    "FB": ProviderReason(
        "Balance carried forward",
        taken="A balance of an earlier remittance is collected from this payment.",
        added="More was taken than paid here. The rest will be collected from a later payment.",
    ),
    "FC": ProviderReason("Allocation of funds"),
    "GO": ProviderReason("Graduate medical education pass-through"),
    "HM": ProviderReason("Supplement for hemophilia clotting factor"),
    "IP": ProviderReason("Incentive"),
    "IR": ProviderReason("Withholding for the Internal Revenue Service"),
    "IS": ProviderReason("Interim settlement"),
    "J1": ProviderReason("Not reimbursable"),
    "L3": ProviderReason("Penalty"),
    "L6": ProviderReason(
        "Interest", taken="You are charged interest.", added="You are paid interest, as for a claim that was paid late."
    ),
    "LE": ProviderReason("Levy", taken="Taken because of a levy by a tax office or a court."),
    "LS": ProviderReason("Lump sum"),
    "OA": ProviderReason("Organ acquisition pass-through"),
    "OB": ProviderReason("Offset for an affiliated provider"),
    "PI": ProviderReason("Periodic interim payment"),
    "PL": ProviderReason("Final payment"),
    "RA": ProviderReason("Adjustment for an earlier period"),
    "RE": ProviderReason("Return on equity"),
    "SL": ProviderReason("Student loan", taken="Taken to repay a student loan."),
    "TL": ProviderReason("Liability of a third party"),
    "WO": ProviderReason(
        "Overpayment recovery",
        taken="An overpayment is recovered from this payment.",
        added="An overpayment counted above is not collected now, or an earlier recovery is given back.",
    ),
    "WU": ProviderReason("Withholding or recovery for others", taken="Taken on behalf of somebody else."),
}
"""Reasons of provider adjustments (PLB03-1) by their codes. Sources: X12 RFI 227, 264, 615, 2125; IOM 100-04, 22."""
