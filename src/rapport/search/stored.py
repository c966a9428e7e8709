"""What a stored index may hold: files are read no further than they may be long, arrays taken for nothing they are not.

Checksums tell that a file is the one that was written. That what was written makes sense is told here, so that a wrong
index is refused when it is loaded and not by whatever question meets it first.
"""

from __future__ import annotations

import io
import json
import math
import os
import stat
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from rapport.search.knowledge import Rows

MOST = 1e6
"""No number of an index comes near it, and none below makes sums of a few thousand products overflow."""

LEVELS = 7
"""A stored vector's values are whole numbers from −7 to 7 (4 bits) times one scale per row."""


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe without a writer would be waited for


def read_regular(path: Path, most: int) -> bytes:
    """Bytes of a regular file of at most `most` bytes; OSError or ValueError, before reading, for anything else."""
    with open(path, "rb", opener=_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("is no regular file")
        if status.st_size > most:
            raise ValueError(f"has {status.st_size} bytes, more than {most}")
        return file.read(most)


def read_json(data: bytes) -> Any:
    """A JSON value without numbers that are none; ValueError."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no number")

    return json.loads(data.decode("utf-8"), parse_constant=refuse)


def a_text(value: object) -> str:
    """The same, where it is a text that can be written out; ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    value.encode("utf-8")  # half a character cannot
    return value


def a_number(value: object) -> float:
    """The same, where it is a finite number of sane size; ValueError."""
    if type(value) not in (int, float) or not abs(value) <= MOST:  # type: ignore[arg-type]
        raise ValueError(f"{value!r} is no number that belongs here")
    return float(value)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Form:
    """What an array must be."""

    dtype: str
    """NumPy's names of the types it may have, with `|` between them; `U`: texts."""
    shape: tuple[str, ...] = ()
    """A name for each size; what has the same name has the same size."""


def read_arrays(data: bytes, forms: Mapping[str, Form], sizes: dict[str, int]) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz` file, which must be those of `forms` and no others; ValueError.

    `sizes`: what is known of the sizes by name; those seen for the first time are added. Floats are finite and sane.
    """
    try:
        arrays = dict(_members(data))
    except Exception as error:  # what NumPy and zipfile raise at forged bytes is no list that one could name
        raise ValueError(f"the arrays cannot be read: {error}") from error
    if set(arrays) != set(forms):
        raise ValueError(f"holds the arrays {', '.join(sorted(arrays))} instead of {', '.join(sorted(forms))}")
    for name, form in forms.items():
        _check_form(name, arrays[name], form, sizes)
    return arrays


def _members(data: bytes) -> Iterable[tuple[str, NDArray[Any]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(data):
                raise ValueError(f"{entry.filename} is packed")  # and may be of any size unpacked
            with archive.open(entry) as member:
                yield entry.filename.removesuffix(".npy"), _array(member.read())


def _array(data: bytes) -> NDArray[Any]:
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("of a form that is never written")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    # a header may claim any size, and memory is taken before it is found to be a lie
    if stream.tell() + math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError("is not as long as it says")
    stream.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _check_form(name: str, array: NDArray[Any], form: Form, sizes: dict[str, int]) -> None:
    if form.dtype == "U":
        fits = array.dtype.kind == "U"
    else:
        fits = any(array.dtype == np.dtype(one) for one in form.dtype.split("|"))
    if not fits:
        raise ValueError(f"`{name}` is of type {array.dtype} instead of {form.dtype}")
    wanted = tuple(sizes.setdefault(of, size) for of, size in zip(form.shape, array.shape, strict=False))
    if array.shape != wanted or len(array.shape) != len(form.shape):
        raise ValueError(f"`{name}` has the shape {array.shape}, which does not fit the others")
    if array.dtype.kind == "f" and not (np.abs(array) <= MOST).all():
        raise ValueError(f"`{name}` holds what is no number, or none that belongs here")
    if array.dtype.kind == "U":
        for text in array.tolist():
            a_text(text)


def _require(holds: object, what: str) -> None:
    if not holds:
        raise ValueError(what)


ROWS = {
    "kinds": Form("u1", ("rows",)),
    "guides": Form("i4", ("rows",)),
    "sections": Form("i4", ("rows",)),
    "langs": Form("u1", ("rows",)),
    "ends": Form("u8", ("ends",)),
    "texts": Form("u1", ("bytes",)),
    "guide_names": Form("U", ("guide names",)),
    "section_names": Form("U", ("section names",)),
    "lang_names": Form("U", ("language names",)),
}
VECTORS = {"values": Form("i1", ("rows", "d")), "scale": Form("f4", ("rows",))}
LEXICAL = {
    "keys": Form("u4", ("terms",)),
    "starts": Form("u4", ("starts",)),
    "rows": Form("u2|u4", ("postings",)),
    "weights": Form("u1", ("postings",)),
    "step": Form("f8"),
}
HEAD = {
    "classes": Form("U", ("classes",)),
    "weights": Form("f4", ("classes", "d")),
    "bias": Form("f4", ("classes",)),
    "section_classes": Form("U", ("section classes",)),
    "section_weights": Form("f4", ("section classes", "d")),
    "section_bias": Form("f4", ("section classes",)),
    "means": Form("f4", ("languages", "d")),
}
READING = {
    "classes": Form("U", ("reading classes",)),
    "query": Form("f4", ("reading classes", "d")),
    "value": Form("f4", ("reading classes", "d")),
    "mean": Form("f4", ("reading classes", "d")),
    "bias": Form("f4", ("reading classes",)),
    "centres": Form("f4", ("languages", "d")),
}


def check_rows(arrays: Mapping[str, NDArray[Any]], kinds: int) -> None:
    """Numbers name what there is, and texts are whole; ValueError. `kinds`: how many there are."""
    names = {of: len(arrays[f"{of}_names"]) for of in ("guide", "section", "lang")}
    _require((arrays["kinds"] < kinds).all(), "a row is of no kind")
    _require((arrays["langs"] < names["lang"]).all(), "a row is in no language")
    for of in ("guide", "section"):
        numbers = arrays[f"{of}s"]
        _require(((numbers >= -1) & (numbers < names[of])).all(), f"a row names no {of}")
    ends, texts = arrays["ends"].astype(np.int64), arrays["texts"]
    _require(ends[0] == 0 and ends[-1] == len(texts) and (np.diff(ends) >= 0).all(), "the texts are cut wrongly")
    texts.tobytes().decode("utf-8")
    inner = ends[ends < len(texts)]
    _require((texts[inner] & 0xC0 != 0x80).all(), "a text begins within a character")


def check_vectors(values: NDArray[np.int8], scale: NDArray[np.float32]) -> None:
    """As `index.quantise` makes them; ValueError."""
    _require(np.abs(values.min(initial=0)) <= LEVELS and values.max(initial=0) <= LEVELS, "a vector has other values")
    _require(((scale > 0) & (scale <= 1)).all(), "a vector has another length")


def check_lexical(arrays: Mapping[str, NDArray[Any]], rows: int) -> None:
    """Terms and rows ascend, and are there; ValueError."""
    keys, starts, found = (arrays[name].astype(np.int64) for name in ("keys", "starts", "rows"))
    _require((np.diff(keys) > 0).all(), "the terms do not ascend")
    _require(len(starts) == len(keys) + 1, "the terms and their places do not match")
    _require(starts[0] == 0 and starts[-1] == len(found) and (np.diff(starts) >= 0).all(), "a term has no place")
    _require(found.max(initial=-1) < rows, "a term stands in a row that is not there")
    steps = np.diff(found, prepend=-1)
    steps[starts[:-1][np.diff(starts) > 0]] = 1
    _require((steps > 0).all(), "the rows of a term do not ascend")
    _require(arrays["step"] > 0, "the weights have no unit")


def check_names(rows: Rows, guides: Iterable[str], languages: Iterable[str], texts: Iterable[tuple[str, str]]) -> None:
    """Rows name guides of the catalogue, languages of the index, and passages that can be shown; ValueError."""
    _require(set(rows.guide_names) <= set(guides), "a row belongs to no guide of the catalogue")
    _require(set(rows.lang_names) <= set(languages), "a row is in no language of the index")
    passages = np.flatnonzero(rows.kinds == 0)
    _require((rows.guides[passages] >= 0).all() and (rows.sections[passages] >= 0).all(), "a passage has no place")
    pairs = np.unique(np.stack([rows.guides[passages], rows.langs[passages].astype(np.int32)]), axis=1).T.tolist()
    shown = {(rows.guide_names[guide], rows.lang_names[lang]) for guide, lang in pairs}
    _require(shown <= set(texts), "a passage belongs to no guide that is written")
