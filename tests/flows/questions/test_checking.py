"""The check names line and id of what is broken on purpose.

That it finds nothing wrong in what is shipped is seen where `cais pack check` is tried: it asks every phrasing.
"""

import pytest

from flows.pack_text import Problem
from flows.packs import PackError
from flows.questions.checking import check_examples, check_questions
from flows.questions.knowledge import load_knowledge
from tests.flows.questions.shipped import ENGLISH, EXAMPLES, PACK, QUESTIONS, shorter
from tests.flows.shipped import SOURCE


@pytest.mark.parametrize(
    ("old", "new", "about", "says"),
    [
        ("Save Changes.", "Save changes.", "S5.4", "not what lines 90 to 90"),
        ("lines: [98, 98]", "lines: [99, 99]", "S6.1", "not what lines 99 to 99"),
        ("cite: [S1.4]", "cite: [S1.9]", "fdid_confirm", "no statement `S1.9`"),
        ("links: [portal_prod]", "links: [portal]", "S6.B1", "no link `portal`"),
        ("dates: [full_compliance]", "dates: [full]", "compliance_date", "no milestone `full`"),
        ("also: certification_deadline_other", "also: other", "compliance_date", "no subject `other`"),
        ("unless: [compliance]", "unless: [complying]", "compliance_date", "no head `complying`"),
        ("near: FN1", "near: FN2", "fields", "no statement `FN2`"),
        ("firm: next", "firm: later", "what_next", "no step `later`"),
        ("say: The roadmap lists no data fields.", "say: You are overdue.", "fields", "we do not say “overdue”"),
    ],
)
def test_a_broken_line_is_named(old: str, new: str, about: str, says: str) -> None:
    begins = QUESTIONS.index(old)
    problems = check_questions(QUESTIONS[:begins] + new + QUESTIONS[begins + len(old) :], ENGLISH, PACK, SOURCE)
    assert_named(problems, QUESTIONS[:begins], about, says)


def test_a_phrasing_that_is_not_understood_is_named_and_so_is_one_that_should_not_be() -> None:
    """Both at once, and few phrasings of each subject, since such a check asks every one."""
    few = shorter(QUESTIONS)
    asked, told = few.index("      who do i call\n"), few.index("      tell me a joke\n")
    broken = few.replace("      who do i call\n", "      thank you very much\n", 1)
    broken = broken.replace("      tell me a joke\n", "      helpdesk phone number\n", 1)
    problems = check_questions(broken, ENGLISH, PACK, SOURCE)
    assert_named(problems, few[:asked], "helpdesk", "“thank you very much” is not answered")
    assert_named(problems, few[:told], "chat", "“helpdesk phone number” is answered by `helpdesk`")


def assert_named(problems: list[Problem], above: str, about: str, says: str) -> None:
    """One of them says this of this id, at the line below what is above."""
    named = [p for p in problems if p.id == about and says in p.sentence]
    assert named, problems[:5]
    assert abs(named[0].line - above.count("\n") - 1) <= 1


def test_the_questions_of_another_pack_are_refused() -> None:
    problems = check_questions(QUESTIONS.replace("pack: cais-small-firm", "pack: other"), ENGLISH, PACK, SOURCE)
    assert any("not of `cais-small-firm`" in p.sentence for p in problems)


def test_a_file_of_another_schema_is_refused_with_its_line() -> None:
    with pytest.raises(PackError, match="line 4, schema: this version reads"):
        load_knowledge(QUESTIONS.replace("roadmap-questions/1", "roadmap-questions/9"))


@pytest.mark.parametrize(
    ("old", "new", "about", "says"),
    [
        ("  save: |\n", "  keep: |\n", "keep", "there is no subject `keep`"),
        ("  fees: |\n", "  prices: |\n", "prices", "there is no theme `prices`"),
        ("    who can I talk to\n", "    how are you today\n", "chat", "stands under `helpdesk` too"),
    ],
)
def test_an_example_under_an_unknown_name_or_under_two_is_named(old: str, new: str, about: str, says: str) -> None:
    assert old in EXAMPLES
    problems = check_examples(EXAMPLES.replace(old, new), load_knowledge(QUESTIONS))
    assert [p for p in problems if p.id == about and says in p.sentence], problems


def test_the_examples_of_another_pack_are_refused() -> None:
    problems = check_examples(EXAMPLES.replace("pack: cais-small-firm", "pack: other"), load_knowledge(QUESTIONS))
    assert any("not of `cais-small-firm`" in p.sentence for p in problems)
