"""Checks an examiner packet: python3 verify.py, in the folder it was unpacked into. Needs nothing but Python 3.8.

It compares every file with manifest.sha256, and each copy of evidence with what its entry recorded. Then it follows the
chain of entries in record.json: each entry carries the hash of the one before it, so that a changed, added or missing
entry shows. Where the chain ends it compares with the head that VERIFY.txt names, so that a shorter chain shows.
Whoever can rewrite all files of a packet can rewrite that, too. So give it a head that was kept elsewhere, such as one
of an earlier packet or of a posted summary: python3 verify.py HEAD says at which entry it stands.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
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

NOT_OURS = re.compile(r"\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#", re.IGNORECASE)
"""What a Mac, Windows or an open Office program puts into a folder that somebody looks into."""

NAMED = re.compile(r"([0-9a-f]{64})\s+after ([0-9,]+) entr")
"""How VERIFY.txt names the head, and after how many entries."""


def listed_in(folder: Path) -> dict[str, str] | None:
    """The SHA-256 of each file that was packed, by its name; None where there is no list of them."""
    try:
        lines = (folder / "manifest.sha256").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def files_that_differ(folder: Path) -> tuple[int, list[str]]:
    """How many files are listed, and what is wrong with them, a sentence each."""
    listed = listed_in(folder)
    if listed is None:
        return 0, ["manifest.sha256 is missing or cannot be read, so no file was compared with what was packed."]
    there = files_in(folder)
    wrong = []
    for name, digest in sorted(listed.items()):
        path = there.get(name)
        if path is None:
            wrong.append(f"{name} is missing.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong.append(f"{name} is not the file that was packed: its SHA-256 differs.")
    ours = set(listed) | {"manifest.sha256"} | set(put_there_since(folder))
    wrong += [f"{name} was not in the packet." for name in sorted(set(there) - ours)]
    return len(listed), wrong


def files_in(folder: Path) -> dict[str, Path]:
    """Every file within the folder, by its name as it was packed: a Mac may write letters with accents in two parts."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {unicodedata.normalize("NFC", path.relative_to(folder).as_posix()): path for path in found}


def put_there_since(folder: Path) -> list[str]:
    """Files that a system puts into folders by itself: nobody's doing, and no part of the packet."""
    return sorted(name for name in files_in(folder) if NOT_OURS.fullmatch(name.rpartition("/")[2]))


def seal(entry: dict[str, Any]) -> str:
    """The hash that an entry ought to have: SHA-256 over its fields as a JSON list without spaces, in UTF-8."""
    fields = [entry[name] for name in FIELDS]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8")).hexdigest()


def first_broken_link(firm: dict[str, Any]) -> str:
    """A sentence about the first entry that does not hold, or nothing."""
    before = ""
    for number, entry in enumerate(firm["events"], start=1):
        if not {*FIELDS, "hash"} <= entry.keys():
            return f"Entry {number} is not what was recorded: a part of it is missing."
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
    copies = sorted(path for path in (folder / "evidence").glob("*") if not NOT_OURS.fullmatch(path.name))
    for path in copies:
        number = path.name.partition("-")[0]
        entry = firm["events"][int(number) - 1] if number.isdigit() and 0 < int(number) <= len(firm["events"]) else {}
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != recorded_of(entry):
            wrong.append(
                f"evidence/{path.name} is not the file that was recorded: its SHA-256 differs from the entry's."
            )
    return len(copies), wrong


def recorded_of(entry: dict[str, Any]) -> str:
    """The SHA-256 that an entry recorded of a file; empty where it says nothing of one."""
    try:
        return str(json.loads(entry["payload"])["digest"])
    except (LookupError, TypeError, ValueError):
        return ""


def head_in_words(digest: str, entries: int) -> str:
    """A head and where it stands, the same wherever it is named."""
    return f"{digest} after {entries} {'entry' if entries == 1 else 'entries'}"


def head_that_differs(folder: Path, firm: dict[str, Any]) -> str:
    """A sentence where VERIFY.txt names another head than the one that the chain in record.json ends with."""
    note = folder / "VERIFY.txt"
    named = NAMED.search(note.read_text(encoding="utf-8", errors="replace")) if note.is_file() else None
    if named is None:
        return "VERIFY.txt names no head to compare with."
    there = head_in_words(firm["head"]["hash"], firm["head"]["events"])
    written = head_in_words(named[1], int(named[2].replace(",", "")))
    return "" if there == written else f"VERIFY.txt names the head {written}, but record.json ends with {there}."


