"""Every screen of the walk, in every state a firm can reach: within Slack's limits, and every button has a listener."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.actions import verb_of
from bot.buttons import ConfirmAnswer
from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.listeners import answers as answer_listeners
from bot.listeners import dates as date_listeners
from bot.listeners import deadlines as deadline_listeners
from bot.listeners import owners as owner_listeners
from bot.listeners import plans as plan_listeners
from bot.listeners import steps as step_listeners
from bot.listeners import supervision as supervision_listeners
from bot.listeners import tasks as task_listeners
from bot.listeners import undoing
from bot.router import Router
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.surfaces import Message, Modal
from bot.views import answers, deadline_forms, deadlines, owners, rests, steps, supervision, task_forms, tasks
from bot.views import dates as date_views
from bot.views import plans as plan_views
from bot.views.scene import Scene
from flows.answers import start_change
from flows.own_dates import accept_plan, assign, set_recurring, set_step_due
from flows.planning import plan
from flows.trading_days import NYSE
from flows.walk import preview, walk
from flows.workspace import Workspace
from tests.bot.conversing import elements, labels, words_of
from tests.flows.life import ANA, BEN, PACK, TODAY, Life
from tests.flows.test_deadlines import LEDGER

LONG = "W" * 80
NASTY = "<!channel> *A*_B_ ~`|& <@U0ANA>"
MOST_TEXT = 10_000
"""Characters in all blocks: chat.postMessage refuses somewhere above 11,000 (slackapi/bolt-js issues 2509, 2867)."""

OTHERS = ("questions.", "records.", "help.", "firms.", "onboarding.", "memos.")
"""Verbs of conversations that are not this walk's; theirs are looked at where the whole router is built."""


def router() -> Router:
    built = Router()
    for module in (
        step_listeners,
        task_listeners,
        date_listeners,
        plan_listeners,
        owner_listeners,
        deadline_listeners,
        undoing,
        answer_listeners,
        supervision_listeners,
    ):
        module.register(built)
    return built


ROUTER = router()


def scene(life: Life, **changed: Any) -> Scene:
    given: dict[str, Any] = {"today": TODAY, "viewer": ANA.id, **changed}
    return Scene(pack=PACK, position=life.position, walk=life.walk, ledger=LEDGER, **given)


def screens(seen: Scene) -> Iterator[Message]:
    """Every message one can reach from here."""
    yield rests.now_screen(seen)
    yield from dated_screens(seen)
    yield steps.where(seen)
    yield steps.status(seen)
    yield answers.agents(seen)
    yield from (supervision.page(seen, agent) for agent in seen.position.agents)
    yield steps.which_task(seen, seen.walk.items, "Which one?")
    yield steps.which_task(seen, seen.walk.items, "Which one?", lambda item: f"due {item.key} 2026-12-15")
    for step in PACK.steps:
        yield steps.step_page(seen, step)
        yield from (steps.step_page(seen, step, [part]) for part in step.parts)
    for item in seen.walk.items:
        yield tasks.card(seen, item, tasks.already(seen, item, tasks.Asked("done")))


def modals(seen: Scene) -> Iterator[Modal]:
    """Every modal one can open from here."""
    for item in seen.walk.items:
        yield from (form(seen, item) for form in (task_forms.earlier, task_forms.aside, task_forms.reopen))
        yield from (task_forms.waiting(seen, item, NYSE, asked) for asked in (None, seen.position.owners.get(item.key)))
    for question in PACK.questions.values():
        yield answers.question(seen, question)
    for item in seen.walk.items:
        yield date_views.date_modal(seen, item)
        yield owners.assign_modal(seen, item)
    yield from (date_views.target_modal(seen, plan=planned) for planned in (False, True))
    proposed = plan(seen.walk, seen.position, today=seen.today, target=date(2031, 5, 30), calendar=NYSE)
    if proposed.tasks:
        yield plan_views.lines_modal(seen, proposed)
    yield owners.handover_modal(seen)
    for kind in deadline_forms.DAYS:
        yield deadline_forms.revision_modal(seen, LEDGER, LEDGER.deadlines[0].id, kind)
    yield deadline_forms.trading_day_modal(seen)
    yield answers.add_agents(seen)
    yield answers.change_of_agent(seen, None)
    for agent in seen.position.agents:
        yield answers.rename_agent(seen, agent)
        yield supervision.form(seen, agent)
        yield answers.change_of_agent(seen, agent)
        yield answers.remove_agent(seen, agent, preview(PACK, seen.position, seen.position))


