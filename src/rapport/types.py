"""The words of the project as types. Nothing here imports anything of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SPLITS = ("tune", "hold")
"""Parts of the judged questions."""

JUDGED_KINDS = ("short", "long", "rough", "none", "real")
"""How judged questions came about; see `JudgedQuestion.kind`."""


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """One way to ask, from the question bank; `guide` is None where there is no answer here."""

    guide: str | None
    lang: str
    text: str
    section: str | None = None
    """The part of the guide that the question asks for, where it asks for one."""


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question kept apart to measure with; never part of the bank."""

    id: str
    lang: str
    kind: str
    """`short`, `long` or `rough`, made for the purpose, and `none` where no guide answers; `real`: told by somebody."""
    guide: str | None
    also: tuple[str, ...]
    section: str | None
    text: str

    @property
    def case(self) -> str:
        """What the question is a version of: its id without the language."""
        return self.id.removeprefix(f"{self.lang}-")

    @property
    def split(self) -> str:
        """`tune` (three fifths) or `hold`: fixed by a hash of the case, so that versions of one stay together.

        What is fitted, chosen or compared while working sees `tune` only; `hold` is for the figures that are told.
        """
        return SPLITS[crc32(self.case.encode("utf-8")) % 5 >= 3]


class RowKind(StrEnum):
    """What a row of the index was made from."""

    PASSAGE = "passage"
    SITUATION = "situation"
    BANK = "bank"


@dataclass(frozen=True, slots=True)
class Row:
    """One embedded text of the index. Its number is its position in the list of rows."""

    kind: RowKind
    guide: str | None
    section: str | None
    """Anchor of a passage's section, or of the one that a bank question asks for."""
    lang: str
    text: str
    """What is embedded, without the model's prompt."""
