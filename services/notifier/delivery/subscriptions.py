"""Of what users are told by mail."""

from libs.common.contracts.auth import AccountInactive, CertificationNotice, RoleRemoved
from libs.common.messaging.subscriptions import Subscription
from services.notifier.delivery.handlers import tell_of_certifications, tell_of_inactivity, tell_of_removals

SUBSCRIPTIONS = (
    Subscription(AccountInactive, tell_of_inactivity),
    Subscription(CertificationNotice, tell_of_certifications),
    Subscription(RoleRemoved, tell_of_removals),
)
