"""What any service says of the use of a function, where no event of its own tells of it."""

from uuid import UUID

from libs.common.contracts.base import Contract, key_of

EVENTS = "functions.events.v1"


class FunctionUsed(Contract, type="functions.function-used.v1", topic=EVENTS):
    """Somebody used a function: what its counters in the catalog of functions count."""

    function: str
    enrollment_id: UUID
    used_by: UUID

    @property
    def subject(self) -> str:
        """The function at one enrollment."""
        return key_of(self.function, self.enrollment_id)
