"""What the shipped pack quotes is in the source, word for word, and the policy's sentences are to the letter."""

import hashlib
import re

import pytest

from flows.pack_rules import misquoted, quotes
from flows.packs import load_pack
from flows.roadmap import Pack, Quote
from tests.flows.shipped import SOURCE, YAML

LINES = SOURCE.split("\n")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(YAML, SOURCE)


def words(text: str) -> list[str]:
    return text.split()


def test_the_source_is_the_roadmap_byte_for_byte(pack: Pack) -> None:
    digest = "cb1ffb195c57b2377f6bed5e86cd507f43b74bcdef7a071e8c0a750d732adccf"
    assert hashlib.sha256(SOURCE.encode()).hexdigest() == digest == pack.source_sha256


def test_every_quote_stands_at_its_lines_word_for_word_beginning_on_the_first_and_ending_on_the_last(
    pack: Pack,
) -> None:
    for path, quote in quotes(pack):
        first, last = quote.lines
        said, there = words(quote.text), words(" ".join(LINES[first - 1 : last]))
        starts = [i for i in range(len(there)) if there[i : i + len(said)] == said]
        opening, closing = len(words(LINES[first - 1])), len(there) - len(words(LINES[last - 1]))
        assert any(i < opening and i + len(said) > closing for i in starts), (path, quote)


def test_every_step_quotes_its_heading_with_the_number_it_has_in_the_source(pack: Pack) -> None:
    assert [s.id for s in pack.steps] == ["1", "2", "3", "4", "5", "6"]
    for step in pack.steps:
        assert step.quotes[0].text.startswith(f"Step {step.id}:")


def test_curly_quotes_are_kept_and_not_straightened() -> None:
    told = Quote(text="Small Firms, defined by CAT as “Small Industry Members”", lines=(6, 7))
    assert misquoted(told, LINES) == ""
    assert misquoted(Quote(text=told.text.replace("“", '"').replace("”", '"'), lines=(6, 7)), LINES)


def test_a_quote_with_lines_outside_the_source_or_more_lines_than_it_needs_is_refused() -> None:
    assert "no lines" in misquoted(Quote(text="CAIS", lines=(150, 999)), LINES)
    assert "no lines" in misquoted(Quote(text="CAIS", lines=(0, 1)), LINES)
    assert "fewer lines" in misquoted(Quote(text="Save Changes.", lines=(87, 90)), LINES)


def test_each_of_the_15_link_lines_and_8_addresses_of_the_source_is_in_the_pack_and_used(pack: Pack) -> None:
    printed = {(i, url) for i, line in enumerate(LINES, 1) for url in re.findall(r"https?://\S+", line)}
    assert printed == {(line, link.url) for link in pack.links.values() for line in link.lines}
    assert (len(printed), len(pack.links)) == (15, 8)
    used = {x for s in pack.steps for x in s.links} | {x for t in pack.tasks.values() for x in t.links}
    assert used == set(pack.links)


def test_both_portals_say_which_environment_they_are_and_dated_guides_stand_behind_their_landing_page(
    pack: Pack,
) -> None:
    assert {k: x.environment for k, x in pack.links.items() if x.environment} == {
        "portal_test": "test",
        "portal_prod": "production",
    }
    dated = {k for k, x in pack.links.items() if x.note == "January 2022 edition"}
    assert dated == {"portal_guide_pdf", "onboarding_pdf"}
    for shown in [*(s.links for s in pack.steps), *(t.links for t in pack.tasks.values())]:
        for guide in dated.intersection(shown):
            assert shown.index("cais_pages") < shown.index(guide)


def test_no_task_for_one_portal_shows_the_other(pack: Pack) -> None:
    assert "portal_prod" not in {x for t in pack.tasks.values() if t.step != "6" for x in t.links}
    assert "portal_test" not in {x for t in pack.tasks.values() if t.step == "6" for x in t.links}


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            "full_compliance",
            "May 31, 2024 was the industry date for full CAIS compliance. It has passed and the duty has applied since"
            " then. It is shown for reference; your firm's working dates are below.",
        ),
        (
            "certification_request",
            "The roadmap asked firms to request production certification by July 25, 2022. That date no longer helps a"
            " firm starting now. Certification is still how production access is granted according to the roadmap;"
            " confirm today's procedure with the Helpdesk.",
        ),
        (
            "new_firm",
            "You are starting after the industry dates. Nothing here is marked late. Set a target date for each step,"
            " ideally before your first order with an FDID.",
        ),
        (
            "possible_gap",
            "If your firm already sends orders and this step was never done, treat it as a compliance question now:"
            " tell your CCO, consider counsel, and contact the Helpdesk.",
        ),
        (
            "since",
            "The roadmap describes CAIS as of its edition. The SEC narrowed what must be reported in 2025 and approved"
            " a further amendment in January 2026; current CAT FAQs call the system the Reference Database. Check the"
            " current specification before relying on names, forms or fields.",
        ),
        ("footer", "Not legal advice. Not affiliated with FINRA, FINRA CAT or CAT LLC."),
    ],
)
def test_the_policy_is_worded_to_the_letter(pack: Pack, where: str, sentence: str) -> None:
    said = {m.id: m.past for m in pack.milestones} | {
        w: getattr(pack.wording, w) for w in pack.wording.__struct_fields__
    }
    assert said[where] == sentence


def test_the_end_says_that_preparation_is_not_compliance(pack: Pack) -> None:
    assert pack.outcomes["prepared"].say.startswith(
        "All roadmap steps are recorded. The roadmap covers preparation only;"
        " reporting and supervision duties continue."
    )
    assert "not the same as compliant" in pack.outcomes["prepared"].say


def test_the_firm_that_does_both_is_told_that_the_roadmap_does_not_describe_it(pack: Pack) -> None:
    assert pack.banners[0].say == (
        "The roadmap treats self-reporting and agent firms separately and does not describe a firm that does both."
        " Confirm with the Helpdesk whether a single certification covers both."
    )


def test_what_the_source_leaves_to_other_guides_is_named_as_a_gap(pack: Pack) -> None:
    gaps = {(t.id, t.gap.section) for t in pack.tasks.values() if t.gap}
    assert gaps == {("s3", "3.2"), ("s5", "7"), ("s6i", "6.1"), ("s6r", "6"), ("s6b", "3.2"), ("s6c", "7")}
