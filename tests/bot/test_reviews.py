"""A second pair of eyes in Slack: asked for by a lead, told once, approved or sent back, whoever clicks first."""

import pytest

from bot.clock import real_time
from bot.delivery.rounds import LEASE
from bot.front.answering import content, modal_view
from bot.front.hearing import Origin
from bot.sandbox.limits import problems_in_message, problems_in_view
from bot.views import reviews as views
from flows.events import ReviewSet
from flows.firms import Person
from flows.services import Act, Services
from tests.bot.conversing import BEN, CONRAD, LEA, Slack, labels, words_of
from tests.bot.firm_making import a_firm, person
from tests.bot.test_summaries import rows
from tests.bot.views.test_walk import MOST_TEXT, NASTY, _all_text, scene
from tests.flows.life import Life

REQUEST = "Please look at this:"


async def asked_for(slack: Slack, services: Services, **roles: str) -> None:
    """Lea leads and asks for a review of everything; Ben has the first task of step 2 before him."""
    firm = await a_firm(services, "Apex Securities", LEA, **{"U0BEN": "member", **roles})  # type: ignore[arg-type]
    await services.answer(firm.key, Act(person(LEA), "button", "yes"), "fdid_duty", ["yes"])
    await slack.lea.types("/cais review")
    await slack.lea.presses("Ask for a review…")
    assert (await slack.lea.submits({"scope": "all"}))["ok"]
    assert "Asked for a second pair of eyes on every task" in words_of(slack.lea.last)
    await slack.ben.types("/cais next")


async def test_the_reviewer_is_told_once_and_approves_where_it_stands(slack: Slack, services: Services) -> None:
    await asked_for(slack, services)
    told = len(slack.lea.sees)
    await slack.ben.presses("Already registered")
    assert "Open the test portal" in words_of(slack.ben.last) or "test" in words_of(slack.ben.last)
    assert len(slack.lea.sees) == told + 1
    letter = slack.lea.last
    assert REQUEST in words_of(letter)
    assert "Already registered · by Ben Cole" in words_of(letter)
    assert {"Approve", "Send back…", "Open"} <= set(labels(letter))
    assert "✅ Done, to be reviewed" in words_of(await slack.ben.types("/cais status"))
    summary = await slack.ben.types("/cais summary")
    assert "1 task to be reviewed" in words_of(summary)
    assert [row[1] for row in rows(summary)[1:3]] == ["Done", "Done, to be reviewed"]
    await slack.lea.presses("Approve", on=letter)
    assert "*Recorded:* Approved" in words_of(slack.lea.last)
    assert len(slack.lea.sees) == told + 1, "in its place"
    assert "approved by Lea Haddad" in words_of(await slack.ben.types("/cais status"))
    assert slack.refused() == []


async def test_what_comes_soon_after_stands_in_the_same_message_until_something_is_said_of_it(
    slack: Slack, services: Services
) -> None:
    await asked_for(slack, services)
    told = len(slack.lea.sees)
    for label in ("Already registered", "Done"):
        await slack.ben.presses(label)
    (letter,) = slack.lea.sees[told:]
    assert words_of(letter).count(REQUEST) == 2
    assert (
        "please review “Register for CAIS”, “Your SAA has Administrator access to the test portal”." in letter["text"]
    )
    await slack.lea.presses("Open", on=letter)
    assert len(slack.lea.sees) == told + 2, "below the message, which stays"
    await slack.lea.presses("Approve", on=letter)
    await slack.ben.presses("SAA only")
    assert "*Recorded:* Approved" in words_of(slack.lea.sees[told])
    assert words_of(slack.lea.last).count(REQUEST) == 1
    assert slack.refused() == []


