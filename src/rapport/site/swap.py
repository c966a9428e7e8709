"""Put a folder in the place of another in one step, so that there is no moment without one."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OLD = "-old"
"""What the name of the replaced folder ends in, for a moment, where the system knows no exchange."""

_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What a kernel or a file system answers that does not know the exchange."""


def swap(fresh: Path, target: Path) -> None:
    """Exchange two folders of one file system; where that cannot be done in one step, in three.

    A `target` that is not there is made of `fresh`. Whatever was at `target` lies at `fresh` then.
    """
    if not target.exists():
        fresh.rename(target)
    elif not _exchange(fresh, target):
        aside = fresh.with_name(fresh.name + OLD)
        target.rename(aside)
        try:
            fresh.rename(target)
        except BaseException:
            aside.rename(target)
            raise
        aside.rename(fresh)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the system has exchanged the two; OSError where it could have, and did not."""
    names = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None, use_errno=True) if sys.platform in ("linux", "darwin") else None
    try:
        if library and sys.platform == "linux":  # renameat2(AT_FDCWD, …, RENAME_EXCHANGE)
            failed = library.renameat2(-100, names[0], -100, names[1], 2)
        elif library:  # renamex_np(…, RENAME_SWAP)
            failed = library.renamex_np(names[0], names[1], 2)
        else:
            return False
    except AttributeError:  # a C library that is older than the call
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))
