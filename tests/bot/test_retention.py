"""`cais retention` lists what is older than the period, and deletes nothing."""

import asyncio
from pathlib import Path

import pytest

from flows.events import EvidenceAdded, FirmKey, HoldSet
from tests.bot.prompt import KEY, Cais, four_events, keep


def test_it_lists_by_age_says_what_is_held_and_deletes_nothing(
    typed: Cais, history: Path, environment: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{history}"
    asyncio.run(keep(url, KEY, [EvidenceAdded("s1", "note", "seen"), HoldSet(reason="SEC inquiry")]))
    asyncio.run(four_events(url, FirmKey("-/T1", "f2")))
    before = typed("verify").output
    environment.setenv("CAIS_START_AT", "2032-03-03T12:00-05:00")  # six years and a day later
    said = typed("retention")
    assert said.exit_code == 0, said.output
    assert said.output.startswith("Older than 6 years on Mar 3, 2032: recorded before Mar 3, 2026.\n")
    assert "Acme (firm f1 of -/T1): 6 of 6 entries, the oldest of Mar 2, 2026" in said.output
    assert "(among them notes: 2, evidence: 1)." in said.output
    assert "Under a legal hold, set by Ana on Mar 2, 2026: “SEC inquiry”: it stays." in said.output
    assert "Nothing was deleted, and nothing ever goes by itself" in said.output
    assert "makes no claim to comply" in said.output
    younger = typed("retention", "--years", "7", "--firm", "f2").output
    assert "Acme (firm f2 of -/T1): nothing." in younger
    assert "f1" not in younger
    environment.setenv("CAIS_RETENTION_YEARS", "3")
    assert typed("retention").output.startswith("Older than 3 years")
    assert typed("verify").output == before
