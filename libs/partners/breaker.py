"""Lets a partner that does not answer rest: it is not asked for a while, then once, and by that again or not."""

from datetime import datetime, timedelta

from libs.common.observability import metrics
from libs.common.observability.logs import log


class PartnerBreaker:
    """Opens after `limit` failures in a row, for `pause`; then one trial, and so on until a trial succeeds.

    One for each partner and process: what it knows is what this process met. Unlike the breaker of a consumer
    (`libs/common/messaging/breaker.py`), which only a person closes, it closes by itself.
    """

    def __init__(self, partner: str, *, limit: int, pause: timedelta) -> None:
        self._partner = partner
        self._limit = limit
        self._pause = pause
        self._failures = 0
        self._rests_until: datetime | None = None
        metrics.PARTNER_BREAKER_OPEN.labels(partner).set(0)

    def rests(self, now: datetime) -> bool:
        """Whether nobody may ask the partner now."""
        return self._rests_until is not None and now < self._rests_until

    def may_ask(self, now: datetime) -> bool:
        """Whether the partner may be asked now. While it is open, true for one caller in each pause: the trial."""
        if self.rests(now):
            return False
        if self._rests_until is None:
            return True
        # Should nothing come of this trial, because its caller went away, the next follows after another pause.
        self._rests_until = now + self._pause
        return True

    def failed(self, now: datetime) -> None:
        """The partner did not answer."""
        self._failures += 1
        if self._failures < self._limit:
            return
        if self._rests_until is None:
            metrics.PARTNER_BREAKER_OPEN.labels(self._partner).set(1)
            log.error("partner rests", partner=self._partner, count=self._failures, seconds=self._pause.total_seconds())
        self._rests_until = now + self._pause

    def answered(self) -> None:
        """The partner answered, whatever it said."""
        self._failures = 0
        if self._rests_until is not None:
            self._rests_until = None
            metrics.PARTNER_BREAKER_OPEN.labels(self._partner).set(0)
            log.warning("partner answers again", partner=self._partner)
