"""The certificates of an answered check, as page and program tell them."""

from libs.partners.item_history import Certificate as Known
from libs.partners.item_history import CertificatesFound
from services.eligibility.certificates.domain import Certificate, Issuer, newest_first
from services.eligibility.item_history.views import Opened


def certificates_of(one: Opened) -> tuple[Certificate, ...] | None:
    """The certificates on file, the newest first; `None` when there is no answer."""
    if not isinstance(one.found, CertificatesFound):
        return None
    return newest_first(map(_certificate, one.found.certificates))


def _certificate(known: Known) -> Certificate:
    return Certificate(**{**known.model_dump(), "supplier": Issuer(**known.supplier.model_dump())})
