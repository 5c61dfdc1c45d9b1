"""Deciding about answers: the firm's answers to questions, its agents, and a change of agent."""

from collections.abc import Sequence
from datetime import date

from flows import events as e
from flows import guard, memos
from flows.events import AnyEvent
from flows.far_off import must_not_be_far_off
from flows.firms import Person, Refusal, require
from flows.position import Agent, Position
from flows.progress import must_be_past
from flows.roadmap import Pack

MOST_AGENTS = 20
"""More than any small firm has; keeps a card within Slack's limits."""


def give(
    pack: Pack,
    position: Position,
    who: Person,
    fact: str,
    value: Sequence[str],
    *,
    today: date,
    basis: str = "",
    happened_on: date | None = None,
    recheck_on: date | None = None,
    agents: Sequence[str] = (),
    grounds: Sequence[str] = (),
    attester: str = "",
    attester_name: str = "",
    seen: int | None = None,
    ticket: bool = False,
) -> list[AnyEvent]:
    """The firm's answer to a question of the pack, with the agents it names. The same answer again adds nothing.

    `happened_on` is the day it was decided; where it is given and differs it corrects the day.
    """
    require(position, who, "member")
    guard.check([basis, *agents], ticket=ticket)
    chosen = _valid(pack, fact, value)
    kept = position.answers.get(fact)
    if kept and seen is not None and kept.sequence > seen:
        return []
    if happened_on:
        must_be_past(happened_on, today, "Enter the day it was decided.")
    if recheck_on and recheck_on <= today:
        raise Refusal("The day to look at it again must be in the future. Pick a later day, or leave it empty.")
    must_not_be_far_off(recheck_on, today)
    if fact == "fdid_duty" and chosen == ("no",) and not basis.strip():
        raise Refusal("Write down the basis of this answer: what the firm does, and why no event carries an FDID.")
    second = memos.must_be_able_to_attest(position, who, attester, attester_name) if attester else ""
    answer = e.AnswerGiven(
        fact=fact,
        value=chosen,
        basis=basis.strip(),
        happened_on=happened_on,
        recheck_on=recheck_on,
        grounds=_named(pack, fact, chosen, grounds),
        attester=attester,
        attester_name=second,
    )
    same = kept and (kept.value, kept.basis, kept.recheck_on) == (chosen, answer.basis, recheck_on)
    same = same and kept and (kept.grounds, kept.attester) == (answer.grounds, attester)
    same = same and kept and happened_on in (None, kept.happened_on)
    named = add_agents(position, who, agents, ticket=ticket) if agents else []
    if fact == "methods" and "agent" in chosen and not named and not active(position):
        raise Refusal("Name the agent: the clearing firm or service bureau that will submit for you.")
    return [*([] if same else [answer]), *named]


def _named(pack: Pack, fact: str, chosen: Sequence[str], grounds: Sequence[str]) -> tuple[str, ...]:
    """Those of the grounds that the roadmap names for this answer, in its order."""
    options = pack.questions[fact].options
    known = [g.id for o in options if o.id in chosen for g in o.grounds]
    if not set(grounds) <= set(known):
        raise Refusal("The roadmap names no such ground. Nothing was changed.", kind="stale")
    return tuple(g for g in known if g in grounds)


def _valid(pack: Pack, fact: str, value: Sequence[str]) -> tuple[str, ...]:
    question = pack.questions.get(fact)
    if question is None:
        raise Refusal("This roadmap does not ask that. Nothing was changed.", kind="stale")
    known = [o.id for o in question.options]
    chosen = tuple(o for o in known if o in value)
    if not chosen or len(chosen) != len(set(value)):
        raise Refusal("Choose one of the answers." if question.kind == "choice" else "Choose at least one answer.")
    if question.kind == "choice" and len(chosen) != 1:
        raise Refusal("Choose one answer only.")
    return chosen


def add_agents(position: Position, who: Person, names: Sequence[str], *, ticket: bool = False) -> list[AnyEvent]:
    """Add agents by name; one that reports already adds nothing, one that was taken off comes back with its record.

    An id is made of the number of the event, so that none is ever used twice, whatever is undone.
    """
    require(position, who, "member")
    guard.check(names, ticket=ticket)
    events: list[AnyEvent] = []
    new_id = position.version + 1
    seen_names: set[str] = set()
    for name in (" ".join(n.split()) for n in names):
        if not name or name.casefold() in seen_names:
            continue
        seen_names.add(name.casefold())
        _must_be_short(name)
        known = named(position, name)
        if known is None:
            events.append(e.AgentAdded(agent=f"a{new_id + len(events)}", name=name))
        elif known.status != "active":
            events.append(e.AgentReturned(agent=known.id))
    _must_be_few(len(active(position)) + len(events))
    return events


