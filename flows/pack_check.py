"""Checking a pack: everything a load checks, then links, ids, wording, and every path walked to its end."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.pack_paths import paths
from flows.pack_rules import Fault, conditions, essential
from flows.pack_text import Path, Problem, strings
from flows.packs import Draft
from flows.roadmap import Condition, Pack


def check(yaml_text: str, source_text: str) -> list[Problem]:
    """Every problem of a pack, in the order of its lines; none means that it is fit for use.

    A text that cannot be read is not looked at further, and paths are walked only where references lead somewhere.
    """
    draft = Draft(yaml_text)
    pack = draft.pack
    if pack is None:
        return draft.problems
    for fault in essential(pack, source_text):
        draft.add(fault)
    fit_to_walk = not draft.problems
    for rule in (links(pack, source_text), options(pack), ids(pack), wording(draft.text.tree)):
        for fault in rule:
            draft.add(fault)
    for fault in paths(pack) if fit_to_walk else ():
        draft.add(fault)
    return draft.problems


_PORTALS: Mapping[str, str] = {"srg.ct.catnms.com": "test", "srg.catnms.com": "production"}
_ADDRESS = re.compile(r"https?://\S+")


def links(pack: Pack, source_text: str) -> Iterator[Fault]:
    """Every link line of the source is covered, every link used, and each portal says which environment it is."""
    printed = [(i, u) for i, line in enumerate(source_text.split("\n"), 1) for u in _ADDRESS.findall(line)]
    covered = {(line, link.url) for link in pack.links.values() for line in link.lines}
    for line, url in printed:
        if (line, url) not in covered:
            owner = next((k for k, link in pack.links.items() if link.url == url), "")
            yield Fault(("links", owner) if owner else ("links",), f"no link covers line {line} of the source: {url}")
    used = {i for s in pack.steps for i in s.links} | {i for t in pack.tasks.values() for i in t.links}
    for key, link in pack.links.items():
        at: Path = ("links", key)
        for i, line in enumerate(link.lines):
            if (line, link.url) not in printed:
                yield Fault((*at, "lines", i), f"line {line} of the source does not print {link.url}")
        if not link.lines:
            yield Fault(at, "a pack shows only addresses its source prints; say on which `lines`")
        if key not in used:
            yield Fault(at, "no step and no task uses this link")
        wanted = _PORTALS.get(link.url.split("/")[2] if "://" in link.url else "")
        if wanted and link.environment != wanted:
            yield Fault((*at, "environment"), f"this is the {wanted} portal; say so with `environment: {wanted}`")


def options(pack: Pack) -> Iterator[Fault]:
    """Every option of a question is looked at by a condition, else choosing it could not change anything."""
    asked = {(c.fact, c.is_ or c.has) for _, top in conditions(pack) for c in _within(top)}
    for key, question in pack.questions.items():
        if len({o.id for o in question.options}) < len(question.options):
            yield Fault(("questions", key, "options"), "two options have the same id")
        for i, option in enumerate(question.options):
            if (key, option.id) not in asked:
                yield Fault(("questions", key, "options", i), f"no condition looks at the option `{option.id}`")


def _within(condition: Condition) -> Iterator[Condition]:
    yield condition
    for inner in (*condition.all_, *condition.any_, *([condition.not_] if condition.not_ else [])):
        yield from _within(inner)


_ID = re.compile(r"[a-z0-9_]+")
_PACK_ID = re.compile(r"[a-z0-9-]+")
_NUMBER = re.compile(r"\d+(-[IVX]+)?(-[A-Z])?")


def ids(pack: Pack) -> Iterator[Fault]:
    """Ids travel in buttons and events for ever, so they keep to small letters, digits and underscores."""
    for path, identity in _ids(pack):
        if not _ID.fullmatch(identity):
            yield Fault(path, f"the id `{identity}` may have only a to z, 0 to 9 and _")
    for i, step in enumerate(pack.steps):
        for j, label in enumerate([step.id, *(p.id for p in step.parts)]):
            if not _NUMBER.fullmatch(label):
                at: Path = ("steps", i, "parts", j - 1, "id") if j else ("steps", i, "id")
                yield Fault(at, f"`{label}` is not the number of a step, such as 6 or 6-II-A")
    if not _PACK_ID.fullmatch(pack.id):
        yield Fault(("pack", "id"), f"the id `{pack.id}` may have only a to z, 0 to 9 and -")


def _ids(pack: Pack) -> Iterator[tuple[Path, str]]:
    sections: dict[str, Mapping[str, Any]] = {
        "links": pack.links,
        "contacts": pack.contacts,
        "roles": pack.roles,
        "questions": pack.questions,
        "traits": pack.traits,
        "tasks": pack.tasks,
        "outcomes": pack.outcomes,
    }
    yield from (((name, key), key) for name, section in sections.items() for key in section)
    yield from ((("milestones", i), m.id) for i, m in enumerate(pack.milestones))
    yield from ((("banners", i), b.id) for i, b in enumerate(pack.banners))
    for task in pack.tasks.values():
        yield from ((("tasks", task.id, "outcomes", i), o.id) for i, o in enumerate(task.outcomes))
    for key, question in pack.questions.items():
        yield from ((("questions", key, "options", i), o.id) for i, o in enumerate(question.options))


_SCOLDING = re.compile(
    r"\b(overdue|late|past due|missed|in violation|\d+ (?:\w+ )?days?)\b|\bdays? (?:ago|past|behind)\b", re.IGNORECASE
)
_CODE = re.compile(r"[{}<>`]|\$\(|__|@(?:channel|here|everyone)\b")
_READY: frozenset[Path] = frozenset({("wording", "new_firm")})
"""Sentences taken to the letter from the policy for past dates."""
_NOT_OURS = frozenset({"quote", "quotes", "url", "sha256", "when", "each", "added_after", "facts", "path"})
_FILLED_IN = re.compile(r"\{firm\}|\{agent\}")


def wording(tree: Mapping[str, Any]) -> Iterator[Fault]:
    """What we say about dates never scolds, and text is only text: nothing in it is run or mentions anybody."""
    for path, text in strings(tree):
        if _NOT_OURS.intersection(p for p in path if isinstance(p, str)):
            continue
        scolding = _SCOLDING.search(text)
        if scolding and path not in _READY:
            yield Fault(path, f"we do not say “{scolding[0]}”: a date that has passed is history")
        code = _CODE.search(_FILLED_IN.sub("", text) if path[-1] == "draft" else text)
        if code:
            yield Fault(
                path, f"`{code[0]}` looks like code; a pack holds plain text, and only a draft has {{firm}}, {{agent}}"
            )
        if path[-1] == "draft" and "{agent}" in text and tree["tasks"][path[1]].get("for_each") not in _ABOUT_AGENTS:
            yield Fault(path, "{agent} has a meaning only in a task for each agent")


_ABOUT_AGENTS = ("agents", "former_agents")
