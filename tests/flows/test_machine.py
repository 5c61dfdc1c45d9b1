"""A machine that does anything to a firm in any order: it is never stuck, loses no fact, and its chain always holds."""

from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from flows import answers, own_dates, progress, setting_up
from flows.evolve import fold
from flows.firms import Refusal
from flows.habits import Rules
from flows.records import verify
from flows.reminders import setting
from flows.undo import LEADS_ONLY, affects
from tests.flows.life import ANA, BEN, EVE, PACK, TODAY, VIC, Life

PEOPLE = st.sampled_from([ANA, BEN, VIC])
METHODS = st.sets(st.sampled_from(["agent", "ui", "upload", "private_line"]), max_size=4)
NAMES = st.sampled_from(["Apex Clearing", "Blue Bureau", "Coral", " ", "apex clearing"])
PICK = st.integers(0, 60)
TASKS = list(PACK.tasks)


class Anything(RuleBasedStateMachine):
    """Rules are clicks; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(channel="C0", precheck="yes")

    def attempt(self, decide: Any, who: Any = ANA) -> None:
        before = self.life.position
        try:
            events = decide()
        except Refusal as refusal:
            events, sentence = None, refusal.sentence
        if events is None:
            assert sentence.endswith((".", "?")), sentence
            assert self.life.position is before
        else:
            self.life.take(events, who)

    def key(self, pick: int) -> str:
        items = self.life.walk.items
        return items[pick % len(items)].key

    @rule(value=st.sampled_from(["yes", "no", "unsure"]), who=PEOPLE)
    def answer_duty(self, value: str, who: Any) -> None:
        self.attempt(
            lambda: answers.give(PACK, self.life.position, who, "fdid_duty", [value], today=TODAY, basis="B"), who
        )

    @rule(methods=METHODS, names=st.lists(NAMES, max_size=2))
    def answer_methods(self, methods: set[str], names: list[str]) -> None:
        self.attempt(
            lambda: answers.give(PACK, self.life.position, ANA, "methods", sorted(methods), today=TODAY, agents=names)
        )

    @rule(pick=PICK, nth=st.integers(0, 2), earlier=st.booleans(), who=PEOPLE, stale=st.booleans())
    def complete(self, pick: int, nth: int, earlier: bool, who: Any, stale: bool) -> None:
        key = self.key(pick)
        outcomes = self.life.item(key).task.outcomes
        outcome = outcomes[nth % len(outcomes)].id if outcomes else ""
        self.attempt(
            lambda: progress.complete(
                PACK,
                self.life.position,
                who,
                key,
                today=TODAY,
                outcome=outcome,
                earlier=earlier,
                happened_on=date(2022, 3, 3) if earlier else None,
                seen=1 if stale else None,
            ),
            who,
        )

    @rule(pick=PICK)
    def wait(self, pick: int) -> None:
        key = self.key(pick)
        self.attempt(
            lambda: progress.wait(
                PACK, self.life.position, ANA, key, whom="FINRA CAT", since=TODAY, follow_up_on=date(2026, 12, 1)
            )
        )

    @rule(pick=PICK, what=st.sampled_from(["end_wait", "set_aside", "reopen", "note"]))
    def touch(self, pick: int, what: str) -> None:
        key = self.key(pick)
        position = self.life.position
        decisions: dict[str, Any] = {
            "end_wait": lambda: progress.end_wait(PACK, position, ANA, key),
            "set_aside": lambda: progress.set_aside(PACK, position, ANA, key, reason="Because"),
            "reopen": lambda: progress.reopen(PACK, position, ANA, key, reason="Because"),
            "note": lambda: progress.add_note(PACK, position, ANA, text="A note", key=key),
        }
        self.attempt(decisions[what])

    @rule(name=NAMES)
    def add_agent(self, name: str) -> None:
        self.attempt(lambda: answers.add_agents(self.life.position, ANA, [name]))

    @precondition(lambda self: self.life.position.agents)
    @rule(pick=PICK, leave=st.booleans(), name=NAMES)
    def lose_agent(self, pick: int, leave: bool, name: str) -> None:
        agents = self.life.position.agents
        agent = agents[pick % len(agents)].id
        if leave:
            self.attempt(lambda: answers.start_change(self.life.position, ANA, agent, name))
        else:
            self.attempt(lambda: answers.remove_agent(self.life.position, ANA, agent))

    @rule(what=st.sampled_from(["rename", "link", "unlink", "situation"]), other=st.booleans(), who=PEOPLE)
    def settle(self, what: str, other: bool, who: Any) -> None:
        position = self.life.position
        decisions: dict[str, Any] = {
            "rename": lambda: setting_up.rename(position, who, "Apex" if other else "Apex Brokers", []),
            "link": lambda: setting_up.link_channel(position, who, "C0" if other else "C1"),
            "unlink": lambda: setting_up.unlink_channel(position, who, "C0" if other else "C1"),
            "situation": lambda: setting_up.set_situation(position, who, "reporting" if other else "changing"),
        }
        self.attempt(decisions[what], who)

    @rule(pick=PICK, due=st.sampled_from([None, TODAY, date(2027, 5, 28), date(2020, 1, 1)]), who=PEOPLE)
    def set_a_date(self, pick: int, due: date | None, who: Any) -> None:
        key, position = self.key(pick), self.life.position
        self.attempt(lambda: own_dates.set_task_due(PACK, position, who, key, due, today=TODAY), who)
        self.attempt(lambda: own_dates.set_step_due(PACK, self.life.position, ANA, "6-II-A", due, today=TODAY))

    @rule(pick=PICK, to=st.sampled_from([ANA, BEN, VIC, EVE, None]), who=PEOPLE)
    def assign(self, pick: int, to: Any, who: Any) -> None:
        key, position = self.key(pick), self.life.position
        self.attempt(lambda: own_dates.assign(PACK, position, who, key, to), who)

    @rule(giver=PEOPLE, to=PEOPLE, who=PEOPLE)
    def hand_over(self, giver: Any, to: Any, who: Any) -> None:
        items, position = self.life.walk.items, self.life.position
        self.attempt(lambda: own_dates.hand_over(position, who, items, giver.id, to), who)

    @rule(name=st.sampled_from(["Review", "review", "Audit", " "]), day=st.integers(27, 32), away=st.booleans())
    def set_every_year(self, name: str, day: int, away: bool) -> None:
        there = self.life.position.recurring
        if away and there:
            self.attempt(lambda: own_dates.remove_recurring(self.life.position, ANA, there[0].id))
        else:
            self.attempt(lambda: own_dates.set_recurring(self.life.position, ANA, name, 2, day))

    @precondition(lambda self: self.life.position.recurring)
    @rule(year=st.integers(2026, 2028), every=st.integers(0, 3), who=PEOPLE)
    def finish_and_set_reminders(self, year: int, every: int, who: Any) -> None:
        position, there = self.life.position, self.life.position.recurring[0]
        day = own_dates.in_year(there, year)
        self.attempt(lambda: setting.finish_recurring(position, who, there.id, day, TODAY), who)
        self.attempt(lambda: setting.set_rules(self.life.position, who, Rules(late_every=every)), who)

    @rule(pick=PICK, named=st.booleans(), who=st.sampled_from([ANA, BEN]))
    def undo(self, pick: int, named: bool, who: Any) -> None:
        of = self.life.history[pick % len(self.life.history)].sequence if named else None
        before = len(self.life.history)
        try:
            self.life.undo(of, who)
        except Refusal:
            assert len(self.life.history) == before
        for row in affects(self.life.history, self.life.history[before:]):
            assert who is ANA or row.type not in LEADS_ONLY

    @invariant()
    def is_never_stuck(self) -> None:
        walk = self.life.walk
        assert walk.next or walk.waiting or walk.outcome, [(i.key, i.state) for i in walk.items]
        assert 0 <= walk.done <= walk.total

    @invariant()
    def keeps_its_name_a_lead_and_one_agent_of_a_name(self) -> None:
        position = self.life.position
        assert position.name
        assert any(m.role == "lead" for m in position.members.values())
        names = [a.name.casefold() for a in position.agents]
        assert len(names) == len(set(names))

    @invariant()
    def lets_only_members_who_work_own_a_task_and_one_recurring_date_have_a_name(self) -> None:
        assert {o.person for o in self.life.position.owners.values()} <= {ANA.id, BEN.id}
        names = [x.name.casefold() for x in self.life.position.recurring]
        assert len(names) == len(set(names))

    @invariant()
    def never_offers_what_cannot_be_done(self) -> None:
        found = self.life.walk.next
        if found and found.task.kind != "question":
            outcome = found.task.outcomes[0].id if found.task.outcomes else ""
            assert progress.complete(PACK, self.life.position, ANA, found.key, today=TODAY, outcome=outcome)

    def teardown(self) -> None:
        assert verify(self.life.history) is None
        assert fold(self.life.position.key, self.life.history) == self.life.position


Anything.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnything = Anything.TestCase
