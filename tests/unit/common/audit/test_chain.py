from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from libs.common.audit.chain import canonical, link


def test_the_canonical_text_is_fixed() -> None:
    row = {"reason": 'é "quoted"', "at": datetime(2026, 11, 23, 9, 30, tzinfo=UTC), "id": UUID(int=1), "none": None}
    assert canonical(row).decode() == (
        '{"at":"2026-11-23T09:30:00.000000+00:00","id":"00000000-0000-0000-0000-000000000001",'
        '"none":null,"reason":"é \\"quoted\\""}'
    )


def test_one_moment_has_one_text_in_every_zone() -> None:
    moment = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert canonical({"at": moment}) == canonical({"at": moment.astimezone(timezone(timedelta(hours=-5)))})


def test_the_order_of_columns_does_not_matter_and_that_of_rows_does() -> None:
    assert canonical({"a": "1", "b": "2"}) == canonical({"b": "2", "a": "1"})
    assert link(link(b"", b"1"), b"2") != link(link(b"", b"2"), b"1")


def test_what_has_no_single_text_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"amount": 1.5})
