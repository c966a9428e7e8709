"""What is wrong with a file that people write: found by reading it or by a rule, told in one line.

Every reader comes as a pair. `load_x` gives what could be read and everything that is wrong with it, for `check`;
`read_x` gives the value or raises the first error, for whoever needs it whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable

Value = TypeVar("Value")


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

    def error(self) -> ContentError:
        """The same as an error."""
        return ContentError(self.message, where=self.path, line=self.line, mend=self.mend)


def from_error(error: ContentError, path: str) -> Problem:
    """An error as a problem; `path` where the error names none."""
    return Problem(error.where or path, error.line or 1, error.what, error.mend or "mend that place")


def refuse(problems: Iterable[Problem]) -> None:
    """Raise the first error among problems, if there is one."""
    for problem in problems:
        if problem.level is Level.ERROR:
            raise problem.error()


def sound(loaded: tuple[Value | None, Iterable[Problem]]) -> Value:
    """What was loaded; ContentError at the first thing that is wrong with it."""
    value, problems = loaded
    refuse(problems)
    assert value is not None, "nothing was read, and nobody said why"
    return value
