"""Loading a pack: text in, records out, or every problem with line and id."""

import pytest

from flows.pack_text import Problem
from flows.packs import PackError, load_pack, source_file
from tests.flows.shipped import SOURCE, YAML


def problems(yaml_text: str, source_text: str = SOURCE) -> list[tuple[int, str, str]]:
    with pytest.raises(PackError) as caught:
        load_pack(yaml_text, source_text)
    return [(p.line, p.id, p.sentence) for p in caught.value.problems]


def line_of(marker: str, text: str = YAML) -> int:
    return text[: text.index(marker)].count("\n") + 1


def test_the_tasks_stand_in_the_order_of_the_walk() -> None:
    order = "s1 s1h x1 s2 x2 s3e s3 s4 x3 s5 s6i s6a s6n s6r s6e s6b0 s6b s6c x4 s6x x5 x6"
    assert list(load_pack(YAML, SOURCE).tasks) == order.split()


def test_every_part_knows_its_tasks() -> None:
    pack = load_pack(YAML, SOURCE)
    assert {p.id: p.tasks for p in pack.steps[5].parts} == {
        "6-I": ("s6i",),
        "6-II-A": ("s6a", "s6n", "s6r"),
        "6-II-B": ("s6e", "s6b0", "s6b"),
        "6-II-C": ("s6c", "x4", "s6x", "x5", "x6"),
    }
    assert [t for s in pack.steps for p in s.parts for t in p.tasks if pack.tasks[t].step != s.id] == []


def test_yes_no_dates_and_numbers_stay_text_even_without_quotation_marks() -> None:
    bare = YAML.replace('"yes"', "yes").replace('"no"', "no").replace('"2024-05-31"', "2024-05-31")
    assert bare != YAML
    assert load_pack(bare, SOURCE) == load_pack(YAML, SOURCE)


def test_windows_line_ends_in_the_pack_change_nothing() -> None:
    assert load_pack(YAML.replace("\n", "\r\n"), SOURCE) == load_pack(YAML, SOURCE)


def test_a_source_that_was_touched_is_refused_with_its_digest() -> None:
    found = problems(YAML, SOURCE.replace("Step 2:", "Step 2 :"))
    assert (line_of("  sha256:"), "source") in [(line, about) for line, about, _ in found]
    assert any("SHA-256 is" in sentence for _, _, sentence in found)


def test_every_problem_is_told_at_once() -> None:
    twice = YAML.replace("needs: [s2]", "needs: [s99]").replace("owner: user", "owner: agent", 1)
    assert [(line, about) for line, about, _ in problems(twice)] == [
        (line_of("needs: [s99]", twice), "s3e"),
        (line_of("owner: agent", twice), "s5"),
    ]


def test_a_problem_reads_as_a_sentence_with_line_and_id() -> None:
    broken = YAML.replace("needs: [s2]", "needs: [s99]")
    with pytest.raises(PackError) as caught:
        load_pack(broken, SOURCE)
    assert str(caught.value) == f"line {line_of('needs: [s99]', broken)}, s3e: there is no task `s99`"


@pytest.mark.parametrize(
    "text", ["", "# only a comment\n", "just words", "- a list", "schema: roadmap-pack/2\n", "a: &a [*a]\n"]
)
def test_a_text_that_is_no_pack_is_refused_in_words(text: str) -> None:
    assert problems(text)


def test_a_pack_names_the_file_that_it_quotes() -> None:
    assert source_file(YAML) == "small-firm-roadmap.txt"
    assert source_file("source: {file: 'mine.txt', sha256: x}\n") == "mine.txt"
    with pytest.raises(PackError, match="source"):
        source_file("pack: {file: not-this.txt}\n")
    with pytest.raises(PackError, match="source"):
        source_file("source: {sha256: x}\nother: {file: not-this.txt}\n")


def test_a_pack_cannot_reach_for_a_file_in_another_folder() -> None:
    assert "/" not in source_file("source: {file: ../../etc/passwd}\n")


def test_a_missing_letter_at_any_place_brings_problems_or_a_pack_and_never_another_error() -> None:
    places = [i for i in range(len(YAML)) if YAML[i] in "{}[]:,-&*>|"]
    told: list[Problem] = []
    for i in places[::11]:
        try:
            load_pack(YAML[:i] + YAML[i + 1 :], SOURCE)
        except PackError as error:
            told += error.problems
    assert len(told) > len(places[::11]) / 4
    assert all(p.line >= 1 and p.id and p.sentence for p in told)
