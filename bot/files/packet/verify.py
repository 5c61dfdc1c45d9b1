"""Checks an examiner packet: python3 verify.py, in the folder it was unpacked into. Needs nothing but Python 3.8.

It compares every file with manifest.sha256, and each copy of evidence with what its entry recorded. Then it follows the
chain of entries in record.json: each entry carries the hash of the one before it, so that a changed, added or missing
entry shows. It prints where the chain ends. Compare that with a head that was kept elsewhere: whoever can rewrite all
files of a packet can rewrite a whole chain, too.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

FIELDS = (
    "tenant",
    "firm",
    "sequence",
    "type",
    "actor",
    "actor_name",
    "recorded_at",
    "happened_on",
    "payload",
    "before",
    "after",
    "source",
    "edition",
    "practice",
    "cause",
    "previous_hash",
)
"""What the hash of an entry covers, in this order."""


def files_that_differ(folder: Path) -> tuple[int, list[str]]:
    """How many files are listed, and what is wrong with them, a sentence each."""
    listed = {}
    for line in (folder / "manifest.sha256").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    wrong = []
    for name, digest in sorted(listed.items()):
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"{name} is not the file that was packed: its SHA-256 differs.")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wrong += [f"{name} was not in the packet." for name in sorted(there - set(listed) - {"manifest.sha256"})]
    return len(listed), wrong


def seal(entry: dict[str, Any]) -> str:
    """The hash that an entry ought to have: SHA-256 over its fields as a JSON list without spaces, in UTF-8."""
    fields = [entry[name] for name in FIELDS]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")).hexdigest()


def first_broken_link(firm: dict[str, Any]) -> str:
    """A sentence about the first entry that does not hold, or nothing."""
    before = ""
    for number, entry in enumerate(firm["events"], start=1):
        if entry["sequence"] != number:
            return f"Entry {number} is missing; the next one found is {entry['sequence']}."
        if entry["previous_hash"] != before:
            return f"Entry {number} does not follow from the entry before it."
        if seal(entry) != entry["hash"]:
            return f"Entry {number} is not what was recorded: its hash does not match."
        before = entry["hash"]
    if firm["head"] != {"events": len(firm["events"]), "hash": before}:
        return f"The chain ends at entry {len(firm['events'])}, and the head says otherwise."
    return ""


def copies_that_differ(folder: Path, firm: dict[str, Any]) -> tuple[int, list[str]]:
    """How many copies of evidence there are, and what is wrong with them: each is named by its entry's number."""
    wrong = []
    copies = sorted((folder / "evidence").glob("*"))
    for path in copies:
        number = path.name.partition("-")[0]
        entry = firm["events"][int(number) - 1] if number.isdigit() and 0 < int(number) <= len(firm["events"]) else {}
        recorded = json.loads(entry.get("payload", "{}"))
        if hashlib.sha256(path.read_bytes()).hexdigest() != recorded.get("digest"):
            wrong.append(
                f"evidence/{path.name} is not the file that was recorded: its SHA-256 differs from the entry's."
            )
    return len(copies), wrong


def main() -> int:
    folder = Path(__file__).resolve().parent
    count, wrong = files_that_differ(folder)
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    broken = [f"{firm['name']}: {found}" for firm in record["firms"] for found in [first_broken_link(firm)] if found]
    copies, strange = copies_that_differ(folder, record["firms"][0])
    wrong += strange
    for sentence in wrong + broken:
        sys.stdout.write(f"WRONG  {sentence}\n")
    for firm in record["firms"]:
        sys.stdout.write(f"{firm['name']}: {len(firm['events'])} entries, head {firm['head']['hash']}\n")
    if wrong or broken:
        return 1
    if copies:
        sys.stdout.write(f"evidence: {copies} {'copy is' if copies == 1 else 'copies are'} as recorded.\n")
    sys.stdout.write(f"ok: {count} files are as they were packed, and every link of the chain holds.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
