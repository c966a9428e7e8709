"""How a command ends: every error becomes one line on standard error and an exit status."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import TYPE_CHECKING

import click

from rapport.disk import tells_full
from rapport.errors import MAKE_ROOM, RapportError, mend_of
from rapport.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

DONE, NO, BROKEN = 0, 1, 2


class ReaderGone(Exception):
    """Whoever read our output has gone, as `head` does."""


def guarded(call: Callable[[], object]) -> int:
    """Make a call and return the exit status: the number that it returns, else 0; 2 for any error, told in one line.

    With RAPPORT_DEBUG an unforeseen error shows its traceback too.
    """
    try:
        result = call()
        if sys.stdout:
            sys.stdout.flush()
    except RapportError as error:
        return _broken(str(error))
    except click.ClickException as error:
        return _broken(f"{error.format_message()} (see `rapport --help`)")
    except (click.Abort, KeyboardInterrupt):
        return _broken("stopped")
    except (ReaderGone, BrokenPipeError):
        _drop_output()
        return DONE
    except ModuleNotFoundError as error:
        if (error.name or "rapport").split(".")[0] == "rapport":
            return _internal(error)
        mend = 'run `make setup`, or pip install -e ".[build,dev]"'
        return _broken(f"{error.name} is not installed; {mend}")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        mend = mend_of(error)
        return _broken(f"{place}{error.strerror or error}{mend and f'; {mend}'}", unforeseen=not mend)
    except Exception as error:
        if tells_full(str(error)):
            return _broken(f"No space left on device ({type(error).__name__}); {MAKE_ROOM}", unforeseen=True)
        return _internal(error)
    return result if isinstance(result, int) else DONE


def _internal(error: Exception) -> int:
    what = f"internal error: {type(error).__name__}: {error}"
    return _broken(f"{what}; run again with RAPPORT_DEBUG=1 for the details and report it", unforeseen=True)


def _broken(message: str, *, unforeseen: bool = False) -> int:
    """Tell an error in one line, however standard output and standard error are."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:  # a full disk: Python would tell it once more at its end
        _drop_output()
    with contextlib.suppress(OSError):
        if unforeseen and os.environ.get("RAPPORT_DEBUG"):
            say(traceback.format_exc().rstrip("\n"))
        say(f"rapport: {' '.join(message.split())}")
    return BROKEN


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