def check(seen: Scene) -> None:
    """Slack takes every screen, each names the firm, and every button has a listener and its own firm."""
    for message in screens(seen):
        drawn = content(message)
        assert not problems_in_message(drawn), (problems_in_message(drawn), message.text)
        assert _all_text(drawn["blocks"]) <= MOST_TEXT, message.text
        assert "Apex" in message.text
        assert any("Apex" in str(b) for b in drawn["blocks"] if b["type"] == "context")
        _buttons_work(drawn)
    for modal in modals(seen):
        view = modal_view(modal, Origin(channel="C0123456789", ts="1700000000.000100", response_url="https://x" * 12))
        assert not problems_in_view(view), (problems_in_view(view), modal.title)
        assert type(modal.carried).verb in ROUTER.submits
        assert "Apex" in words_of(view)


def _all_text(node: Any) -> int:
    if isinstance(node, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _all_text(v) for k, v in node.items())
    return sum(_all_text(v) for v in node) if isinstance(node, list) else 0


def _buttons_work(drawn: dict[str, Any]) -> None:
    for block, element in elements(drawn):
        verb = verb_of(element["action_id"])
        assert verb in ROUTER.actions or verb.startswith(OTHERS), verb
        carried = json.loads(element["value"] if element["type"] == "button" else block["block_id"])
        assert carried["firm"] == "f1"
        if element["type"] == "button":
            assert len(element["text"]["text"]) <= 75


def firm_with_agents(count: int, name: str = "Agent {n}", *more: str, situation: Any = "new") -> Life:
    life = Life(situation)
    life.answer("fdid_duty", "yes")
    life.done("s2", "submitted")
    life.answer("methods", "agent", *more, agents=[name.format(n=n)[:80] for n in range(count)])
    return life


def dated_screens(seen: Scene) -> Iterator[Message]:
    """Everything about dates, for this firm and for the industry."""
    there = Workspace(LEDGER)
    yield date_views.own(seen)
    yield plan_views.no_target(seen)
    for target in (date(2031, 5, 30), seen.today + timedelta(3)):
        yield plan_views.plan(seen, plan(seen.walk, seen.position, today=seen.today, target=target, calendar=NYSE))
    for admin in (False, True):
        yield deadlines.deadlines(seen, there, admin=admin)
        yield deadlines.trading_days(seen, there, admin=admin)
    for deadline in LEDGER.deadlines:
        yield deadlines.story(seen, there, deadline, admin=True)
    yield deadlines.as_of(seen, there, LEDGER.deadlines, date(2023, 2, 1))


def with_dates(life: Life) -> Life:
    """Every open task with a date and an owner, steps with dates, and a year full of dates that come back."""
    open_items = [i for i in life.walk.items if i.state in ("open", "waiting", "locked")]
    days = {item.key: date(2027, 1, 4) + timedelta(n) for n, item in enumerate(open_items)}
    life.take(accept_plan(PACK, life.position, ANA, days, today=TODAY, target=date(2027, 5, 31)))
    for item in open_items:
        life.take(assign(PACK, life.position, ANA, item.key, BEN))
    for step in PACK.steps:
        life.take(set_step_due(PACK, life.position, ANA, step.id, date(2027, 3, 1), today=TODAY))
    for n in range(30):
        life.take(set_recurring(life.position, ANA, f"{NASTY} {n} ".ljust(80, "W"), 1 + n % 12, 1 + n % 28))
    return life


@pytest.mark.parametrize("zone", ["", "Europe/London", "Asia/Kolkata"])
@pytest.mark.parametrize("today", [TODAY, date(2027, 6, 1)])
def test_dates_and_owners_everywhere_stay_within_slacks_limits(zone: str, today: date) -> None:
    life = with_dates(firm_with_agents(12, LONG + " {n}"))
    check(scene(life, zone=zone, today=today))
    for message in screens(scene(life, zone=zone, today=today)):
        said = words_of(content(message)).casefold()
        assert not {"overdue", "late"} & set(re.findall(r"\w+", said.replace(PACK.wording.new_firm.casefold(), "")))
        assert "days ago" not in said


def finish(life: Life) -> None:
    for _ in range(200):
        if not life.next:
            return
        life.done(life.next)
    raise AssertionError("the walk does not end")


def test_a_new_firm_sees_step_one_with_its_answers_and_asks_one_thing() -> None:
    life = Life()
    shown = content(rests.now_screen(scene(life)))
    assert labels(shown)[:7] == ["Yes", "No…", "Not sure", "Add evidence", "Add note", "Assign", "Set date"]
    assert "Ask…" in labels(shown)
    said = words_of(shown)
    assert "Step 1 of 6" in said
    assert PACK.precheck.ask not in said
    assert PACK.wording.new_firm in said
    assert "Small Firm Roadmap to May 31, 2024, Step 1, lines 19-22" in said
    check(scene(life))


