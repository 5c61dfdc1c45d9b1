"""The text of a pack as plain values, with the line each of them stands on."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]
"""Where something stands in a pack: `("tasks", "s5", "needs", 0)`."""

T = TypeVar("T")

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "value")
)
_OF_ONE = ("pack", "source", "precheck", "profile", "wording")
"""Sections that are one thing, not many with ids."""

_MOST_VALUES = 100_000
"""Aliases can multiply a small text; a pack this large is a mistake."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something wrong in a pack: the line of its YAML text, counted from 1, the id it concerns, and what to change."""

    line: int
    id: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.id}: {self.sentence}"


class Text:
    """A pack's YAML text, read: `tree` holds dicts, lists and strings only. YAML's guesses at types are not used."""

    def __init__(self, yaml_text: str) -> None:
        self.problems: list[Problem] = []
        self._root = self._compose(yaml_text)
        self._read = 0
        self.tree: dict[str, Any] = {}
        if self._root is not None:
            tree = self._value(self._root, (), ())
            if isinstance(tree, dict):
                self.tree = tree
            elif not self.problems:
                self.problem((), "a pack is a mapping that begins with `schema: roadmap-pack/1`")

    def line(self, path: Path) -> int:
        """The line where this stands, or where the nearest thing above it does."""
        node, line = self._root, 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            line, node = found
        return line

    def problem(self, path: Path, sentence: str, about: str = "") -> None:
        """Note a problem at this place; `about` is the id it concerns, else the path's own."""
        self.problems.append(Problem(line=self.line(path), id=about or name_of(path, self.tree), sentence=sentence))

    def convert(self, path: Path, kind: type[T], value: object) -> T | None:
        """The value as a record of this kind; None and a problem where it is none."""
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as error:
            said, _, where = str(error).partition(" - at `$")
            inner = _steps(where.rstrip("`"))
            unknown = re.search(r"unknown field `(\w+)`", said)
            at = (*path, *inner, *([unknown[1]] if unknown else []))
            self.problem(at, said[0].lower() + said[1:] + (f" (in {_spoken(inner)})" if inner else ""))
            return None

    def _compose(self, yaml_text: str) -> Node | None:
        try:
            node: Node | None = YAML(typ="safe").compose(yaml_text)
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            said = getattr(error, "problem", None) or getattr(error, "context", None) or str(error)
            line = mark.line + 1 if mark else 1
            self.problems.append(Problem(line=line, id="yaml", sentence=f"this is not well-formed YAML: {said}"))
            return None
        if node is None:
            self.problems.append(Problem(line=1, id="yaml", sentence="the pack is empty"))
        return node

    def _value(self, node: Node, path: Path, above: tuple[int, ...]) -> Any:
        self._read += 1
        if id(node) in above or self._read > _MOST_VALUES:
            self._note(node, path, "an alias that contains itself, or far too many values")
            return ""
        if str(node.tag) not in _PLAIN_TAGS:
            self._note(node, path, f"a pack holds plain values only, no tag such as `{node.tag}`")
        inside = (*above, id(node))
        if isinstance(node, ScalarNode):
            return str(node.value).strip()
        if isinstance(node, SequenceNode):
            return [self._value(n, (*path, i), inside) for i, n in enumerate(node.value)]
        return self._mapping(node, path, inside)

    def _mapping(self, node: Node, path: Path, inside: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else ""
            if not key or key == "<<":
                self._note(key_node, path, "a key is a word; merge keys and keys made of lists are not used")
            elif key in values:
                self._note(
                    key_node, (*path, key), f"`{key}` is there twice; give one of them another id or take it out"
                )
            else:
                values[key] = self._value(value_node, (*path, key), inside)
        return values

    def _note(self, node: Node, path: Path, sentence: str) -> None:
        self.problems.append(Problem(line=node.start_mark.line + 1, id=name_of(path, {}), sentence=sentence))


def strings(tree: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text value below this, with where it stands."""
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from strings(value, (*path, key))
    elif isinstance(tree, Sequence):
        for i, value in enumerate(tree):
            yield from strings(value, (*path, i))


def name_of(path: Path, tree: Mapping[str, Any]) -> str:
    """The id people know this place by: a task's, a link's, a list entry's own `id` or `name`, else the section's."""
    if not path:
        return "pack"
    if len(path) == 1 or path[0] in _OF_ONE:
        return str(path[0])
    section = tree.get(str(path[0]))
    if isinstance(path[1], int) and isinstance(section, list) and path[1] < len(section):
        entry = section[path[1]]
        named = entry.get("id") or entry.get("name") if isinstance(entry, dict) else ""
        return str(named or f"{path[0]}[{path[1]}]")
    return str(path[1])


def _child(node: Node | None, part: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        found = node.value[part]
        return found.start_mark.line + 1, found
    return None


def _steps(where: str) -> Path:
    """`.when.any[0]` as a path."""
    return tuple(int(i) if i else name for name, i in re.findall(r"\.(\w+)|\[(\d+)\]", where))


def _spoken(inner: Path) -> str:
    return "".join(f"[{p + 1}]" if isinstance(p, int) else f" {p}" for p in inner).strip()
