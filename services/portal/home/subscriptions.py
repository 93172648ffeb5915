"""Of what the home page tells."""

from libs.common.contracts.appeals import AppealDecided, AppealFiled
from libs.common.contracts.claims import SubmissionAcknowledged, SubmissionReceived
from libs.common.contracts.eligibility import InquiryAnswered
from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Subscription
from services.portal.home import handlers

SUBSCRIPTIONS = (
    Subscription(SubmissionReceived, handlers.note_submissions),
    Subscription(SubmissionAcknowledged, handlers.note_acknowledgments),
    Subscription(InquiryAnswered, handlers.note_answers),
    Subscription(RemittancePosted, handlers.note_remittances),
    Subscription(AppealFiled, handlers.note_appeals),
    Subscription(AppealDecided, handlers.note_decisions),
)
