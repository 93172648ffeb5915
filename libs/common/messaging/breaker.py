"""The circuit breaker of a consumer: it stops before a whole topic has become dead letters."""

from dataclasses import dataclass, field


class BreakerOpenError(Exception):
    """Too many events in a row were poison: more likely a bad release than bad events. The consumer stops."""


@dataclass
class CircuitBreaker:
    """Opens after `limit` dead letters with no success between, or when they are over half of the last `window`."""

    limit: int = 10
    window: int = 100
    _recent: list[bool] = field(default_factory=list)

    def success(self, count: int = 1) -> None:
        """Events were handled."""
        self._recent = (self._recent + [True] * min(count, self.window))[-self.window :]

    def failure(self) -> None:
        """An event became a dead letter. Raises `BreakerOpenError` when that is one too many."""
        self._recent = [*self._recent, False][-self.window :]
        in_a_row = len(self._recent) - (max((i for i, ok in enumerate(self._recent) if ok), default=-1) + 1)
        too_many = len(self._recent) == self.window and self._recent.count(False) * 2 > self.window
        if in_a_row >= self.limit or too_many:
            raise BreakerOpenError
