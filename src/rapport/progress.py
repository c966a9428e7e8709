"""Tell how far long work has come: a line every few seconds, none for what is done sooner."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

EVERY = 5.0
"""Seconds between two lines."""

PHASES = ("the embedding model", "vectors of texts and questions", "training", "the site")
"""What `rapport build` does. `make` does three things before, and says so in RAPPORT_PHASES_BEFORE."""


def phase(number: int) -> str:
    """How a phase of a build is announced: `5 of 7: vectors of texts and questions`. `number` counts PHASES from 0."""
    told = os.environ.get("RAPPORT_PHASES_BEFORE", "")
    before = int(told) if told.isdecimal() else 0
    return f"{before + number + 1} of {before + len(PHASES)}: {PHASES[number]}"


class Progress:
    """Says every few seconds how far `what` has come, for as long as the block takes.

    Whole lines, on a terminal and in a log alike. `update` tells how much is done of how much; without it only the time
    is told. A thread of its own says it, so that a long step is not silent either.
    """

    def __init__(self, say: Callable[[str], None], what: str, every: float = EVERY) -> None:
        self._say = say
        self._what = what
        self._every = every
        self._counted = (0, 0)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def update(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._counted = (done, total)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        began = time.monotonic()
        while not self._over.wait(self._every):
            self._say(describe(self._what, *self._counted, time.monotonic() - began))


def describe(what: str, done: int, total: int, seconds: float) -> str:
    """One line: count, rate and time left, as far as they are known."""
    if not total:
        return f"  {what}: {seconds:.0f} s so far"
    line = f"  {what}: {done:,} of {total:,}"
    if done:
        rate = done / seconds
        shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"
        line += f", {shown} a second, {max(0, total - done) / rate:.0f} s left"
    return line
