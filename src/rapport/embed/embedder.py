"""Embed with the full model through sentence-transformers.

Passages always, and questions of models that have no small copy.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rapport.embed.fingerprint import hub_commit
from rapport.embed.parallel import spread
from rapport.embed.record import Encoded
from rapport.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapport.types import Floats

_PROMPT_NAMES = {"query": ("query", "question"), "passage": ("passage", "document", "corpus")}


class SentenceEmbedder:
    """A sentence-transformers model in one of its two roles, `query` or `passage`.

    `prompt` is what the model's own configuration puts before texts of that role, empty where it names none.
    """

    def __init__(self, name: str, role: str, revision: str = "") -> None:
        """`name`: folder or hub id; `revision`: branch, tag or commit of a hub id.

        Raises ModelError, in one line, where it cannot be loaded or used.
        """
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
            # a commit that lies here already, so that no newer one comes between
            revision = "" if looks_like_folder else hub_commit(name, revision) or revision
            self._model = SentenceTransformer(name, device="cpu", revision=revision or None)
        except Exception as error:  # hub, network, safetensors, … each with exceptions of its own
            reason = str(error).strip().split("\n")[0]
            raise ModelError(
                f"the model {name!r} cannot be loaded: {reason}", mend="name another folder or hub id in rapport.toml"
            ) from error
        self._model.eval()
        self._tokenizing = threading.Lock()
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
        """Texts to `(n, d) float32`, unit rows."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for places, some in self.batches(texts):
            vectors[places] = some
        return vectors

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Floats]]:
        """Texts on all cores, a `record.Batches`. One at a time: a vector must not depend on its neighbours.

        Passages are long, and hardly two of one length: a text alone is work enough for a core.
        """
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)  # see `parallel`
        try:
            longest_first = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
            yield from spread(lambda places: self._vectors(texts, places), [[at] for at in longest_first])
        finally:
            torch.set_num_threads(threads)

    def _vectors(self, texts: Sequence[str], places: list[int]) -> Floats:
        import torch

        with self._tokenizing:  # tokenizers refuse to be used by two at once
            given = self._model.preprocess([texts[at] for at in places], prompt=self.prompt)
        with torch.inference_mode():
            vectors = self._model(given)["sentence_embedding"]
            return np.asarray(torch.nn.functional.normalize(vectors, dim=1), dtype=np.float32)

    def encode_question(self, text: str) -> Encoded:
        """A question's vector; what is trained on the default model's states does not fit another's."""
        return Encoded(np.asarray(self.encode([text])[0], dtype=np.float32))
