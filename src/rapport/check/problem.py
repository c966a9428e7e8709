"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.errors import ContentError


class Level(StrEnum):
    """Whether something must be mended or should only be looked at."""

    ERROR = "error"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Problem:
    """One place that is not as it must be. `str(problem)` is one line: `file:line: message; mend`."""

    path: str
    """Relative to the project, with forward slashes."""
    line: int
    """1-based."""
    message: str
    mend: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        """`file:line: message; mend`, with `hint: ` after the place where it is only a hint."""
        hint = "hint: " if self.level is Level.HINT else ""
        return " ".join(f"{self.path}:{self.line}: {hint}{self.message}; {self.mend}".split())


def from_error(error: ContentError, path: str) -> Problem:
    """An unreadable file as a problem; `path` where the error names none."""
    return Problem(error.where or path, error.line or 1, error.what, error.mend or "mend that place")