def test_what_finishes_a_task_stands_before_what_is_only_to_be_read() -> None:
    life = firm_with_agents(1)
    while life.next:
        blocks = content(rests.now_screen(scene(life)))["blocks"]
        kinds = [block["type"] for block in blocks]
        quoted = next(n for n, block in enumerate(blocks) if "Small Firm Roadmap to" in words_of({"blocks": [block]}))
        assert kinds.index("actions") < quoted
        life.done(life.next)


def test_every_state_on_the_way_of_a_firm_with_two_agents_renders() -> None:
    life = firm_with_agents(2, "Clearing House {n}", "ui")
    check(scene(life))
    while life.next:
        life.wait(life.next)
        check(scene(life))
        key = life.walk.waiting[-1].key
        life.done(key)
        check(scene(life, viewer=BEN.id, practice=True))
    assert life.walk.outcome is not None


@pytest.mark.parametrize("situation", ["new", "reporting", "changing"])
def test_twenty_agents_with_long_names_stay_within_slacks_limits(situation: Any) -> None:
    life = firm_with_agents(20, "{n:02d}" + LONG, situation=situation)
    check(scene(life))
    for item in life.walk.items:
        if item.state == "open":
            life.wait(item.key, whom=LONG)
    check(scene(life))
    life.done("s3e")
    finish(life)
    for waiting in life.walk.waiting:
        life.done(waiting.key)
    finish(life)
    check(scene(life))


def test_the_status_groups_the_repeats_of_many_agents_by_their_state() -> None:
    life = firm_with_agents(9)
    life.done("s3e")
    life.done(f"s5[{life.agent('Agent 3')}]")
    said = words_of(content(steps.status(scene(life))))
    assert "*Test relationship with your agent* · `s5` (9 in all)" in said
    assert "↳ ✅ Done: Agent 3" in said
    assert "↳ ⬜ Open: Agent 0, Agent 1, Agent 2, Agent 4, Agent 5, Agent 6 and 2 more" in said


def test_many_changes_of_agent_stay_within_slacks_limits() -> None:
    life = firm_with_agents(1)
    finish(life)
    for n in range(15):
        active = next(a.id for a in life.position.agents if a.status == "active")
        life.take(start_change(life.position, ANA, active, f"Newcomer {n} {LONG}"[:80]))
    check(scene(life))
    finish(life)
    check(scene(life))


def test_names_that_would_format_or_call_people_show_as_typed() -> None:
    life = firm_with_agents(1, NASTY)
    life.wait("s6a[" + life.position.agents[0].id + "]", whom="<!here> <https://evil.example|click>")
    for message in screens(scene(life)):
        drawn = content(message)
        for block in drawn["blocks"]:
            assert not _calls(block), block
        assert "<!" not in message.text
        assert "<@" not in message.text
    check(scene(life))


def _calls(node: Any) -> bool:
    """Whether any mrkdwn in here would call people or carry a foreign link."""
    if isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            return any(bad in node["text"] for bad in ("<!", "<@", "<https://evil"))
        return any(_calls(v) for v in node.values())
    return any(_calls(v) for v in node) if isinstance(node, list) else False


def test_no_obligation_is_an_end_of_its_own_with_its_basis_and_the_day_to_look_again() -> None:
    life = Life()
    life.answer("fdid_duty", "no", basis="Only advisory business.", recheck_on=date(2027, 11, 23))
    said = words_of(content(rests.now_screen(scene(life))))
    assert "No obligation recorded" in said
    assert "Only advisory business." in said
    assert "November 23, 2027" in said
    assert "0 of" not in said
    assert "%" not in said
    check(scene(life))


def test_unsure_shows_the_helpdesk_a_draft_and_what_they_may_say() -> None:
    life = Life()
    life.answer("fdid_duty", "unsure")
    shown = content(rests.now_screen(scene(life)))
    said = words_of(shown)
    assert "888-696-3348" in said
    assert "we are Apex." in said
    assert {"They say yes", "They say no…", "Waiting on someone"} <= set(labels(shown))
    check(scene(life))


def test_the_self_reporting_firm_sees_step_five_as_not_applicable_with_the_reason() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2", "already_registered")
    life.answer("methods", "ui")
    said = words_of(content(steps.status(scene(life))))
    assert "Not applicable: Test relationship with your agent" in said
    assert "Typed into the portal" in said
    check(scene(life))


