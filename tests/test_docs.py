"""What the docs say of settings, commands, scopes, buttons, files and links is what is there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from bot.__main__ import cais
from bot.bootstrap import build_router
from bot.manifest import read_manifest
from bot.settings import names
from bot.typed import words
from bot.views.help import USAGES

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
GUIDE = sorted((ROOT / "docs/guide").glob("*.md"))
IN_TABLE = re.compile(r"^\| `([^`]+)` \| ?(.*?) ?\|(?: (.*?) \|)?$", re.MULTILINE)


def table(page: str, heading: str) -> dict[str, str]:
    """First column (in backticks) to second, of the table under this heading."""
    section = (ROOT / page).read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {row[1]: row[2] for row in IN_TABLE.finditer(section)}


def examples(heading: str) -> dict[str, str]:
    """Each command as it is written in docs/commands.md, to its example."""
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| .+ \| `([^`]+)` \|$", section, re.MULTILINE))


def _bare(command: str) -> str:
    """The command without what it takes."""
    return re.split(r" [\[<]", command, maxsplit=1)[0]


@cache
def labels() -> frozenset[str]:
    """Every whole text that the views, the listeners, the roadmap and the manifest have for people."""
    data = [ROOT / "flows/roadmaps/cais-small-firm.yaml", ROOT / "manifest.yml"]
    code = [*(ROOT / "bot/views").glob("*.py"), *(ROOT / "bot/listeners").glob("*.py")]
    return frozenset(
        text.strip(" *") for found in (*map(_texts_of_data, data), *map(_texts_of_code, code)) for text in found
    )


def _texts_of_code(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.split(r"[\n]|(?<=:) ", node.value)


def _texts_of_data(file: Path) -> Iterator[str]:
    def within(found: object) -> Iterator[str]:
        inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        yield from [found] if isinstance(found, str) else (text for each in inner for text in within(each))

    return within(YAML(typ="safe").load(file.read_text(encoding="utf-8")))


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


EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()


def test_the_example_names_every_setting_and_nothing_else() -> None:
    set_there = [match[1] for line in EXAMPLE if (match := re.match(r"#?([A-Z_]+)=", line))]
    assert sorted(set_there) == sorted(names())


def test_the_example_as_it_is_starts_the_sandbox_and_what_is_filled_in_are_defaults() -> None:
    given = dict(line.split("=", 1) for line in EXAMPLE if re.match(r"[A-Z_]+=", line))
    assert not [name for name, value in given.items() if value], "what is set here counts more than a unit's own"
    shown = {m[1]: m[2] for line in EXAMPLE if (m := re.match(r"#([A-Z_]+)=(.+)", line))}
    usual = {name: str(default) for name, default in names().items() if default is not None}
    moved = {"CAIS_CLOCK_SPEED", "CAIS_START_AT"}
    for name, value in shown.items():
        if name not in moved and name in usual:
            assert value in (usual[name], {"True": "1", "False": "0"}.get(usual[name])), name


def test_the_commands_of_cais_are_listed_with_an_example_that_is_one() -> None:
    shown = examples("On the command line")
    assert {_bare(command) for command in shown} == set(commands())
    for command, example in shown.items():
        assert example.startswith(_bare(command))


def test_the_commands_in_slack_are_listed_with_an_example_that_is_one() -> None:
    known = build_router().commands
    shown = examples("In Slack")
    assert {_bare(command).removeprefix("/cais").strip() for command in shown} == set(known)
    for command, example in shown.items():
        found = words.split(example.removeprefix("/cais"), known)
        assert found is not None, example
        assert found[0] == _bare(command).removeprefix("/cais").strip()


def test_the_commands_in_slack_are_written_as_in_the_help() -> None:
    assert set(examples("In Slack")) == {" ".join(p for p in ("/cais", u.command, u.takes) if p) for u in USAGES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_docs_say_to_type_in_slack_is_a_command(page: Path) -> None:
    known = build_router().commands
    typed = re.findall(r"`(/cais[^`\n]*)`", page.read_text(encoding="utf-8"))
    assert not [code for code in typed if words.split(code.removeprefix("/cais"), known) is None]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    named = set(re.findall(r"\b(?:CAIS|SLACK)_[A-Z_]+\b", page.read_text(encoding="utf-8")))
    assert named <= set(names())


@pytest.mark.parametrize("page", GUIDE, ids=lambda page: page.name)
def test_what_the_guide_says_to_press_or_fill_in_is_drawn(page: Path) -> None:
    """In the guide, what the app draws is bold and nothing else is."""
    drawn = labels()
    named = set(re.findall(r"\*\*([^*\n]+)\*\*", page.read_text(encoding="utf-8")))
    assert named
    assert not [label for label in named if label not in drawn and label.rstrip("…") not in drawn]


def test_every_person_has_a_page_that_the_readme_leads_to() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert GUIDE
    assert not [page.name for page in GUIDE if f"(docs/guide/{page.name})" not in readme]


def test_every_decision_is_in_the_index_by_its_title() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| \[(.+?)\]\((.+?)\) \| .+ \|$", index, re.MULTILINE))
    pages = [page for page in folder.glob("*.md") if page.name != "README.md"]
    assert shown == {page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "): page.name for page in pages}


@pytest.mark.parametrize("command", commands())
def test_every_command_says_what_it_is_for(command: str) -> None:
    assert (commands()[command].help or "").strip()


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
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert not [link for link, _, _ in links if not (page.parent / link).exists()]
    assert not [f"{link}#{place}" for link, _, place in links if place and place not in anchors(page.parent / link)]
    paths = re.findall(r"`((?:flows|storage|bot|tests|docs|\.ci)/[\w./-]+)`", text)
    assert not [path for path in paths if not (ROOT / path).exists()]


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can lead to, as the hosts of Git repositories make them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"\bmake ([a-z-]+)", _code(page))}
    assert {"run", "test", "install"} <= named <= targets


def test_every_command_that_is_named_exists() -> None:
    known = {words.split()[1] for words in commands()} | {"--version"}
    named = {name for page in PAGES for name in re.findall(r"(?<!/)\bcais ([a-z-]+)\b", _code(page))}
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


def test_every_number_that_is_measured_is_described_and_every_one_described_is_measured() -> None:
    code = "".join((ROOT / "bot" / name).read_text(encoding="utf-8") for name in ("metrics.py", "health.py"))
    section = (
        (ROOT / "docs/operations.md").read_text(encoding="utf-8").split("## Watching it\n", 1)[1].split("\n## ")[0]
    )
    described = {name for line in section.splitlines() if line.startswith("| `cais_") for name in NUMBER.findall(line)}
    assert described == set(NUMBER.findall(code))


NUMBER = re.compile(r"(?<=[\"`])cais_[a-z_]+")
