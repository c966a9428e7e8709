"""The one way out: everything that the program prints, whatever it holds and however the stream is encoded.

A guide, an error of a library, a name of a file may hold characters that a terminal obeys: they are shown as escapes.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from rapport.characters import escape, printable

if TYPE_CHECKING:
    from typing import TextIO


def say(text: str) -> None:
    """A line for people, on standard error: standard output belongs to results."""
    _write(text, sys.stderr)


def tell(text: str) -> None:
    """A result for people, on standard output."""
    _write(text, sys.stdout)


def tell_json(line: str) -> None:
    """A line of JSON on standard output; what its encoding lacks is escaped, so it says the same in any."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if not _fits(line, encoding):
        line = "".join(one if _fits(one, encoding) else escape(one) for one in line)
    _write(line, sys.stdout)


def let_pass() -> None:
    """What an encoding lacks shall become a sign in its place, in all that is printed, libraries' words included."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _fits(text: str, encoding: str) -> bool:
    try:
        return text.encode(encoding).decode(encoding) == text  # Shift JIS takes ¥ for a backslash
    except UnicodeError:
        return False


def _write(text: str, stream: TextIO | None) -> None:
    if stream:  # a process may have none
        stream.write(printable(text) + "\n")
        stream.flush()