def rename_agent(position: Position, who: Person, agent: str, name: str) -> list[AnyEvent]:
    """Correct an agent's name; its record stays with it."""
    require(position, who, "member")
    guard.check([name], ticket=False, way_on=False)
    clean = " ".join(name.split())
    kept = _known(position, agent)
    if not clean or len(clean) > 80:
        raise Refusal("A name has 1 to 80 characters. Nothing was changed.")
    other = named(position, clean)
    if other and other.id != agent:
        raise Refusal(f"There is already an agent called {other.name}. Nothing was changed; use another name.")
    return [] if kept.name == clean else [e.AgentRenamed(agent=agent, name=clean)]


def remove_agent(
    position: Position, who: Person, agent: str, *, reason: str = "", ticket: bool = False
) -> list[AnyEvent]:
    """The agent no longer reports for the firm. Its record stays; where it was the last, the walk asks for another."""
    require(position, who, "member")
    guard.check([reason], ticket=ticket)
    kept = _known(position, agent)
    if kept.status == "removed":
        return []
    return [e.AgentRemoved(agent=agent, reason=reason.strip())]


def start_change(
    position: Position, who: Person, old: str, new_name: str, *, old_name: str = "", ticket: bool = False
) -> list[AnyEvent]:
    """The firm changes agent or clearing firm: the new one is added, the old one leaves, and the loop's tasks appear.

    `old` is an agent's id; a firm that comes in the middle of a change gives `old_name` instead.
    """
    require(position, who, "member")
    guard.check([new_name, old_name], ticket=ticket)
    leaving = position.agent(old) if old else named(position, " ".join(old_name.split()))
    if leaving and leaving.status == "leaving":
        return _under_way(position, leaving, new_name)
    events: list[AnyEvent] = []
    if not old:
        events += add_agents(position, who, [old_name], ticket=ticket)
        found = named(position, " ".join(old_name.split()))
        old = found.id if found else next((x.agent for x in events if isinstance(x, e.AgentAdded)), "")
        if not old:
            raise Refusal("Name the agent that leaves.")
    elif _known(position, old).status != "active":
        raise Refusal("That agent has already left. Nothing was changed.", kind="stale")
    new = _newcomer(position, who, old, new_name, taken=len(events))
    events += new[0]
    changed = e.ChangeOfAgentStarted(change=f"c{position.version + 1 + len(events)}", old=old, new=new[1])
    methods = position.value("methods")
    if "agent" not in methods:
        events.append(e.AnswerGiven(fact="methods", value=("agent", *methods)))
    return [*events, changed]


def _under_way(position: Position, leaving: Agent, new_name: str) -> list[AnyEvent]:
    coming = named(position, " ".join(new_name.split()))
    if coming and any((c.old, c.new) == (leaving.id, coming.id) for c in position.changes):
        return []
    raise Refusal(f"{leaving.name} is leaving already. Nothing was changed.", kind="stale")


def _newcomer(position: Position, who: Person, old: str, name: str, *, taken: int) -> tuple[list[AnyEvent], str]:
    clean = " ".join(name.split())
    if not clean:
        raise Refusal("Name the new agent.")
    known = named(position, clean)
    if known and known.id == old:
        raise Refusal("The new agent has the same name as the one that leaves. Nothing was changed; name another.")
    if known and known.status == "active":
        return [], known.id
    _must_be_short(clean)
    _must_be_few(len(active(position) - {old}) + 1)
    if known:
        return [e.AgentReturned(agent=known.id)], known.id
    agent = f"a{position.version + 1 + taken}"
    return [e.AgentAdded(agent=agent, name=clean)], agent


def named(position: Position, name: str) -> Agent | None:
    """The agent with this name, whatever its status; case does not matter."""
    return next((a for a in position.agents if a.name.casefold() == name.casefold()), None)


def active(position: Position) -> set[str]:
    """The ids of the agents that report for the firm."""
    return {a.id for a in position.agents if a.status == "active"}


def _must_be_short(name: str) -> None:
    if len(name) > 80:
        raise Refusal("An agent's name may have 80 characters at most. Use a shorter one.")


def _must_be_few(agents: int) -> None:
    if agents > MOST_AGENTS:
        raise Refusal(f"A firm can name {MOST_AGENTS} agents at most. Nothing was changed: take one off first.")


def _known(position: Position, agent: str) -> Agent:
    found = position.agent(agent)
    if found is None:
        raise Refusal("This firm has no such agent. Nothing was changed.", kind="stale")
    return found
