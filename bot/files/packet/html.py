"""Builds HTML out of elements: whatever is no element is text, and is escaped."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Markup that is finished and safe to stand in a page."""

    __slots__ = ()


Part = str | Html | None
EMPTY = frozenset({"img", "br", "meta", "hr", "col"})

LONG = 600
"""Characters, markup and all, from which on a row or a list of facts may go on on the next page: kept whole it would
leave half a page empty."""


def el(tag: str, *inside: Part, **attributes: str) -> Html:
    """An element. `class_` and `for_` lose their underscore, `data_x` becomes `data-x`; what is None is left out."""
    named = "".join(f' {_name(name)}="{escape(value)}"' for name, value in attributes.items() if value != "")
    if tag in EMPTY:
        return Html(f"<{tag}{named}>")
    return Html(f"<{tag}{named}>{together(inside)}</{tag}>")


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def together(parts: Iterable[Part]) -> Html:
    """Parts, one after the other."""
    return Html("".join(p if isinstance(p, Html) else escape(p) for p in parts if p is not None))


def lines(text: str) -> Html:
    """Text of several lines, which stay lines."""
    return Html("<br>".join(escape(line) for line in text.splitlines()))


def link(url: str, label: str) -> Html:
    """A link to the web; an address that is none of the web's stays text."""
    if not url.startswith(("https://", "http://")):
        return together([label])
    return el("a", label, href=url, rel="noreferrer")


def grid(caption: str, heads: Iterable[str], rows: Iterable[Iterable[Part]], *, class_: str = "") -> Html:
    """A table with a caption; the first cell of each row names it."""
    head = el("thead", el("tr", *(el("th", name, scope="col") for name in heads)))
    body = el("tbody", *(_row(list(row)) for row in rows))
    return el("table", el("caption", caption), head, body, class_=class_)


def _row(cells: list[Part]) -> Html:
    return el("tr", el("th", cells[0], scope="row"), *(el("td", cell) for cell in cells[1:]), class_=_if_long(cells))


def _if_long(parts: Iterable[Part]) -> str:
    return "long" if sum(len(part or "") for part in parts) > LONG else ""


def facts(pairs: Iterable[tuple[str, Part]]) -> Html:
    """Names and what they are, those without a value left out."""
    found = [together([el("dt", name), el("dd", value)]) for name, value in pairs if value]
    return el("dl", *(el("div", pair) for pair in found), class_=_if_long(found))
