"""What the reports count."""

from libs.common.contracts.appeals import AppealFiled
from libs.common.contracts.auth import RoleRemoved
from libs.common.contracts.claims import ClaimAccepted, ClaimRejected, SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered, InquiryFailed
from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Subscription
from services.notifier.monthly_reports import handlers

SUBSCRIPTIONS = (
    Subscription(SubmissionReceived, handlers.count_submissions),
    Subscription(SubmissionAcknowledged, handlers.count_acknowledgments),
    Subscription(ClaimAccepted, handlers.count_accepted),
    Subscription(ClaimRejected, handlers.count_rejected),
    Subscription(InquiryAnswered, handlers.count_answers),
    Subscription(InquiryFailed, handlers.count_failures),
    Subscription(RemittancePosted, handlers.count_remittances),
    Subscription(AppealFiled, handlers.count_appeals),
    Subscription(RoleRemoved, handlers.count_removals),
)
