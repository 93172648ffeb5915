"""What HETS says of benefits, each as HETS spells it in a 271: days of a stay as HSD, amounts used as a message.

Spellings: what public samples of HETS's 271 show, of guide 005010X279A1 and before.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from libs.x12.eligibility.objects import (
    Address,
    Benefit,
    Contact,
    Dated,
    Delivery,
    Name,
    Procedure,
    Provider,
    Reference,
    RelatedEntity,
)

PART_A_DEDUCTIBLE, PART_B_DEDUCTIBLE = 173_600, 28_300
HOSPITAL_COINSURANCE, RESERVE_COINSURANCE, NURSING_COINSURANCE = 43_400, 86_800, 21_700
"""What HETS has for 2026, and for want of better for each year after."""

_IN_PART_A = ("30", "42", "45", "48", "49", "69", "76", "83", "A5", "A7", "AG")
_IN_PART_B = ("30", "2", "5", "42", "67", "73", "76", "80", "98", "AD", "AE", "AF", "BF", "BG", "DM", "UC")
_CONTRACTOR = "15004"
_AGENCY, _HOSPICE = "2994535120", "2952919902"
_ONE_EPISODE = Delivery(time_period="26", periods=1)


def year(of: date) -> Dated:
    """The calendar year of a day, as the time of a benefit."""
    return Dated("292", date(of.year, 1, 1), date(of.year, 12, 31))


def _as(qualifier: str, time: Dated) -> Dated:
    return Dated(qualifier, time.first, time.last)


# --- Part A ---------------------------------------------------------------------------------------------------------


def part_a(since: date) -> Benefit:
    """Entitlement to Part A, with the kinds of service it covers."""
    return Benefit("1", "IND", _IN_PART_A, "MA", dates=[Dated("291", since)])


def part_a_deductible(time: Dated, left: int) -> list[Benefit]:
    """The deductible of a year and what is left of it, in cents."""
    plan = [_as("291", time)]
    return [
        Benefit("C", "", ("30",), "MA", time_period="26", amount_cents=PART_A_DEDUCTIBLE, dates=plan),
        Benefit("C", "", ("30",), "MA", time_period="29", amount_cents=left, dates=plan),
    ]


def deductible_left(spell: Dated, cents: int) -> Benefit:
    """What is left of the deductible in one benefit period."""
    return Benefit("C", "", ("30",), "MA", time_period="29", amount_cents=cents, dates=[_as("291", spell)])


def _of_days(service: str, cents: int, time: Dated, *deliveries: Delivery) -> Benefit:
    return Benefit(
        "B",
        "",
        (service,),
        "MA",
        time_period="7",
        amount_cents=cents,
        deliveries=[*deliveries, _ONE_EPISODE],
        dates=[_as("435", time)],
    )


def _left(days: int) -> Delivery:
    return Delivery(measure="DA", time_period="29", periods=days)


def _between(first: int, last: int) -> tuple[Delivery, Delivery]:
    over, up_to = (
        Delivery(measure="DA", time_period=code, periods=days) for code, days in (("30", first), ("31", last))
    )
    return over, up_to


def hospital_days(time: Dated, full: int, coinsurance: int) -> list[Benefit]:
    """How many days in a hospital are left in a year or a benefit period, and what each costs."""
    return [
        _of_days("30", 0, time, _left(full)),
        _of_days("30", HOSPITAL_COINSURANCE, time, _left(coinsurance)),
    ]


def nursing_days(time: Dated, full: int, coinsurance: int) -> list[Benefit]:
    """The same for a skilled nursing facility."""
    return [_of_days("AG", 0, time, _left(full)), _of_days("AG", NURSING_COINSURANCE, time, _left(coinsurance))]


def all_days(time: Dated) -> list[Benefit]:
    """Which days there are at all in a hospital and in a skilled nursing facility."""
    return [
        _of_days("30", 0, time, *_between(0, 60)),
        _of_days("30", HOSPITAL_COINSURANCE, time, *_between(60, 90)),
        _of_days("AG", 0, time, *_between(0, 20)),
        _of_days("AG", NURSING_COINSURANCE, time, *_between(20, 100)),
    ]


def reserve_days(time: Dated, left: int) -> list[Benefit]:
    """The lifetime reserve days of hospitals, those left, and what each costs."""
    whole = Benefit("K", "", ("30",), "MA", time_period="32", unit="DY", quantity=Decimal(60))
    rest = Benefit("K", "", ("30",), "MA", time_period="33", unit="DY", quantity=Decimal(left))
    each = Benefit("K", "", ("30",), "MA", time_period="7", amount_cents=RESERVE_COINSURANCE, dates=[_as("435", time)])
    return [whole, rest, each]


def psychiatric_days(left: int) -> list[Benefit]:
    """The days in psychiatric hospitals in a lifetime, and those left."""
    return [
        Benefit("K", "", ("A7",), "MA", time_period=period, unit="DY", quantity=Decimal(days))
        for period, days in (("32", 190), ("33", left))
    ]


def stay_in_words_of_before(spell: Dated, full: int, coinsurance: int, reserve: int) -> list[Benefit]:
    """The days of one benefit period as HETS spelled them before guide 005010: counts with their units."""
    dates = [_as("435", spell)]

    def days(code: str, left: int, cents: int | None = None, *, unit: str = "DY", period: str = "29") -> Benefit:
        return Benefit(
            code,
            "",
            ("47",),
            "MA",
            time_period=period,
            amount_cents=cents,
            unit=unit,
            quantity=Decimal(left),
            dates=dates,
        )

    return [
        days("F", full),
        days("B", coinsurance, HOSPITAL_COINSURANCE),
        days("K", reserve, RESERVE_COINSURANCE, unit="LA", period="33"),
    ]


def hospice(first: date, last: date | None = None, revoked: int = 0) -> list[Benefit]:
    """A stay in a hospice with how it ended, and how many there were."""
    time = Dated("292", first, last)
    return [
        Benefit(
            "X",
            "",
            ("45",),
            "MA",
            time_period="26",
            dates=[time],
            messages=[f"Revocation Code - {revoked}"],
            entities=[RelatedEntity(Name("1P", "2", "LANTERN HOSPICE", qualifier="XX", identifier=_HOSPICE))],
        ),
        Benefit("D", "", ("45",), "MA", time_period="26", unit="99", quantity=Decimal(1)),
    ]


def home_health(first: date) -> list[Benefit]:
    """A period of home health care with its first and last billing (DOEBA, DOLBA), and the plan of care certified."""
    last = first + timedelta(days=59)
    return [
        Benefit(
            "X",
            "",
            ("42",),
            time_period="26",
            dates=[Dated("472", first, last), Dated("193", first), Dated("194", last - timedelta(days=9))],
            entities=[
                RelatedEntity(Name("PR", "2", "MERIDIAN MEDICARE", qualifier="PI", identifier=_CONTRACTOR)),
                RelatedEntity(Name("1P", "2", qualifier="XX", identifier=_AGENCY), provider=Provider("HH")),
            ],
        ),
        Benefit("X", "", (), "MB", procedure=Procedure("HC", "G0180"), dates=[Dated("193", first)]),
    ]


# --- Part B ---------------------------------------------------------------------------------------------------------


def part_b(since: date) -> Benefit:
    """Entitlement to Part B, with the kinds of service it covers."""
    return Benefit("1", "IND", _IN_PART_B, "MB", dates=[Dated("291", since)])


def part_b_deductible(time: Dated, left: int) -> list[Benefit]:
    """The deductible of a year, what is left of it in cents, and the coinsurance."""
    plan = [_as("291", time)]
    return [
        Benefit("C", "", ("30",), "MB", time_period="23", amount_cents=PART_B_DEDUCTIBLE, dates=plan),
        Benefit("C", "", ("30",), "MB", time_period="29", amount_cents=left, dates=plan),
        Benefit("A", "", ("30",), "MB", time_period="27", percent=Decimal("0.2"), dates=plan),
    ]


def without_share(time: Dated) -> list[Benefit]:
    """Services of Part B for which the patient pays nothing."""
    services = ("5", "42", "67", "AJ")
    return [
        Benefit("C", "", services, "MB", time_period="23", amount_cents=0, dates=[time]),
        Benefit("A", "", services, "MB", time_period="27", percent=Decimal(0), dates=[time]),
    ]


def blood(time: Dated, left: int) -> Benefit:
    """Three pints of blood a year that the patient pays or replaces, and those left."""
    pints = Delivery("FL", Decimal(left), time_period="29")
    return Benefit("E", "", ("10",), time_period="23", unit="DB", quantity=Decimal(3), deliveries=[pints], dates=[time])


def therapy_used(service: str, time: Dated, cents: int) -> Benefit:
    """How much of a therapy threshold is used: AE is physical therapy and speech-language pathology together."""
    return Benefit("D", "", (service,), "MB", amount_cents=cents, dates=[time], messages=["Used Amount"])


def therapy_left(service: str, time: Dated, cents: int) -> Benefit:
    """How much of it is left, as HETS spelled it while there were caps."""
    return Benefit("F", "IND", (service,), "MB", time_period="29", amount_cents=cents, dates=[time])


def sessions() -> list[Benefit]:
    """Sessions of pulmonary rehabilitation left, of cardiac rehabilitation used, counseling to quit smoking left."""
    left, used = ("BF", "29", "CA"), ("BG", "", "99")
    counted = (
        (*left, 70, "Professional"),
        (*left, 72, "Technical"),
        (*used, 12, "Professional"),
        (*used, 12, "Technical"),
        (*used, 0, "Intensive Cardiac Rehabilitation - Professional"),
    )
    return [
        *(
            Benefit(
                "F", "", (service,), "MB", time_period=period, unit=unit, quantity=Decimal(count), messages=[message]
            )
            for service, period, unit, count, message in counted
        ),
        smoking_cessation(6),
    ]


def smoking_cessation(left: int) -> Benefit:
    """Counseling visits to quit smoking: eight in a service year, and those left."""
    return Benefit(
        "F",
        "",
        ("67",),
        "MB",
        time_period="22",
        unit="VS",
        quantity=Decimal(8),
        deliveries=[Delivery("VS", Decimal(left), time_period="29")],
    )


def preventive(code: str, covered_next: date, *modifiers: str) -> Benefit:
    """When a preventive service is covered next; modifiers tell its professional from its technical part."""
    return Benefit("D", "", (), "MB", procedure=Procedure("HC", code, modifiers), dates=[Dated("348", covered_next)])


def share_of(code: str, time: Dated, percent: str = "0") -> list[Benefit]:
    """What the patient pays for a preventive service: deductible and coinsurance."""
    procedure = Procedure("HC", code)
    return [
        Benefit("C", "", (), "MB", time_period="23", amount_cents=0, procedure=procedure, dates=[time]),
        Benefit("A", "", (), "MB", time_period="27", percent=Decimal(percent), procedure=procedure, dates=[time]),
    ]


def counted_service(code: str, time: Dated, left: int, unit: str, message: str) -> Benefit:
    """Hours or visits that are left of a service known by its procedure code."""
    return Benefit(
        "F",
        "",
        (),
        "MB",
        time_period="29",
        unit=unit,
        quantity=Decimal(left),
        procedure=Procedure("HC", code),
        dates=[time],
        messages=[message],
    )


def prevention_program(first: date, last: date) -> Benefit:
    """The one time in a life in which the Diabetes Prevention Program is paid."""
    return Benefit(
        "D",
        "",
        (),
        "MB",
        unit="99",
        quantity=Decimal(4),
        procedure=Procedure("HC", "G9886"),
        dates=[Dated("292", first, last)],
        messages=["MDPP"],
        entities=[RelatedEntity(Name("1P", "2", "LANTERN DIABETES PREVENTION", qualifier="XX", identifier=_AGENCY))],
    )


def kidney_disease(first: date, transplant: date | None = None) -> list[Benefit]:
    """End-stage renal disease: dialysis since a day, and the discharge after a transplant."""
    found = [Benefit("D", "", ("15",), "MB", dates=[Dated("356", first)])]
    if transplant is not None:
        found.append(Benefit("D", "", ("14",), "MB", dates=[Dated("356", first), Dated("096", transplant)]))
    return found


def immunosuppressive_drugs(first: date) -> Benefit:
    """Part B for immunosuppressive drugs alone, after the coverage for a transplant ended (Part B-ID)."""
    return Benefit("1", "", ("30",), "MB", "PART B-ID", dates=[Dated("291", first)])


# --- others who pay -------------------------------------------------------------------------------------------------


def advantage(time: Dated) -> Benefit:
    """A plan of Medicare Advantage, for a year."""
    return Benefit(
        "R",
        "",
        ("30",),
        "HN",
        references=[Reference("18", "H9999 001", "LANTERN GOLD HMO")],
        dates=[_as("290", time)],
        messages=["MCO Bill Option Code - C"],
        entities=[
            RelatedEntity(
                Name("PRP", "2", "LANTERN HEALTH PLAN"),
                Address("PO BOX 4100", city="LANTERNVILLE", state="KY", postal_code="428810100"),
                [Contact("", (("TE", "8005550177"), ("UR", "WWW.LANTERN.EXAMPLE")))],
            )
        ],
    )


def other_payer(time: Dated) -> Benefit:
    """An employer's group health plan that pays before Medicare, since the beginning of a year."""
    return Benefit(
        "R",
        "IND",
        ("30",),
        "12",
        references=[Reference("IG", "CM77120045"), Reference("6P", "KY4471", "COPPERFIELD FOUNDRY")],
        dates=[Dated("290", time.first)],
        entities=[
            RelatedEntity(
                Name("PRP", "2", "COPPERFIELD MUTUAL"),
                Address("1 INSURANCE ROAD", "SUITE 900", "COPPERFIELD SPRINGS", "OH", "450120200"),
            )
        ],
    )


