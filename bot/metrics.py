"""Counts of what came in, how it was answered and what Slack said to us, as `/metrics` shows them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds; Slack waits for three."""

_WORD = re.compile(r"[a-z0-9_.]{1,60}")


class Counts:
    """Numbers since the start. Labels are ours, or Slack's own words and `other`, so that they stay few."""

    def __init__(self) -> None:
        self._heard: Counter[tuple[str, ...]] = Counter()
        self._slack: Counter[tuple[str, ...]] = Counter()
        self._answers: Counter[tuple[str, ...]] = Counter()
        self._turned_away: Counter[tuple[str, ...]] = Counter()
        self._acks: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def add(self, kind: str, name: str, outcome: str) -> None:
        """One more of these."""
        self._heard[kind, name, outcome] += 1

    def of(self, kind: str, name: str, outcome: str) -> int:
        """How many there were."""
        return self._heard[kind, name, outcome]

    def acked(self, how: str, seconds: float) -> None:
        """A request of Slack's was answered after so long; `how` is a command, a click or an event."""
        if how not in self._acks:
            self._acks[how] = [0] * (len(BUCKETS) + 1)
        self._acks[how][bisect_left(BUCKETS, seconds)] += 1
        self._seconds[how] = self._seconds.get(how, 0.0) + seconds

    def called(self, method: str, outcome: str) -> None:
        """A call to Slack ended: `ok`, `busy`, `unsure`, `unreachable`, or Slack's own word for no."""
        self._slack[method, outcome if _WORD.fullmatch(outcome) else "other"] += 1

    def asked(self, outcome: str) -> None:
        """A question was answered, or was not."""
        self._answers[(outcome,)] += 1

    def turned_away(self, reason: str) -> None:
        """A request was not heard at all, for a reason of ours."""
        self._turned_away[(reason,)] += 1

    def exposition(self, gauges: Mapping[str, tuple[str, float]] | None = None) -> str:
        """Prometheus' text format. `gauges` are what is true now: by name what it is, and the number."""
        lines = [
            *_counter("cais_heard_total", "What Slack sent", ("kind", "name", "outcome"), self._heard),
            *_counter("cais_turned_away_total", "Requests not heard at all", ("reason",), self._turned_away),
            *_counter("cais_slack_calls_total", "Calls to Slack", ("method", "outcome"), self._slack),
            *_counter("cais_questions_total", "Questions asked", ("outcome",), self._answers),
            *self._histogram("cais_ack_seconds", "How long Slack waited for an ack"),
        ]
        for name, (what, number) in (gauges or {}).items():
            lines += [f"# HELP {name} {what}.", f"# TYPE {name} gauge", f"{name} {number:g}"]
        return "\n".join(lines) + "\n"

    def _histogram(self, name: str, what: str) -> Iterable[str]:
        yield from (f"# HELP {name} {what}.", f"# TYPE {name} histogram")
        for how, counts in sorted(self._acks.items()):
            total = 0
            for upper, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                total += count
                yield f'{name}_bucket{{how="{how}",le="{upper}"}} {total}'
            yield f'{name}_sum{{how="{how}"}} {self._seconds[how]:.6f}'
            yield f'{name}_count{{how="{how}"}} {total}'


def _counter(name: str, what: str, labels: Sequence[str], counts: Counter[tuple[str, ...]]) -> Iterable[str]:
    yield from (f"# HELP {name} {what}, by {', '.join(labels)}.", f"# TYPE {name} counter")
    for values, count in sorted(counts.items()):
        named = ",".join(f'{label}="{value}"' for label, value in zip(labels, values, strict=True))
        yield f"{name}{{{named}}} {count}"
