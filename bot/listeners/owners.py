"""Hears whose tasks are: assigning one, and handing all of a person's over."""

from collections.abc import Callable, Sequence

from bot.buttons import AssignForm, AssignTo, HandoverForm, OpenAssign, OpenHandover
from bot.listeners.dates import item_of, reader
from bot.listeners.scenes import calendar_for, scene_for
from bot.listeners.tasks import NO_SUCH_TASK, beyond
from bot.router import Heard, Router
from bot.slack.places import place, slack_id
from bot.surfaces import Answer, FieldErrors, Message, Open, Replace, Say
from bot.typed import dates as date_words
from bot.typed.dates import Assigned, People, Someone
from bot.typed.several_people import are_listed, several_people
from bot.typed.tasks import near_tasks, out_of_reach, tasks_meant
from bot.views import dated, dates, steps, tasks
from bot.views import owners as views
from bot.views.blocks import literal
from bot.views.scene import Scene
from bot.views.tasks import Top
from flows.before_after import owner_before
from flows.firms import Person, Refusal, require, role_of
from flows.ports import Known
from flows.services import Services
from flows.walk import Item

WHO_IS_THAT = Refusal(
    "Say whose it is: mention somebody, like `/cais assign s2 @ben`, or write `to me` or `nobody`. Nothing was changed."
)

FROM_WHOM = Refusal("Say from whom to whom, like `/cais handover from @ben to @lea`. Nothing was changed.")

_ALL_OF_THEM = frozenset({"all", "everything", "my", "their", "the", "open", "tasks", "of", "from", "to"})
"""Words around the people of a handover that say no more than it does anyway."""


def register(router: Router) -> None:
    """What is heard here."""
    router.command("assign", people=True, meets=True)(type_assign)
    router.command("handover", "hand over", people=True, meets=True)(type_handover)
    router.action(AssignTo)(assign_offered)
    router.action(OpenAssign)(open_assign)
    router.submit(AssignForm, meets=True)(save_owner)
    router.action(OpenHandover)(open_handover)
    router.submit(HandoverForm, meets=True)(save_handover)


async def type_assign(heard: Heard, services: Services) -> Answer:
    """`/cais assign <task> @user`, `to me`, `nobody`; without a person the form."""
    scene = scene_for(heard, services)
    calendar = await calendar_for(heard, services)
    names = (heard.words, heard.mentions, heard.firm, heard.who.id)
    typed = scene.pack, scene.walk, *names, reader(scene.today, calendar)
    said = several_people(*typed) or date_words.assigned(*typed)
    said = said._replace(people=tuple(dict.fromkeys(_by_our_id(heard, someone) for someone in said.people)))
    items = tasks_meant(scene.pack, scene.walk, said.task)
    if len(said.people) > 1 and Someone() in said.people:
        raise WHO_IS_THAT
    if not said.people and not said.taken_from and not said.unknown and not items:
        words, unknown = date_words.task_and_stranger(scene.pack, scene.walk, heard.words)
        said = said._replace(task=words, unknown=unknown)
        items = tasks_meant(scene.pack, scene.walk, words) if unknown else ()
    if said.unknown:
        return Say(_stranger(heard, scene, items, said.unknown))
    if not items and (out := out_of_reach(scene.walk, said.task)):
        return Say(beyond(scene, out, "Nothing was assigned"))
    if not items and (near := near_tasks(scene.walk, said.task)):
        return Say(_which_task(heard, scene, near, said, "No task of this firm fits those words. "))
    if not items:
        raise NO_SUCH_TASK
    if len(items) > 1:
        return Say(_which_task(heard, scene, items, said))
    if said.taken_from and not said.people:
        return Say(views.to_whom(scene, items[0]))
    return await _assign_typed(heard, services, items[0], said.people, said.when)


def _which_task(heard: Heard, scene: Scene, items: Sequence[Item], said: Assigned, why: str = "") -> Message:
    """Several tasks fit: each is offered to the person who was named, or from whom it shall be taken."""
    whom, word = (said.people, "to") if said.people else (said.taken_from, "from")
    if len(whom) > 1:
        return steps.which_task(
            scene, items, f"{why}A task has one owner, and nothing was assigned. Open one and press *Assign*."
        )
    if not whom:
        return steps.which_task(scene, items, f"{why}Which one? Open it and press *Assign*.")
    to = whom[0].slack_id or slack_id(whom[0].person)
    member = heard.firm.members.get(place(heard.tenant, to)) if to else None
    named = "nobody" if not to else literal(member.name) if member and member.name else f"<@{to}>"
    typed = f"{word} @{to}" if to else "nobody"
    ask = f"{why}{word.capitalize()} {named}: which one? Nothing was assigned."
    return steps.which_task(scene, items, ask, lambda item: f"assign {item.key} {typed} {said.when}".strip())


