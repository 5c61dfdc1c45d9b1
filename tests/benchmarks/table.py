"""The lines a benchmark prints: rows of a table as docs/operations.md has them."""

WIDTH = 62


def heading() -> None:
    """The first two rows."""
    print(f"| {'':{WIDTH}} |      app | yardstick |      |   ratio | goal |", flush=True)
    print(f"|-{'-' * WIDTH}-|---------:|----------:|------|--------:|------|", flush=True)


def say(what: str, ours: float, theirs: float, unit: str, goal: str = "", *, met: bool | None = None) -> None:
    """One row: both figures, what they are in, their ratio, the goal, and whether it is met where somebody asked."""
    row(what, ours, f"{theirs:9.1f}", unit, f"{ours / theirs:5.2f} x", goal, met)


def say_alone(what: str, ours: float, unit: str, goal: str = "", *, met: bool | None = None) -> None:
    """One row without a yardstick."""
    row(what, ours, " " * 9, unit, " " * 7, goal, met)


def row(what: str, ours: float, theirs: str, unit: str, ratio: str, goal: str, met: bool | None) -> None:
    verdict = "" if met is None else (": met" if met else ": **missed**")
    print(f"| {what:{WIDTH}} | {ours:8.1f} | {theirs} | {unit:4} | {ratio} | {goal}{verdict} |", flush=True)
