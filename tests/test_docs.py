"""What the docs say of settings, commands, scopes, files and links is what is there."""

import re
from pathlib import Path

import click
import pytest

from bot.__main__ import cais
from bot.manifest import read_manifest
from bot.settings import names

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
IN_TABLE = re.compile(r"^\| `([^`]+)` \| ?(.*?) ?\|(?: (.*?) \|)?$", re.MULTILINE)


def table(page: str, heading: str) -> dict[str, str]:
    """First column (in backticks) to second, of the table under this heading."""
    section = (ROOT / page).read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {row[1]: row[2] for row in IN_TABLE.finditer(section)}


def commands(group: click.Command = cais, path: str = "cais") -> dict[str, click.Command]:
    """Every command that can be typed, by its full words."""
    if not isinstance(group, click.Group):
        return {path: group}
    context = click.Context(group)
    found: dict[str, click.Command] = {}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found |= commands(command, f"{path} {name}")
    return found


def test_the_settings_table_is_the_settings() -> None:
    shown = {name: default.strip("`") for name, default in table("docs/install.md", "Settings").items()}
    assert shown == {name: "" if default is None else str(default) for name, default in names().items()}


def test_the_commands_table_is_the_commands() -> None:
    assert set(table("docs/install.md", "Commands")) == set(commands())


@pytest.mark.parametrize("words", commands())
def test_every_command_says_what_it_is_for(words: str) -> None:
    assert (commands()[words].help or "").strip()


def test_every_scope_has_its_reason() -> None:
    shown = table("docs/install.md", "What the app asks for, and why")
    assert set(shown) == read_manifest().scopes
    assert all(shown.values())


def test_the_tree_in_the_architecture_is_there() -> None:
    tree = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("```")[1]
    parent = ""
    shown = set()
    for line in tree.strip().splitlines():
        name = line.split()[0]
        parent = parent if line.startswith(" ") else name
        shown.add(name if name == parent else parent + name)
    assert not [path for path in shown if not (ROOT / path).is_dir()]
    packages = {f"bot/{path.name}/" for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()}
    assert packages <= shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert not [link for link in links if not (page.parent / link).exists()]
    paths = re.findall(r"`((?:flows|storage|bot|tests|docs|\.ci)/[\w./-]+)`", text)
    assert not [path for path in paths if not (ROOT / path).exists()]


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"\bmake ([a-z-]+)", _code(page))}
    assert {"run", "test", "install"} <= named <= targets


def test_every_command_that_is_named_exists() -> None:
    known = {words.split()[1] for words in commands()}
    named = {name for page in PAGES for name in re.findall(r"(?<!/)\bcais ([a-z]+)\b", _code(page))}
    assert named <= known


def test_the_example_of_an_env_file_has_only_settings() -> None:
    given = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert given
    assert set(given) <= set(names())


def test_the_glossary_is_in_order() -> None:
    shown = re.findall(r"^\| ([\w ,]+?) \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), re.MULTILINE)[1:]
    assert shown == sorted(shown, key=str.lower)


def _code(page: Path) -> str:
    """What is written as code, in blocks and in lines."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), re.DOTALL))
