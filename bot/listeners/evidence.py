"""Hears about the evidence of a task: the form that adds it, what there is, and taking a piece away."""

from collections.abc import Sequence
from datetime import date

import msgspec

from bot.buttons import EvidenceForm, OpenEvidence, OpenRemoveEvidence, RemoveEvidenceForm, ShowEvidence
from bot.listeners import documents
from bot.listeners.scenes import scene_for
from bot.listeners.tasks import NO_SUCH_TASK, NOTHING_FITS, beyond, day_of, is_ticket
from bot.router import Heard, Router
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed.tasks import near_tasks, out_of_reach, tasks_meant
from bot.views import evidence as views
from bot.views import records as record_views
from bot.views import rests, steps
from bot.views.refused import with_ticket
from bot.views.tasks import NOTHING, Top, card, note, recorded
from flows.events import EvidenceKind
from flows.evidence.pieces import GONE, File
from flows.firms import Refusal, require
from flows.legal_hold import may_remove
from flows.position import Position
from flows.progress import find
from flows.services import Services

AGAIN = note("That is recorded already. Nothing was added.")


def register(router: Router) -> None:
    """What is heard here."""
    router.command("evidence")(type_evidence)
    router.action(OpenEvidence)(open_evidence)
    router.submit(EvidenceForm)(save_evidence)
    router.action(ShowEvidence)(show_evidence)
    router.action(OpenRemoveEvidence)(open_remove)
    router.submit(RemoveEvidenceForm)(remove)


# --- the form -------------------------------------------------------------------------------------------------


async def open_evidence(heard: Heard, carried: OpenEvidence, services: Services) -> Answer:
    """*Add evidence* on a card."""
    return Open(views.evidence_modal(scene_for(heard, services), task=carried.task))


async def type_evidence(heard: Heard, services: Services) -> Answer:
    """`/cais evidence [task]`: the form, or, after a message, which opens none, the card that has the button."""
    require(heard.firm, heard.who, "member")
    scene = scene_for(heard, services)
    meant = tasks_meant(scene.pack, scene.walk, heard.words)
    if not meant and (out := out_of_reach(scene.walk, heard.words)):
        return Say(beyond(scene, out, "Nothing was recorded"))
    if not meant and (near := near_tasks(scene.walk, heard.words)):
        return Say(steps.did_you_mean(scene, near, NOTHING_FITS, lambda item: f"evidence {item.key}"))
    if heard.words and not meant:
        raise NO_SUCH_TASK
    if len(meant) > 1:
        return Say(steps.which_task(scene, meant, "Evidence for which one? Open it and press *Add evidence*."))
    if heard.kind in ("command", "action"):
        return Open(views.evidence_modal(scene, task=meant[0].key if meant else ""))
    if not meant:
        hint = "Name the task, like `evidence s2`. `status` has their short names."
        return Say(rests.now_screen(scene, note(hint)))
    return Say(card(scene, meant[0], note("Press *Add evidence* to give a file, a link or a note.")))


class _Given(msgspec.Struct, frozen=True):
    """What a form was filled with."""

    task: str
    link: str
    words: str
    label: str
    day: date | None
    files: Sequence[File]
    covers: Sequence[str]
    ticket: bool

    @property
    def named(self) -> str:
        """A name for the files: the one that was given, else the note."""
        return self.label or ("" if self.link else self.words)


async def save_evidence(heard: Heard, carried: EvidenceForm, services: Services) -> Answer:
    """The evidence form was sent: files, a link, a note, or a link whose label the note is."""
    given = _given(heard, carried)
    if not given.link and not given.words and not given.files:
        return FieldErrors({"files": "Choose a file, give a link, or write a note."})
    try:
        if given.files:  # nothing is recorded of a form that is refused in part
            services.evidence.check(
                heard.firm,
                heard.act,
                given.task,
                given.files,
                label=given.named,
                happened_on=given.day,
                ticket=given.ticket,
            )
        return Replace(await _save(heard, services, given))
    except Refusal as refusal:
        if refusal.kind == "guard":
            modal = views.evidence_modal(scene_for(heard, services), task=given.task, files=carried.files)
            return with_ticket(modal, refusal)
        return FieldErrors({_field_of(refusal, given): refusal.sentence})


