"""Who does something, and through what: what every use case is told."""

import msgspec

from flows.firms import Person


class Act(msgspec.Struct, frozen=True):
    """Who does something, through what (`command`, `button`, `modal`, `message`), and Slack's own id for it."""

    who: Person
    source: str
    cause: str | None = None
