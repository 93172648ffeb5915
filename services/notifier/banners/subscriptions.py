"""What the banner listens to."""

from libs.common.contracts.ops import FunctionPerformance
from libs.common.messaging.subscriptions import Subscription
from services.notifier.banners.handlers import note_performance

SUBSCRIPTIONS = (Subscription(FunctionPerformance, note_performance, state=True),)
