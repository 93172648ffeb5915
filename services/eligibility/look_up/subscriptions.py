"""Which claims followed which look-ups."""

from libs.common.contracts.claims import ClaimAccepted
from libs.common.messaging.subscriptions import Subscription
from services.eligibility.look_up.handlers import claim_accepted

SUBSCRIPTIONS = (Subscription(ClaimAccepted, claim_accepted),)
