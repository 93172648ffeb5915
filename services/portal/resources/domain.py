"""Educational resources (F-10): where a biller finds codes, forms, billing rules and what a denial means."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resource:
    """One link: what it is called, where it leads, and what it is good for."""

    title: str
    address: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Topic:
    """Links to one subject of the handbook's definition (9.1): codes, forms, billing, denials."""

    title: str
    resources: tuple[Resource, ...]


_CMS, _X12 = "https://www.cms.gov", "https://x12.org/codes"

TOPICS = (
    Topic(
        "Look up codes",
        (
            Resource("ICD-10-CM", "https://icd10cmtool.cdc.gov", "Diagnosis codes, as published by the CDC."),
            Resource(
                "Physician Fee Schedule",
                f"{_CMS}/medicare/physician-fee-schedule/search",
                "Procedure codes, and what Medicare pays for them in your locality.",
            ),
        ),
    ),
    Topic(
        "Find forms",
        (
            Resource(
                "CMS forms",
                f"{_CMS}/medicare/forms-notices/cms-forms-list",
                "Forms by number, such as those for enrollment and for appeals on paper.",
            ),
        ),
    ),
    Topic(
        "Bill correctly",
        (
            Resource(
                "Medicare Learning Network",
                f"{_CMS}/training-education/medicare-learning-network",
                "Articles and courses on what changes in Medicare billing.",
            ),
            Resource(
                "Internet-Only Manuals",
                f"{_CMS}/medicare/regulations-guidance/manuals/internet-only-manuals-ioms",
                "The rules claims are processed by: publication 100-04.",
            ),
        ),
    ),
    Topic(
        "Understand a denial",
        (
            Resource(
                "Medicare Coverage Database",
                f"{_CMS}/medicare-coverage-database/search.aspx",
                "National and local coverage: when a service is covered, and for which diagnoses.",
            ),
            Resource(
                "Claim adjustment reason codes",
                f"{_X12}/claim-adjustment-reason-codes",
                "What each reason code of a remittance says.",
            ),
            Resource(
                "Remittance advice remark codes",
                f"{_X12}/remittance-advice-remark-codes",
                "What each remark code of a remittance adds.",
            ),
        ),
    ),
)
"""In the order of the page."""
