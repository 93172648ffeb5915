"""What the shared system sends."""

from libs.common.contracts.partner import ClaimsStatus
from libs.common.messaging.subscriptions import Subscription
from services.claims.shared_system.handlers import claims_status

SUBSCRIPTIONS = (Subscription(ClaimsStatus, claims_status),)