def _given(heard: Heard, carried: EvidenceForm) -> _Given:
    chosen = documents.handed_over(heard.payload, "files")
    sent = [File(file) for file in carried.files]
    return _Given(
        task=heard.value("task") or carried.task,
        link=heard.value("link"),
        words=heard.value("note"),
        label=heard.value("label"),
        day=day_of(heard.value("day")),
        files=sent or [File(f.id, f.name, f.size) for f in chosen],
        covers=heard.values.get(views.COVERS, ()),
        ticket=is_ticket(heard),
    )


async def _save(heard: Heard, services: Services, given: _Given) -> Message:
    """Raises Refusal."""
    scene, top = scene_for(heard, services), NOTHING
    if given.link or (given.words and not given.files):
        kind: EvidenceKind = "link" if given.link else "note"
        label = ": ".join(p for p in (given.label, given.words) if p) if given.link else given.label
        result = await services.add_evidence(
            heard.firm.key,
            heard.act,
            given.task,
            kind=kind,
            text=given.link or given.words,
            label=label,
            happened_on=given.day,
            covers=given.covers,
            ticket=given.ticket,
        )
        scene = scene_for(heard, services, result.position)
        top = recorded(scene, result.records) if result.changed else AGAIN
    if given.files:
        coming = await services.evidence.expect(
            heard.firm.key,
            heard.act,
            given.task,
            given.files,
            label=given.named,
            happened_on=given.day,
            covers=given.covers,
            ticket=given.ticket,
        )
        top = views.and_on_the_way(scene, top, coming)
    item = scene.walk.item(given.task)
    return card(scene, item, top) if item else record_views.kept(scene, top, task=given.task)


def _field_of(refusal: Refusal, given: _Given) -> str:
    if refusal.kind == "stale":
        return "task"
    if refusal.sentence.startswith("That day"):
        return "day"
    return "link" if given.link and refusal.sentence.startswith("A link") else "files" if given.files else "note"


# --- what a task has ------------------------------------------------------------------------------------------


async def show_evidence(heard: Heard, carried: ShowEvidence, services: Services) -> Answer:
    """*Evidence* on a card."""
    return Replace(await _of_task(heard, services, carried.task))


async def _of_task(
    heard: Heard, services: Services, task: str, top: Top = NOTHING, position: Position | None = None
) -> Message:
    scene = scene_for(heard, services, position)
    item = find(services.pack, scene.position, task)
    key = heard.firm.key
    pieces = await services.evidence.of_task(key, heard.who, item.key)
    return views.of_task(scene, item, pieces, await services.evidence.coming(key, heard.who, item.key), top)


async def open_remove(heard: Heard, carried: OpenRemoveEvidence, services: Services) -> Answer:
    """*Remove…* beside a piece."""
    require(heard.firm, heard.who, "member")
    scene = scene_for(heard, services)
    found = await services.evidence.of_task(heard.firm.key, heard.who, carried.task)
    piece = next((p for p in found if p.row.sequence == carried.evidence and p.removed is None), None)
    if piece is None:
        raise GONE
    form = scene.carry(RemoveEvidenceForm, evidence=carried.evidence, task=carried.task)
    may_remove(heard.firm)
    return Open(views.remove_modal(scene, form, piece.name))


async def remove(heard: Heard, carried: RemoveEvidenceForm, services: Services) -> Answer:
    """A piece is taken away, with the reason; *Undo* brings it back."""
    try:
        result = await services.evidence.remove(
            heard.firm.key, heard.act, carried.evidence, reason=heard.value("reason"), ticket=is_ticket(heard)
        )
    except Refusal as refusal:
        if refusal.kind != "guard":
            return FieldErrors({"reason": refusal.sentence})
        return with_ticket(views.remove_modal(scene_for(heard, services), carried, "This piece"), refusal)
    scene = scene_for(heard, services, result.position)
    top = recorded(scene, result.records) if result.changed else note("That was removed before. Nothing was changed.")
    return Replace(await _of_task(heard, services, carried.task, top, result.position))
