"""What was decided about claims, and what was remitted of it."""

from libs.common.contracts.claims import ClaimFinalized
from libs.common.contracts.remittance import ClaimRemitted
from libs.common.messaging.subscriptions import Subscription
from services.appeals.redetermination.handlers import claim_finalized, claim_remitted

SUBSCRIPTIONS = (Subscription(ClaimFinalized, claim_finalized), Subscription(ClaimRemitted, claim_remitted))
