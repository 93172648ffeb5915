"""What the reports count."""

from libs.common.contracts.claims import ClaimAccepted, ClaimRejected, SubmissionAcknowledged, SubmissionReceived
from libs.common.messaging.subscriptions import Subscription
from services.notifier.monthly_reports import handlers

SUBSCRIPTIONS = (
    Subscription(SubmissionReceived, handlers.count_submissions),
    Subscription(SubmissionAcknowledged, handlers.count_acknowledgements),
    Subscription(ClaimAccepted, handlers.count_accepted),
    Subscription(ClaimRejected, handlers.count_rejected),
)
