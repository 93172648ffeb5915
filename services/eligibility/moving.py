"""What of eligibility goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

from collections.abc import Mapping

import sqlalchemy as sa

from libs.common.runtime import Runtime
from libs.common.transition.exports import PLAIN, Export, Moving, Owned
from services.eligibility.conduct.tables import hold
from services.eligibility.enrollment.tables import CONTACT, hets_request
from services.eligibility.inquiry.tables import ANSWER, QUESTION, inquiry
from services.eligibility.look_up.tables import NAME, look_up_user
from services.eligibility.schedule import tables as schedules

_WAITING = inquiry.c.state == "waiting"
_OPEN = (schedules.schedule.c.state == "read") | sa.exists().where(
    schedules.row.c.schedule_id == schedules.schedule.c.schedule_id, schedules.row.c.state == "waiting"
)
_SCHEDULES = sa.select(schedules.schedule.c.schedule_id).where(_OPEN)
_OF_ROW = ("schedule_id", "number")


def _token(runtime: Runtime, opened: Mapping[str, bytes]) -> str:
    return runtime.keys.beneficiary_token(QUESTION.decode(opened["question"]).mbi)


MOVING = Moving(
    exports=(
        Export(
            inquiry,
            where=_WAITING,
            sealed={"question": Owned(QUESTION, ("inquiry_id",)), "answer": Owned(ANSWER, ("inquiry_id",))},
            tokens={"beneficiary_token": _token},
        ),
        Export(schedules.schedule, where=_OPEN, sealed={"about": Owned(schedules.ABOUT, ("schedule_id",))}),
        Export(
            schedules.row,
            where=schedules.row.c.schedule_id.in_(_SCHEDULES),
            sealed={"content": Owned(schedules.ROW, _OF_ROW), "finding": Owned(schedules.FINDING, _OF_ROW)},
        ),
        # What was asked of CMS, for its officials and the years of evidence. The receiver has a submitter of its own.
        Export(hets_request, sealed={"contact": Owned(CONTACT, ("request_id",)), "signer": PLAIN}),
        Export(look_up_user, sealed={"name": Owned(NAME, ("user_id",))}),
        Export(hold),
    ),
    stays={
        "line": "the place in the line of the receiver is its own",
        "hets_link": "the receiver takes the list of its own submitter",
        "hets_list": "the same",
        "hets_reminder": "of enrollments with the submitter before",
        "item_check": "answers of days, and none waits",
        "look_up": "patients stand there by a keyed token alone, whose key stays",
        "look_up_count": "of hours",
        "tally": "of hours",
        "guess": "of hours",
    },
)
