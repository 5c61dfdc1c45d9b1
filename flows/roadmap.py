"""The roadmap as frozen records: what a pack says, with every sentence tied to a line of its source."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Environment = Literal["test", "production"]
Kind = Literal["question", "task", "confirmation"]
"""A question sets a fact; a task is the firm's to do; a confirmation is what an outsider does and the firm confirms."""

Each = Literal["agents", "former_agents", "changes"]
"""What a task repeats for: the firm's agents, agents it has left, or its changes of agent."""


class Quote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verbatim passage of the source; `lines` are the first and last line it stands on, counted from 1."""

    text: str
    lines: tuple[int, int]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address the source names. The product shows links and never fetches them."""

    id: str
    url: str
    label: str
    environment: Environment | None = None
    note: str = ""
    lines: tuple[int, ...] = ()


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody outside the firm one can call or write to."""

    id: str
    name: str
    phone: str
    email: str
    quote: Quote


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who does a task: a part somebody of the firm plays, or an outsider."""

    id: str
    title: str
    outside: bool = False


class Gap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the source leaves to a document this pack does not hold."""

    text: str
    document: str
    section: str = ""


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reason for an answer that the source itself names."""

    id: str
    label: str
    quote: Quote


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One possible answer, or one way a task can end. `needs_reason`: choosing it asks for its basis."""

    id: str
    label: str
    explain: str = ""
    needs_reason: bool = False
    grounds: tuple[Ground, ...] = ()
    """What the source itself names as a reason for it; one's own words come beside it."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact a path may depend on: a choice of one, or a set of at least one, small enough to walk every path."""

    id: str
    kind: Literal["choice", "set"]
    ask: str
    options: tuple[Option, ...]


class Condition(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"is_": "is", "all_": "all", "any_": "any", "not_": "not"},
):
    """A condition on declared facts only; unknown facts make it unknown. Exactly one field is set."""

    fact: str = ""
    is_: str = ""
    has: str = ""
    each: str = ""
    all_: tuple["Condition", ...] = ()
    any_: tuple["Condition", ...] = ()
    not_: "Condition | None" = None


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The smallest thing to do or confirm. Ids are for ever; numbers are labels."""

    id: str
    step: str
    part: str
    title: str
    do: str
    kind: Kind
    owner: str
    quotes: tuple[Quote, ...]
    when: Condition | None = None
    needs: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    """Tasks the source puts first without making them a condition; not done, they only bring a warning."""
    for_each: Each | None = None
    sets: str = ""
    options: tuple[str, ...] = ()
    """For a question that offers only some of its fact's options."""
    outcomes: tuple[Option, ...] = ()
    wait_for: str = ""
    """Role id of the outsider who is waited for."""
    ask_again_after: int = 5
    """Trading days after which a wait asks to be looked at again."""
    optional: bool = False
    links: tuple[str, ...] = ()
    contact: str = ""
    gap: Gap | None = None
    notes: tuple[str, ...] = ()
    warning: str = ""
    clicks: tuple[str, ...] = ()
    """The source's own numbered sub-steps, in plain words."""
    evidence: tuple[str, ...] = ()
    undone_by: str = ""
    """The task that takes this one back: done later for the same agent, what is recorded here counts no more."""
    spared_by: str = ""
    """The task that spares a firm this one, where it was done before the firm had any agent and this was untouched."""
    keep_set_aside: str = ""
    """Why this task cannot be marked not applicable by hand; empty where it can."""
    placed_by_us: str = ""
    """Where the reading, not the text, puts a task here: the sentence that says so."""
    draft: str = ""
    """A ready message to copy, for a wait or a Helpdesk question; `{firm}` and `{agent}` are filled in."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of step 6, such as 6-II-A; other steps have one part with the step's own number."""

    id: str
    title: str
    tasks: tuple[str, ...]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the roadmap's six steps, with its heading quoted."""

    id: str
    title: str
    about: str
    quotes: tuple[Quote, ...]
    parts: tuple[Part, ...]
    links: tuple[str, ...] = ()


class Milestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date the source names, with the wording for when it has passed."""

    id: str
    title: str
    date: str
    past: str
    quote: Quote
    step: str = ""
    """Empty for the whole roadmap."""
    tasks: tuple[str, ...] = ()
    """Those of the step that are to be done by it."""

    def is_about(self, task: str) -> bool:
        """Whether a task is to be done by this date."""
        return task in self.tasks or not self.step


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way the walk ends or rests: `prepared` where nothing is left to do, another while its condition holds."""

    id: str
    title: str
    say: str
    contact: str = ""
    when: Condition | None = None
    resting: bool = False
    """Not an end: something is still to be found out."""
    notes: tuple[str, ...] = ()


class Trait(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a condition may ask of a repeated item; true where any of these holds.

    `added_after`: the item came after one of these tasks was done. `done`: this task is done for the item.
    `answered_before`: this fact had been answered when the item came. `situations`: the firm came in one of these.
    """

    added_after: tuple[str, ...] = ()
    done: str = ""
    answered_before: str = ""
    situations: tuple[str, ...] = ()
    leaving: bool = False


class Banner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence shown while its condition holds, such as the one for a firm that does both."""

    id: str
    when: Condition
    say: str
    quotes: tuple[Quote, ...] = ()


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ready sentences of the policy for past dates and for what we never claim."""

    new_firm: str
    possible_gap: str
    since: str
    footer: str


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A path the pack promises: facts in, task ids in order, and the outcome it ends in."""

    name: str
    facts: Mapping[str, str | tuple[str, ...]]
    agents: int
    path: tuple[str, ...]
    outcome: str


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A roadmap edition: data, not code."""

    id: str
    version: str
    title: str
    edition: str
    """The edition's date, kept on every event."""
    edition_title: str
    covers: str
    source_sha256: str
    links: Mapping[str, Link]
    contacts: Mapping[str, Contact]
    roles: Mapping[str, Role]
    questions: Mapping[str, Question]
    steps: tuple[Step, ...]
    tasks: Mapping[str, Task]
    """In the order of the walk."""
    milestones: tuple[Milestone, ...]
    outcomes: Mapping[str, Outcome]
    banners: tuple[Banner, ...]
    wording: Wording
    proofs: tuple[Proof, ...]
    precheck: Question
    """Asked once, before step 1, and never a step of its own."""
    profile: Question
    """Asked once for the profile; no path depends on it."""
    traits: Mapping[str, Trait] = {}
    """What `each` conditions may name."""
