"""Update notes: a workspace admin says what has changed since the edition, and it stands beside what it touches."""

from datetime import date

import pytest

from flows.firms import Refusal
from flows.services import Act, Services
from tests.bot.conversing import ANA, BEN, Slack, labels, words_of
from tests.bot.firm_making import TENANT, a_firm, person

TEXT = "The form moved to the *new* portal."
SHOWN = (
    "*Update note as of Nov 1, 2026:* The form moved to the ∗new∗ portal.\n"
    "*Source:* CAT Alert 2026-9, added by Ana Ruiz."
)
REGISTER = "do we have to submit a registration form?"
PORTAL = "where is the link to the test portal?"


async def open_form(slack: Slack) -> None:
    await slack.ana.types("/cais help")  # Slack is asked who she is when she is first heard
    await slack.ana.types("/cais notes")
    await slack.ana.presses("Add a note…")


async def add(slack: Slack, **fields: str) -> None:
    await open_form(slack)
    given = {"text": TEXT, "source": "CAT Alert 2026-9", "as_of": "2026-11-01", **fields}
    assert await slack.ana.submits(given) == {"ok": True}


async def test_an_admins_note_stands_beside_the_passages_it_touches_only(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await add(slack, step="2")
    assert "*Step 2*" in words_of(slack.ana.last)
    assert SHOWN in words_of(await slack.ben.types(REGISTER))
    assert "Update note" not in words_of(await slack.ben.types(PORTAL))
    assert SHOWN in words_of(await slack.ben.types("step 2"))
    assert "Update note" not in words_of(await slack.ben.types("step 5"))
    assert slack.refused() == []


async def test_a_typed_undo_after_a_note_for_all_says_where_that_is_removed(slack: Slack, services: Services) -> None:
    await a_firm(services, "Ana Securities", ANA)
    await add(slack)
    assert "update note for the whole workspace. `/cais notes` removes it." in words_of(await slack.ana.types("undo"))


async def test_a_note_may_be_about_some_lines_or_about_all_of_it(slack: Slack, services: Services) -> None:
    await a_firm(services, "Apex Securities", BEN)
    await add(slack, lines="27-28")
    assert "*Lines 27-28*" in words_of(slack.ana.last)
    assert SHOWN in words_of(await slack.ben.types(REGISTER))
    assert SHOWN in words_of(await slack.ben.types("step 2"))
    assert "Update note" not in words_of(await slack.ben.types(PORTAL))
    await add(slack, text="All of it is under review.")
    assert "All of it is under review." in words_of(await slack.ben.types(PORTAL))


async def test_a_note_is_removed_and_shown_no_more(slack: Slack) -> None:
    await add(slack, step="2")
    await slack.ana.presses("Remove")
    assert "Removed." in words_of(slack.ana.last)
    assert "There are none yet" in words_of(slack.ana.last)
    assert "Update note" not in words_of(await slack.ben.types(REGISTER))


async def test_others_read_notes_and_change_none(slack: Slack, services: Services) -> None:
    await add(slack, step="2")
    said = await slack.ben.types("/cais notes")
    assert SHOWN in words_of(said)
    assert labels(said) == []
    act = Act(person(BEN), "button", "forged")
    (note,) = await services.notes.standing(TENANT)
    with pytest.raises(Refusal, match="Only a workspace admin"):
        await services.notes.remove(TENANT, act, note.id)
    with pytest.raises(Refusal, match="Only a workspace admin"):
        await services.notes.add(TENANT, act, text="x", source="y", as_of=date(2026, 1, 1))


async def test_an_old_note_says_that_it_is_to_be_checked(slack: Slack) -> None:
    await add(slack, as_of="2026-05-01")
    assert "It is over 180 days old: check it with its source." in words_of(await slack.ben.types(REGISTER))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"as_of": "2026-12-24"}, "cannot be in the future"),
        ({"lines": "somewhere"}, "Name lines like 29"),
        ({"lines": "30-29"}, "the first one first"),
        ({"text": "SSN 123-45-6789"}, "Social Security"),
    ],
)
async def test_what_is_no_note_is_refused_in_a_sentence(slack: Slack, fields: dict[str, str], said: str) -> None:
    await open_form(slack)
    given = {"text": TEXT, "source": "CAT Alert 2026-9", "as_of": "2026-11-01", **fields}
    assert said in str((await slack.ana.submits(given))["errors"])


async def test_the_standing_note_is_beside_what_names_forms_and_fields(slack: Slack) -> None:
    since = "The SEC narrowed what must be reported in 2025"
    assert since in words_of(await slack.ben.types(REGISTER))
    assert since not in words_of(await slack.ben.types(PORTAL))
