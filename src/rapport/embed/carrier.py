"""Read the weights file of the carrier package: multilingual-e5-small as 4-bit blocks.

The layout, little-endian throughout: magic `E5S1`, version; hidden size, layers, heads, feed-forward size,
vocabulary rows, positions, token types (int32 each), layer-norm epsilon (float32), block size; then the unigram
vocabulary (piece count, four special ids, byte length, offsets, scores, UTF-8 bytes), a normalisation table that
is skipped here (it is NFKC), and a directory of tensors. A quantised row is made of blocks of 32 weights: an fp16
scale `d` and 16 bytes, byte j holding weight j in its low nibble and weight j + 16 in its high one; a weight
is `(nibble - 8) * d`.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rapport.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; every number counts units, not bytes."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces in id order with their log probabilities, and the special ids."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int


class _Cursor:
    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> memoryview:
        if self.at + count > len(self.data):
            raise ModelError("the weights file ends too early", mend="delete it and run `rapport build` again")
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece

    def read(self, form: str) -> tuple[int | float, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))

    def integers(self, count: int) -> list[int]:
        return [int(value) for value in self.read(f"{count}i")]


class Carrier:
    """The weights file, opened: `shape`, `vocabulary`, and `tensor(name)`."""

    def __init__(self, path: Path) -> None:
        self._data = memoryview(np.asarray(np.memmap(path, dtype=np.uint8, mode="r")).data)
        cursor = _Cursor(self._data)
        if bytes(cursor.take(4)) != MAGIC:
            raise ModelError(
                "not a weights file of the model", where=path, mend="delete it and run `rapport build` again"
            )
        cursor.read("I")
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.integers(7)
        (epsilon,) = cursor.read("f")
        (block,) = cursor.integers(1)
        if block != BLOCK:
            raise ModelError(f"the weights file has blocks of {block}, expected {BLOCK}", where=path)
        self.shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, float(epsilon))
        self.vocabulary = self._read_vocabulary(cursor)
        self._directory = self._read_directory(cursor)

    @staticmethod
    def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
        count, bos, eos, pad, unk = cursor.integers(5)
        (length,) = cursor.read("Q")
        offsets = np.frombuffer(cursor.take((count + 1) * 4), dtype="<u4")
        scores = np.frombuffer(cursor.take(count * 4), dtype="<f4")
        text = bytes(cursor.take(int(length)))
        pieces = [text[a:b].decode("utf-8") for a, b in itertools.pairwise(offsets)]
        _, table = cursor.read("iI")
        cursor.take(int(table))
        return Vocabulary(pieces, [float(score) for score in scores], bos, eos, pad, unk)

    @staticmethod
    def _read_directory(cursor: _Cursor) -> dict[str, tuple[int, int, int]]:
        (count,) = cursor.integers(1)
        directory = {}
        for _ in range(count):
            (length,) = cursor.read("H")
            name = bytes(cursor.take(int(length))).decode("ascii")
            dtype, elements, offset, size = (int(value) for value in cursor.read("BIQQ"))
            directory[name] = (dtype, offset, size)
            del elements
        return directory

    def tensor(self, name: str, columns: int = 0) -> NDArray[np.float32]:
        """One tensor as float32: `(rows, columns)` with `columns`, flat without.

        Whether it is stored in blocks follows from its size: a quantised tensor's bytes are whole rows of blocks.
        """
        try:
            dtype, offset, size = self._directory[name]
        except KeyError:
            raise ModelError(f"the weights file has no tensor {name!r}") from None
        raw = np.frombuffer(self._data[offset : offset + size], dtype=np.uint8)
        values = unpack_blocks(raw) if dtype == 1 else raw.view("<f4").astype(np.float32)
        return values.reshape(-1, columns) if columns else values


def unpack_blocks(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """4-bit blocks `(n * 18,) uint8` to `(n * 32,) float32`."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    weights = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32) - 8.0
    return (weights * scale).reshape(-1)