def test_the_mixed_firm_is_told_that_the_text_does_not_describe_it() -> None:
    life = firm_with_agents(1, "Agent", "upload")
    assert PACK.banners[0].say in words_of(content(rests.now_screen(scene(life))))


def test_a_link_says_which_portal_it_opens() -> None:
    life = firm_with_agents(1)
    life.done("s3e")
    life.done("s3")
    assert life.next.startswith("s5")
    said = words_of(content(rests.now_screen(scene(life))))
    assert "<https://srg.ct.catnms.com/cais|CAIS Reporter Portal> · *TEST* environment" in said
    assert "January 2022 edition" in said
    assert "2. In the blue bar on the left" in said


def test_a_firm_that_already_reports_is_offered_done_earlier_first() -> None:
    life = Life("reporting")
    life.answer("fdid_duty", "yes")
    shown = content(rests.now_screen(scene(life)))
    first = next(e for _, e in elements(shown) if e["action_id"].startswith("tasks."))
    assert (first["text"]["text"], first["style"]) == ("Already done earlier", "primary")
    assert PACK.wording.possible_gap in words_of(shown)


def test_a_skipped_test_relationship_is_a_caution_and_no_lock() -> None:
    life = firm_with_agents(1)
    for key in ("s3e", "s3"):
        life.done(key)
    agent = life.position.agents[0].id
    for key in (f"s6a[{agent}]", "s6r", "s6e", "s6b0", "s6b"):
        life.done(key)
    item = life.item(f"s6c[{agent}]")
    shown = content(tasks.card(scene(life), item))
    assert PACK.tasks["s6c"].warning in words_of(shown)
    assert "Done" in labels(shown)


def test_a_firm_without_the_duty_is_not_told_that_the_duty_has_applied() -> None:
    for answer in ("no", "unsure"):
        life = Life()
        life.answer("fdid_duty", answer)
        for message in screens(scene(life)):
            assert not any(m.past in words_of(content(message)) for m in PACK.milestones)


@pytest.mark.parametrize("target", [None, date(2027, 3, 1)])
def test_where_the_working_dates_are_said_to_be_below_they_are(target: date | None) -> None:
    said = words_of(content(steps.status(scene(Life(target=target)))))
    below = "Monday, March 1, 2027" if target else "No target date is set yet"
    assert said.index(PACK.milestones[-1].past) < said.index(below)


def test_the_page_of_a_step_quotes_in_the_order_of_the_source_and_nothing_twice() -> None:
    life = firm_with_agents(2, "Agent {n}", "ui")
    for step in PACK.steps:
        said = words_of(content(steps.step_page(scene(life), step))).partition("What the roadmap says")[2]
        places = [int(n) for n in re.findall(r", lines? (\d+)", said)]
        assert places == sorted(places)
        quotes = re.findall("^>“.*", said, re.MULTILINE)
        assert len(quotes) == len(set(quotes))


def test_step_six_quotes_the_day_by_which_to_request_certification_with_what_holds_now() -> None:
    said = words_of(content(steps.step_page(scene(firm_with_agents(1)), PACK.steps[-1])))
    asked = next(m for m in PACK.milestones if "July 25, 2022" in m.past)
    assert said.index(asked.quote.text.strip()) < said.index(asked.past.strip())


def test_the_choice_of_method_quotes_every_way_there_is() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    said = words_of(content(tasks.card(scene(life), life.item("s4"))))
    assert all(q.text.strip() in said for q in PACK.tasks["s4"].quotes)


def test_not_sure_is_no_done_task_anywhere() -> None:
    life = Life()
    life.answer("fdid_duty", "unsure")
    seen = scene(life)
    title = PACK.tasks["s1"].title
    said = words_of(content(steps.status(seen))) + words_of(content(tasks.card(seen, life.item("s1"))))
    assert f"Not sure yet: {title}" in said
    assert f"Done: {title}" not in said
    assert "has no answer yet" not in said.partition(title)[2].partition("Step 4")[0]


def test_what_does_not_apply_stands_with_its_own_part() -> None:
    said = words_of(content(steps.status(scene(firm_with_agents(1)))))
    self_report = PACK.tasks["s6i"].title
    assert said.index("6-I ·") < said.index(self_report) < said.index("6-II")


def test_a_finished_firm_is_offered_no_next_task() -> None:
    life = firm_with_agents(1)
    finish(life)
    seen = scene(life)
    for message in (steps.status(seen), steps.where(seen)):
        assert "Next task" not in labels(content(message))