def where_it_stands(head: str, firm: dict[str, Any]) -> tuple[bool, str]:
    """Whether a head that was kept elsewhere is still in the chain, and a sentence about it."""
    hashes = [entry["hash"] for entry in firm["events"]]
    number = next((n for n, digest in enumerate(hashes, start=1) if digest.startswith(head)), 0)
    if not number:
        there = head_in_words(firm["head"]["hash"], firm["head"]["events"])
        return False, f"The head that was kept, {head}, is in no entry here: the chain ends with {there}."
    return True, f"kept head {head}: it is entry {number} here, so nothing up to there was changed since it was kept."


def a_head(text: str) -> str:
    """What was typed, as a head or its first digits. Raises ArgumentTypeError."""
    if not re.fullmatch(r"[0-9a-f]{12,64}", text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is no head: a head is 64 digits from 0 to f, or its first 12")
    return text.lower()


def kept_heads() -> list[str]:
    """The heads that were given; anything else ends it here, with a word on how it is used."""
    about = "Checks the packet in whose folder this script is: files, copies of evidence, and the chain of entries."
    parser = argparse.ArgumentParser(prog="verify.py", description=about, epilog="Exit code 0: all of it holds.")
    what = "a head that was kept elsewhere, or its first 12 digits or more: it must be an entry's hash in this packet"
    parser.add_argument("heads", nargs="*", type=a_head, metavar="HEAD", help=what)
    heads: list[str] = parser.parse_args().heads
    return heads


def the_record(folder: Path) -> dict[str, Any] | None:
    """The firm in record.json; None where that is no such record."""
    try:
        firm: dict[str, Any] = json.loads((folder / "record.json").read_text(encoding="utf-8"))["firms"][0]
        events, head = firm["events"], firm["head"]
        whole = isinstance(events, list) and all(isinstance(entry, dict) for entry in events)
        whole = whole and {"name", "head"} <= firm.keys() and {"events", "hash"} <= head.keys()
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return firm if whole else None


def look(folder: Path, firm: dict[str, Any], kept: list[str]) -> tuple[list[str], list[str]]:
    """What is wrong with the record, its head and the copies; and what is to be said of what is right."""
    copies, wrong = copies_that_differ(folder, firm)
    broken = first_broken_link(firm)
    wrong += [f"{firm['name']}: {broken}"] if broken else []
    differs = head_that_differs(folder, firm)
    wrong += [differs] if differs else []
    found = [where_it_stands(head, firm) for head in kept]
    wrong += [sentence for stands, sentence in found if not stands]
    said = [sentence for stands, sentence in found if stands and not broken]
    if copies:
        said.append(f"evidence: {copies} {'copy is' if copies == 1 else 'copies are'} as recorded.")
    return wrong, said


def main() -> int:
    if hasattr(sys.stdout, "reconfigure"):  # an editor's own window has none
        sys.stdout.reconfigure(errors="backslashreplace")  # a name may be in any script
    kept = kept_heads()
    folder = Path(__file__).resolve().parent
    count, wrong = files_that_differ(folder)
    firm = the_record(folder)
    said: list[str] = []
    if firm is None:
        wrong.append("record.json cannot be read, so its chain was not followed.")
    else:
        more, said = look(folder, firm, kept)
        wrong += more
    for sentence in wrong:
        sys.stdout.write(f"WRONG  {sentence}\n")
    for name in put_there_since(folder):
        sys.stdout.write(
            f"note   {name} is no part of the packet: systems put such files into folders by themselves.\n"
        )
    if firm is not None:
        sys.stdout.write(f"{firm['name']}: {len(firm['events'])} entries, head {firm['head']['hash']}\n")
    if wrong:
        return 1
    for sentence in said:
        sys.stdout.write(f"{sentence}\n")
    held = "every link of the chain holds, and it ends with the head that VERIFY.txt names"
    sys.stdout.write(f"ok: {count} files are as they were packed, {held}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
