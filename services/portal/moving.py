"""What of the portal goes to the next contractor, and why the rest stays (`docs/transition.md`)."""

from libs.common.transition.exports import Moving

MOVING = Moving(
    stays={
        "item": "what happened lately, of which the pages tell",
        "portal_state": "a copy of what the notifier says",
    }
)
