"""The catalog of metrics: every name, its labels and its unit. Nothing else in the code makes a metric.

Labels are services, consumers, kinds and functions: never a person, a provider or an id.
"""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_HANDLED = Counter("portico_events_handled", "Events whose effect committed", ["consumer"])
EVENTS_UNKNOWN = Counter("portico_events_unknown", "Events of a type this release does not know, skipped", ["consumer"])
UNKNOWN_CODES = Counter(
    "portico_unknown_codes", "Codes in a partner's answer that are in no list here, shown as they came", ["code_set"]
)
INQUIRIES_HELD = Counter(
    "portico_inquiries_held", "Users and NPIs that were kept from asking HETS: too many refusals, or AAA 41", ["reason"]
)
FEED_FAULTS = Counter(
    "portico_feed_faults",
    "Files of PECOS and EDI enrollment that were not taken, or not whole, or are late",
    ["source", "reason"],
)
UPLOADS = Counter(
    "portico_uploads",
    "Files sent to us, by how that ended: stored, the code of a refusal, or unfinished",
    ["service", "outcome"],
)
DEAD_LETTERS = Counter("portico_dead_letters", "Events set aside for a person to decide", ["consumer"])
REMITTANCES_QUARANTINED = Counter(
    "portico_remittances_quarantined", "Remittances set aside for a person, because payee and claims do not agree"
)
REMITTANCES_REFUSED = Counter(
    "portico_remittances_refused", "Remittances that cannot be posted and hold up their payee until a person decides"
)
BREAKER_OPEN = Gauge("portico_breaker_open", "1 while a consumer is stopped by its circuit breaker", ["consumer"])
PARTNER_BREAKER_OPEN = Gauge(
    "portico_partner_breaker_open", "1 while a partner that did not answer is left alone", ["partner"]
)
PARTNER_CERTIFICATES_REFUSED = Counter(
    "portico_partner_certificates_refused",
    "Connections to a partner that ended for its certificate or ours",
    ["partner"],
)
FOREIGN_ANSWERS = Counter(
    "portico_foreign_answers", "Answers of a partner that belong to another question or patient", ["partner"]
)
OUTBOX_PUBLISHED = Counter("portico_outbox_published", "Events moved from the outbox to the broker", ["service"])
DUE_WORK_FAILED = Counter("portico_due_work_failed", "Timers and jobs that failed and were postponed", ["kind"])
PARTITION_FAULTS = Counter("portico_partition_faults", "Months without a partition, default partitions with rows")
DUE_WORK_GIVEN_UP = Counter("portico_due_work_given_up", "Jobs that failed so long that they were given up", ["kind"])
REQUESTS = Counter("portico_requests", "Requests answered, by portal function", ["service", "function", "outcome"])
REQUEST_SECONDS = Histogram(
    "portico_request_seconds",
    "Time to answer, by portal function",
    ["service", "function"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1.0),
)
MESSAGES = Counter(
    "portico_messages", "Messages to users the mail server took, or never will take", ["kind", "outcome"]
)
REFUSALS = Counter("portico_refusals", "Requests refused by the access decision", ["service", "reason"])
SIGN_INS = Counter("portico_sign_ins", "Steps of sign-in, by how they ended", ["step", "outcome"])
AUDIT_FAILED = Counter(
    "portico_audit_failed", "Requests and jobs that ended because their audit row could not be written", ["service"]
)
CODES_SENT = Counter(
    "portico_codes_sent", "Codes asked for by phone or mail, by how that ended", ["channel", "outcome"]
)
AUDIT_UNSEALED = Gauge("portico_audit_unsealed_rows", "Audit rows not yet in the chain", ["service"])
PROBE_STATE = Gauge("portico_probe_state", "1 up, 0 down, -1 unknown", ["fault_domain"])
INTERRUPTION_DETECT_SECONDS = Histogram(
    "portico_interruption_detect_seconds", "From the first failed probe to the open interruption"
)
ALERT_ACCEPT_SECONDS = Histogram(
    "portico_alert_accept_seconds", "From the open interruption to the mail server's acceptance"
)
FUNCTION_REQUESTS = Gauge("portico_function_requests", "Requests of the last minutes", ["function", "minutes"])
FUNCTION_FAILED_SHARE = Gauge(
    "portico_function_failed_share", "Failed part of the requests of the last minutes, 0 to 1", ["function", "minutes"]
)
FUNCTION_LATENCY_SECONDS = Gauge(
    "portico_function_latency_seconds",
    "Bound below which this share of the requests of the last minutes was answered",
    # Not "quantile": Prometheus keeps that label for summaries, which this is not.
    ["function", "minutes", "share"],
)
