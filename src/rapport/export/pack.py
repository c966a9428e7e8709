"""Parts as content-hashed, gzipped chunks: what one release needs, and nothing that depends on the host.

A part is a run of bytes with a name. It is cut into pieces, each gzipped by itself and named by its hash, so that
progress, resuming and verification do not depend on whether a host compresses, knows Range or keeps lengths right.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PIECE = 2_000_000
"""Bytes of a piece before compression: what a broken connection loses at most."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One file on the wire."""

    name: str
    bytes: int
    """Compressed, as transferred."""
    size: int
    """Unpacked."""
    sha256: str
    """Of the unpacked bytes: browsers store these, and verify them at every start."""


class Packer:
    """Writes parts into a folder and remembers what the manifest must say of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: dict[str, list[Chunk]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, data: bytes) -> None:
        """Write a part; the same bytes always give the same files."""
        pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)] or [b""]
        self.parts[name] = [self._chunk(piece) for piece in pieces]

    def _chunk(self, piece: bytes) -> Chunk:
        packed = gzip.compress(piece, 9, mtime=0)
        # not .gz: some hosts then declare a content encoding, and the browser would unpack what we unpack ourselves
        name = f"{hashlib.sha256(packed).hexdigest()[:20]}.bin"
        (self.folder / name).write_bytes(packed)
        return Chunk(name, len(packed), len(piece), hashlib.sha256(piece).hexdigest())

    def describe(self) -> dict[str, Any]:
        """For the manifest: part → its chunks in order."""
        return {name: [asdict(chunk) for chunk in chunks] for name, chunks in self.parts.items()}