async def _assign_typed(heard: Heard, services: Services, item: Item, people: Sequence[Someone], when: str) -> Answer:
    """To the one who was named; of several each is offered, and without one the form is opened."""
    scene = scene_for(heard, services)
    if len(people) > 1:
        known = [await _known(heard, services, someone) for someone in people]
        return Say(views.one_owner(scene, item, [k for k in known if k]))
    if people:
        return await _assign(heard, services, item.key, people[0], Say, when=when)
    if heard.kind in ("command", "action"):
        return Open(views.assign_modal(scene, item))
    return Say(tasks.card(scene, item, tasks.note("Press *Assign* to say whose it is.")))


def _stranger(heard: Heard, scene: Scene, items: Sequence[Item], name: str) -> Message:
    """A name that is no member's, or that of several: those it may mean, and the way to make somebody a member."""
    require(heard.firm, heard.who, "member")
    near = date_words.people_called_nearly(heard.firm, name)
    lead = role_of(heard.firm, heard.who) == "lead"
    return views.stranger(scene, items[0] if len(items) == 1 else None, name, near, lead=lead)


async def assign_offered(heard: Heard, carried: AssignTo, services: Services) -> Answer:
    """*Assign to …*: somebody who was offered."""
    return await _assign(heard, services, carried.task, Someone(slack_id=carried.person), Replace, carried.version)


async def open_assign(heard: Heard, carried: OpenAssign, services: Services) -> Answer:
    """*Assign* on a card."""
    scene = scene_for(heard, services)
    return Open(views.assign_modal(scene, item_of(scene, carried.task), below=carried.below))


async def save_owner(heard: Heard, carried: AssignForm, services: Services) -> Answer:
    """The modal for an owner was submitted."""
    nobody = heard.value(views.NOBODY) == dates.YES
    if not nobody and not heard.value(views.PERSON):
        return FieldErrors({views.PERSON: "Pick a person."})
    someone = Someone() if nobody else Someone(slack_id=heard.value(views.PERSON))
    return await _assign(heard, services, carried.task, someone, Say if carried.below else Replace, carried.version)


async def _assign(
    heard: Heard,
    services: Services,
    key: str,
    someone: Someone,
    answer: Callable[[Message], Answer],
    seen: int | None = None,
    when: str = "",
) -> Answer:
    known = await _known(heard, services, someone)
    _must_be_a_person(known)
    to = Person(known.person, known.name) if known else None
    try:
        result = await services.assign(heard.firm.key, heard.act, key, to, seen=seen)
    except Refusal as refusal:
        return _refused(heard, services, refusal, known, key)
    scene = scene_for(heard, services, result.position)
    item = item_of(scene, key)
    kept = dated.owner(scene, item)
    if result.changed:
        top = views.with_former(scene, tasks.recorded(scene, result.records), owner_before(result.records[0]))
        top = await _with_reach(heard, services, known, top)
    elif (kept.person if kept else "") == (to.id if to else ""):
        top = tasks.note("That is so already.")
    else:
        top = tasks.note(f"Somebody assigned it since this was drawn. {views.owner_note(scene, item)}")
    return answer(tasks.card(scene, item, views.not_dated(scene, item, top, when) if when else top))


async def _with_reach(heard: Heard, services: Services, known: Known | None, top: Top) -> Top:
    """What was recorded; where its new owner is not told of it, that and why."""
    if known is None:
        return top
    reach = (await services.directory.reach(heard.tenant, [known.person]))[known.person]
    return top if reach.reachable else dates.with_note(top, views.not_told(reach))


async def _known(heard: Heard, services: Services, someone: Someone) -> Known | None:
    """What is known of who was named; None for nobody."""
    person = place(heard.tenant, someone.slack_id) if someone.slack_id else someone.person
    if not person:
        return None
    known = (await services.directory.sight(heard.tenant, person)).known
    member = heard.firm.members.get(person)
    return known if known.name or member is None else Known(person, member.name, standing=known.standing)


def _must_be_a_person(known: Known | None) -> None:
    """Raises Refusal for an app, and for somebody whose account was closed."""
    if known and known.standing == "app":
        raise Refusal("A task belongs to a person, and that is an app. Nothing was changed.")
    if known and known.standing == "gone":
        raise Refusal(f"The Slack account of {known.name or 'that person'} was closed. Nothing was changed.")


def _refused(heard: Heard, services: Services, refusal: Refusal, known: Known | None, task: str = "") -> Answer:
    """No member: the way to make them one. A modal keeps what was picked and shows the sentence."""
    if heard.kind == "submit" and refusal.kind not in ("no_member", "viewer"):
        return FieldErrors({views.PERSON: refusal.sentence})
    if refusal.kind != "no_member" or known is None:
        raise refusal
    lead = role_of(heard.firm, heard.who) == "lead"
    scene, guest = scene_for(heard, services), known.standing == "guest"
    shown = views.no_member(scene, known.name, known.person, task=task, lead=lead, guest=guest)
    return Say(shown)


