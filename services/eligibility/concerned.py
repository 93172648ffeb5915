"""Which objects of eligibility are about one patient, for the account of disclosures (45 CFR 164.528)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.eligibility.inquiry.tables import inquiry
from services.eligibility.item_history.tables import item_check
from services.eligibility.look_up.tables import look_up
from services.eligibility.schedule import tables as schedules


def concerned(token: str, claims: Sequence[UUID]) -> Mapping[str, sa.Select[Any]]:
    """By the kind of object; see `libs.common.audit.search.Concerned`."""
    del claims  # patients are known here by their token
    asked = sa.select(inquiry.c.inquiry_id).where(inquiry.c.beneficiary_token == token)
    return {
        "inquiry": asked,
        "schedule": sa.select(schedules.row.c.schedule_id).where(schedules.row.c.inquiry_id.in_(asked)).distinct(),
        "item-check": sa.select(item_check.c.check_id).where(item_check.c.beneficiary_token == token),
        "look-up": sa.select(look_up.c.look_up_id).where(look_up.c.beneficiary_token == token),
    }
