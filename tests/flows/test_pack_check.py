"""`check` names line and id where a pack is broken on purpose.

That it finds nothing wrong in the shipped pack is seen where `cais pack check` is tried: it walks every path.
"""

from typing import Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from flows import pack_check, pack_paths
from flows.events import Situation
from flows.pack_check import check
from flows.pack_paths import Plan, finish, paths, plans, start, travel, with_agent, with_change, without_agent
from flows.packs import load_pack
from flows.position import Position
from flows.walk import walk
from tests.flows.shipped import SOURCE, YAML

PACK = load_pack(YAML, SOURCE)
METHODS = ["agent", "ui", "upload", "private_line"]


class Break(NamedTuple):
    """The first `old` after the passage `after` becomes `new`; the problem names `about`, `above` lines further up."""

    done: str
    after: str
    old: str
    new: str
    about: str
    says: str
    above: int = 0
    shown: Literal["read", "proven", "walked"] = "read"
    """By what: reading it, the proofs in it, or only walking every path, which takes seconds."""

    def text_and_line(self) -> tuple[str, int]:
        begins = YAML.index(self.old, YAML.index(self.after))
        text = YAML[:begins] + self.new + YAML[begins + len(self.old) :]
        return text, YAML[:begins].count("\n") + 1 - self.above


