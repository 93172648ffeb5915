"""Of what users are told by mail."""

from libs.common.contracts.auth import MessageWanted, RoleRemoved
from libs.common.contracts.eligibility import HetsAttestationDue
from libs.common.messaging.subscriptions import Subscription
from services.notifier.delivery.handlers import tell_of_attestations, tell_of_removals, tell_what_is_wanted

SUBSCRIPTIONS = (
    Subscription(MessageWanted, tell_what_is_wanted),
    Subscription(RoleRemoved, tell_of_removals),
    Subscription(HetsAttestationDue, tell_of_attestations),
)
