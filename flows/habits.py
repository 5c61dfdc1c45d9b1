"""What a firm and a person set about their reminders, and how a person can be reached."""

from datetime import date, datetime, time
from typing import Literal

import msgspec

Standing = Literal["", "app", "guest", "gone"]
"""What a person is to the workspace: empty for a full member, or not known; `gone` where the account was closed."""


MAY_PASS = frozenset({"channel_not_found", "is_archived", "messages_tab_disabled"})
"""Words for a message that was not taken which are not about the person: the next one is sent to them all the same."""

CLOSED = frozenset({"account_inactive", "user_disabled"})
"""Words that say that the account is closed: where Slack says of the person that it is not, they are there again."""


class Rules(msgspec.Struct, frozen=True, omit_defaults=True):
    """A firm's numbers. Counts are trading days unless said otherwise; times are local to whoever is told."""

    before: tuple[int, ...] = (10, 5, 2, 1, 0)
    """How many days before a date of the firm's own; 0 is the day itself."""
    milestone_before: tuple[int, ...] = (60, 40, 20, 10, 5, 1, 0)
    late_every: int = 7
    """Calendar days between reminders of what is late."""
    late_to_leads: int = 5
    wait_every: int = 5
    wait_to_leads: int = 10
    soon: int = 2
    """What is wanted within so many days is told at once."""
    hour: time = time(9)
    awake_from: time = time(8)
    awake_to: time = time(18)

    def is_awake(self, at: time) -> bool:
        """Whether it is outside the quiet hours."""
        return self.awake_from <= at < self.awake_to


class Habits(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person's own. `hour` None: the firm's. Nothing is sent before `paused_until`, and nothing at all when `off`.

    A pause holds back what falls due from `paused_at` on, when it was set. `set_at`: when these were set last, and
    `was` what they were before; None where that was taken back, or is not known.
    """

    hour: time | None = None
    paused_until: date | None = None
    off: bool = False
    paused_at: datetime | None = None
    set_at: datetime | None = None
    was: "Habits | None" = None


class Reach(msgspec.Struct, frozen=True):
    """How a person can be reached. `time_zone` is an IANA name, empty where it is not known: then the firm's counts.

    `since`: when `standing` or `blocked` became what they are, of somebody out of reach when they came to be that, for
    whatever reason; None where that is not known.
    """

    person: str
    time_zone: str = ""
    standing: Standing = ""
    blocked: str = ""
    """Slack's word for why it took no message for them last, empty where it did, or they were heard of since."""
    habits: Habits = Habits()
    since: datetime | None = None
    heard: bool = False
    """They were heard of since a message was refused, and none arrived yet: another refusal is no news, see `since`."""

    @property
    def reachable(self) -> bool:
        """Whether a message gets to them."""
        return self.standing == "" and (not self.blocked or self.blocked in MAY_PASS)

    def stays_out(self, after: "Reach") -> bool:
        """Whether nothing but the reason is another, for which no message gets to them."""
        return not self.reachable and not after.reachable
