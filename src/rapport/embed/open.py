"""Put a model to work for a build: the default one with its small copy, or any other through sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from rapport.embed.cache import SUFFIX, VectorCache
from rapport.embed.embedder import SentenceEmbedder
from rapport.embed.encoder import SmallEncoder
from rapport.embed.fingerprint import model_fingerprint
from rapport.embed.prune import forget_unused
from rapport.embed.record import Embedding, ModelRecord
from rapport.embed.store import cache_folder, ensure_full, ensure_question_copy, model_folder, question_folder
from rapport.errors import ModelError
from rapport.progress import Progress
from rapport.project import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from rapport.embed.record import Batches
    from rapport.project import Project
    from rapport.types import Floats

POOLING = "mean"


def open_embedding(project: Project, say: Callable[[str], None]) -> Embedding:
    """The configured model, ready to build with; the default one is fetched and unpacked where it is missing.

    Raises ModelError where it cannot be had or used.
    """
    if project.model == DEFAULT_MODEL:
        encoder = SmallEncoder(ensure_question_copy(say))
        record = ModelRecord(
            id=encoder.model.id,
            fingerprint=encoder.model.fingerprint,
            question_prompt=encoder.model.prompt,
            passage_prompt=encoder.model.passage_prompt,
            pooling=POOLING,
            dimensions=encoder.model.dimensions,
        )
        # passages do not depend on the small copy
        names = _cache_name(record.fingerprint, record.question_prompt), _cache_name(record.id, record.passage_prompt)
        return _embedding(record, encoder.batches, _Lazy(say).batches, say, names)
    questions = SentenceEmbedder(project.model, "query", project.revision)
    passages = SentenceEmbedder(project.model, "passage", project.revision)
    record = ModelRecord(
        id=project.model,
        fingerprint=model_fingerprint(project.model, project.revision, remember=True),
        question_prompt=questions.prompt,
        passage_prompt=passages.prompt,
        pooling=questions.pooling,
        dimensions=questions.dimensions,
    )
    of = record.id, record.fingerprint
    names = _cache_name(*of, record.question_prompt), _cache_name(*of, record.passage_prompt)
    return _embedding(record, questions.batches, passages.batches, say, names)


def _cache_name(*parts: str) -> str:
    """A name of its own for all that a vector depends on besides its text."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class _Lazy:
    """Loads the full model (seconds, 0.5 GB) only if there is a new passage to embed."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def batches(self, texts: Sequence[str]) -> Iterable[tuple[Sequence[int], Floats]]:
        folder = ensure_full(self._say)
        try:
            embedder = SentenceEmbedder(str(folder), "passage")
        except ModelError as error:
            raise ModelError(error.what, mend=f"delete {folder} and run `rapport build`") from error
        return embedder.batches(texts)


def _embedding(
    record: ModelRecord, questions: Batches, passages: Batches, say: Callable[[str], None], names: tuple[str, str]
) -> Embedding:
    folder = cache_folder() / "vectors"
    paths = [folder / f"{name}-{role}{SUFFIX}" for name, role in zip(names, ("questions", "passages"), strict=True)]
    locks = [path.with_suffix(".lock") for path in paths]
    forget_unused(cache_folder(), [model_folder(), question_folder(), *paths, *locks], say)

    def cached(path: Path, what: str, encode: Batches) -> Callable[[Sequence[str]], Floats]:
        cache = VectorCache(path, record.dimensions)

        def vectors(texts: Sequence[str]) -> Floats:
            with Progress(say, what) as progress:
                return cache.vectors(texts, encode, progress.update)

        return vectors

    return Embedding(record, cached(paths[0], "questions", questions), cached(paths[1], "passages", passages))
