"""Access ended because it was not certified for another year (handbook 6.4)."""

from dataclasses import dataclass

from services.notifier.delivery.domain import Composer, HelpDesk, Letter, Recipient


@dataclass(frozen=True, slots=True)
class Facts:
    """Which access ended. `function` is its name in Appendix 9.1, empty when it was all of them."""

    organization: str
    npi_last_four: str
    function: str = ""


def compose(recipient: Recipient, facts: Facts, help_desk: HelpDesk) -> Letter:
    """What ended where, what it means, and whom to ask."""
    what = f"the function {facts.function}" if facts.function else "all functions of the provider portal"
    blocks = (
        f"Dear {recipient.name},",
        (
            f"Your access to {what} ended for {facts.organization}, NPI ending in {facts.npi_last_four}."
            " Access has to be certified each year, and the portal administrator of this organization did not certify"
            " yours for another year."
        ),
        (
            f"What this means: you can no longer use {what} for this NPI. What you sent before stays with us."
            " Your user ID and your access to other NPIs are as they were."
        ),
        "If you still need this access, ask the portal administrator of the organization: they can grant it again.",
        help_desk.closing,
    )
    return Letter("Your access to the provider portal has changed", "\n\n".join(blocks) + "\n")


COMPOSER = Composer("access-not-recertified", version=1, facts=Facts, compose=compose)
