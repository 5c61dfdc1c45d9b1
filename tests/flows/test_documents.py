"""Words, passages and answers from a firm's own documents: most of a question in one passage, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.documents import library
from flows.documents.cutting import Block, Cutter, cut
from flows.documents.finding import ENOUGH, find
from flows.documents.words import MOST, asked, stem, stems
from flows.firms import Refusal
from flows.history import sentence
from flows.ports import Document, Hits, Passage
from tests.flows.life import ANA, BEN, EVE, PACK, VIC, Life

GIFTS = "No employee may accept a gift worth more than one hundred dollars from any customer."
MAIL = "Electronic mail of employees is retained for three years and reviewed by the supervising principal."


def hits(*passages: Passage, total: int = 0, words: tuple[str, ...] = ()) -> Hits:
    counts = {word: n for word in words if (n := sum(word in set(stems(f"{p.heading} {p.text}")) for p in passages))}
    return Hits(passages, counts, total or len(passages))


def passage(text: str, heading: str = "", of: str = "d1", page: int | None = 1) -> Passage:
    return Passage(of, page, heading, text)


def answers(question: str, *passages: Passage, name: str = "manual.pdf") -> list[str]:
    words = asked(question)
    return [f.text for f in find(words, hits(*passages, total=100, words=words), {"d1": name})]


@pytest.mark.parametrize(
    "family",
    [
        "supervise supervises supervised supervising supervision supervisor supervisors supervisory",
        "gift gifts",
        "policy policies",
        "report reports reported reporting",
        "approve approved approval approvals",
        "regulation regulations regulatory",
        "submit submits submitted submitting",
        "certify certified certifies",
    ],
)
def test_forms_of_a_word_meet(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


@pytest.mark.parametrize("pair", ["business busy", "status state", "process profess", "fee feed", "cat cats"])
def test_other_words_stay_apart(pair: str) -> None:
    one, other = pair.split()
    assert (stem(one) == stem(other)) == (pair == "cat cats")


def test_only_the_words_that_say_what_a_question_is_about_count() -> None:
    assert asked("Hi there, what does our document say about gifts? Thanks!") == ("gift",)
    assert asked("What is it that we must do then?") == ()
    assert len(asked(" ".join(f"subject{n}" for n in range(100)))) == MOST


@given(st.text())
def test_any_text_has_words_that_a_search_can_take(text: str) -> None:
    for word in (*asked(text), *stems(text)):
        assert word
        assert len(word) <= 40
        assert all(c.isalnum() for c in word)


def test_a_passage_with_most_of_the_question_answers_word_for_word() -> None:
    found = find(asked("may employees accept gifts?"), hits(passage(GIFTS, "Gifts", page=7)), {"d1": "manual.pdf"})
    assert [(f.text, f.name, f.heading, f.page) for f in found] == [(GIFTS, "manual.pdf", "Gifts", 7)]
    assert ENOUGH <= found[0].confidence <= 1


def test_what_no_passage_covers_is_not_answered() -> None:
    for question in ("accept crypto custody", "gifts at weddings in Paris", "employees", "", "what is this?"):
        assert answers(question, passage(GIFTS, "3.1"), passage(MAIL, "3.2")) == []


def test_words_scattered_over_passages_are_no_answer() -> None:
    assert answers("gifts retained years", passage(GIFTS), passage(MAIL)) == []


def test_the_name_of_a_document_and_the_heading_count_as_said() -> None:
    body = passage("It is one hundred dollars a year.", "Gifts")
    assert answers("gifts dollars in the supervisory manual", body, name="Supervisory manual.pdf") == [body.text]
    assert answers("supervisory manual", body, name="Supervisory manual.pdf") == []


def test_one_word_finds_the_section_that_is_called_so() -> None:
    assert answers("gifts?", passage(GIFTS, "3.1 Gifts"), passage(f"{GIFTS} Again.", "Other")) == [GIFTS]


def test_words_close_together_come_first() -> None:
    far = passage("Gift. " + "Filler word here. " * 20 + "Customer.")
    near = passage("Filler word here. " * 20 + "A gift to a customer.")
    assert answers("gift customer", far, near)[0] == near.text


def test_passages_of_documents_that_do_not_count_any_more_are_left_out() -> None:
    assert answers("accept gifts", passage(GIFTS, of="removed")) == []


@given(st.lists(st.text(alphabet="ab .\n", max_size=2000), max_size=8))
def test_cutting_keeps_every_word_in_its_place(paragraphs: list[str]) -> None:
    pieces = Cutter().page(1, [Block(text) for text in paragraphs])
    words = " ".join(piece.text for piece in pieces).split()
    assert "".join(words) == "".join("".join(paragraphs).split())
    assert all(len(piece.text.split()) <= 150 for piece in pieces)


def test_a_heading_ends_a_passage_and_names_the_next() -> None:
    cutter = Cutter()
    first = cutter.page(1, [Block("Part", 1), Block("Intro."), Block("Gifts", 2), Block("Text.")])
    second = cutter.page(2, [Block("More."), Block("Other part", 1), Block("End.")])
    assert [(p.heading, p.text) for p in first] == [("Part", "Intro."), ("Part › Gifts", "Text.")]
    assert [(p.page, p.heading) for p in second] == [(2, "Part › Gifts"), (2, "Other part")]
    assert cut([]) == []


def test_what_nobody_sees_is_not_kept() -> None:
    (piece,) = Cutter().page(1, [Block("Head\x00ing", 1), Block("One\x00two \x1b[2J three\x85.")])
    assert (piece.heading, piece.text) == ("Head ing", "One two [2J three .")


def document(**more: object) -> Document:
    fields: dict[str, object] = {
        "name": "manual.pdf",
        "kind": "pdf",
        "size": 1_200_000,
        "digest": "ab" * 32,
        "pages": 300,
    }
    life_key = Life().position.key
    return Document(life_key, "d1", file="F1", by=ANA.id, by_name=ANA.name, added_at="", **{**fields, **more})  # type: ignore[arg-type]


def test_the_history_says_what_was_added_replaced_and_removed() -> None:
    life = Life()
    life.take(library.add(life.position, ANA, document()))
    assert life.position.documents["d1"].name == "manual.pdf"
    assert library.add(life.position, ANA, document()) == []
    life.take(library.remove(life.position, ANA, "d1", replaced_by="new.pdf"))
    life.take(library.add(life.position, ANA, document(pages=None, kind="txt", size=800)))
    with pytest.raises(Refusal, match="Say why"):
        library.remove(life.position, ANA, "d1")
    life.take(library.remove(life.position, ANA, "d1", reason="superseded"))
    assert library.remove(life.position, ANA, "d1") == []
    said = [sentence(PACK, life.position, row) for row in life.history[-4:]]
    assert said == [
        f"Added the document manual.pdf (pdf, 300 pages, 1.2 MB), SHA-256 {'ab' * 32}",
        "Replaced the document manual.pdf by new.pdf",
        f"Added the document manual.pdf (txt, 800 bytes), SHA-256 {'ab' * 32}",
        "Removed the document manual.pdf; nothing is quoted from it any more. Reason: superseded",
    ]
    assert '"name":"manual.pdf"' in life.history[-1].before
    assert life.history[-1].after == "null"
    assert not life.position.documents


def test_undo_leaves_documents_alone_and_takes_what_came_before_when_it_is_named() -> None:
    life = Life()
    life.answer("fdid_duty", "yes")
    answered = life.position.version
    life.take(library.add(life.position, ANA, document()))
    with pytest.raises(Refusal, match=f"`/cais firm documents` removes .* `/cais undo {answered}` takes back"):
        life.undo()
    assert "fdid_duty" in life.position.answers
    life.undo(answered)
    assert "fdid_duty" not in life.position.answers
    assert "d1" in life.position.documents


@pytest.mark.parametrize("who", [BEN, VIC, EVE])
def test_only_a_lead_decides_about_documents(who: object) -> None:
    position = Life().position
    for decide in (
        lambda: library.may_expect(position, who, "a.pdf", 1, [], ""),  # type: ignore[arg-type]
        lambda: library.add(position, who, document()),  # type: ignore[arg-type]
        lambda: library.remove(position, who, "d1"),  # type: ignore[arg-type]
    ):
        with pytest.raises(Refusal):
            decide()


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        ("prices.xlsx", 1, "none of them"),
        ("noending", 1, "none of them"),
        ("old.doc", 1, "Word's old format"),
        ("macro.DOCM", 1, "macros"),
        ("big.pdf", 50_000_001, "larger than 50 MB"),
        ("SSN 078-05-1120.pdf", 1, "Social Security number"),
    ],
)
def test_what_may_not_be_added_is_refused_with_a_sentence(name: str, size: int, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        library.may_expect(Life().position, ANA, name, size, [], "")


@pytest.mark.parametrize(
    ("name", "kind"), [("A.PDF", "pdf"), ("x.markdown", "md"), ("a.b.docx", "docx"), ("t.text", "txt")]
)
def test_the_kind_is_what_the_name_says(name: str, kind: str) -> None:
    assert library.kind_of(name) == kind
    library.may_expect(Life().position, ANA, name, 1, [], "")


def test_a_firm_has_no_more_documents_than_can_be_kept_in_view() -> None:
    position = Life().position
    many = [document() for _ in range(library.MOST_DOCUMENTS)]
    with pytest.raises(Refusal, match="at most"):
        library.may_expect(position, ANA, "a.pdf", 1, many, "")
    with pytest.raises(Refusal, match="removed meanwhile"):
        library.may_expect(position, ANA, "a.pdf", 1, [], "d7")


@pytest.mark.parametrize("before", [[], [80], [80, 80]])
def test_a_short_end_goes_with_what_stands_before_it_and_takes_nothing_away(before: list[int]) -> None:
    paragraphs = [" ".join(f"{n}w{i}" for i in range(size)) for n, size in enumerate([*before, 100, 10])]
    found = cut(paragraphs)
    assert len(found) == len(before) + 1
    assert " ".join(found).split() == " ".join(paragraphs).split()
