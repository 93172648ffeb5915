"""Of what users are told by mail."""

from libs.common.contracts.auth import AccessNotice, RoleRemoved
from libs.common.messaging.subscriptions import Subscription
from services.notifier.delivery.handlers import tell_of_notices, tell_of_removals

SUBSCRIPTIONS = (
    Subscription(RoleRemoved, tell_of_removals),
    Subscription(AccessNotice, tell_of_notices),
)
