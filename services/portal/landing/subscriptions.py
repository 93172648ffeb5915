"""Event type to handler."""

from libs.common.contracts.notifier import PortalState
from libs.common.messaging.subscriptions import Subscription
from services.portal.landing.handlers import keep_state

SUBSCRIPTIONS = (Subscription(PortalState, keep_state, state=True),)
