"""What the shared system and claims send."""

from libs.common.contracts.claims import ClaimStatusChanged
from libs.common.contracts.partner import RemittanceAdvice
from libs.common.messaging.subscriptions import Subscription
from services.remittance.advice.handlers import keep_claims, take_advices

SUBSCRIPTIONS = (
    Subscription(RemittanceAdvice, take_advices),
    Subscription(ClaimStatusChanged, keep_claims),
)
