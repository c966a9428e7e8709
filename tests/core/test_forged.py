"""An index that is damaged blindly, or forged so that every checksum is right: refused with the mend, or it answers.

`--rounds 50` makes it 10,000 blind and 2,000 forged damages.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import resource
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import small

from rapport.errors import IndexUnusable
from rapport.search.ask import Searcher
from rapport.search.index import current_build, read_index
from rapport.search.show import to_dict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rapport.project import Project

BLIND, FORGED = 200, 40
"""Damages in one round."""

SLOW_S = 10
QUESTIONS = ("El cliente paga tarde", "客さんの支払いが遅い。請求書がわからない", "x")


class Files:
    """The files of the build in use, to be changed and put back."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.folder = current_build(project)
        self.pointer = project.search_index / "current"
        self.paths = [*sorted(self.folder.iterdir()), self.pointer]
        self.sound = {path: path.read_bytes() for path in self.paths}

    def restore(self) -> None:
        for path, data in self.sound.items():
            if path.is_symlink() or not path.is_file():
                remove(path)
            path.write_bytes(data)

    def forge(self, name: str, data: bytes) -> None:
        """Write a file of the build, and manifest and pointer that fit it."""
        (self.folder / name).write_bytes(data)
        manifest = json.loads(self.sound[self.folder / "manifest.json"])
        manifest["files"][name] = [len(data), hashlib.sha256(data).hexdigest()]
        self.forge_manifest(json.dumps(manifest).encode())

    def forge_manifest(self, data: bytes) -> None:
        (self.folder / "manifest.json").write_bytes(data)
        self.pointer.write_text(f"{self.folder.name} {hashlib.sha256(data).hexdigest()}\n", "utf-8")


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@pytest.fixture
def files(project: Project) -> Files:
    return Files(project)


def outcome(project: Project) -> str:
    """`refused`, or the answers as JSON; whatever else happens is raised."""
    began = time.monotonic()
    try:
        searcher = Searcher(read_index(project)[0], small.BagOfTerms())
    except IndexUnusable as error:
        return "refused" if str(error).endswith("; run `rapport build`") else str(error)
    finally:
        assert time.monotonic() - began < SLOW_S
    answers = [to_dict(searcher.ask(question, "es")) for question in QUESTIONS]
    for answer in answers:
        del answer["elapsed_ms"]
    return json.dumps(answers, allow_nan=False, ensure_ascii=False).encode("utf-8").decode("utf-8")


# -- blind --------------------------------------------------------------------------------------------------------


KINDS = (
    "bit", "byte", "cut", "zeros", "grown", "doubled", "swapped", "other", "gone", "folder", "pipe", "link",
)  # fmt: skip


def damage(path: Path, chance: random.Random) -> str:
    """Something that disks, editors and people do to a file."""
    data = bytearray(path.read_bytes())
    kind = chance.choice(KINDS)
    at = chance.randrange(len(data))
    match kind:
        case "bit":
            data[at] ^= 1 << chance.randrange(8)
        case "byte":
            data[at] = chance.randrange(256)
        case "cut":
            del data[at:]
        case "zeros":
            data[at : at + 4096] = bytes(len(data[at : at + 4096]))
        case "grown":
            data += chance.randbytes(chance.randrange(1, 4096))
        case "doubled":
            data += bytes(data)
        case "swapped":
            data[at:], data[:at] = data[: len(data) - at], data[len(data) - at :]
        case "other":
            data = bytearray(
                chance.choice(sorted(path.parent.iterdir())).read_bytes() if path.name != "current" else b"x"
            )
        case _:
            path.unlink()
            if kind == "folder":
                path.mkdir()
            elif kind == "pipe":
                os.mkfifo(path)
            elif kind == "link":
                path.symlink_to("/dev/zero")
            return f"{path.name}: {kind}"
    path.write_bytes(data)
    return f"{path.name}: {kind} at {at}"


