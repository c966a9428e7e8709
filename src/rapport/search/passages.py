"""What is embedded: every text of the knowledge base as a row of the index. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.text import plain
from rapport.types import Row, RowKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rapport.content.guides import Guide
    from rapport.types import BankQuestion


def passage_rows(guides: Iterable[Guide]) -> list[Row]:
    """One row per section: `guide title › heading`, then the text."""
    return [
        Row(
            RowKind.PASSAGE,
            guide.id,
            section.id,
            guide.lang,
            f"{guide.title} › {section.heading}\n{plain(section.blocks)}",
        )
        for guide in guides
        for section in guide.sections
    ]


def situation_rows(guides: Iterable[Guide]) -> list[Row]:
    """One row per situation of a guide."""
    return [Row(RowKind.SITUATION, guide.id, None, guide.lang, text) for guide in guides for text in guide.situations]


def bank_rows(bank: Iterable[BankQuestion]) -> list[Row]:
    """One row per bank question, those without an answer included (their guide is None)."""
    return [Row(RowKind.BANK, question.guide, question.section, question.lang, question.text) for question in bank]
