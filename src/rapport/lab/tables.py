"""A table, as text and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Table:
    """Cells by row, with a heading of their own above and a note below."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""

    def as_text(self) -> str:
        """In columns that are as wide as their widest cell; numbers to the right."""
        table = [self.header, *self.rows]
        width = [max(len(row[at]) for row in table) for at in range(len(self.header))]
        right = [all(row[at][:1] in "+-−.0123456789" for row in self.rows) for at in range(len(self.header))]
        lines = [
            "  ".join(
                cell.rjust(size) if number else cell.ljust(size)
                for cell, size, number in zip(row, width, right, strict=True)
            ).rstrip()
            for row in table
        ]
        return "\n".join(line for line in (self.title, *lines, self.note) if line)

    def as_markdown(self, level: int) -> str:
        """Below a heading of the given level."""
        lines = [_row(self.header), _row(("---",) * len(self.header)), *map(_row, self.rows)]
        parts = [f"{'#' * level} {self.title}" if self.title else "", "\n".join(lines), self.note]
        return "\n\n".join(part for part in parts if part)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"
