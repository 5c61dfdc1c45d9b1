"""Loading a pack: YAML and source text in, frozen records out, or every problem with its line and id."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from flows import roadmap as r
from flows.pack_rules import Fault, essential
from flows.pack_text import Path, Problem, Text

T = TypeVar("T")

SCHEMA = "roadmap-pack/1"

_MAPS: dict[str, type[Any]] = {
    "links": r.Link,
    "contacts": r.Contact,
    "roles": r.Role,
    "questions": r.Question,
    "traits": r.Trait,
    "tasks": r.Task,
    "outcomes": r.Outcome,
}
_LISTS: dict[str, type[Any]] = {"steps": r.Step, "milestones": r.Milestone, "banners": r.Banner, "proofs": r.Proof}
_SINGLE: dict[str, type[Any]] = {"precheck": r.Question, "profile": r.Question, "wording": r.Wording}
_NAMELESS = ("traits",)
"""Sections whose records do not hold their own id."""


class Heading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section `pack` of a pack's text."""

    id: str
    version: str
    title: str
    edition: str
    edition_title: str
    covers: str


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The section `source`: the text that is quoted, in a file next to the pack, and its SHA-256 in hex."""

    file: str
    sha256: str


class PackError(Exception):
    """A pack that cannot be used. `problems` says every one, with line and id."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(p) for p in problems))
        self.problems = problems


class Draft:
    """A pack as far as it could be read: its text with lines, its records, and what is wrong so far."""

    def __init__(self, yaml_text: str) -> None:
        self.text = Text(yaml_text)
        self.source: Source | None = None
        self.pack = self._pack() if not self.text.problems else None

    @property
    def problems(self) -> list[Problem]:
        """Every problem found up to now, in the order of the lines, each once."""
        return sorted(set(self.text.problems))

    def add(self, fault: Fault) -> None:
        """Give a fault its line."""
        self.text.problem(fault.path, fault.sentence, fault.id)

    def _pack(self) -> r.Pack | None:
        tree = self.text.tree
        self._check_sections(tree)
        heading = self._one("pack", Heading, tree.get("pack"))
        self.source = self._one("source", Source, tree.get("source"))
        parts: dict[str, Any] = {name: self._map(name, kind) for name, kind in _MAPS.items()}
        parts["tasks"] = _share_conditions(parts["tasks"])
        _place_tasks(tree, parts["tasks"])
        parts |= {name: self._list(name, kind) for name, kind in _LISTS.items()}
        parts |= {name: self._one(name, kind, tree.get(name)) for name, kind in _SINGLE.items()}
        if self.text.problems or heading is None or self.source is None:
            return None
        return r.Pack(**msgspec.structs.asdict(heading), source_sha256=self.source.sha256, **parts)

    def _check_sections(self, tree: Mapping[str, Any]) -> None:
        if tree.get("schema") != SCHEMA:
            self.text.problem(("schema",), f"this version reads `schema: {SCHEMA}`")
        known = {"schema", "pack", "source", *_MAPS, *_LISTS, *_SINGLE}
        for name in tree.keys() - known:
            self.text.problem((name,), "there is no such section in a pack")
        for name in sorted(known - tree.keys()):
            self.text.problem((), "this section is missing", name)

    def _one(self, name: str, kind: type[T], raw: object) -> T | None:
        return self.text.convert((name,), kind, raw) if name in self.text.tree else None

    def _map(self, name: str, kind: type[T]) -> dict[str, T]:
        section = self.text.tree.get(name, {})
        if not isinstance(section, dict):
            self.text.problem((name,), "this section is a mapping from ids to what they mean")
            return {}
        found = {}
        for key, raw in section.items():
            record = self._entry((name, key), kind, self._filled(name, key, raw))
            if record is not None:
                found[key] = record
        return found

    def _list(self, name: str, kind: type[T]) -> tuple[T, ...]:
        section = self.text.tree.get(name, [])
        if not isinstance(section, list):
            self.text.problem((name,), "this section is a list")
            return ()
        entries = [self._entry((name, i), kind, raw) for i, raw in enumerate(section)]
        return tuple(e for e in entries if e is not None)

    def _entry(self, path: Path, kind: type[T], raw: object) -> T | None:
        return self.text.convert(path, kind, raw)

    def _filled(self, name: str, key: str, raw: object) -> object:
        """The id an entry is listed under, and the one part that a step without parts has."""
        if not isinstance(raw, dict) or name in _NAMELESS:
            return raw
        if "id" in raw:
            self.text.problem((name, key, "id"), "the id is what the entry is listed under; leave it out here")
        filled = {**raw, "id": key}
        if name == "tasks" and "step" in raw:
            filled.setdefault("part", raw["step"])
        return filled


def load_pack(yaml_text: str, source_text: str) -> r.Pack:
    """The pack, fit to be walked and quoted. Raises PackError. `flows.pack_check` looks further: at every path."""
    draft = Draft(yaml_text)
    if draft.pack is not None:
        for fault in essential(draft.pack, source_text):
            draft.add(fault)
    if draft.problems or draft.pack is None:
        raise PackError(draft.problems)
    return draft.pack


def source_file(yaml_text: str) -> str:
    """The name of the file, next to the pack, that holds the text it quotes. Raises PackError where it names none."""
    section = re.search(r"^source:(.*?)(?=^\S|\Z)", yaml_text, re.MULTILINE | re.DOTALL)
    named = re.search(r"\bfile:\s*[\"']?([\w.-]+)", section[1]) if section else None
    if named is None:
        raise PackError([Problem(line=1, id="source", sentence="say in `source: {file: ...}` which file is quoted")])
    return named[1]


def _place_tasks(tree: Mapping[str, Any], tasks: Mapping[str, r.Task]) -> None:
    """Write into each step's parts which tasks say they belong there, in the order of the walk."""
    steps = tree.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if not isinstance(step, dict) or not isinstance(step.get("parts", []), list):
            continue
        parts = step.setdefault("parts", [{"id": step.get("id", ""), "title": step.get("title", "")}])
        for part in parts:
            if isinstance(part, dict):
                part["tasks"] = [t.id for t in tasks.values() if (t.step, t.part) == (step.get("id"), part.get("id"))]


def _share_conditions(tasks: dict[str, r.Task]) -> dict[str, r.Task]:
    """Equal conditions become one object, so that a walk reads each of them once."""
    one: dict[r.Condition, r.Condition] = {}
    return {
        key: task if task.when is None else msgspec.structs.replace(task, when=one.setdefault(task.when, task.when))
        for key, task in tasks.items()
    }
