"""The packet's part on the decision memo: the one that stands, and those that a newer answer superseded."""

from bot.files.packet.html import Html, Part, el, facts, grid, lines, together
from bot.files.packet.paper import Paper, stacked
from flows.exports.memos import memos as rows_of_memos
from flows.exports.rows import Row
from flows.memos import Memo, attested_words, lines_of, memo_of
from flows.time_words import day


def memos(paper: Paper) -> Html | None:
    """Nothing for a firm that never gave an answer that needs one."""
    found = list(rows_of_memos(paper.reading))
    if not found:
        return None
    memo = memo_of(paper.pack, paper.position)
    heads = ("Answer", "Basis", "By", "Second attester", "Counts", "Entry")
    told = [(str(row[1]), lines(str(row[3])), str(row[4]), _second(row), str(row[-2]), str(row[-1])) for row in found]
    return together(
        [
            el("h3", "Decision memo"),
            _standing(paper, memo)
            if memo
            else el("p", "No memo stands now: the answer is another one.", class_="muted"),
            grid("Every decision memo there was", heads, told),
        ]
    )


def _second(row: Row) -> str:
    """Who was asked or spoke, what they said and why not."""
    named, said, why, by = (str(cell) for cell in row[8:12])
    return ": ".join(x for x in (f"{by or named} {said}".strip(), why) if x)


def _standing(paper: Paper, memo: Memo) -> Html:
    answer, said = memo.answer, memo.attestation
    pairs: list[tuple[str, Part]] = [
        ("Question", memo.question.ask),
        ("Answer", memo.option.label),
        ("Decided by", f"{answer.by_name}, recorded {paper.moment(answer.at)} {paper.zone_name}"),
        ("Decided on", day(answer.happened_on) if answer.happened_on else ""),
        ("Basis", lines(answer.basis)),
        ("Second attester", stacked(attested_words(paper.position, memo), paper.moment(said.at) if said else "")),
        ("Look again on", day(answer.recheck_on) if answer.recheck_on else "no day set"),
    ]
    quotes = [
        el("blockquote", el("p", f"“{g.quote.text}”"), el("cite", f"Roadmap, {lines_of(g)}: {g.label}"))
        for g in memo.grounds
    ]
    own = el("p", f"This is the firm's record of its own decision. {paper.pack.wording.footer}", class_="muted")
    return el("article", facts(pairs), *quotes, own)
