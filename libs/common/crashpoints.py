"""Named moments around each commit at which a test may kill the process. In production they do nothing."""

from collections.abc import Callable

POINTS = frozenset(
    {
        "worker.before-commit",
        "worker.after-commit",
        "relay.before-send",
        "relay.after-send",
        "relay.after-commit",
        "due-work.before-commit",
        "due-work.after-commit",
        "job.claimed",
        "job.finished",
        "claims.before-chunk-commit",
        "claims.after-chunk-commit",
        "claims.before-acknowledged-commit",
        "claims.after-acknowledged-commit",
        "claims.before-forwarded-commit",
        "claims.after-forwarded-commit",
        "remittance.document-stored",
        "remittance.before-posted-commit",
        "remittance.after-posted-commit",
        "eligibility.called",
        "eligibility.before-outcome-commit",
        "eligibility.after-outcome-commit",
        "appeals.before-receipt-kept",
        "appeals.before-outcome-kept",
    }
)

_hook: Callable[[str], None] | None = None


def crashpoint(name: str) -> None:
    """Pass a named moment."""
    if _hook is not None:
        _hook(name)


def set_crash_hook(hook: Callable[[str], None] | None) -> None:
    """Let a test decide what happens at each moment: nothing, raise, or end the process."""
    global _hook  # noqa: PLW0603 - one switch for the whole process is the point
    _hook = hook
