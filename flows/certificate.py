"""The certificate of a deletion: what is gone, and nothing of what it said."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

_MARK = "\n----- the same for a program -----\n"


class GoneFirm(msgspec.Struct, frozen=True):
    """A firm that was deleted: its ids and name, how many events it had, and the last one's hash."""

    tenant: str
    firm: str
    name: str
    events: int
    head: str


class Certificate(msgspec.Struct, frozen=True):
    """`state` is `begun` until all of it is gone. Times are UTC in ISO form; `by` and `reason` as they were typed."""

    state: Literal["begun", "complete"]
    tenant: str
    firm: str
    """The firm's id; empty for a whole workspace."""
    firms: tuple[GoneFirm, ...]
    rows: Mapping[str, int]
    """How many there were, by table."""
    copies: int
    """Copies of evidence on the disk."""
    begun_at: str
    completed_at: str
    by: str
    reason: str
    version: str
    packet: str = ""
    """The name of the last packet or export that was made before, and its SHA-256."""
    database: str = ""
    """Where it was, without a password; empty in a certificate of an earlier version."""
    copies_not_here: int = 0
    """Copies that the record named and that were not on the machine on which it was deleted."""
    compacted: bool = False
    """Whether the database's file was written anew, so that nothing of it is left between what is there."""


def written(certificate: Certificate) -> str:
    """The file: for people, and below for a program."""
    for_a_program = msgspec.json.format(msgspec.json.encode(certificate).decode())
    return "\n".join(_lines(certificate)) + f"{_MARK}{for_a_program}\n"


def read(text: str) -> Certificate | None:
    """The certificate in a file; None where it is none."""
    try:
        return msgspec.json.decode(text.partition(_MARK)[2], type=Certificate)
    except msgspec.MsgspecError:
        return None


def _lines(certificate: Certificate) -> Sequence[str]:
    c = certificate
    done, elsewhere = c.state == "complete", bool(c.copies_not_here)
    title = "Certificate of deletion" if done else "Deletion begun: this is no certificate yet"
    return [
        title,
        "=" * len(title),
        "",
        *([] if done else ["It was not finished. Give the same command again, in this folder, to finish it.", ""]),
        f"What: {_what(c)}",
        *(f"  {f.name}: firm {f.firm} of {f.tenant}, {f.events} events, head {f.head}" for f in c.firms),
        f"When: {c.completed_at or c.begun_at} (UTC)",
        f"By, as typed: {c.by}",
        f"Reason, as typed: {c.reason or 'none given'}",
        f"Program: cais {c.version}",
        *([f"Database: {c.database}"] if c.database else []),
        f"A last record was written before: {c.packet or 'none'}",
        "",
        "Rows that were deleted, by table:",
        *(f"  {name:<22}{number:>10,}" for name, number in sorted(c.rows.items())),
        f"  {'in all':<22}{sum(c.rows.values()):>10,}",
        f"Copies of evidence deleted from the disk: {c.copies:,}",
        *([f"Not deleted, as they were not on this machine: {c.copies_not_here:,} that the record named."] * elsewhere),
        "",
        *(_what_it_says(c) if done else []),
    ]


def _what(certificate: Certificate) -> str:
    if certificate.firm:
        return "one firm, with its whole record"
    firms = "1 firm" if len(certificate.firms) == 1 else f"{len(certificate.firms)} firms"
    return f"everything of the workspace {certificate.tenant}, {firms}"


def _what_it_says(certificate: Certificate) -> Sequence[str]:
    file = (
        "The database's file was written anew afterwards, without what was deleted."
        if certificate.compacted
        else "The database gives the room free on its own time; until then traces may be left in its files."
    )
    return [
        "What this says",
        "No legal hold stood. No row of it is left in any table of this database. " + file,
        "What this does not reach: backups and copies of the database, files that people were sent or wrote out, and",
        "whatever Slack keeps: messages, files, and what stands in channels. Those are to be deleted where they are.",
        "The head of a chain names a record without saying anything of what was in it: with it a packet or an export",
        "that is still somewhere can be shown to be of this record. Nothing here is a claim to comply with any rule.",
    ]