def test_blind_damage_is_refused_or_none(files: Files, rounds: int) -> None:
    sound = outcome(files.project)
    chance = random.Random(20261130)
    refused = same = 0
    for _ in range(BLIND * rounds):
        what = damage(chance.choice(files.paths), chance)
        try:
            found = outcome(files.project)
        except Exception as error:
            raise AssertionError(what) from error
        assert found in ("refused", sound), what
        refused += found == "refused"
        same += found == sound
        files.restore()
    print(f"\nblind: {refused} refused, {same} the same answers")
    assert refused > 0.9 * BLIND * rounds


# -- forged -------------------------------------------------------------------------------------------------------

STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**70, 1.5, -0.0, 1e999, -1e999, float("nan"), 1e300, 1e-300, "", "x", "es", "../../x",
    "\ud800", "\x00", "a\u2028b", [], {}, [None], {"x": "x"}, [[[]]], "x" * 10_000,
)  # fmt: skip


def forge_json(value: Any, chance: random.Random) -> Any:
    """The same with one place changed, at any depth."""
    if isinstance(value, (dict, list)) and value and chance.random() < 0.9:
        at = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        copy: Any = dict(value) if isinstance(value, dict) else list(value)
        match chance.randrange(4):
            case 0:
                del copy[at]
            case 1 if isinstance(value, dict):
                copy[str(chance.choice(STRANGE))] = copy[at]
            case 1:
                copy.append(copy[at])
            case _:
                copy[at] = forge_json(value[at], chance)
        return copy
    return chance.choice(STRANGE)


FLOATS = [np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-45, 0]


def forge_array(array: Any, chance: random.Random) -> Any:
    """The same with another type, shape or numbers."""
    numbers = array.dtype.kind in "iuf"
    match chance.randrange(8):
        case 0:
            return array[:-1] if array.ndim and len(array) else np.zeros(3)
        case 1:
            return np.stack([array, array])
        case 2:
            return (
                array.astype(chance.choice(["<f8", ">f4", "<i8", "<u2", "S7", "<c16", "?"]))
                if numbers
                else array.astype("S")
            )
        case 3:
            return array[:0] if array.ndim else np.array([])
        case 4:
            return np.array([None, {"a": 1}], dtype=object)
        case 5 if array.ndim and len(array) > 1:
            return array[::-1].copy()
        case 6 if array.ndim == 2:
            return array.T.copy()
        case _:
            copy = array.copy()
            if not numbers or not copy.size:
                return np.array(["\ud800", "x", ""], dtype=str)
            kind = copy.dtype.kind
            extremes = FLOATS if kind == "f" else [0, np.iinfo(copy.dtype).max, np.iinfo(copy.dtype).min]
            flat = copy.reshape(-1)
            flat[chance.sample(range(flat.size), min(flat.size, chance.choice([1, 7, flat.size])))] = chance.choice(
                extremes
            )
            return flat.reshape(array.shape)


