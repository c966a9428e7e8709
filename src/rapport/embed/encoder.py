"""Embed questions with the small copy of the model: onnxruntime, no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rapport.embed.store import question_folder, read_question_model
from rapport.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.types import Floats


UNPACK_AT_LOAD = ("session.disable_quant_qdq", "1")
"""Setting of onnxruntime: 4-bit matrices become float32 once, and not again for every question. The browser's session
has it too, so both compute the same."""


class SmallEncoder:
    """The small copy, loaded and verified; a `QuestionEncoder`."""

    def __init__(self, folder: Path | None = None, threads: int = 0) -> None:
        """`folder`: of the small copy, default the one in the cache; `threads`: 0 leaves it to onnxruntime.

        Raises ModelError where the copy is missing or damaged.
        """
        folder = folder or question_folder()
        self.model = read_question_model(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.add_session_config_entry(*UNPACK_AT_LOAD)
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # both libraries raise bare Exceptions of their own
            raise ModelError(f"cannot be loaded ({error})", where=folder, mend="run `rapport build`") from error
        self._tokenizer.enable_truncation(self.model.max_tokens)

    def encode_question(self, text: str) -> Floats:
        """A question's vector, `(d,) float32`, unit length."""
        ids = self._tokenizer.encode(self.model.prompt + text).ids
        (vector,) = self._session.run(["embedding"], {"input_ids": np.array([ids], dtype=np.int64)})
        return np.asarray(vector[0], dtype=np.float32)
