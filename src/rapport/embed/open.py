"""Put a model to work for a build: the default one with its small copy, or any other through sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

from rapport.embed.cache import VectorCache
from rapport.embed.embedder import SentenceEmbedder, model_fingerprint
from rapport.embed.encoder import SmallEncoder
from rapport.embed.record import Embedding, ModelRecord
from rapport.embed.store import cache_folder, ensure_full, ensure_question_copy
from rapport.errors import ModelError
from rapport.project import DEFAULT_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from rapport.embed.record import QuestionEncoder
    from rapport.project import Project
    from rapport.types import Floats

POOLING = "mean"


def open_embedding(project: Project, say: Callable[[str], None]) -> Embedding:
    """The configured model, ready to build with; the default one is fetched and unpacked where it is missing.

    Raises ModelError where it cannot be had or used.
    """
    if project.model == DEFAULT_MODEL:
        copy = ensure_question_copy(say)
        encoder = SmallEncoder(copy)
        embedder = _Lazy(lambda: _default_embedder(ensure_full(say)))
        record = ModelRecord(
            id=encoder.model.id,
            fingerprint=encoder.model.fingerprint,
            question_prompt=encoder.model.prompt,
            passage_prompt=encoder.model.passage_prompt,
            pooling=POOLING,
            dimensions=encoder.model.dimensions,
        )
        # its fingerprint is a hash already; the name is an old one, so that nothing is embedded again
        cached = record.fingerprint[:16]
        return _embedding(record, encoder, embedder.encode, say, (cached, cached))
    questions = SentenceEmbedder(project.model, "query")
    passages = SentenceEmbedder(project.model, "passage")
    record = ModelRecord(
        id=project.model,
        fingerprint=model_fingerprint(project.model),
        question_prompt=questions.prompt,
        passage_prompt=passages.prompt,
        pooling=questions.pooling,
        dimensions=questions.dimensions,
    )
    names = _cache_name(record, record.question_prompt), _cache_name(record, record.passage_prompt)
    return _embedding(record, questions, passages.encode, say, names)


def _cache_name(record: ModelRecord, prompt: str) -> str:
    """A name of its own for all that a vector depends on besides its text."""
    parts = [record.id, record.fingerprint, prompt, record.dimensions]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _default_embedder(folder: Path) -> SentenceEmbedder:
    try:
        return SentenceEmbedder(str(folder), "passage")
    except ModelError as error:
        raise ModelError(error.what, mend=f"delete {folder} and run `rapport build`") from error


class _Lazy:
    """Loads the full model (seconds, 0.5 GB) only if there is a new passage to embed."""

    def __init__(self, load: Callable[[], SentenceEmbedder]) -> None:
        self._load = load
        self._embedder: SentenceEmbedder | None = None

    def encode(self, texts: Sequence[str]) -> Floats:
        self._embedder = self._embedder or self._load()
        return self._embedder.encode(texts)


def _embedding(
    record: ModelRecord,
    encoder: QuestionEncoder,
    passages: Callable[[Sequence[str]], Floats],
    say: Callable[[str], None],
    names: tuple[str, str],
) -> Embedding:
    folder = cache_folder() / "vectors"
    asked = VectorCache(folder / f"{names[0]}-questions.npz", record.dimensions)
    read = VectorCache(folder / f"{names[1]}-passages.npz", record.dimensions)

    def encode_questions(texts: Sequence[str]) -> Floats:
        return np.stack([encoder.encode_question(text) for text in texts])

    def progress(done: int, total: int) -> None:
        say(f"  {done} of {total}")

    return Embedding(
        record,
        questions=lambda texts: asked.vectors(texts, encode_questions, progress),
        passages=lambda texts: read.vectors(texts, passages, progress),
    )
