"""Spread work that holds no lock of Python's over the cores: one thread each, and each of them on one core.

A library's own threads share out every single matrix and wait for each other in a loop. Where the machine has something
else to do, that made the full model seven times slower, and with other numbers of threads some sums come out otherwise
in the last place.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Part = TypeVar("Part")
Result = TypeVar("Result")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(run: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[tuple[Part, Result]]:
    """Pairs of a part and what `run` makes of it, in their order, as they are done."""
    with ThreadPoolExecutor(cores()) as pool:
        try:
            yield from zip(parts, pool.map(run, parts), strict=True)
        finally:  # whoever stops asking does not wait for the rest
            pool.shutdown(cancel_futures=True)
