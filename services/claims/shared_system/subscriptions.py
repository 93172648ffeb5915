"""What the shared system sends, and what has a claim adjusted there."""

from libs.common.contracts.appeals import AppealDecided
from libs.common.contracts.partner import ClaimsStatus
from libs.common.messaging.subscriptions import Subscription
from services.claims.shared_system.handlers import appeal_decided, claims_status

SUBSCRIPTIONS = (Subscription(ClaimsStatus, claims_status), Subscription(AppealDecided, appeal_decided))