BREAKS = [
    Break("a letter in a quote", "s2:", "CAT CAIS Reg", "CAT CAIS reg", "s2", "not what lines 28 to 28"),
    Break(
        "straight quotation marks", "s1:", "“Firm Designated ID”", "'Firm Designated ID'", "s1", "not what lines 19", 2
    ),
    Break("a wrong line", "s5:", "[90, 90]", "[91, 91]", "s5", "not what lines 91 to 91"),
    Break("more lines than the quote needs", "s6c:", "[140, 140]", "[138, 140]", "s6c", "fewer lines than 138"),
    Break("lines the source does not have", "", "[146, 147]", "[946, 947]", "helpdesk", "no lines 946 to 947", 2),
    Break("another source", "", "sha256: cb1f", "sha256: cb1e", "source", "its SHA-256 is cb1ffb195c"),
    Break("a link line left out", "", "[53, 115, 116,", "[53, 116,", "cais_pages", "no link covers line 115", 4),
    Break("a link line too many", "", "[117, 118]", "[117, 118, 119]", "onboarding_pdf", "line 119 of the source"),
    Break("another address", "", "/specifications/im\n", "/specification\n", "spec", "does not print", -3),
    Break(
        "a link nobody uses",
        "",
        "contacts:\n",
        "  more: {url: 'https://x.org', label: X}\ncontacts:\n",
        "more",
        "no task",
    ),
    Break("a link that is not there", "s6c:", "[portal_prod,", "[portal,", "s6c", "no link `portal`"),
    Break("no environment", "portal_test:", "    environment: test\n", "", "portal_test", "`environment: test`", 3),
    Break(
        "the wrong environment", "", "environment: production", "environment: test", "portal_prod", "production portal"
    ),
    Break("a dangling need", "s6e:", "[s6r, s6i]", "[s6r, s6z]", "s6e", "no task `s6z`"),
    Break("a circle", "s6b0:", "needs: [s6e]", "needs: [s6e, s6b]", "s6b0", "s6b0 > s6b > s6b0"),
    Break("a need for oneself", "s3e:", "needs: [s2]", "needs: [s3e]", "s3e", "s3e > s3e"),
    Break("an unknown option", "s1h:", "is: unsure}", "is: maybe}", "s1h", "`maybe` is no option"),
    Break(
        "an unknown fact", "no_obligation:", "{fact: fdid_duty", "{fact: duty", "no_obligation", "no question `duty`"
    ),
    Break("a set asked like a choice", "mixed_firm", "has: agent", "is: agent", "mixed_firm", "asked with `has`"),
    Break("two conditions in one", "s6n:", "{each: late}", "{each: late, fact: methods}", "s6n", "says one thing"),
    Break("taken back by what is done once", "s6c:", "undone_by: s6x", "undone_by: s6r", "s6c", "takes back one of an"),
    Break("spared by what repeats", "s6r:", "spared_by: s6e", "spared_by: s6c", "s6r", "`s6c` is no task done once"),
    Break("an unknown trait", "s6x:", "{each: in_production}", "{each: in_use}", "s6x", "`in_use` is no trait"),
    Break(
        "an option without effect",
        "fdid_duty:",
        "{id: unsure",
        "{id: soon, label: S}\n      - {id: unsure",
        "fdid_duty",
        "`soon`",
    ),
    Break("a misspelt key", "s3:", "optional:", "optinal:", "s3", "unknown field `optinal`"),
    Break("an unknown kind", "s4:", "kind: question", "kind: quiz", "s4", "invalid enum value 'quiz'"),
    Break("a question that sets nothing", "s4:", "    sets: methods\n", "", "s4", "sets a fact", 7),
    Break("an owner outside the firm", "s6x:", "owner: user", "owner: finra", "s6x", "not a role inside the firm"),
    Break("an unknown contact", "s6e:", "contact: helpdesk", "contact: hotline", "s6e", "no contact `hotline`"),
    Break("a day the quote has not", "", '"2022-07-25"', '"2022-07-26"', "certification_request", "not the day"),
    Break("a day there is not", "", '"2022-02-01"', '"2022-02-31"', "certification_open", "not the day"),
    Break("a duplicate id", "", "  s6b:\n", "  s6b0:\n", "s6b0", "is there twice"),
    Break("a capital in an id", "", "  established: {", "  Established: {", "Established", "a to z, 0 to 9 and _"),
    Break("a hyphen in an id", "", "- id: mixed_firm", "- id: mixed-firm", "mixed-firm", "a to z, 0 to 9 and _"),
    Break("a tab", "s1h:", "    owner: lead", "\towner: lead", "yaml", "not well-formed YAML"),
    Break("a wrong indent", "s3:", "    title:", "   title:", "yaml", "not well-formed YAML"),
    Break(
        "code for a condition", "s1h:", "{fact: fdid_duty, is: unsure}", "duty == 'unsure'", "s1h", "expected `object"
    ),
    Break("a tag", "s6a:", "ask_again_after: 10", "ask_again_after: !!python/name:os.system 10", "s6a", "no tag such"),
    Break("a template", "s6i:", "title: Meet", "title: Meet {{ firm }}", "s6i", "looks like code"),
    Break("a mention", "s6n:", "title: Does", "title: Hey @channel, does", "s6n", "looks like code"),
    Break("a scolding word", "steps:", "about: One", "about: Overdue. One", "2", "do not say “Overdue”"),
    Break("a day count", "steps:", "about: One", "about: That was 900 days ago. One", "2", "do not say “900 days”"),
    Break(
        "an agent where there is none", "s6r:", "we are {firm}", "we are {firm}, {agent}", "s6r", "for each agent", 3
    ),
    Break(
        "a proof that fails", "proofs:", "s4, s5, s6a", "s4, s6a, s5", "A, one agent", "does not hold", shown="proven"
    ),
    Break(
        "a proof of another end",
        "proofs:",
        "outcome: unsure",
        "outcome: prepared",
        "D, unsure",
        "ends in unsure",
        shown="proven",
    ),
    Break("a task on no path", "s6n:", 'is: "yes"', 'is: "no"', "s6n", "no path leads", 9, shown="walked"),
    Break("a dead end", "s4:", 'is: "yes"', 'is: "no"', "s5", "gets stuck here", -36, shown="walked"),
    Break("a missing section", "", "\nbanners:\n", "\nbanner:\n", "banner", "no such section", -1),
    Break(
        "a roadmap without an end",
        "",
        "    title: Roadmap finished\n",
        "    when: {fact: fdid_duty, is: unsure}\n    title: x\n",
        "outcomes",
        "exactly one outcome",
        2,
    ),
]


