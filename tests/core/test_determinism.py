"""The same inputs give the same bytes, and only what is new is embedded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import small

from rapport.embed.cache import VectorCache
from rapport.languages import LANGUAGES
from rapport.project import open_project
from rapport.search.build import build_index
from rapport.search.index import current_build

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.project import Project


def contents(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in current_build(project).iterdir()}


def test_building_twice_gives_the_same_bytes(built: Project, tmp_path: Path) -> None:
    other = small.lay_down(tmp_path / "elsewhere")
    build_index(other, small.embedding(), small.quiet)
    assert current_build(other).name == current_build(built).name
    for name, data in contents(built).items():
        assert contents(other)[name] == data, name
    assert (other.search_index / "current").read_bytes() == (built.search_index / "current").read_bytes()


def test_the_cache_does_not_change_the_bytes(built: Project, tmp_path: Path) -> None:
    other = small.lay_down(tmp_path)
    path = other.root / small.path_of("late-payment", "de")
    text = path.read_text("utf-8")
    path.write_text(text.replace("**2**", "zwei"), "utf-8")
    build_index(other, small.embedding(cache=tmp_path / "cache"), small.quiet)
    path.write_text(text, "utf-8")
    build_index(other, small.embedding(cache=tmp_path / "cache"), small.quiet)
    assert contents(other) == contents(built)


def test_only_changed_texts_are_embedded(tmp_path: Path) -> None:
    project = small.lay_down(tmp_path / "project")
    encoder = small.BagOfTerms()
    build_index(project, small.embedding(encoder, tmp_path), small.quiet)
    assert len(encoder.seen) == len(set(encoder.seen)) == 30 + 40 + 200

    path = project.root / small.path_of("late-payment", "de")
    text = path.read_text("utf-8").replace("**2**", "zwei").replace(small.situations("late-payment", "de")[0], "neu")
    path.write_text(text, "utf-8")
    encoder = small.BagOfTerms()
    assert build_index(project, small.embedding(encoder, tmp_path), small.quiet) is not None
    questions = small.questions("late-payment", "de")
    assert encoder.seen == [f"{questions[0]} › why de\n{questions[2]}. zwei", "neu"]


def test_settings_alone_embed_nothing(tmp_path: Path) -> None:
    project = small.lay_down(tmp_path / "project")
    build_index(project, small.embedding(cache=tmp_path), small.quiet)
    path = project.search_index / "ranking.yml"
    path.write_text(path.read_text("utf-8").replace("short_to: 200.0", "short_to: 150.0"), "utf-8")
    encoder = small.BagOfTerms()
    assert build_index(project, small.embedding(encoder, tmp_path), small.quiet) is not None
    assert encoder.seen == []


def test_a_copy_elsewhere_is_up_to_date(built: Project, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "copy")
    assert build_index(open_project(tmp_path / "copy"), small.embedding(), small.quiet) is None


def test_a_question_without_any_bank_still_builds(tmp_path: Path) -> None:
    project = small.lay_down(tmp_path)
    for lang in LANGUAGES:
        (project.bank / f"{lang}.jsonl").write_text("", "utf-8")
    assert build_index(project, small.embedding(), small.quiet) is not None


def test_the_cache_embeds_each_text_once(tmp_path: Path) -> None:
    encoder = small.BagOfTerms()
    cache = VectorCache(tmp_path / "v.vectors", small.D)
    first = cache.vectors(["a", "b", "a"], encoder.batches)
    again = VectorCache(tmp_path / "v.vectors", small.D).vectors(["b", "c"], encoder.batches)
    assert encoder.seen == ["a", "b", "c"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    assert cache.vectors([], encoder.batches).shape == (0, small.D)
