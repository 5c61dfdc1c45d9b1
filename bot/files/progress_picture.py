"""Draws how far firms are as a PNG: `python -m bot.files.progress_picture`, the picture as JSON in, the file out.

A process of its own, since Pillow takes a seventh of a second to load and as much memory as a small database. Drawn at
twice the size it is shown at, on a ground of its own, so that it reads the same in light and dark. Nothing is said by
colour alone: what is done is filled, what waits is striped, what is open is empty, and the numbers stand beside it.
"""

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from PIL import Image, ImageDraw, ImageFont

from bot.surfaces import Bar, Picture

WIDTH = 1000
"""Pixels; Slack shows it about half as wide."""
MARGIN, GAP = 32, 20
TEXT, SMALL = 30, 26
"""Pixels of the letters: no less than thirteen as they are shown."""
BAR, ROW, LEGEND = 34, 58, 46
NAME, NUMBER = 400, 130
"""Pixels for a firm's name and for its numbers."""

GROUND, EDGE, INK, SOFT = "#f7f8fa", "#d5dae0", "#1d1c1d", "#454b52"
DONE, WAITING, STRIPE, LEFT, OUTLINE = "#1b5e9e", "#f0b93a", "#7a4e00", "#ffffff", "#7b858f"

_WRITTEN = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "’": "'", "–": "-", "—": "-"}
)

Draw = ImageDraw.ImageDraw


@cache
def _font(size: int) -> Any:
    return ImageFont.load_default(size)  # comes with Pillow, so that it looks the same on every machine


def draw(picture: Picture) -> Image.Image:
    """The picture, its corners see-through."""
    bars = picture.bars
    body = SMALL + 14 + BAR + 14 + SMALL if picture.across else ROW * len(bars)
    height = MARGIN + body + GAP + LEGEND + MARGIN // 2
    image = Image.new("RGBA", (WIDTH, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, WIDTH - 1, height - 1), 18, GROUND, EDGE, 2)
    if picture.across:
        _across(image, pen, picture)
    else:
        _down(image, pen, picture)
    _legend(image, pen, MARGIN + body + GAP, picture.more)
    return image


def _across(image: Image.Image, pen: Draw, picture: Picture) -> None:
    width = (WIDTH - 2 * MARGIN - GAP * (len(picture.bars) - 1)) / len(picture.bars)
    for nth, bar in enumerate(picture.bars):
        left, top = MARGIN + nth * (width + GAP), MARGIN
        pen.text((left, top), bar.label, INK, _font(SMALL))
        _bar(image, pen, bar, (left, top + SMALL + 14), width)
        pen.text((left, top + SMALL + 14 + BAR + 10), bar.said, SOFT, _font(SMALL))


def _down(image: Image.Image, pen: Draw, picture: Picture) -> None:
    width = WIDTH - 2 * MARGIN - NAME - NUMBER - 2 * GAP
    for nth, bar in enumerate(picture.bars):
        middle = MARGIN + nth * ROW + ROW / 2
        pen.text((MARGIN, middle), _fitting(pen, bar.label, NAME), INK, _font(TEXT), anchor="lm")
        left = MARGIN + NAME + GAP
        _bar(image, pen, bar, (left, middle - BAR / 2), width)
        pen.text((WIDTH - MARGIN, middle), bar.said, SOFT, _font(SMALL), anchor="rm")


def _fitting(pen: Draw, text: str, width: float) -> str:
    text = plain(text)
    while pen.textlength(text, _font(TEXT)) > width and len(text) > 1:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text


def plain(text: str) -> str:
    """The letters that the font has: without their accents; the whole name stands in the message's table."""
    bare = unicodedata.normalize("NFKD", text.translate(_WRITTEN)).encode("ascii", "ignore").decode()
    return bare.strip() or "(another script)"


def _bar(image: Image.Image, pen: Draw, bar: Bar, at: tuple[float, float], width: float) -> None:
    x, y = at
    total = bar.done + bar.waiting + bar.left
    if not total:
        pen.line((x, y + BAR / 2, x + width, y + BAR / 2), OUTLINE, 3)
        return
    pen.rectangle((x, y, x + width, y + BAR), LEFT)
    done = x + width * bar.done / total
    waiting = done + width * bar.waiting / total
    if bar.waiting:
        _striped(image, (done, y, waiting, y + BAR))
    if bar.done:
        pen.rectangle((x, y, done, y + BAR), DONE)
    pen.rectangle((x, y, x + width, y + BAR), None, OUTLINE, 3)


def _striped(image: Image.Image, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = map(round, box)
    patch = Image.new("RGB", (max(1, right - left), max(1, bottom - top)), WAITING)
    pen = ImageDraw.Draw(patch)
    for x in range(-patch.height, patch.width, 16):
        pen.line((x, patch.height, x + patch.height, 0), STRIPE, 4)
    image.paste(patch, (left, top))


def _legend(image: Image.Image, pen: Draw, top: float, more: str) -> None:
    x = float(MARGIN)
    for sample, words in _samples():
        _bar(image, pen, sample, (x, top), 44)
        pen.text((x + 56, top + BAR / 2), words, SOFT, _font(SMALL), anchor="lm")
        x += 56 + pen.textlength(words, _font(SMALL)) + 36
    pen.text((WIDTH - MARGIN, top + BAR / 2), more, SOFT, _font(SMALL), anchor="rm")


def _samples() -> Iterator[tuple[Bar, str]]:
    yield Bar("", "", done=1), "done"
    yield Bar("", "", waiting=1), "waiting"
    yield Bar("", "", left=1), "open"


def main() -> None:
    picture = msgspec.json.decode(sys.stdin.buffer.read(), type=Picture)
    # A few colours are all there is: a seventh of the bytes, and the see-through corners stay.
    draw(picture).quantize(64, method=Image.Quantize.FASTOCTREE).save(sys.stdout.buffer, "PNG", optimize=True)


if __name__ == "__main__":
    main()
