"""Embed texts once: vectors are kept in the user's cache, by model and text, so that a build embeds only new texts."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rapport.types import Floats

SAVE_EVERY = 500
"""Texts embedded between two writes of the cache: a killed build loses no more than these."""


class VectorCache:
    """Vectors of one model in one role, in one file `(texts, d) float32` beside the texts' hashes."""

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._known: dict[str, Floats] = {}
        try:
            # read whole: a zip file that is refused would stay open
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"], arrays["vectors"]
            if vectors.shape == (len(keys), dimensions) and vectors.dtype == np.float32:
                self._known = dict(zip(keys.tolist(), vectors, strict=True))
        except Exception:  # zipfile and NumPy have a dozen ways to say so
            self._known = {}  # a cache that is not there or damaged is only slower

    def vectors(
        self,
        texts: Sequence[str],
        encode: Callable[[Sequence[str]], Floats],
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Floats:
        """`(n, d) float32` of `texts`; `encode` is asked for the ones not seen before, and `progress` told of it."""
        keys = [hashlib.sha256(text.encode("utf-8")).hexdigest()[:32] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        names = list(missing)
        for start in range(0, len(names), SAVE_EVERY):
            part = names[start : start + SAVE_EVERY]
            self._known.update(zip(part, encode([missing[name] for name in part]), strict=True))
            self._save()
            progress(min(start + SAVE_EVERY, len(names)), len(names))
        if not keys:
            return np.empty((0, self._dimensions), dtype=np.float32)
        return np.stack([self._known[key] for key in keys])

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.stem}-", suffix=".npz")
        os.close(handle)
        np.savez(name, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        os.replace(name, self._path)
