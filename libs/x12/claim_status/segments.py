"""Statuses (STC) and service lines (SVC), read and written: the same in 276, 277 and 277CA."""

from collections.abc import Callable
from decimal import Decimal

from libs.x12.claim_status.objects import Status, StatusDetail, StatusLine
from libs.x12.guide import COMPONENT
from libs.x12.parts import (
    Dated,
    cells,
    dated_segment,
    optional_cents,
    optional_day,
    procedure_element,
    read_optional_cents,
    read_optional_day,
    read_procedure,
    reference_segment,
)
from libs.x12.writing import Element, compose

SERVICE = "472"


def read_detail(elements: list[str], read_charge: Callable[[str], int | None] = read_optional_cents) -> StatusDetail:
    """What an STC says. `read_charge` reads its charge. Raises `ValueError` when an amount has not the form of one."""
    parts = cells(elements, 12)
    return StatusDetail(
        status=_status(parts[1]),
        effective=read_optional_day(parts[2]),
        action=parts[3],
        charge_cents=read_charge(parts[4]),
        paid_cents=read_optional_cents(parts[5]),
        finalized=read_optional_day(parts[6]),
        payment_date=read_optional_day(parts[8]),
        check_number=parts[9],
        more=tuple(_status(part) for part in parts[10:12] if part),
        message=parts[12],
    )


def _status(text: str) -> Status:
    return Status(*(*text.split(COMPONENT), "", "", "")[:4])


def detail_segment(detail: StatusDetail) -> str:
    """The STC of `detail`."""
    more = (*map(_composite, detail.more), "", "")[:2]
    return compose(
        "STC",
        _composite(detail.status),
        optional_day(detail.effective),
        detail.action,
        optional_cents(detail.charge_cents),
        optional_cents(detail.paid_cents),
        optional_day(detail.finalized),
        "",
        optional_day(detail.payment_date),
        detail.check_number,
        *more,
        detail.message,
    )


def _composite(status: Status) -> Element:
    return status.category, status.code, status.entity, status.code_list


def read_line(elements: list[str]) -> StatusLine:
    """What an SVC says. Raises `ValueError` when an amount has parts of a cent."""
    parts = cells(elements, 7)
    return StatusLine(
        procedure=read_procedure(parts[1]),
        charge_cents=read_optional_cents(parts[2]),
        paid_cents=read_optional_cents(parts[3]),
        revenue_code=parts[4],
        units=Decimal(parts[7]) if parts[7] else None,
    )


def line_segments(line: StatusLine) -> list[str]:
    """The segments of one service line."""
    return [
        compose(
            "SVC",
            procedure_element(line.procedure),
            optional_cents(line.charge_cents),
            optional_cents(line.paid_cents),
            line.revenue_code,
            "",
            "",
            "" if line.units is None else f"{line.units:f}",
        ),
        *map(detail_segment, line.statuses),
        *map(reference_segment, line.references),
        *([dated_segment(Dated(SERVICE, line.period))] if line.period else []),
    ]
