"""Where models live in the user's cache, and which parts of them are complete.

    <cache>/models/<recipe>/weights.bin      as fetched
                            full/            sentence-transformers folder
                            question-<languages>/
                                             model.onnx, model.onnx_data, starter.onnx, tokenizer.json,
                                             model.json (written last)

A part is made in a folder beside it and renamed when complete, so a killed run leaves nothing half-made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from rapport.disk import require_room
from rapport.embed.fetch import SHA256, fetch_weights, sha256_of
from rapport.errors import ModelError
from rapport.languages import LANGUAGE
from rapport.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

RECIPE = f"multilingual-e5-small-{SHA256[:8]}-5"
"""Names the weights and the way they are unpacked and shrunk; raise the last number when the way changes."""

FULL_ROOM, COPY_ROOM = 1_300_000_000, 300_000_000
"""Bytes that are taken for a while; what stays are 0.6 GB."""

DESCRIPTION = "model.json"
QUESTION_WEIGHTS = "model.onnx_data"
_QUESTION_FILES = ("model.onnx", QUESTION_WEIGHTS, "tokenizer.json", "starter.onnx")


@dataclass(frozen=True, slots=True)
class QuestionModel:
    """The small copy, as `model.json` describes it."""

    id: str
    prompt: str
    """Put before every question."""
    passage_prompt: str
    """Put before every passage by the full model."""
    dimensions: int
    max_tokens: int
    sha256: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over those of the files: other vectors, another fingerprint."""
        return hashlib.sha256("".join(self.sha256[name] for name in _QUESTION_FILES).encode()).hexdigest()


def cache_folder() -> Path:
    """The user's cache of this program (RAPPORT_CACHE overrides it)."""
    given = os.environ.get("RAPPORT_CACHE")
    return Path(given).expanduser() if given else Path(platformdirs.user_cache_dir("rapport"))


def model_folder() -> Path:
    """Folder of the default model in the cache."""
    return cache_folder() / "models" / RECIPE


def question_folder() -> Path:
    """Folder of the small copy: its vocabulary is that of all languages, whichever of them a project has."""
    return model_folder() / "-".join(("question", *LANGUAGE))


def ensure_full(say: Callable[[str], None]) -> Path:
    """The default model as a sentence-transformers folder, fetched and unpacked where it is not there yet."""
    full = model_folder() / "full"
    if not full.is_dir():
        require_room(model_folder(), FULL_ROOM, "unpacking the embedding model")
        say(f"fetching the embedding model (92 MB, once) into {model_folder()}")
        weights = fetch_weights(model_folder() / "weights.bin", say)
        say("unpacking the embedding model")
        with Progress(say, "unpacking"):
            _make(full, lambda folder: _unpack(weights, folder))
    return full


def ensure_question_copy(say: Callable[[str], None]) -> Path:
    """The folder of the small copy, made from the full model where it is missing or damaged."""
    folder = question_folder()
    if folder.is_dir():
        try:
            read_question_model(folder)
        except ModelError:
            shutil.rmtree(folder)
    if not folder.is_dir():
        full = ensure_full(say)
        require_room(folder, COPY_ROOM, "the small copy of the embedding model")
        say("making the small copy of the model for questions")
        with Progress(say, "shrinking, texts read") as progress:
            _make(folder, lambda part: _shrink(full, part, progress.update))
    return folder


def read_question_model(folder: Path | None = None) -> QuestionModel:
    """The verified description of the small copy; ModelError, with the mend, where it is missing or damaged."""
    folder = folder or question_folder()
    mend = "run `rapport build`"
    try:
        model = QuestionModel(**json.loads((folder / DESCRIPTION).read_text("utf-8")))
    except OSError as error:
        raise ModelError("the embedding model is not there yet", where=folder, mend=mend) from error
    except (ValueError, TypeError) as error:
        raise ModelError("the description of the embedding model is damaged", where=folder, mend=mend) from error
    for name in _QUESTION_FILES:
        path = folder / name
        if not path.is_file() or sha256_of(path) != model.sha256.get(name):
            raise ModelError("missing or damaged", where=path, mend=mend)
    return model


def _make(target: Path, fill: Callable[[Path], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        part = Path(folder) / target.name
        fill(part)
        try:
            os.replace(part, target)
        except OSError:
            if not target.is_dir():  # another run was quicker: its copy is as good
                raise


def _unpack(weights: Path, folder: Path) -> None:
    from rapport.embed.unpack import unpack  # torch: only whoever builds needs it

    unpack(weights, folder)


def _shrink(full: Path, folder: Path, progress: Callable[[int, int], None]) -> None:
    from rapport.embed.shrink import MAX_PIECES, shrink

    shrink(full, folder, progress)
    config = json.loads((full / "config.json").read_text("utf-8"))
    prompts = json.loads((full / "config_sentence_transformers.json").read_text("utf-8"))["prompts"]
    model = QuestionModel(
        id=RECIPE,
        prompt=prompts["query"],
        passage_prompt=prompts["passage"],
        dimensions=config["hidden_size"],
        max_tokens=MAX_PIECES,
        sha256={name: sha256_of(folder / name) for name in _QUESTION_FILES},
    )
    (folder / DESCRIPTION).write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")
