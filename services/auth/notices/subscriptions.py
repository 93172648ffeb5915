"""What auth takes of eligibility: what the administrators of an organization are told of its HETS EDI enrollments."""

from libs.common.contracts.eligibility import HetsNotice
from libs.common.messaging.subscriptions import Subscription
from services.auth.notices.handlers import tell_administrators

SUBSCRIPTIONS = (Subscription(HetsNotice, tell_administrators),)
