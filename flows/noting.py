"""The use cases about update notes: everybody reads them, workspace admins add and remove them."""

from collections.abc import Callable
from datetime import date, datetime

from flows.acts import Act
from flows.asked import UpdateNote
from flows.asking import digest, today_at
from flows.notes import check, require_admin
from flows.ports import Notes
from flows.roadmap import Pack


class UpdateNotes:
    """A workspace's update notes."""

    def __init__(self, kept: Notes, pack: Pack, now: Callable[[], datetime]) -> None:
        self._kept = kept
        self._pack = pack
        self._now = now

    async def standing(self, tenant: str) -> tuple[UpdateNote, ...]:
        """The workspace's notes that stand. Everybody may read them."""
        return tuple(await self._kept.standing(tenant))

    async def add(
        self, tenant: str, act: Act, *, text: str, source: str, as_of: date, step: str = "", lines: str = ""
    ) -> UpdateNote:
        """A workspace admin's note beside the passages it touches."""
        require_admin(act.who)
        first, last = check(
            self._pack, text=text, source=source, as_of=as_of, step=step, lines=lines, today=today_at(self._now(), None)
        )
        at = self._now().isoformat(timespec="milliseconds")
        note = UpdateNote(
            tenant=tenant,
            id="n" + digest(f"{tenant}\n{act.cause or at}", 15),
            text=text.strip(),
            source=source.strip(),
            as_of=as_of.isoformat(),
            added_by=act.who.id,
            added_by_name=act.who.name,
            added_at=at,
            step=step,
            first=first,
            last=last,
        )
        await self._kept.add(note)
        return note

    async def remove(self, tenant: str, act: Act, note: str) -> bool:
        """False where it was removed before."""
        require_admin(act.who)
        at = self._now().isoformat(timespec="milliseconds")
        return await self._kept.remove(tenant, note, by=act.who.id, at=at)
