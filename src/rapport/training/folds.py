"""Folds of the real questions of `tune`: each is measured with a head that has not learnt it. Pure."""

from __future__ import annotations

from zlib import crc32

FOLDS = 3


def fold_of(case: str) -> int:
    """Which fold a case belongs to, 0 to FOLDS − 1; independent of its split."""
    return crc32(f"fold {case}".encode()) % FOLDS