async def test_after_a_while_a_request_is_a_message_of_its_own_which_somebody_is_told_of(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked_for(slack, services)
    told = len(slack.lea.sees)
    await slack.ben.presses("Already registered")
    monkeypatch.setattr("bot.listeners.reviews.TOGETHER", -1.0)
    await slack.ben.presses("Done")
    assert [words_of(letter).count(REQUEST) for letter in slack.lea.sees[told:]] == [1, 1]


async def test_where_slack_leaves_a_message_as_it_is_the_request_comes_in_another(
    slack: Slack, services: Services
) -> None:
    await asked_for(slack, services)
    told = len(slack.lea.sees)
    await slack.ben.presses("Already registered")
    slack.sandbox.faults({"method": "chat.update", "kind": "refuse", "error": "edit_window_closed"})
    await slack.ben.presses("Done")
    assert [words_of(letter).count(REQUEST) for letter in slack.lea.sees[told:]] == [1, 2]


async def test_such_another_message_whose_receipt_is_lost_is_not_sent_twice(
    slack: Slack, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked_for(slack, services)
    told = len(slack.lea.sees)
    await slack.ben.presses("Already registered")
    slack.sandbox.faults(
        {"method": "chat.update", "kind": "refuse", "error": "edit_window_closed", "times": -1},
        {"method": "chat.postMessage", "kind": "lost_reply"},
    )
    await slack.ben.presses("Done")
    assert [words_of(letter).count(REQUEST) for letter in slack.lea.sees[told:]] == [1, 2]
    monkeypatch.setattr(slack.bot.delivery, "_now", lambda: real_time() + LEASE + 1)
    assert await slack.bot.delivery.settle_due() == 1
    assert [words_of(letter).count(REQUEST) for letter in slack.lea.sees[told:]] == [1, 2]


async def test_home_says_that_something_is_to_be_reviewed(slack: Slack, services: Services) -> None:
    await asked_for(slack, services)
    assert "to be reviewed" not in words_of(await slack.lea.opens_home())
    await slack.ben.presses("Already registered")
    home = await slack.lea.opens_home() or {}
    assert "1 task to be reviewed: `/cais review`" in words_of(home)
    assert "My task" in words_of(home)
    assert "To be reviewed by you: recorded by Ben Cole, " in words_of(home)
    assert "To be reviewed by you" not in words_of(await slack.ben.opens_home() or {})
    await slack.lea.presses("Approve", on=home)
    assert "*Recorded:* Approved" in words_of(slack.lea.home or {})
    assert "To be reviewed by you" not in words_of(await slack.lea.opens_home() or {})
    assert slack.refused() == []


async def test_the_settings_say_what_is_to_be_reviewed(slack: Slack, services: Services) -> None:
    await asked_for(slack, services)
    await slack.lea.types("/cais settings")
    assert "second pair of eyes: every task by any other member or lead" in words_of(slack.lea.modal or {})
    assert {"Reminders…", "Ask for a review…"} <= set(labels(slack.lea.modal or {}))
    await slack.ben.types("/cais settings")
    assert "second pair of eyes: every task" in words_of(slack.ben.modal or {})
    assert "Ask for a review…" not in labels(slack.ben.modal or {})


async def test_sent_back_it_is_open_with_the_reason_and_whoever_did_it_is_told_once(
    slack: Slack, services: Services
) -> None:
    await asked_for(slack, services)
    await slack.ben.presses("Already registered")
    letter = slack.lea.last
    await slack.lea.presses("Send back…", on=letter)
    told = len(slack.ben.sees)
    assert (await slack.lea.submits({"reason": "Where is the <form>?"}))["ok"]
    assert "*Recorded:* Sent back" in words_of(slack.lea.last)
    assert len(slack.ben.sees) == told + 1
    assert "Sent back to you:" in words_of(slack.ben.last)
    assert "Where is the &lt;form&gt;?" in words_of(slack.ben.last)
    await slack.ben.presses("Open")
    await slack.ben.presses("Already registered")
    newer = slack.lea.last
    assert REQUEST in words_of(newer)
    assert newer["ts"] != letter["ts"]


async def test_an_old_letter_of_what_was_done_anew_approves_nothing(slack: Slack, services: Services) -> None:
    await asked_for(slack, services)
    await slack.ben.presses("Already registered")
    old = slack.lea.last
    await slack.ben.presses("Undo")
    await slack.ben.presses("Form submitted")
    await slack.lea.presses("Approve", on=old)
    (shown,) = [m for m in slack.lea.sees if m["ts"] == old["ts"]]
    assert "nothing was recorded" in words_of(shown)
    assert "to be reviewed" in words_of(await slack.ben.types("/cais status"))


async def test_of_two_reviewers_the_second_sees_who_was_first(slack: Slack, services: Services) -> None:
    await asked_for(slack, services, U0CON="lead")
    await slack.ben.presses("Already registered")
    conrad = slack.person(CONRAD)
    assert REQUEST in words_of(conrad.last)
    theirs = conrad.last
    await slack.lea.presses("Approve", on=slack.lea.last)
    await conrad.presses("Approve", on=theirs)
    assert "*Already approved* by Lea Haddad" in words_of(conrad.last)


async def test_the_card_has_the_verdict_for_a_reviewer_and_not_for_the_doer(slack: Slack, services: Services) -> None:
    await asked_for(slack, services)
    await slack.ben.presses("Already registered")
    assert "Approve" not in labels(await slack.ben.types("/cais review"))
    for someone, may in ((slack.ben, False), (slack.lea, True)):
        await someone.types("/cais step 2")
        await someone.presses("Open: Register for CAIS")
        assert "To be reviewed by" in words_of(someone.last)
        assert ("Approve" in labels(someone.last)) == may


async def test_a_viewer_cannot_be_named(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member", U0CON="viewer")
    await slack.lea.types("/cais review")
    await slack.lea.presses("Ask for a review…")
    answer = await slack.lea.submits({"scope": "step 3", "person": CONRAD})
    assert "no member or lead" in answer["errors"]["person"]
    assert (await slack.lea.submits({"scope": "step 3", "person": BEN}))["ok"]
    assert "Step 3: Ben Cole" in words_of(slack.lea.last)
    await slack.lea.presses("Take off")
    assert "No second pair of eyes any more on step 3" in words_of(slack.lea.last)


async def test_of_a_named_reviewer_who_has_left_it_is_said_that_others_are_asked(
    slack: Slack, services: Services
) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await services.reviews.ask_for(firm.key, Act(person(LEA), "modal", "ask"), "all", person(BEN))
    assert "Ben Cole" in words_of(await slack.lea.types("/cais review"))
    await services.remove_member(firm.key, Act(person(LEA), "button", "off"), person(BEN).id)
    said = "another member or lead, since Ben Cole cannot any more"
    for typed in ("/cais review", "/cais settings"):
        assert said in words_of(await slack.lea.types(typed))


def test_the_longest_list_and_every_form_are_within_slacks_limits() -> None:
    life = Life().go("agent", agents=[f"{n} {NASTY} {'W' * 50}"[:80] for n in range(20)])
    life.take([ReviewSet("all"), *(ReviewSet(f"task {t}") for t in ("s2", "s3", "s3e", "s5", "s6a", "s6r", "s6e"))])
    life.until("s6r")
    seen = scene(life, viewer="nobody")
    found = views.page(seen, Person("nobody", "No", admin=True), "lead")
    assert "and 30 more" in words_of(content(found))
    assert not problems_in_message(content(found))
    assert _all_text(content(found)["blocks"]) <= MOST_TEXT
    (review, *_) = views.pending(seen.position, seen.walk.items)
    letter = content(views.requests(seen, [review, *_] * 4))
    assert not problems_in_message(letter)
    assert _all_text(letter["blocks"]) <= MOST_TEXT
    assert "more are to be reviewed" in words_of(letter)
    for modal in (views.rule_form(seen), views.send_back_form(seen, review.item, 1)):
        assert not problems_in_view(modal_view(modal, Origin(channel="C0123456789")))