def forge_npz(data: bytes, chance: random.Random) -> bytes:
    with np.load(io.BytesIO(data)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    name = chance.choice(list(arrays))
    match chance.randrange(8):
        case 0:
            del arrays[name]
        case 1:
            arrays["more"] = arrays[name]
        case 2:
            return with_header(data, chance)
        case _:
            arrays[name] = forge_array(arrays[name], chance)
    made = io.BytesIO()
    (np.savez_compressed if chance.random() < 0.05 else np.savez)(made, allow_pickle=True, **arrays)
    return made.getvalue()


def with_header(data: bytes, chance: random.Random) -> bytes:
    """The same with what an array says of itself, or a byte of the archive, changed."""
    for old, new in chance.sample(
        [(b"'shape': (", b"'shape': (9"), (b"'descr': '<", b"'descr': '>"), (b"False", b"True ")], 1
    ):
        if chance.random() < 0.5:
            return data.replace(old, new, 1)
    changed = bytearray(data)
    for _ in range(chance.choice([1, 4])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def forge(files: Files, chance: random.Random) -> str:
    """Change a file of the build so that everything that guards against chance is right."""
    path = chance.choice(files.paths[:-1])
    data = files.sound[path]
    if path.suffix == ".npz":
        files.forge(path.name, forge_npz(data, chance))
    elif path.suffix == ".jsonl":
        lines = [json.loads(line) for line in data.decode().split("\n") if line]
        at = chance.randrange(len(lines))
        lines[at] = forge_json(lines[at], chance)
        files.forge(path.name, "".join(json.dumps(line) + "\n" for line in lines).encode())
    else:
        made = json.dumps(forge_json(json.loads(data), chance)).encode()
        (files.forge_manifest if path.name == "manifest.json" else lambda made: files.forge(path.name, made))(made)
    return path.name


def test_a_forged_index_is_refused_or_answers(files: Files, rounds: int) -> None:
    sound = outcome(files.project)
    refused = same = other = 0
    for number in range(FORGED * rounds):
        chance = random.Random(20261130 + number)
        name = forge(files, chance)
        try:
            found = outcome(files.project)
        except Exception as error:
            raise AssertionError(f"forgery {number} of {name}") from error
        refused += found == "refused"
        same += found == sound
        other += found not in ("refused", sound)
        files.restore()
    print(f"\nforged: {refused} refused, {same} the same answers, {other} others")
    assert refused > 0.5 * FORGED * rounds


# -- what must not even be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["vectors.npz", "manifest.json", "current"])
def test_a_file_that_has_grown_is_not_read(files: Files, name: str) -> None:
    path = files.pointer if name == "current" else files.folder / name
    os.truncate(path, 3 << 30)
    try:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert outcome(files.project) == "refused"
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
    finally:
        files.restore()


def test_an_array_that_claims_more_than_there_is_takes_no_memory(files: Files) -> None:
    data = files.sound[files.folder / "rows.npz"]
    with np.load(io.BytesIO(data)) as stored:
        shape = f"'shape': ({len(stored['kinds'])},)".encode()
    files.forge("rows.npz", data.replace(shape, b"'shape': (9" + b"9" * (len(shape) - 13) + b",)", 1))
    assert outcome(files.project) == "refused"


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), os.mkdir])
@pytest.mark.parametrize("name", ["vectors.npz", "manifest.json", "current"])
def test_only_regular_files_are_read(files: Files, name: str, make: Callable[[Path], None]) -> None:
    path = files.pointer if name == "current" else files.folder / name
    path.unlink()
    make(path)
    assert outcome(files.project) == "refused"


@pytest.mark.parametrize(
    ("name", "array", "change", "message"),
    [
        ("vectors.npz", "values", lambda a: a + np.int8(100), "a vector has other values"),
        ("vectors.npz", "scale", lambda a: a * np.float32(np.nan), "`scale` holds what is no number, or none that "),
        ("head.npz", "weights", lambda a: a[:, :-1], r"`weights` has the shape \(\d+, \d+\), which does not fit"),
        ("head.npz", "bias", lambda a: a.astype(float), "`bias` is of type float64 instead of f4"),
        ("reading.npz", "centres", lambda a: a[:2], r"`centres` has the shape \(2, \d+\), which does not fit"),
        ("lexical.npz", "starts", lambda a: a[::-1].copy(), "a term has no place"),
        ("lexical.npz", "rows", lambda a: a + a.dtype.type(60_000), "a term stands in a row that is not there"),
        ("rows.npz", "guides", lambda a: a + np.int32(9), "a row names no guide"),
        ("rows.npz", "texts", lambda a: a | np.uint8(0x80), "codec can't decode"),
        ("rows.npz", "kinds", lambda a: a + np.uint8(9), "a row is of no kind"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(
    files: Files, name: str, array: str, change: Callable[[Any], Any], message: str
) -> None:
    with np.load(io.BytesIO(files.sound[files.folder / name])) as stored:
        arrays = {one: stored[one] for one in stored.files}
    made = io.BytesIO()
    np.savez(made, **{**arrays, array: change(arrays[array])})
    files.forge(name, made.getvalue())
    where = files.project.show(files.folder)
    with pytest.raises(IndexUnusable, match=rf"^{where}: cannot be used \(.*{message}.*\); run `rapport build`$"):
        read_index(files.project)
