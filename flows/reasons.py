"""Why something is taken away: what somebody wrote, which stays in the history in its place."""

from flows import guard
from flows.firms import Refusal

LONGEST = 300


def given(reason: str) -> str:
    """The reason, its spaces in order. Raises Refusal where there is none, or it is too long or looks personal."""
    clean = " ".join(reason.split())
    if not clean:
        raise Refusal("Say why: the reason stays in the history.")
    if len(clean) > LONGEST:
        raise Refusal(f"A reason may have {LONGEST} characters at most.")
    guard.check([clean], ticket=False, way_on=False)
    return clean
