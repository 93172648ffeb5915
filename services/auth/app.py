"""Wires auth together; the only place that does."""

from datetime import timedelta

from libs.common.messaging.subscriptions import Job
from libs.common.service import Service
from services.auth.access import api as access_api
from services.auth.access import handlers as access
from services.auth.access import pages as access_pages
from services.auth.access import tables as _access_tables  # noqa: F401 - declares the tables
from services.auth.agreements import api as agreements_api
from services.auth.agreements import handlers as agreements
from services.auth.agreements import pages as agreements_pages
from services.auth.agreements import tables as _agreements_tables  # noqa: F401
from services.auth.back_office import api as back_office_api
from services.auth.back_office import handlers as back_office
from services.auth.back_office import pages as back_office_pages
from services.auth.back_office import tables as _back_office_tables  # noqa: F401
from services.auth.billers import api as billers_api
from services.auth.billers import pages as billers_pages
from services.auth.clients import api as clients_api
from services.auth.clients import handlers as clients
from services.auth.clients import pages as clients_pages
from services.auth.clients import tables as _clients_tables  # noqa: F401
from services.auth.departures import api as departures_api
from services.auth.departures import pages as departures_pages
from services.auth.factor_loss import handlers as factor_loss
from services.auth.factor_loss import pages as factor_loss_pages
from services.auth.factor_loss import tables as _factor_loss_tables  # noqa: F401
from services.auth.factors import pages as factors_pages
from services.auth.factors import tables as _factors_tables  # noqa: F401
from services.auth.feeds import handlers as feeds
from services.auth.feeds import pages as feeds_pages
from services.auth.feeds import tables as _feeds_tables  # noqa: F401
from services.auth.gateway import api as gateway_api
from services.auth.inactive import handlers as inactive
from services.auth.inactive import tables as _inactive_tables  # noqa: F401
from services.auth.look_up_association import api as look_up_association_api
from services.auth.look_up_association import pages as look_up_association_pages
from services.auth.metadata import metadata
from services.auth.moving import MOVING
from services.auth.notices import subscriptions as notices_subscriptions
from services.auth.organization_link import handlers as organization_link
from services.auth.organization_link import pages as organization_link_pages
from services.auth.organization_link import subscriptions as organization_link_subscriptions
from services.auth.organization_link import tables as _organization_link_tables  # noqa: F401
from services.auth.passkeys import pages as passkeys_pages
from services.auth.passkeys import tables as _passkeys_tables  # noqa: F401
from services.auth.passwords import handlers as passwords
from services.auth.passwords import pages as passwords_pages
from services.auth.profile import pages as profile_pages
from services.auth.profile import tables as _profile_tables  # noqa: F401
from services.auth.recertification import api as recertification_api
from services.auth.recertification import handlers as recertification
from services.auth.recertification import pages as recertification_pages
from services.auth.recertification import tables as _recertification_tables  # noqa: F401
from services.auth.registration import handlers as registration
from services.auth.registration import pages as registration_pages
from services.auth.registration import tables as _registration_tables  # noqa: F401
from services.auth.reports import handlers as reports
from services.auth.reports import pages as reports_pages
from services.auth.role_requests import api as role_requests_api
from services.auth.role_requests import handlers as role_requests
from services.auth.role_requests import pages as role_requests_pages
from services.auth.sessions import api as sessions_api
from services.auth.sessions import pages as sessions_pages
from services.auth.sessions import tables as _sessions_tables  # noqa: F401
from services.auth.sign_in import handlers as sign_in
from services.auth.sign_in import pages as sign_in_pages
from services.auth.sign_in import tables as _sign_in_tables  # noqa: F401
from services.auth.staff import handlers as staff
from services.auth.staff import pages as staff_pages
from services.auth.staff import tables as _staff_tables  # noqa: F401

service = Service(
    name="auth",
    metadata=metadata,
    routers=(
        gateway_api.router,
        sign_in_pages.router,
        registration_pages.router,
        passwords_pages.router,
        factors_pages.router,
        sessions_pages.router,
        sessions_api.router,
        clients_api.router,
        # Before those of access: their addresses lie below the users'.
        agreements_api.router,
        organization_link_pages.router,
        factor_loss_pages.router,
        clients_pages.router,
        recertification_pages.router,
        recertification_api.router,
        departures_pages.router,
        departures_api.router,
        access_pages.router,
        access_api.router,
        billers_pages.router,
        billers_api.router,
        look_up_association_pages.router,
        look_up_association_api.router,
        reports_pages.router,
        role_requests_pages.router,
        role_requests_api.router,
        agreements_pages.router,
        passkeys_pages.router,
        back_office_pages.router,
        back_office_api.router,
        staff_pages.router,
        feeds_pages.router,
        profile_pages.router,
    ),
    # Their first rows stand in the migrations; each asks for its next run itself.
    timers={
        access.REPUBLISH: access.republish_state,
        access.END_WHAT_IS_OVER: access.end_what_is_over,
        reports.WEEKLY: reports.send_weekly,
        role_requests.LAPSE: role_requests.lapse,
        sign_in.SWEEP: sign_in.sweep,
        passwords.MAIL_LINK: passwords.mail_link,
        passwords.MAIL_USER_IDS: passwords.mail_user_ids,
        factor_loss.END: factor_loss.end,
        factor_loss.LAPSE: factor_loss.lapse,
        clients.SWEEP: clients.sweep,
        agreements.LAPSE: agreements.lapse,
        inactive.SWEEP: inactive.sweep,
        recertification.SWEEP: recertification.sweep,
        organization_link.SWEEP: organization_link.sweep,
        registration.SWEEP: registration.sweep,
        back_office.END_ELEVATION: back_office.end_elevation,
        staff.INVITE: staff.invite,
        feeds.LATE: feeds.feed_late,
        feeds.CLOSE: feeds.close_enrollment,
    },
    jobs={
        feeds.IMPORT: Job(feeds.import_feeds, patience=None),
        factor_loss.TELL_PHONE: Job(factor_loss.tell_phone_of_it, patience=timedelta(hours=1)),
    },
    subscriptions=(*organization_link_subscriptions.SUBSCRIPTIONS, *notices_subscriptions.SUBSCRIPTIONS),
    moving=MOVING,
)
