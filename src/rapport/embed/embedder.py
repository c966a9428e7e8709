"""Embed with the full model through sentence-transformers.

Passages always, and questions of models that have no small copy.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rapport.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.types import Floats

_PROMPT_NAMES = {"query": ("query", "question"), "passage": ("passage", "document", "corpus")}


class SentenceEmbedder:
    """A sentence-transformers model in one of its two roles, `query` or `passage`.

    `prompt` is what the model's own configuration puts before texts of that role, empty where it names none.
    """

    def __init__(self, name: str, role: str) -> None:
        """`name`: folder or hub id. Raises ModelError, in one line, where it cannot be loaded or used."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError(
                f"the model {name!r} needs sentence-transformers, which is not installed",
                mend='install it with `pip install -e ".[build]"`',
            ) from error
        looks_like_folder = name.startswith((".", "/", "~")) or Path(name).exists()
        if looks_like_folder and not any((Path(name) / file).is_file() for file in ("modules.json", "config.json")):
            raise ModelError(
                "is not the folder of a sentence-transformers model (no modules.json, no config.json)",
                where=name,
                mend="name another folder or hub id in rapport.toml",
            )
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # hub, network, safetensors, … each with exceptions of its own
            reason = str(error).strip().split("\n")[0]
            raise ModelError(
                f"the model {name!r} cannot be loaded: {reason}", mend="name another folder or hub id in rapport.toml"
            ) from error
        dimensions = self._model.get_embedding_dimension()
        if not dimensions:
            raise ModelError(
                f"the model {name!r} gives no vectors of fixed size", mend="name another one in rapport.toml"
            )
        self.dimensions = int(dimensions)
        prompts = self._model.prompts or {}
        pooling = next((module for module in self._model if type(module).__name__ == "Pooling"), None)
        self.pooling = str(getattr(pooling, "pooling_mode", "the model's own"))
        self.prompt: str = next((text for key in _PROMPT_NAMES[role] if (text := prompts.get(key))), "")

    def encode(self, texts: Sequence[str]) -> Floats:
        """Texts to `(n, d) float32`, unit rows. One at a time: a vector must not depend on its neighbours."""
        vectors = self._model.encode(
            list(texts), prompt=self.prompt, batch_size=1, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def encode_question(self, text: str) -> Floats:
        """A question's vector, `(d,) float32`, unit length."""
        return np.asarray(self.encode([text])[0], dtype=np.float32)


def model_fingerprint(name: str) -> str:
    """Identifies a model's files: hash of its folder's names and sizes and of its small files, or the hub id itself."""
    folder = Path(name)
    if not folder.is_dir():
        return name
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(json.dumps([path.relative_to(folder).as_posix(), path.stat().st_size]).encode())
            if path.stat().st_size < 1 << 20:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
