"""What the reports count: the counters of the catalog of functions."""

from libs.common.contracts.base import REGISTRY
from libs.common.functions import COUNTERS
from libs.common.messaging.subscriptions import Subscription
from services.notifier.monthly_reports.handlers import counts

SUBSCRIPTIONS = tuple(
    Subscription(REGISTRY[counter.event], counts(function, counter)) for function, counter in COUNTERS.values()
)
