"""Characters that no font on the machine has: written out in the printed page, where they would be empty boxes."""

import re
import unicodedata
from collections.abc import Set
from itertools import groupby

from bot.files.packet.pdf import printer

NOTE = (
    "The machine that printed this has no font for some characters of this record. Each is printed as its Unicode "
    "number or name in square brackets, such as {example}; packet.html beside this file has the characters themselves."
)

_NO_TEXT = re.compile(r"(<title>.*?</title>|<style>.*?</style>|<[^>]*>)", re.DOTALL)
"""What of a page is not drawn as letters."""


def without_glyph(page: str) -> frozenset[str]:
    """The characters of a page of HTML that Pango finds in no font here. Raises NoPdf where nothing can be printed."""
    printer()
    from weasyprint.text.ffi import ffi, gobject, pango, pangoft2  # type: ignore[import-untyped]  # it has no types

    # WeasyPrint does not count them itself; Pango does.
    ffi.cdef("int pango_layout_get_unknown_glyphs_count(PangoLayout *layout);", override=True)
    fonts = ffi.gc(pangoft2.pango_ft2_font_map_new(), gobject.g_object_unref)
    context = ffi.gc(pango.pango_font_map_create_context(fonts), gobject.g_object_unref)
    layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)

    def unknown(character: str) -> bool:
        pango.pango_layout_set_text(layout, character.encode(), -1)
        return bool(pango.pango_layout_get_unknown_glyphs_count(layout))

    return frozenset(c for c in set(page) if not c.isascii() and unknown(c))


def written_out(page: str, lacking: Set[str]) -> str:
    """The page of HTML with each run of these characters in square brackets; title and alternative texts stay."""
    return "".join(
        part if part.startswith("<") else "".join(_runs(part, lacking)) for part in _NO_TEXT.split(page) if part
    )


def _runs(text: str, lacking: Set[str]) -> list[str]:
    runs = ((out, "".join(run)) for out, run in groupby(text, key=lacking.__contains__))
    return [f"[{', '.join(map(in_words, run))}]" if out else run for out, run in runs]


def in_words(character: str) -> str:
    """A picture by its name, a letter by its number: `thumbs up sign`, `U+65E5`."""
    name = unicodedata.name(character, "") if unicodedata.category(character) == "So" else ""
    return name.lower() or f"U+{ord(character):04X}"


def note(lacking: Set[str]) -> str:
    """What the page says of them."""
    return NOTE.format(example=f"[{in_words(min(lacking))}]")
