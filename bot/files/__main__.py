"""Writes one export in a process of its own: `python -m bot.files`, the record on stdin, the file on stdout.

What it is doing, and what is to be said of the file, it says on stderr, a JSON object a line (`bot.files.speech`). A
PDF takes seconds of processor time, and a library that is given to leaking or crashing does it here alone.
"""

import gc
import logging
import sys

from bot.files.speech import Doing, Remark, Said, decode_export, encode
from bot.files.writing import write


def _say(said: Said) -> None:
    sys.stderr.buffer.write(encode(said) + b"\n")
    sys.stderr.buffer.flush()


def main() -> None:
    logging.disable()  # libraries' own words are nobody's business here
    gc.set_threshold(20_000, 20, 50)  # it builds one thing and ends: to look for what can go takes a tenth of its time
    export = decode_export(sys.stdin.buffer.read())
    for remark in write(export, sys.stdout.buffer, lambda words: _say(Doing(words))):
        _say(Remark(remark))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
