"""What may be asked, before HETS is asked: the form of a Medicare number, and days that HETS answers for.

Days of service: 4 years back to 4 months ahead (HETS 270/271 companion guide).
"""

from datetime import date

from libs.common.mbi import POSITIONS
from services.eligibility.hets.domain import Question

MEDICARE_NUMBER_LENGTH = len(POSITIONS)
PENDING = "pending"
_OLDEST_YEARS = 130


def number_fault(mbi: str) -> str:
    """What is wrong with a Medicare number, by position; nothing when its form is right.

    Source: the CMS MBI format sheet.
    """
    if len(mbi) != MEDICARE_NUMBER_LENGTH:
        return f"A Medicare number has 11 letters and digits; this one has {len(mbi)}. Compare it with the card."
    for place, (character, allowed) in enumerate(zip(mbi, POSITIONS, strict=True), start=1):
        if character not in allowed:
            wanted = "a digit" if allowed.isdigit() else "a letter" if allowed.isalpha() else "a letter or digit"
            return (
                f"Position {place} of the Medicare number must be {wanted}; never S, L, O, I, B or Z. Compare the card."
            )
    return ""


def question_faults(question: Question, today: date, *, years_back: int, months_ahead: int) -> dict[str, str]:
    """What to mend before HETS is asked, by field of the form; nothing when it may be asked."""
    faults: dict[str, str] = {}
    if fault := number_fault(question.mbi):
        faults["mbi"] = fault
    if not question.first_name and question.birth_date is None:
        faults["first_name"] = "Enter the first name or the birth date: HETS needs one of them."
    if question.birth_date is not None:
        if question.birth_date > today:
            faults["birth_date"] = "The birth date lies in the future. Correct it."
        elif today.year - question.birth_date.year > _OLDEST_YEARS:
            faults["birth_date"] = "The birth date lies more than 130 years back. Correct it."
    earliest, latest = moved(today, months=-12 * years_back), moved(today, months=months_ahead)
    if question.service_from > question.service_to:
        faults["service_to"] = "The last day of service lies before the first. Correct one of them."
    elif question.service_from < earliest:
        faults["service_from"] = f"HETS answers for days from {earliest:%m/%d/%Y} on: {years_back} years back."
    elif question.service_to > latest:
        faults["service_to"] = f"HETS answers for days up to {latest:%m/%d/%Y}: {months_ahead} months ahead."
    return faults


def moved(day: date, *, months: int) -> date:
    """The same day of another month; the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
