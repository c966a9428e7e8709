"""What lies in the user's cache: vectors that are only ever added to, and what leaves when nobody uses it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
import small

from rapport.embed.cache import VectorCache
from rapport.embed.prune import UNUSED_DAYS, clear_cache, forget_unused, list_cache
from rapport.progress import Progress, describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rapport.types import Floats

DAY = 86_400


def test_two_builds_at_once_keep_what_both_embedded(tmp_path: Path) -> None:
    path = tmp_path / "v.vectors"
    one, other = VectorCache(path, small.D), VectorCache(path, small.D)
    one.vectors(["a", "b"], small.BagOfTerms().batches)
    other.vectors(["b", "c"], small.BagOfTerms().batches)
    encoder = small.BagOfTerms()
    VectorCache(path, small.D).vectors(["a", "b", "c"], encoder.batches)
    assert encoder.seen == []


def test_what_was_embedded_before_an_end_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "v.vectors"
    texts = [f"text {number}" for number in range(30)]

    def breaks_off(asked: Sequence[str]) -> Iterator[tuple[Sequence[int], Floats]]:
        yield range(20), small.BagOfTerms().encode(asked[:20])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        VectorCache(path, small.D).vectors(texts, breaks_off)
    encoder = small.BagOfTerms()
    VectorCache(path, small.D).vectors(texts, encoder.batches)
    assert encoder.seen == texts[20:]


@pytest.mark.parametrize(("every", "saved"), [(0.0, [0, 1, 2, 3]), (60.0, [0, 0, 0, 0])])
def test_what_was_embedded_is_saved_by_the_clock(tmp_path: Path, every: float, saved: list[int]) -> None:
    """Whatever a text takes: a build that is killed finds all but the last seconds."""
    path, found = tmp_path / "v.vectors", []

    def one_by_one(asked: Sequence[str]) -> Iterator[tuple[Sequence[int], Floats]]:
        for at in range(4):
            found.append(path.stat().st_size // (16 + 4 * small.D + 4) if path.exists() else 0)
            yield [at], small.BagOfTerms().encode([asked[at]])

    VectorCache(path, small.D, every).vectors(["a", "b", "c", "d"], one_by_one)
    assert found == saved


@pytest.mark.parametrize("left", [1, 20, 1000])
def test_a_record_that_was_half_written_is_cut_off(tmp_path: Path, left: int) -> None:
    path = tmp_path / "v.vectors"
    VectorCache(path, small.D).vectors(["a", "b"], small.BagOfTerms().batches)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2 + left])
    VectorCache(path, small.D).vectors(["a", "b"], small.BagOfTerms().batches)
    assert path.read_bytes() == data


def test_vectors_come_back_in_the_order_of_the_texts(tmp_path: Path) -> None:
    texts = ["drei", "eins", "zwei"]

    def backwards(asked: Sequence[str]) -> Iterator[tuple[Sequence[int], Floats]]:
        for at in reversed(range(len(asked))):
            yield [at], small.BagOfTerms().encode([asked[at]])

    told: list[tuple[int, int]] = []
    found = VectorCache(tmp_path / "v.vectors", small.D).vectors(
        texts, backwards, lambda done, total: told.append((done, total))
    )
    assert np.array_equal(found, small.BagOfTerms().encode(texts))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_is_long_unused_leaves_and_nothing_else(tmp_path: Path) -> None:
    old = (
        "models/multilingual-e5-small-1571fc98-2/weights.bin",
        "vectors/a750ed86391aaa93-questions.npz",
        f"vectors/{'0' * 32}-passages.vectors",
        f"vectors/{'0' * 32}-corpus.npy",
        "vectors/.a750ed86391aaa93-questions-ab12cd34.npz",
        "models/multilingual-e5-small-1571fc98-4/.full-ab12cd34/full/x",
        "models/multilingual-e5-small-1571fc98-4/question-es-ru/model.onnx",
    )
    kept = (
        "models/multilingual-e5-small-1571fc98-4/weights.bin",
        "models/multilingual-e5-small-1571fc98-4/question-es-ru-ja/model.onnx",
        f"vectors/{'1' * 32}-passages.vectors",
        "models/my-own-model/weights.bin",
        "vectors/notes.txt",
        "somebody-else/a750ed86391aaa93-questions.npz",
    )
    young = (
        "models/multilingual-e5-small-1571fc98-3/weights.bin",
        "models/multilingual-e5-small-1571fc98-4/question-es/model.onnx",
        f"vectors/{'2' * 32}-questions.vectors",
    )
    for name in (*old, *kept, *young):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", "utf-8")
    before = time.time() - (UNUSED_DAYS + 1) * DAY
    for path in sorted(tmp_path.rglob("*"), reverse=True):
        os.utime(path, (before, before))
    for name in young:
        os.utime(tmp_path / name)
        os.utime((tmp_path / name).parent)
    said: list[str] = []
    recipe = tmp_path / "models/multilingual-e5-small-1571fc98-4"
    used = [recipe, recipe / "question-es-ru-ja", tmp_path / kept[2]]
    forget_unused(tmp_path, used, said.append)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {*kept, *young}
    assert len(said) == len(old)
    assert all(line.startswith(f"removed from the cache, unused for {UNUSED_DAYS + 1} days: ") for line in said)
    assert all(path.stat().st_mtime > before + DAY for path in used)
    forget_unused(tmp_path, used, said.append)
    assert len(said) == len(old)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (0, 0, 12.3, "  questions: 12 s so far"),
        (0, 50, 5, "  questions: 0 of 50"),
        (3200, 10_969, 20, "  questions: 3,200 of 10,969, 160 a second, 49 s left"),
        (2, 5, 4, "  questions: 2 of 5, 0.5 a second, 6 s left"),
    ],
)
def test_a_line_of_progress(done: int, total: int, seconds: float, line: str) -> None:
    assert describe("questions", done, total, seconds) == line


def test_progress_is_told_while_work_goes_on_and_not_after() -> None:
    said: list[str] = []
    with Progress(said.append, "work", every=0.01) as progress:
        progress.update(1, 2)
        while not said:
            time.sleep(0.01)
    told = len(said)
    assert said[-1].startswith("  work: 1 of 2, ")
    time.sleep(0.05)
    assert len(said) == told


def test_what_is_done_at_once_is_not_told() -> None:
    said: list[str] = []
    with Progress(said.append, "work"):
        pass
    assert said == []


def test_the_cache_is_listed_and_cleared_of_what_is_ours(tmp_path: Path) -> None:
    ours = {
        "models/multilingual-e5-small-1571fc98-5/full/x": 3000,
        f"vectors/{'0' * 32}-passages.vectors": 500,
        f"vectors/{'0' * 32}-passages.lock": 0,
        ".fetch-ab12cd34/x.whl": 70,
    }
    others = ("models/my-own/x", "vectors/notes.txt", "somebody")
    for name in (*ours, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * ours.get(name, 1))
    listed = list_cache(tmp_path)
    assert [size for _, size, _ in listed] == [3000, 0, 500, 70]
    assert listed[0][2] == "the embedding model, as fetched, unpacked and made small"
    assert clear_cache(tmp_path) == listed
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(others)
    assert list_cache(tmp_path) == []
