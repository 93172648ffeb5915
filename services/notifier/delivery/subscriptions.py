"""Of what users are told by mail."""

from libs.common.contracts.auth import AccountNotice, RoleRemoved
from libs.common.messaging.subscriptions import Subscription
from services.notifier.delivery.handlers import tell_of_accounts, tell_of_removals

SUBSCRIPTIONS = (Subscription(AccountNotice, tell_of_accounts), Subscription(RoleRemoved, tell_of_removals))
