"""Embed questions with the small copy of the model: onnxruntime, no torch."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rapport.embed.parallel import spread
from rapport.embed.record import Encoded
from rapport.embed.store import question_folder, read_question_model
from rapport.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from rapport.types import Floats


UNPACK_AT_LOAD = ("session.disable_quant_qdq", "1")
"""Setting of onnxruntime: 4-bit matrices become float32 once, and not again for every question. The browser's session
has it too, so both compute the same."""


BATCH = 8
"""Texts that a build embeds at once, always so many, all of one length in pieces: no text is padded, and every matrix
has the same shape whatever is embedded beside it. Alone, a text goes another way through the libraries' kernels and
differs in the last place (1e-7)."""


class SmallEncoder:
    """The small copy, loaded and verified; a `QuestionEncoder`."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: of the small copy, default the one in the cache.

        Raises ModelError where the copy is missing or damaged.
        """
        folder = folder or question_folder()
        self.model = read_question_model(folder)
        # the network opens without holding Python's lock: the vocabulary is read meanwhile
        with ThreadPoolExecutor(1) as pool:
            opened = pool.submit(_open_session, folder / "model.onnx")
            try:
                self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                self._session = opened.result()
            except Exception as error:  # both libraries raise bare Exceptions of their own
                raise ModelError(f"cannot be loaded ({error})", where=folder, mend="run `rapport build`") from error
        self._tokenizer.enable_truncation(self.model.max_tokens)

    def encode_question(self, text: str) -> Encoded:
        """A question's vector and the states of its pieces."""
        ids = np.array([self._tokenizer.encode(self.model.prompt + text).ids], dtype=np.int64)
        vectors, states = self._session.run(["embedding", "states"], {"input_ids": ids})
        return Encoded(np.asarray(vectors[0], dtype=np.float32), np.asarray(states[0], dtype=np.float32))

    def states(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[Floats]]]:
        """The states of many texts on all cores, some at a time: places in `texts`, `(pieces, d) float32` of each."""

        def run(places: list[int]) -> list[Floats]:
            return [self.encode_question(texts[at]).states for at in places]  # type: ignore[misc]

        parts = [list(range(at, min(at + BATCH, len(texts)))) for at in range(0, len(texts), BATCH)]
        yield from spread(run, parts)

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Floats]]:
        """Many texts on all cores, a `record.Batches`: the same bytes for a text whatever is embedded beside it.

        They are those of `encode_question` to 1e-6.
        """
        encoded = self._tokenizer.encode_batch_fast([self.model.prompt + text for text in texts])
        ids = [encoding.ids for encoding in encoded]
        # the longest first: what is left then takes less time than was said, not more
        longest_first = sorted(range(len(ids)), key=lambda at: -len(ids[at]))
        alike = (list(places) for _, places in itertools.groupby(longest_first, key=lambda at: len(ids[at])))
        parts = [places[at : at + BATCH] for places in alike for at in range(0, len(places), BATCH)]

        def run(places: list[int]) -> Floats:
            filled = places + places[-1:] * (BATCH - len(places))
            return self._run([ids[at] for at in filled])[: len(places)]

        yield from spread(run, parts)

    def _run(self, ids: list[list[int]]) -> Floats:
        (vectors,) = self._session.run(["embedding"], {"input_ids": np.array(ids, dtype=np.int64)})
        return np.asarray(vectors, dtype=np.float32)


def _open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # see `parallel`; one short text gains little from a second core
    options.log_severity_level = 3
    options.add_session_config_entry(*UNPACK_AT_LOAD)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
