"""Everything that can go wrong, as one tree.

RapportError                 every error a user may see; one line, with the mend
├── UsageError               the command was called wrongly
├── ContentError             a guide, bank, catalogue or interface file is not as it must be
├── ModelError               the embedding model is missing, damaged or unfit
└── IndexUnusable            the index is missing, damaged or built by something else
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class RapportError(Exception):
    """Base of all errors that a user may see.

    `str(error)` is one line: what, where, and how to mend it.
    """

    def __init__(self, what: str, *, where: Path | str | None = None, line: int | None = None, mend: str = "") -> None:
        self.what = what
        self.where = str(where) if where is not None else ""
        self.line = line
        self.mend = mend
        place = f"{self.where}:{line}: " if line is not None else (f"{self.where}: " if self.where else "")
        super().__init__(" ".join(f"{place}{what}{'; ' + mend if mend else ''}".split()))


class UsageError(RapportError):
    """When a command was called with arguments or an environment that cannot work."""


class ContentError(RapportError):
    """When a file that people write cannot be used as it stands."""


class ModelError(RapportError):
    """When the embedding model cannot be fetched, read or used."""


class IndexUnusable(RapportError):
    """When the search index is missing, damaged, or does not fit this version or model."""


MAKE_ROOM = "make room on that disk and run it again: what is finished is kept"
_MENDS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), MAKE_ROOM),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "make it readable and writable for you"),
}


def mend_of(error: OSError) -> str:
    """What helps against a full disk or a place that one may not use; empty for anything else."""
    return _MENDS.get(error.errno or 0, "")


@contextmanager
def writing(where: Path | str) -> Iterator[None]:
    """Tell a full disk, or a place that may not be used, with its mend: the system names no place while it writes."""
    try:
        yield
    except OSError as error:
        if not (mend := mend_of(error)):
            raise
        raise RapportError(f"cannot be written ({error.strerror})", where=error.filename or where, mend=mend) from error
