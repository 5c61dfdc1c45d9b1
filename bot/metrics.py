"""Counts of what came in and how it was answered, as `/metrics` shows them."""

from collections import Counter


class Counts:
    """Numbers since the start, by kind, name and outcome. Names are ours or `other`, so that they stay few."""

    def __init__(self) -> None:
        self._heard: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, name: str, outcome: str) -> None:
        """One more of these."""
        self._heard[kind, name, outcome] += 1

    def of(self, kind: str, name: str, outcome: str) -> int:
        """How many there were."""
        return self._heard[kind, name, outcome]

    def exposition(self) -> str:
        """Prometheus' text format."""
        lines = [
            "# HELP cais_heard_total What Slack sent, by kind, name and outcome.",
            "# TYPE cais_heard_total counter",
        ]
        lines += [
            f'cais_heard_total{{kind="{kind}",name="{name}",outcome="{outcome}"}} {count}'
            for (kind, name, outcome), count in sorted(self._heard.items())
        ]
        return "\n".join(lines) + "\n"
