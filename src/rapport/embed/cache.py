"""Embed texts once: vectors are kept in the user's cache, by model and text, so that a build embeds only new texts.

A file is a run of records of one size: 16 bytes of the text's SHA-256, the vector as `(d,) float32`, a CRC-32 over
both. It only ever grows. A record that a killed build left half-written is cut off by the next one, a damaged one is
as good as none, and builds that run at once add to the same file.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from rapport.errors import writing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rapport.embed.record import Batches
    from rapport.types import Floats

SAVE_EVERY_S = 3.0
"""Seconds between two writes: a killed build loses no more work than this."""

SUFFIX = ".vectors"
_KEY, _CHECK = 16, 4


class VectorCache:
    """Vectors of one model in one role, in one file that is read when it is opened."""

    def __init__(self, path: Path, dimensions: int, every: float = SAVE_EVERY_S) -> None:
        self._path = path
        self._every = every
        self._dimensions = dimensions
        self._size = _KEY + 4 * dimensions + _CHECK
        self._known = self._read()

    def vectors(
        self,
        texts: Sequence[str],
        encode: Batches,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Floats:
        """`(n, d) float32` of `texts`; `encode` is asked for the ones not seen before, and `progress` told of it."""
        keys = [hashlib.sha256(text.encode("utf-8")).digest()[:_KEY] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        names = list(missing)
        fresh: list[bytes] = []
        done, saved = 0, time.monotonic()
        try:
            for places, vectors in encode(list(missing.values())) if missing else ():
                for place, vector in zip(places, vectors, strict=True):
                    self._known[names[place]] = vector
                    fresh.append(names[place])
                done += len(places)
                progress(done, len(names))
                if time.monotonic() - saved >= self._every:
                    self._append(fresh)
                    fresh, saved = [], time.monotonic()
        finally:  # also what was done before it was stopped
            if fresh:
                self._append(fresh)
        if not keys:
            return np.empty((0, self._dimensions), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def _read(self) -> dict[bytes, Floats]:
        try:
            data = self._path.read_bytes()
        except OSError:
            return {}  # a cache that is not there is only slower
        known: dict[bytes, Floats] = {}
        for start in range(0, len(data) - self._size + 1, self._size):
            body = data[start : start + self._size - _CHECK]
            if zlib.crc32(body).to_bytes(_CHECK, "little") == data[start + len(body) : start + self._size]:
                known[body[:_KEY]] = np.frombuffer(body, dtype="<f4", offset=_KEY)
        return known

    def _append(self, keys: Sequence[bytes]) -> None:
        bodies = [key + self._known[key].astype("<f4").tobytes() for key in keys]
        data = b"".join(body + zlib.crc32(body).to_bytes(_CHECK, "little") for body in bodies)
        with writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_suffix(".lock")), self._path.open("ab") as file:
                whole = file.tell() // self._size * self._size
                if whole != file.tell():
                    file.truncate(whole)
                file.write(data)