def test_a_firm_that_changes_its_agent_can_name_it_on_its_card_until_it_has() -> None:
    life = Life("changing")
    assert "Name the agents that change" in labels(content(rests.now_screen(scene(life))))
    life = firm_with_agents(1, situation="changing")
    life.take(start_change(life.position, ANA, life.position.agents[0].id, "New One"))
    assert "Name the agents that change" not in labels(content(rests.now_screen(scene(life))))


def test_a_card_below_a_receipt_has_one_undo() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    life.done("s2", "submitted")
    seen = scene(life)
    shown = content(tasks.card(seen, life.item("s2"), tasks.recorded(seen, life.history[-1:])))
    assert labels(shown).count("Undo") == 1


@pytest.mark.parametrize("today", [TODAY, date(2022, 6, 1), date(2030, 1, 1)])
def test_no_screen_speaks_of_an_industry_date_as_missed(today: date) -> None:
    life = firm_with_agents(2)
    for message in screens(scene(life, today=today)):
        said = words_of(content(message)).replace(PACK.wording.new_firm, "")
        words = said.casefold().replace(".", " ").split()
        assert "overdue" not in words
        assert "late" not in words
        assert "days ago" not in said


def test_before_its_day_an_industry_date_is_shown_as_one_to_come() -> None:
    said = words_of(content(steps.status(scene(Life(), today=date(2022, 7, 25)))))
    assert "Industry date: Request production certification, Monday, July 25, 2022" in said
    assert "Industry date: Full CAIS compliance, Monday, December 12, 2022" in said
    assert PACK.milestones[-1].past not in said


def test_in_a_practice_run_an_industry_date_is_what_was_known_of_it_that_day() -> None:
    said = words_of(content(steps.status(scene(Life(), today=date(2022, 6, 1)))))
    assert "Full CAIS compliance, to be announced, not before Oct 1, 2022, not after Dec 31, 2022" in said
    assert "May 31, 2024 was" not in said


def test_a_backdated_entry_is_flagged_wherever_it_shows() -> None:
    life = Life("reporting")
    life.answer("fdid_duty", "yes")
    life.done("s2", "submitted", happened_on=date(2022, 3, 3), earlier=True)
    flagged = "happened on Mar 3, 2022, recorded Nov 23, 2026"
    seen = scene(life)
    assert flagged in words_of(content(tasks.card(seen, life.item("s2"))))
    assert flagged in words_of(content(steps.status(seen)))
    assert flagged in words_of(content(rests.now_screen(seen, tasks.recorded(seen, life.history[-1:]))))


def test_a_practice_run_is_marked_on_every_screen() -> None:
    for message in screens(scene(firm_with_agents(1), practice=True)):
        assert "Practice run: the clock is moved" in words_of(content(message))


def test_the_preview_names_what_appears_what_drops_out_and_what_comes_back() -> None:
    life = firm_with_agents(1)
    life.done("s3e")
    agent = life.position.agents[0].id
    life.done(f"s5[{agent}]")
    before = life.position
    life.answer("methods", "ui")
    drops = preview(PACK, before, life.position)
    carried = ConfirmAnswer(firm="f1", fact="methods", value=("ui",))
    said = words_of(modal_view(answers.preview(scene(life), "x", drops, carried), Origin()))
    assert "Drops out" in said
    assert "What is recorded for 1 of them stays in the history." in said
    back = preview(PACK, life.position, before)
    assert "Comes back, with what was recorded before" in words_of(
        modal_view(answers.preview(scene(life), "x", back, carried), Origin())
    )


@settings(max_examples=25)
@given(st.data())
def test_whatever_a_firm_has_clicked_every_screen_renders(data: st.DataObject) -> None:
    situation = data.draw(st.sampled_from(["new", "reporting", "changing"]))
    methods = data.draw(st.lists(st.sampled_from(["agent", "ui", "upload", "private_line"]), min_size=1, unique=True))
    life = Life(situation)
    life.answer("fdid_duty", data.draw(st.sampled_from(["yes", "yes", "yes", "unsure", "no"])))
    if life.position.value("fdid_duty") == ("yes",):
        count = data.draw(st.integers(1, 3))
        life.answer("methods", *methods, agents=[f"A{n}" for n in range(count)] if "agent" in methods else [])
    for _ in range(data.draw(st.integers(0, 14))):
        openable = [i for i in walk(PACK, life.position).items if i.state in ("open", "waiting")]
        openable = [i for i in openable if i.task.kind != "question"]
        if not openable:
            break
        item = data.draw(st.sampled_from(openable))
        if data.draw(st.booleans()):
            life.done(item.key, data.draw(st.sampled_from([o.id for o in item.task.outcomes] or [""])))
        else:
            life.wait(item.key)
    check(scene(life))
