"""Calls an operator: one line in the log and one count in the metrics for what a person must look at."""

from collections import Counter
from collections.abc import Iterable

from libs.common.observability import metrics
from libs.common.observability.logs import log


def report_bad_clock_offset(error: Exception) -> None:
    """Tell that `<state>/clock-offset` cannot be read as what it must hold: business time goes on as it was."""
    log.error("clock offset refused", error_class=type(error).__name__)


def report_audit_failed(service: str, error: Exception) -> None:
    """Tell that an audit row could not be written, and that nothing is shown or done (runbook: audit trail)."""
    metrics.AUDIT_FAILED.labels(service).inc()
    log.error("audit row not written", error_class=type(error).__name__)


def report_unknown_codes(partner: str, code_sets: Iterable[str]) -> None:
    """Tell that `partner` used codes our lists do not have (runbook: unknown code): for each one the name of its list.

    That is a table of `libs/x12/code_sets/`, or the data element whose codes the guide itself prints.
    """
    for code_set, count in Counter(code_sets).items():
        metrics.UNKNOWN_CODES.labels(code_set).inc(count)
        log.warning("unknown code", partner=partner, code=code_set, count=count)


def report_inquiries_held(reason: str) -> None:
    """Tell that a user or an NPI may not ask HETS any more, or for some time (runbook: eligibility checks are held)."""
    metrics.INQUIRIES_HELD.labels(reason).inc()
    log.warning("inquiries held", reason=reason)


def report_feed(source: str, reason: str) -> None:
    """Tell that a file of an enrollment partner needs a person, or is late (runbook: enrollment feeds)."""
    metrics.FEED_FAULTS.labels(source, reason).inc()
    log.error("enrollment feed", partner=source, reason=reason)


def report_certificate(partner: str, reason: str) -> None:
    """Tell that a connection to `partner` ended for its certificate or ours (runbook: HETS): `reason` says whose."""
    metrics.PARTNER_CERTIFICATES_REFUSED.labels(partner).inc()
    log.error("certificate refused", partner=partner, reason=reason)


def report_foreign_answer(partner: str, code: str) -> None:
    """Tell that `partner` answered about another question or patient (runbook: partner): `code` says what differs."""
    metrics.FOREIGN_ANSWERS.labels(partner).inc()
    log.error("foreign answer", partner=partner, code=code)


def report_scanner_away(error: Exception) -> None:
    """Tell that the scanner of files does not answer, or not about a file: no file is taken (runbook: uploads)."""
    log.error("scanner away", error_class=type(error).__name__, reason=str(error))


def report_unfinished_upload(service: str, purpose: str) -> None:
    """Tell that an upload was neither stored nor refused, and was given up (runbook: uploads)."""
    metrics.UPLOADS.labels(service, "unfinished").inc()
    log.error("upload unfinished", kind=purpose)


def report_partition(fault: str) -> None:
    """Tell that a month has no partition yet, or that rows lie in a default one (runbook: partitions)."""
    metrics.PARTITION_FAULTS.inc()
    log.error("partition", reason=fault)


def report_given_up(kind: str) -> None:
    """Tell that a job has failed for so long that nobody tries it any more (runbook: work that was given up)."""
    metrics.DUE_WORK_GIVEN_UP.labels(kind=kind).inc()
    log.error("due work given up", kind=kind)
