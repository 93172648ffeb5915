"""For whom a file may be taken: what the reader holds envelopes, submitters and billing providers against."""

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Biller:
    """For whom a file of claims may bill: one enrollment, as the payer and its EDI agreement know it.

    `guide` is the one its claims follow (837P or 837I), `submitters` the identifiers files may come under, its own and
    those of its clearinghouses.
    """

    npi: str
    tax_id: str
    ptan: str
    guide: str
    submitters: frozenset[str]
