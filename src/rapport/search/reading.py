"""The trained reading head as a file of the project: `search_index/reading.json`, made by `rapport train`.

It holds the classes that the head knows, the model whose states it reads, how it was made (`recipe`), and its numbers
as whole numbers of 8 bits with a scale per row, in base64: the very values that Python and the browser compute with.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.content.yaml import read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.search.index import dequantise
from rapport.search.knowledge import ReadingHead

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from rapport.project import Project
    from rapport.types import Floats

MEND = "run `rapport train`, or take the file as it was committed"
MATRICES = ("query", "value", "mean")
LEVELS = 127


def reading_path(project: Project) -> Path:
    """Where the trained head lies."""
    return project.search_index / "reading.json"


def no_reading(dimensions: int) -> ReadingHead:
    """A head that knows no class: what a project without a trained one has, or with another model."""
    empty = np.zeros((0, dimensions), np.float32)
    centres = np.zeros((len(LANGUAGES), dimensions), np.float32)
    return ReadingHead((), empty, empty, empty, np.zeros(0, np.float32), centres)


def fold_path(project: Project, fold: int) -> Path:
    """Where a head lies that has not seen one fold of the real questions of `tune`; a working file."""
    return project.root / ".cache" / f"reading-{fold}.json"


def without_path(project: Project, guide: str) -> Path:
    """Where a head lies that has learnt nothing of one guide; a working file."""
    return project.root / ".cache" / f"reading-without-{guide}.json"


def read_reading(project: Project, path: Path | None = None) -> tuple[str, ReadingHead] | None:
    """The id of the model that a trained head belongs to, and the head; None where there is none.

    `path`: default the one in use. Raises ContentError where the file is damaged or was made for other languages.
    """
    path = path or reading_path(project)
    where = project.show(path)
    if not path.exists():
        return None
    try:
        entry = json.loads(read_text(path, where))
        arrays = entry["arrays"]
        if _digest(arrays) != entry["sha256"]:
            raise ContentError("does not match its checksum", where=where, mend=MEND)
        classes = tuple(entry["classes"])
        query, value, mean = (_matrix(arrays[name]) for name in MATRICES)
        bias, centres = _floats(arrays["bias"]), _floats(arrays["centres"]).reshape(-1, query.shape[1])
        head = ReadingHead(classes, query, value, mean, bias, centres)
        model = str(entry["model"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, binascii.Error) as error:
        raise ContentError("is damaged", where=where, mend=MEND) from error
    if not query.shape == value.shape == mean.shape or len(classes) != len(query) or len(bias) != len(query):
        raise ContentError("is damaged", where=where, mend=MEND)
    if tuple(entry["languages"]) != LANGUAGES:
        raise ContentError(f"was made for {', '.join(entry['languages'])}", where=where, mend="run `rapport train`")
    return model, head


def write_reading(
    project: Project, model: str, head: ReadingHead, recipe: dict[str, Any], path: Path | None = None
) -> None:
    """Write a head that was just trained; its matrices become what `round8` makes of them."""
    arrays: dict[str, Any] = {}
    for name in MATRICES:
        values, scale = round8(getattr(head, name))
        arrays[name] = {"rows": len(values), "values": _text(values), "scale": _text(scale)}
    arrays["bias"], arrays["centres"] = _text(head.bias), _text(head.centres)
    entry = {
        "model": model,
        "languages": list(LANGUAGES),
        "classes": head.classes,
        "recipe": recipe,
        "sha256": _digest(arrays),
        "arrays": arrays,
    }
    path = path or reading_path(project)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}-{os.getpid()}")
    part.write_text(json.dumps(entry, indent=1, ensure_ascii=False) + "\n", "utf-8")
    os.replace(part, path)


def round8(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Rows `(n, d)` as whole numbers from −127 to 127 and a scale each; what comes out again comes out the same."""
    scale = (np.abs(matrix).max(axis=1) / LEVELS).astype(np.float32)
    scale[scale == 0] = 1
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale


def rounded(head: ReadingHead) -> ReadingHead:
    """The head with the matrices that its file holds."""
    query, value, mean = (dequantise(*round8(matrix)) for matrix in (head.query, head.value, head.mean))
    return dataclasses.replace(head, query=query, value=value, mean=mean)


def _matrix(entry: dict[str, Any]) -> Floats:
    scale = _floats(entry["scale"])
    values = np.frombuffer(base64.b64decode(entry["values"], validate=True), np.int8)
    return dequantise(values.reshape(int(entry["rows"]), -1), scale)


def _digest(arrays: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(arrays, sort_keys=True).encode()).hexdigest()


def _floats(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text, validate=True), "<f4").astype(np.float32)


def _text(array: NDArray[Any]) -> str:
    kind = "<f4" if array.dtype.kind == "f" else "<i1"
    return base64.b64encode(np.ascontiguousarray(array).astype(kind).tobytes()).decode("ascii")