@pytest.mark.parametrize("broken", BREAKS, ids=lambda b: b.done)
def test_a_broken_pack_is_told_with_line_and_id(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    if broken.shown == "read":
        monkeypatch.setattr(pack_check, "paths", lambda pack: ())
    if broken.shown == "proven":
        monkeypatch.setattr(pack_paths, "plans", lambda pack: ())
    text, line = broken.text_and_line()
    found = [p for p in check(text, SOURCE) if p.id == broken.about and broken.says in p.sentence]
    assert line in [p.line for p in found], check(text, SOURCE)[:5]


@pytest.mark.parametrize("task", [t for t in PACK.tasks if t[0] == "s" and t not in ("s6n", "s6x")])
def test_a_task_that_was_taken_out_is_missed(task: str) -> None:
    begins = YAML.index(f"\n  {task}:\n    step:")
    ends = YAML.index("\n\n", begins)
    while YAML[ends + 2 : ends + 6].startswith("    "):  # a blank line inside a ready message
        ends = YAML.index("\n\n", ends + 2)
    found = check(YAML[:begins] + YAML[ends + 1 :], SOURCE)
    assert found
    assert all(p.line > 1 for p in found)


def test_an_unsure_firm_that_nobody_tells_how_to_find_out_is_stuck() -> None:
    never = YAML.replace(
        "    when: {fact: fdid_duty, is: unsure}\n    wait_for", '    when: {fact: fdid_duty, is: "no"}\n    wait_for'
    )
    assert never != YAML
    assert any("gets stuck" in f.sentence and "unsure" in f.sentence for f in paths(load_pack(never, SOURCE)))


def test_every_combination_is_walked() -> None:
    walked = list(plans(PACK))
    combinations = {(p.facts["fdid_duty"], p.facts["methods"], p.agents, p.situation) for p in walked}
    assert len(combinations) == 3 * 15 * 3 * 3
    for task in PACK.tasks.values():
        turns = {p.turn % len(task.outcomes) for p in walked} if task.outcomes else set()
        assert len(turns) == len(task.outcomes), task.id


def test_a_firm_with_an_agent_but_no_name_for_it_is_held_at_step_4_until_it_names_one() -> None:
    plan = Plan(facts={"fdid_duty": ("yes",), "methods": ("agent",)}, agents=0)
    position = start(plan)
    for _ in range(5):
        item = walk(PACK, position).next
        assert item is not None
        position = finish(position, item, plan)
    held = walk(PACK, position)
    assert held.next is not None
    assert held.next.task.id == "s4"
    assert held.outcome is None
    assert {i.task.id for i in held.items if i.state == "open"} == {"s4"}
    named = walk(PACK, with_agent(position)).next
    assert named is not None
    assert named.task.id == "s5"


def test_a_path_reports_a_dead_end_once_for_its_task() -> None:
    text, _ = next(b for b in BREAKS if b.done == "a dead end").text_and_line()
    stuck = [f for f in paths(load_pack(text, SOURCE)) if "gets stuck" in f.sentence]
    assert len({f.path for f in stuck}) == len(stuck)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["work", "work", "work", "join", "leave", "change", "methods", "duty"]), st.integers(0, 99)
    ),
    max_size=60,
)


def moved(position: Position, plan: Plan, move: str, number: int) -> tuple[Position, Plan]:
    """One thing that can happen to a firm, `number` choosing among the possible ones."""
    if move == "work":
        open_items = [i for i in walk(PACK, position).items if i.state == "open"]
        return (finish(position, open_items[number % len(open_items)], plan) if open_items else position), plan
    active = sum(a.status == "active" for a in position.agents)
    if move == "join" and active < 4:
        return with_agent(position), plan
    if move == "leave" and position.agents:
        return without_agent(position), plan
    if move == "change" and position.agents and position.agents[0].status == "active" and len(position.changes) < 3:
        return with_change(position), plan
    facts = dict(plan.facts)
    if move == "methods":
        facts["methods"] = tuple(m for i, m in enumerate(METHODS) if (number % 15 + 1) >> i & 1)
    if move == "duty":
        facts["fdid_duty"] = (["yes", "no"][number % 2],)
    answers = {f: replace(a, value=facts[f]) for f, a in position.answers.items()}
    return replace(position, answers=answers), replace(plan, facts=facts)


@settings(max_examples=150, deadline=None)
@given(
    agents=st.integers(0, 5),
    methods=st.integers(0, 14),
    duty=st.sampled_from(["yes", "yes", "no"]),
    situation=st.sampled_from(["new", "reporting", "changing"]),
    turn=st.integers(0, 5),
    moves=MOVES,
)
def test_whatever_happened_before_and_in_whatever_order_the_walk_can_be_finished(
    agents: int, methods: int, duty: str, situation: Situation, turn: int, moves: list[tuple[str, int]]
) -> None:
    chosen = tuple(m for i, m in enumerate(METHODS) if (methods + 1) >> i & 1)
    plan = Plan(facts={"fdid_duty": (duty,), "methods": chosen}, agents=agents, situation=situation, turn=turn)
    position = start(plan)
    for move, number in moves:
        position, plan = moved(position, plan, move, number)
    journey = travel(PACK, position, plan)
    assert not journey.stuck, (journey.stuck, journey.why)
    assert journey.walk.outcome is not None
    assert journey.walk.outcome.id == ("prepared" if plan.facts["fdid_duty"] == ("yes",) else "no_obligation")
    if journey.walk.outcome.id == "prepared":
        assert journey.walk.complete
        assert journey.walk.done == journey.walk.total
