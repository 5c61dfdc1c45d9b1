"""What Slack sends once and never again, a command or a press, is answered once: the same signature means a replay."""

from collections.abc import Callable

GOOD_FOR = 600.0
"""Seconds for which a signature may be taken: its time may lie five minutes behind us, or before us."""

MOST = 20_000
"""Signatures in one of the two halves; under more load than that an old one is forgotten sooner."""


class Replays:
    """Remembers signatures that were right. `now` is real time in UNIX seconds.

    It knows of this process only. What another replica is sent once more changes no record all the same: each cause is
    recorded once, in the database. What a person has for themselves, such as a snooze, has none, and is set once more:
    to remember requests in the database would cost each one a round trip (`docs/threat-model.md`).
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._begun = now()
        self._lately: set[int] = set()
        self._before: set[int] = set()

    def again(self, signature: str) -> bool:
        """Whether this signature was here before; from now on it was."""
        at = self._now()
        if at - self._begun > GOOD_FOR or len(self._lately) >= MOST:
            self._begun, self._before, self._lately = at, self._lately, set()
        kept = hash(signature)  # a tenth of the room
        if kept in self._lately or kept in self._before:
            return True
        self._lately.add(kept)
        return False
