"""What the shared system and claims send."""

from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.messaging.subscriptions import Subscription
from services.remittance.advice.handlers import keep_claims, post_remittances

SUBSCRIPTIONS = (
    Subscription(RemittanceAdvice, post_remittances),
    Subscription(ClaimStatusChanged, keep_claims),
)
