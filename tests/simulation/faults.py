"""What goes wrong, decided by a seed: with Slack's answers, and with whoever is at it just then."""

from dataclasses import dataclass, field
from random import Random

SLACK = ("lost_reply", "http_500", "reset", "refused", "ratelimited", "slow", "internal_error", "lost_500")
"""`lost_*`: it was done, and nobody hears of it. `refused`: no connection came about."""


class Died(BaseException):
    """The process is gone, in the middle of whatever it did. Nobody within it may catch this."""


@dataclass
class Faults:
    """How often things go wrong, as shares of all calls, which each ask once; or what goes wrong next, in order.

    `planned` names calls to Slack and how they fail, `deaths` the boundaries at which whoever comes there first dies.
    """

    random: Random = field(default_factory=lambda: Random(0))
    slack: float = 0.0
    crash: float = 0.0
    planned: list[tuple[str, str]] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """How often each thing went wrong, so that a test can say that it did."""

    def of_slack(self, method: str) -> str:
        if self.planned and self.planned[0][0] == method:
            return self._note(self.planned.pop(0)[1])
        return self._note(self.random.choice(SLACK)) if self.random.random() < self.slack else ""

    def dies(self, where: str) -> bool:
        if where in self.deaths:
            self.deaths.remove(where)
        elif self.random.random() >= self.crash:
            return False
        self._note(f"crash {where}")
        return True

    def _note(self, what: str) -> str:
        self.seen[what] = self.seen.get(what, 0) + 1
        return what
