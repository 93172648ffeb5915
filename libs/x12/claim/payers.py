"""Reads what payers before Medicare decided on a claim of an 837 and on its lines, and balances it."""

from decimal import Decimal

from libs.x12.claim.edits import ADJUSTMENT_REASONS
from libs.x12.claim.faults import AnyClaim, AnyLine
from libs.x12.claim.levels import ClaimLevels
from libs.x12.claim.objects import Adjustment, LineDecision, OtherPayer
from libs.x12.claim.texts import EMPTY, UNITS, day_of, value_at
from libs.x12.collector import Action, Around, Key
from libs.x12.guide import COMPONENT

# Places in the order of payment (SBR01): the first payer, and a payer whose place nobody knows yet.
FIRST_PAYER, _UNKNOWN_PLACE = "P", "U"
BEHIND_OTHERS = frozenset("ABCDEFGHST")


class OtherPayers(ClaimLevels[AnyClaim, AnyLine]):
    """Makes other payers and their decisions."""

    judges = ClaimLevels.judges | {"adjustment_reason"}

    def __init__(self, around: Around) -> None:
        super().__init__(around)
        self._payer = OtherPayer("")
        self._has_other_payers = False
        self._reasons: list[tuple[str, int, OtherPayer | LineDecision]] = []
        self._decision = LineDecision("", 0, Decimal(0))

    def readers(self) -> dict[Key, Action]:
        """Add the readers of other payers."""
        return super().readers() | {
            ("2320", "AMT", "D"): self._payer_paid,
            ("2320", "AMT", "A8"): self._payer_not_covered,
            ("2320", "AMT", "EAF"): self._payer_remaining,
            ("2330A", "NM1", "IL"): self._insured,
            ("2330B", "NM1", "PR"): self._payer_name,
            ("2330B", "DTP", "573"): self._payer_decided_on,
            ("2320", "SBR", ""): self._other_payer,
            ("2320", "CAS", ""): self._payer_adjustments,
            ("2320", "OI", ""): self._payer_consent,
            ("2430", "SVD", ""): self._line_decision,
            ("2430", "CAS", ""): self._line_adjustments,
            ("2430", "DTP", ""): self._decided_on,
            ("2430", "AMT", ""): self._line_remaining,
        }

    # --- reading --------------------------------------------------------------------------------------------------

    def _other_payer(self, elements: list[str], _position: int) -> None:
        padded = [*elements, *EMPTY]
        responsibility, relationship, group_number, group_name, insurance_type = padded[1:6]
        payer = self._payer = OtherPayer(
            responsibility, relationship, group_number, group_name, insurance_type, filing_indicator=padded[9]
        )
        self._has_other_payers = True
        if self._claim:
            self._claim.other_payers += (payer,)

    def _payer_adjustments(self, elements: list[str], position: int) -> None:
        self._payer.adjustments += self._adjustments(elements, position, self._payer)

    def _payer_consent(self, elements: list[str], _position: int) -> None:
        self._payer.benefits_assigned, self._payer.release = elements[3], elements[6]

    def _payer_paid(self, elements: list[str], position: int) -> None:
        self._payer.paid_cents = self.cents(elements, 2, position, "2320")

    def _payer_not_covered(self, elements: list[str], position: int) -> None:
        self._payer.not_covered_cents = self.cents(elements, 2, position, "2320")

    def _payer_remaining(self, elements: list[str], position: int) -> None:
        self._payer.remaining_cents = self.cents(elements, 2, position, "2320")

    def _insured(self, elements: list[str], _position: int) -> None:
        payer = self._payer
        payer.insured_last_name, payer.insured_first_name = elements[3], value_at(elements, 4)
        payer.insured_id = value_at(elements, 9)

    def _payer_name(self, elements: list[str], _position: int) -> None:
        self._payer.name, self._payer.identifier = elements[3], elements[9]

    def _payer_decided_on(self, elements: list[str], _position: int) -> None:
        self._payer.paid_on = day_of(elements[3])

    def _adjustments(
        self, elements: list[str], position: int, decider: OtherPayer | LineDecision
    ) -> tuple[Adjustment, ...]:
        padded = [*elements, "", ""]
        adjustments = tuple(
            Adjustment(
                elements[1],
                padded[place],
                self.cents(padded, place + 1, position, _loop_of(decider), signed=True),
                Decimal(padded[place + 2]) if padded[place + 2] else None,
            )
            for place in range(2, len(elements), 3)
            if padded[place]
        )
        if any(one.cents == 0 or one.quantity == 0 for one in adjustments):
            self.remark("adjustment-zero", position, _loop_of(decider))
        # What adds to the payment may add units (RFI 2499: a number that contradicts what it counts is wrong).
        if any(one.quantity is not None and one.quantity < 0 < one.cents for one in adjustments):
            self.fault("adjusted-units", position, _loop_of(decider))
        # Whether a reason exists depends on the day of the decision, which comes later.
        self._reasons += ((one.reason, position, decider) for one in adjustments)
        return adjustments

    def _line_decision(self, elements: list[str], position: int) -> None:
        decision = self._decision = LineDecision(
            elements[1],
            self.cents(elements, 2, position, "2430"),
            UNITS[elements[5]],
            tuple(elements[3].split(COMPONENT)) if elements[3] else (),
            elements[4],
            bundled_into=int(value_at(elements, 6) or 0),
        )
        self._has_other_payers = True
        if decision.units < 0:
            self.fault("paid-units", position, "2430")
        if self._line:
            self._line.decisions += (decision,)

    def _line_adjustments(self, elements: list[str], position: int) -> None:
        self._decision.adjustments += self._adjustments(elements, position, self._decision)

    def _decided_on(self, elements: list[str], _position: int) -> None:
        self._decision.paid_on = day_of(elements[3])

    def _line_remaining(self, elements: list[str], position: int) -> None:
        self._decision.remaining_cents = self.cents(elements, 2, position, "2430")

    # --- judging --------------------------------------------------------------------------------------------------

    def _judge_order(self, claim: AnyClaim) -> None:
        """Each payer has a place of its own in the order of payment; none is known of those who say U.

        One of them is the first (RFI 1980).
        """
        own = self._subscriber.responsibility
        others = [payer.responsibility for payer in claim.other_payers]
        places = [place for place in (own, *others) if place != _UNKNOWN_PLACE]
        if own in BEHIND_OTHERS and not {FIRST_PAYER, _UNKNOWN_PLACE} & set(others):
            self.fault("other-payer-missing", self._claim_position, "2320")
        if len(set(places)) < len(places):
            self.fault("payer-order", self._claim_position, "2320")

    def _judge_other_payers(self, claim: AnyClaim) -> None:
        """What another payer paid and took off must make up the charge, of the claim and of each line (SNIP 3)."""
        for payer in claim.other_payers:
            decisions = [each for line in self._lines for each in line.decisions if each.payer == payer.identifier]
            self._judge_levels(claim, payer, decisions)
            if payer.paid_cents is None:
                continue
            if payer.paid_on is None and not decisions:
                self.fault("other-payer-date", self._claim_position, "2330B")
            adjusted = [*payer.adjustments, *(one for each in decisions for one in each.adjustments)]
            if payer.paid_cents + sum(one.cents for one in adjusted) != claim.total_charge_cents:
                self.fault("other-payer-balance", self._claim_position, "2320")
        for reason, position, decider in self._reasons:
            if not ADJUSTMENT_REASONS.holds(reason, decider.paid_on or self._received):
                # The other payer chose the code, and its list may be newer than ours: the biller can correct nothing.
                claim.notices += (self.edits.finding("adjustment-reason", position, _loop_of(decider)),)

    def _judge_levels(self, claim: AnyClaim, payer: OtherPayer, decisions: list[LineDecision]) -> None:
        """What is told of another payer stands on one level: claim or lines (RFI 1391), billed or not (RFI 1353)."""
        if payer.remaining_cents is not None and any(each.remaining_cents is not None for each in decisions):
            self.fault("remaining-liability", self._claim_position, "2320")
        if payer.not_covered_cents is not None:
            decided = payer.paid_cents is not None or payer.adjustments or decisions
            if decided or payer.not_covered_cents != claim.total_charge_cents:
                self.fault("not-covered-amount", self._claim_position, "2320")

    def _judge_decisions(self, claim: AnyClaim) -> None:
        """What payers decided on lines: each of them is known, and its amounts make up the charge of the line.

        A payer that took a line apart decided on it several times; all its decisions together make up the charge
        (RFI 1405, 1814, 2425). A line that it paid with another names that one (SVD06), and no other line does (1814).
        """
        known = {payer.identifier for payer in claim.other_payers}
        for line in self._lines:
            decided: dict[str, int] = {}
            for each in line.decisions:
                amount = each.paid_cents + sum(one.cents for one in each.adjustments)
                decided[each.payer] = decided.get(each.payer, 0) + amount
            for payer, amount in decided.items():
                if payer not in known:
                    self.fault("other-payer-unknown", self._claim_position, "2430", line)
                if amount != line.charge_cents:
                    self.fault("other-payer-line-balance", self._claim_position, "2430", line)
            bundled = {(each.payer, each.bundled_into) for each in line.decisions if each.bundled_into}
            for payer, into in bundled:
                is_apart = sum(each.payer == payer for each in line.decisions) > 1
                if is_apart or into == line.number or not 0 < into <= len(self._lines):
                    self.fault("bundled-line", self._claim_position, "2430", line)


def _loop_of(decider: OtherPayer | LineDecision) -> str:
    """Where a payer reports its decision: on the claim or on a line."""
    return "2320" if isinstance(decider, OtherPayer) else "2430"