def drug_plan(time: Dated) -> Benefit:
    """A plan of Part D."""
    return Benefit(
        "R",
        "",
        ("88",),
        "OT",
        references=[Reference("18", "S5678 002", "LANTERN DRUGS")],
        dates=[time],
        entities=[RelatedEntity(Name("PRP", "2", "LANTERN DRUG PLAN"))],
    )


def qualified_beneficiary(first: date) -> Benefit:
    """The state pays deductibles and coinsurance (QMB)."""
    return Benefit("R", "", ("30",), "QM", "KY QMB PLAN", dates=[Dated("291", first, date.max)])


# --- an answer of the usual size ------------------------------------------------------------------------------------

# Preventive services, and in how many days each is covered next.
_SERVICES, _FOR_WOMEN, _FOR_MEN = (("G0439", 140), ("G0328", -60)), ("77067", 45), ("G0103", -20)


def usual(today: date, *, draw: int, is_female: bool) -> Iterable[Benefit]:
    """What HETS says of a patient of whom there is nothing special; `draw` is how it differs from one to the next."""
    time = year(today)
    yield from part_a_deductible(time, PART_A_DEDUCTIBLE if draw % 4 else 0)
    yield from hospital_days(time, 60 if draw % 4 else 55, 30)
    yield from nursing_days(time, 20, 80)
    yield from reserve_days(time, 60)
    yield from part_b_deductible(time, PART_B_DEDUCTIBLE * (draw % 3) // 2)
    yield blood(time, 3)
    yield therapy_used("AE", time, 4_150 * (draw % 20))
    yield therapy_used("AD", time, 0)
    for code, days in (*_SERVICES, _FOR_WOMEN if is_female else _FOR_MEN):
        yield preventive(code, today + timedelta(days=days))
