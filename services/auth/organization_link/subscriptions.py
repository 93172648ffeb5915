"""What auth takes of remittance: that a payment was made, by which an organization shows who it is."""

from libs.common.contracts.remittance import RemittancePosted
from libs.common.messaging.subscriptions import Subscription
from services.auth.organization_link.handlers import note_payments

SUBSCRIPTIONS = (Subscription(RemittancePosted, note_payments),)