async def type_handover(heard: Heard, services: Services) -> Answer:
    """`/cais handover @from @to`, `to @to from @from`; with one person the own tasks go there, without one the form."""
    said = date_words.people_named(heard.words, heard.mentions, heard.firm, heard.who.id)
    if are_listed(heard.words, heard.mentions):
        raise FROM_WHOM  # of `to @lea, @ben` neither gives
    words = said.task
    if len(said.people) == 1 and (named := date_words.person_called(heard.firm, words)):
        said, words = said._replace(people=(("", Someone(person=named)), *said.people)), ""
    if stranger := said.unknown or " ".join(w for w in words.split() if w.casefold() not in _ALL_OF_THEM):
        raise _who_is(heard.firm.name, stranger)
    if not said.people:
        return _ask_to_whom(heard, services)
    giver, to = _from_and_to(_by_id(heard, said), Someone(person=heard.who.id))
    return await _hand_over(heard, services, giver, to, Say) if to else _ask_to_whom(heard, services, giver)


def _by_id(heard: Heard, said: People) -> People:
    """Everybody by the same id, so that a mention and a name of one person are one."""
    return said._replace(people=tuple((word, _by_our_id(heard, someone)) for word, someone in said.people))


def _by_our_id(heard: Heard, someone: Someone) -> Someone:
    return Someone(person=place(heard.tenant, someone.slack_id)) if someone.slack_id else someone


def _from_and_to(said: People, me: Someone) -> tuple[Someone, Someone | None]:
    """Who gives and who gets, None where only the giver was named. Raises Refusal where it is not clear who is which.

    Without `from` and `to` the first of two gives, and the own tasks go to a person who stands alone.
    """
    givers, takers, plain = said.behind("from"), said.behind("to"), said.behind("")
    named = {someone for _, someone in said.people}  # whoever is named twice is one person
    if len(named) > 2 or len(givers) > 1 or len(takers) > 1 or Someone() in named:
        raise FROM_WHOM
    if givers:
        return givers[0], next(iter(takers or plain), None)
    if not plain or len(said.people) == 1:
        return me, (takers or plain)[0]
    return plain[0], takers[0] if takers else plain[-1]


def _ask_to_whom(heard: Heard, services: Services, giver: Someone | None = None) -> Answer:
    """The form, with whoever gives filled in; where there is none, how it is written."""
    scene = scene_for(heard, services)
    whose = (giver.slack_id or slack_id(giver.person)) if giver else ""
    if heard.kind in ("command", "action"):
        return Open(views.handover_modal(scene, whose))
    if whose:
        ask = f"To whom shall the open tasks of <@{whose}> go? Nothing was changed."
        return Say(dates.own(scene, tasks.note(f"{ask} Press *Hand over…*, or write both: `handover @ben @lea`.")))
    return Say(dates.own(scene, tasks.note("Press *Hand over…*, or write it: `handover @ben @lea`.")))


def _who_is(firm: str, stranger: str) -> Refusal:
    """Somebody who is no member and whose name Slack did not link, or a task: none of it may be left out silently."""
    return Refusal(
        f"I do not know who “{stranger}” is in *{firm}*. Pick a name from the list that Slack shows when you type "
        "@, like `/cais handover @ben to @lea`. That hands all open tasks over; for one there is `/cais assign`. "
        "Nothing was changed."
    )


async def open_handover(heard: Heard, carried: OpenHandover, services: Services) -> Answer:
    """*Hand over…*."""
    return Open(views.handover_modal(scene_for(heard, services)))


async def save_handover(heard: Heard, carried: HandoverForm, services: Services) -> Answer:
    """The modal for a handover was submitted."""
    giver, to = heard.value(views.GIVER), heard.value(views.PERSON)
    empty = [name for name, value in ((views.GIVER, giver), (views.PERSON, to)) if not value]
    if empty:
        return FieldErrors(dict.fromkeys(empty, "Pick a person."))
    return await _hand_over(heard, services, Someone(slack_id=giver), Someone(slack_id=to), Replace)


async def _hand_over(
    heard: Heard, services: Services, giver: Someone, to: Someone, answer: Callable[[Message], Answer]
) -> Answer:
    known, from_whom = await _known(heard, services, to), await _known(heard, services, giver)
    _must_be_a_person(known)
    assert known is not None and from_whom is not None, "nobody was refused before"  # noqa: PT018  # for the types only
    try:
        result = await services.hand_over(heard.firm.key, heard.act, from_whom.person, Person(known.person, known.name))
    except Refusal as refusal:
        return _refused(heard, services, refusal, known)
    scene = scene_for(heard, services, result.position)
    if not result.changed:
        return answer(dates.own(scene, tasks.note("That is so already.")))
    first, several = result.records[0], len(result.records) > 1
    top = views.with_former(scene, tasks.recorded(scene, result.records), owner_before(first), several=several)
    return answer(dates.own(scene, await _with_reach(heard, services, known, top)))
