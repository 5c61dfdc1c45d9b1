"""Records to write out in tests: a firm with something of everything, and the export of it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

from flows import events as e
from flows import legal_hold, own_dates, progress, supervision
from flows.agent_file import AgentFile
from flows.asked import Asked
from flows.deadlines import load_ledger
from flows.exports.record import Export, FirmRecord, Format
from flows.habits import Rules
from flows.reminders import setting
from flows.workspace import Workspace
from tests.flows.life import ANA, BEN, PACK, SOURCE, TODAY, Life

AT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LEDGER = load_ledger((files("flows.roadmaps") / "cais-deadlines.json").read_text())
TROUBLE = "=1+1 <b>&amp; “quotes”, a comma, a line\nbreak, ünïcödé"
"""Text that a file may stumble over."""


def busy_life() -> Life:
    """A firm on its way, with dates, evidence, notes, an owner, numbers for reminders and something undone."""
    life = Life(target=date(2027, 5, 28)).go("agent", agents=["Clear Co"])
    (key,) = [i.key for i in life.walk.items if i.task.id == "s5" and i.state == "open"]
    life.take(own_dates.set_task_due(PACK, life.position, ANA, key, date(2027, 1, 4), today=TODAY))
    life.take(own_dates.set_step_due(PACK, life.position, ANA, "6-II-B", date(2027, 3, 1), today=TODAY))
    life.take(own_dates.assign(PACK, life.position, ANA, key, ANA))
    life.take(progress.add_note(PACK, life.position, ANA, text=TROUBLE, key=key))
    evidence: dict[str, Any] = {"kind": "link", "text": "https://example.com/form?a=1&b=2", "label": "Form <signed>"}
    life.take(progress.add_evidence(PACK, life.position, ANA, key, today=TODAY, **evidence))
    life.take(own_dates.set_recurring(life.position, ANA, "SAA yearly certification", 3, 15))
    life.take(progress.add_note(PACK, life.position, ANA, text="taken back", key=key))
    life.undo()
    said = e.FirmAnswerGiven("q1", "Who signs?", "Ana does.", date(2027, 5, 3))
    life.take([said, e.DocumentAdded("d1", "manual.pdf", "pdf", 34_000, "0" * 64, 12)])
    life.wait(next(i.key for i in life.walk.items if i.task.id == "s6a"), "Clear Co")
    (yearly,) = life.position.recurring
    life.take(setting.finish_recurring(life.position, ANA, yearly.id, date(2027, 3, 15), TODAY))
    life.take(setting.set_rules(life.position, ANA, Rules(before=(15, 5, 0), late_every=3)))
    file = AgentFile(
        agreement="yes", agreed_on=date(2025, 2, 3), repairs="Clear Co", contact="Cy", mail="cy@example.com"
    )
    life.take([e.ReviewSet("task s2"), e.TaskApproved("s2", 1, ANA.id)], BEN)
    no = e.AnswerGiven("fdid_duty", ("no",), "An error.", grounds=("no_fdid",))
    doubt = e.MemoAttested("fdid_duty", life.position.version + 1, agrees=False, doer=ANA.id, reason="We report.")
    life.take([no, doubt, e.AnswerGiven("fdid_duty", ("yes",))])
    life.take(supervision.keep(life.position, ANA, life.agent("Clear Co"), file, today=TODAY))
    life.take(legal_hold.set_hold(life.position, ANA, "an inquiry"))
    return life


def question(person: str = ANA.id, **more: Any) -> Asked:
    """Something that was asked in the firm."""
    said: dict[str, Any] = {
        "tenant": "-/T1",
        "firm": "f1",
        "id": f"q-{person[-3:]}",
        "person": person,
        "name": "Ana Ruiz",
        "channel": "slack:-/T1/D1",
        "thread": "",
        "asked_at": "2026-11-23T14:30:00.000+00:00",
        "question": "Who signs?",
        "outcome": "declined",
        "said": "The roadmap does not say.",
        "cited": "[]",
        "edition": "2024-05-31",
    }
    return Asked(**{**said, **more})


def record_of(life: Life, asked: Sequence[Asked] = ()) -> FirmRecord:
    return FirmRecord(tuple(life.history), tuple(asked))


def export_of(format_: Format, *lives: Life, at: datetime = AT, asked: Sequence[Asked] = ()) -> Export:
    return Export(
        format=format_,
        firms=tuple(record_of(life, asked) for life in lives),
        pack=PACK,
        source=SOURCE,
        shared={"-/T1": Workspace(LEDGER)},
        made_at=at,
        made_by="Ana Ruiz",
    )
