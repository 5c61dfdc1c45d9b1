"""What the roadmap does not say goes to the lead, whose reply goes to the asker and is the firm's own from then on."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.bootstrap import build_router, build_services
from flows.events import RoleName
from flows.firms import Refusal
from flows.position import FirmAnswer, Position
from flows.roadmap import Pack
from flows.services import Act, Services
from storage.database import open_database
from tests.bot.conftest import NOW, bot_in_slack, engine
from tests.bot.conversing import BEN, COMPLIANCE, CONRAD, LEA, Slack, elements, labels, words_of
from tests.bot.firm_making import a_firm, person

ASKED = "who signs the registration form at our firm?"
AGAIN = "Which person signs the registration form in our firm?"
ANSWER = "Lea signs it.\nBen keeps the copy."
LEAS = "*Your firm's answer, by Lea Haddad on Nov 23, 2026:*\n>Lea signs it.\n>Ben keeps the copy."


async def ask_and_reply(slack: Slack, question: str = ASKED, text: str = ANSWER, **fields: str) -> None:
    """Ben asks, and Lea replies from the queue."""
    await slack.ben.types(question)
    await slack.lea.types("/cais questions")
    await slack.lea.presses("Reply…")
    assert (await slack.lea.submits({"text": text, **fields}))["ok"]


async def answers_of(services: Services, firm: Position) -> list[FirmAnswer]:
    return list((await services.position(firm.key, person(LEA))).firm_answers.values())


# --- the way of a question ------------------------------------------------------------------------------------


async def test_ask_my_lead_tells_the_lead_and_the_reply_comes_back_in_the_thread(
    slack: Slack, services: Services
) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    asked = await slack.ben.types(ASKED)
    await slack.ben.presses("Ask my lead, Lea Haddad")
    assert "Lea Haddad is being told now" in words_of(slack.ben.last)
    assert f"*Ben Cole asks you something the roadmap does not say.*\n>{ASKED}" in words_of(slack.lea.last)
    assert "Apex Securities" in words_of(slack.lea.last)

    await slack.lea.presses("Reply…")
    assert ASKED in words_of(slack.lea.modal or {})
    await slack.lea.submits({"text": ANSWER})
    assert "*Recorded:* Answered the question" in words_of(slack.lea.last)
    assert "It is on its way to Ben Cole." in words_of(slack.lea.last)
    got = slack.ben.last
    assert got["thread_ts"] == asked["thread_ts"]
    assert "*Lea Haddad answered on Nov 23, 2026:*\n>Lea signs it.\n>Ben keeps the copy." in words_of(got)
    assert "No question waits for an answer." in words_of(await slack.lea.types("/cais questions"))
    assert [(a.text, a.check_on) for a in await answers_of(services, firm)] == [(ANSWER, date(2027, 5, 22))]
    assert slack.refused() == []


async def test_the_firms_own_answer_to_a_question_about_a_task_is_given(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    asked = "Where is our signed form for s2 kept?"
    await ask_and_reply(slack, asked, "In the vault.")
    assert ">In the vault." in words_of(await slack.ben.types(asked))


async def test_pressing_twice_tells_the_lead_once(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await slack.ben.types(ASKED)
    shown = slack.ben.last
    await slack.ben.presses("Ask my lead, Lea Haddad", on=shown)
    told = len(slack.lea.sees)
    await slack.ben.presses("Ask my lead, Lea Haddad", on=shown)
    assert "was told before" in words_of(slack.ben.last)
    assert len(slack.lea.sees) == told


async def test_without_pressing_it_waits_in_the_queue_all_the_same(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member", U0CON="viewer")
    assert "It waits for Lea Haddad under `/cais questions`" in words_of(await slack.ben.types(ASKED))
    conrad = slack.person(CONRAD)
    await conrad.types("is there a fine for late reporting?")
    await conrad.presses("Ask my lead, Lea Haddad")
    said = words_of(await slack.lea.types("questions"))
    assert "2 questions wait for an answer." in said
    assert said.index("is there a fine") < said.index(ASKED), "who asked for a lead comes first"
    assert "a lead was asked for" in said
    assert "asked by Ben Cole on Nov 23, 2026" in said


async def test_what_was_asked_in_a_channel_is_answered_in_the_dm_and_whispered_in_the_thread(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    ben = slack.ben.at(COMPLIANCE)
    await ben.types("How is this?")
    thread = ben.last["ts"]
    bot = await slack.bot.installed.bot_user("")
    await ben.types(f"<@{bot}> {ASKED}", thread=thread)
    await slack.lea.types("questions")
    await slack.lea.presses("Reply…")
    await slack.lea.submits({"text": ANSWER})
    assert "Lea Haddad answered" in words_of(slack.ben.last), "in the DM, where it stays"
    assert (ben.last["ephemeral_to"], ben.last["thread_ts"]) == (BEN, thread)
    assert "Lea Haddad answered" in words_of(ben.last)
    others = slack.person(CONRAD).at(COMPLIANCE)
    assert "Lea signs it" not in "".join(map(words_of, others.sees)), "the firm's matter is for the firm"
    assert slack.refused() == []


async def test_a_lead_closes_a_question_without_an_answer(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await slack.ben.types(ASKED)
    before = len(slack.ben.sees)
    await slack.lea.types("questions")
    await slack.lea.presses("Close without an answer")
    assert "No question waits" in words_of(slack.lea.last)
    assert await answers_of(services, firm) == []
    assert len(slack.ben.sees) == before


async def test_many_questions_come_page_by_page(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    for n in range(7):
        await slack.ben.types(f"ask who signs form number {n} at our firm?")
    assert words_of(await slack.lea.types("questions")).count("who signs form") == 5
    await slack.lea.presses("More")
    assert words_of(slack.lea.last).count("who signs form") == 2
    await slack.lea.presses("Earlier")
    assert words_of(slack.lea.last).count("who signs form") == 5


# --- who may what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_only_leads_reply_and_see_what_others_asked(slack: Slack, services: Services, role: RoleName) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN=role, U0CON="member")
    await slack.person(CONRAD).types(ASKED)
    said = await slack.ben.types("questions")
    assert "No question waits" in words_of(said)
    assert ASKED not in words_of(said)
    (waiting,) = (await services.queue.waiting(Act(person(LEA), "command"), firm)).waiting
    act = Act(person(BEN), "modal", "forged")
    with pytest.raises(Refusal, match="Only a lead of Apex Securities can do that"):
        await services.queue.reply(act, firm, waiting.id, text="Mine.", check_on=date(2027, 5, 1))
    with pytest.raises(Refusal, match="Only a lead"):
        await services.queue.close(act, firm, waiting.id)
    with pytest.raises(Refusal, match="not here any more"):
        await services.queue.ask_lead(act, firm, waiting.id)


# --- the firm's own answer ------------------------------------------------------------------------------------


async def test_the_firms_answer_is_found_for_the_same_question_with_name_and_day(
    slack: Slack, services: Services
) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member", U0CON="viewer")
    await ask_and_reply(slack)
    said = words_of(await slack.person(CONRAD).types(AGAIN))
    assert LEAS in said
    assert "The roadmap does not say." in said
    assert "To be checked again" not in said
    assert words_of(await slack.lea.types("questions")).count("❓") == 0, "it waits for nobody"


async def test_it_never_stands_in_for_what_the_roadmap_says(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await ask_and_reply(slack)
    said = words_of(await slack.ben.types("do we have to submit a registration form?"))
    assert "Lea signs it" not in said
    assert "Each Industry Member submitting" in said


async def test_it_is_no_answer_to_another_question(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await ask_and_reply(slack)
    for other in ("when was the registration form signed at our firm?", "what is the fine for late reporting?"):
        assert "Lea signs it" not in words_of(await slack.ben.types(other)), other


async def test_another_firm_never_sees_it(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await a_firm(services, "Birch Brokers", CONRAD)
    await ask_and_reply(slack)
    conrad = slack.person(CONRAD)
    for text in (AGAIN, "questions", "history"):
        said = words_of(await conrad.types(text))
        assert "Lea" not in said
        assert "Apex" not in said
    assert "1 question waits" in words_of(await conrad.types("questions")), "his own is another matter"


async def test_an_answer_is_changed_confirmed_and_withdrawn(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await ask_and_reply(slack)
    await slack.lea.types("questions")
    await slack.lea.presses("The firm's answers (1)")
    await slack.lea.presses("Change…")
    typed = [e["initial_value"] for _, e in elements(slack.lea.modal or {}) if e["type"] == "plain_text_input"]
    assert typed == [ANSWER]
    await slack.lea.submits({"text": "Ben signs it.", "check": "2027-01-04"})
    assert "Ben signs it." in words_of(slack.ben.last), "whoever asked is told of the change"
    assert [(a.text, a.check_on) for a in await answers_of(services, firm)] == [("Ben signs it.", date(2027, 1, 4))]

    await slack.lea.presses("The firm's answers (1)")
    await slack.lea.presses("Still right")
    assert "still holds, to be looked at again on May 22, 2027" in words_of(slack.lea.last)
    await slack.lea.presses("The firm's answers (1)")
    await slack.lea.presses("Withdraw")
    await slack.lea.submits({"reason": "Lea signs it now"})
    assert "Withdrew the firm's answer" in words_of(slack.lea.last)
    assert "Reason: Lea signs it now" in words_of(slack.lea.last)
    assert "Ben signs it" not in words_of(await slack.ben.types(AGAIN))
    await slack.lea.types("undo")
    assert "Ben signs it" in words_of(await slack.ben.types(AGAIN))
    given = next(r for r in await services.history(firm.key, person(LEA)) if r.type == "firm_answer_given")
    assert "It was sent to whoever asked" in words_of(await slack.lea.types(f"undo {given.sequence}"))
    said = words_of(await slack.lea.types("history"))
    assert f"Answered the question “{ASKED}” for the firm" in said
    assert slack.refused() == []


async def test_a_reply_with_personal_data_is_refused_and_stays_typed(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await slack.ben.types(ASKED)
    await slack.lea.types("questions")
    await slack.lea.presses("Reply…")
    await slack.lea.submits({"text": "Ben, SSN 123-45-6789"})
    assert "Social Security number" in words_of(slack.lea.modal or {})
    assert await answers_of(services, firm) == []
    assert await slack.lea.submits({"text": "Case 123-45-6789", "ticket": ["yes"]}) == {"ok": True}
    assert len(await answers_of(services, firm)) == 1


@pytest.mark.parametrize("day", ["2026-11-23", "2026-01-01"])
async def test_the_day_to_check_again_must_come(slack: Slack, services: Services, day: str) -> None:
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await slack.ben.types(ASKED)
    await slack.lea.types("questions")
    await slack.lea.presses("Reply…")
    assert "must be in the future" in str(await slack.lea.submits({"text": ANSWER, "check": day}))


# --- half a year later ----------------------------------------------------------------------------------------


@pytest.fixture
async def later(slack: Slack, services: Services, tmp_path: Path, pack: Pack) -> AsyncIterator[Slack]:
    """The same database on June 1, 2027, with an answer of November 2026 in it."""
    await a_firm(services, "Apex Securities", LEA, U0BEN="member")
    await ask_and_reply(slack)
    clock = datetime(2027, 6, 1, 14, 0, tzinfo=UTC)
    assert clock > NOW
    async with await open_database(f"sqlite+aiosqlite:///{tmp_path}/cais.db") as database:
        services = build_services(database, pack, lambda: clock, engine=engine)
        async with bot_in_slack("http", services, build_router()) as workspace:
            yield workspace


async def test_half_a_year_later_it_asks_to_be_checked_and_says_so(later: Slack) -> None:
    said = words_of(await later.ben.types(AGAIN))
    assert LEAS in said
    assert "*To be checked again* since May 22, 2027" in said
    assert "*To be checked again:* 1" in words_of(await later.lea.types("questions"))
    await later.lea.presses("Still right")
    assert "to be looked at again on Nov 28, 2027" in words_of(later.lea.last)
    said = words_of(await later.ben.types(AGAIN))
    assert "by Lea Haddad on Jun 1, 2027" in said
    assert "To be checked again" not in said


async def test_two_leads_who_answer_at_once_leave_one_answer(slack: Slack, services: Services) -> None:
    firm = await a_firm(services, "Apex Securities", LEA, U0BEN="member", U0CON="lead")
    await slack.ben.types(ASKED)
    conrad = slack.person(CONRAD)
    for lead in (slack.lea, conrad):
        await lead.types("questions")
        await lead.presses("Reply…")
    await slack.lea.submits({"text": ANSWER})
    await conrad.submits({"text": "Conrad signs it."})
    found = await answers_of(services, firm)
    assert [(a.text, a.by_name) for a in found] == [("Conrad signs it.", "Conrad Mills")]
    assert "Conrad signs it." in words_of(slack.ben.last)
    assert labels(slack.lea.last)
