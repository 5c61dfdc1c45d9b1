"""The page's files by themselves: what is fetched at the start, its emoji, and that it asks nobody else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "bot/sandbox/page"


def test_every_module_is_fetched_at_once_and_none_that_is_not_there() -> None:
    index = (PAGE / "index.html").read_text(encoding="utf-8")
    listed = re.findall(r'<link rel="modulepreload" href="page/([\w.]+)">', index)
    assert sorted([*listed, "app.js", "canvas.js"]) == sorted(path.name for path in PAGE.glob("*.js"))


def test_no_emoji_stands_in_the_table_twice() -> None:
    names = (PAGE / "emoji.js").read_text(encoding="utf-8").split("`")[1].split()[::2]
    assert len(names) == len(set(names)) > 500


def test_no_file_of_the_page_names_another_host() -> None:
    addresses = {
        found
        for path in PAGE.iterdir()
        for found in re.findall(r"https?://[a-z0-9][^\s\"'`;*]*", path.read_text(encoding="utf-8"))
    }
    assert addresses <= {"http://www.w3.org/2000/svg", "http://127.0.0.1:", "http://localhost:"}
