"""The index folder: written whole, switched to at the end, refused where anything does not match.

    search_index/current               one line: the name of the build in use and the SHA-256 of its manifest
    search_index/builds/<name>/        the files below, and manifest.json, written last

What each file holds stands in `search_index/README.md`. No pickle anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.embed.record import ModelRecord
from rapport.errors import IndexUnusable
from rapport.languages import LANGUAGES
from rapport.search import stored
from rapport.search.analyser import VERSION as ANALYSER_VERSION
from rapport.search.knowledge import KINDS, GuideText, Head, Knowledge, ReadingHead, Rows, lay_out
from rapport.search.lexical import LexicalIndex
from rapport.search.settings import to_settings
from rapport.search.spelling import Spelling
from rapport.search.stored import LEVELS, a_text, read_arrays, read_json, read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from rapport.project import Project
    from rapport.types import Floats

SCHEMA = 5
MANIFEST = "manifest.json"
CURRENT = "current"
BUILDS = "builds"
KEPT_BUILDS = 2
FILES = frozenset({
    "catalogue.json", "guides.jsonl", "head.npz", "lexical.npz", "reading.npz", "rows.npz", "settings.json",
    "spellings.json", "vectors.npz",
})  # fmt: skip
"""Of a build, besides its manifest."""

_MOST_POINTER, _MOST_MANIFEST, _MOST_BYTES = 1_000, 1_000_000, 1 << 30
"""Bytes that are read of each of these files at most."""

_MEND = "run `rapport build`"
_POINTER = re.compile(r"([0-9a-f]{16}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made from and what it consists of."""

    schema: int
    analyser: int
    inputs: str
    """Hash of everything that the build read."""
    model: ModelRecord
    languages: tuple[str, ...]
    rows: int
    guides: int
    """Guides written, each counted once."""
    files: dict[str, tuple[int, str]]
    """Name → (bytes, SHA-256) of every other file."""


_CLIPS = (0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 1.0)


def quantise(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Unit rows `(n, d)` as whole numbers of 4 bits and a scale each, so that `int8 * scale` is a unit row again.

    faiss and the browser both hold these very values. Each row is clipped where that makes its error smallest. On the
    judged questions success@1 is the same as with float32 to .002, at an eighth of the size.
    """
    values = np.zeros(vectors.shape, dtype=np.int8)
    least = np.full(len(vectors), np.inf)
    for clip in _CLIPS:
        step = np.abs(vectors).max(axis=1, keepdims=True) * clip / LEVELS
        step[step == 0] = 1
        candidate = np.clip(np.rint(vectors / step), -LEVELS, LEVELS)
        error = np.square(vectors - candidate * step).sum(axis=1)
        better = error < least
        values[better] = candidate[better].astype(np.int8)
        least[better] = error[better]
    length = np.linalg.norm(values.astype(np.float64), axis=1)
    return values, (1 / np.where(length == 0, 1, length)).astype(np.float32)


def dequantise(values: NDArray[np.int8], scale: Floats) -> Floats:
    """What `quantise` made, as float32 again."""
    return values.astype(np.float32) * scale[:, None]


class StoredVectors:
    """Unit rows as whole numbers and scales; compared by NumPy, which a single question is done with sooner."""

    def __init__(self, values: NDArray[np.int8], scale: Floats) -> None:
        """`values`: `(rows, d)`, from `quantise`, as is `scale`: `(rows,)`."""
        self.values = values
        self.scale = scale

    def cosines(self, vector: Floats) -> Floats:
        """`(rows,) float32` in row order; see `knowledge.VectorIndex`."""
        # not `@`: its threads wait for each other longer than they work where the machine has something else to do
        products = np.einsum("rd,d->r", self.values.astype(np.float32), vector)
        return np.asarray(products * self.scale, dtype=np.float32)

    def rows(self) -> Floats:
        """The vectors themselves, `(rows, d) float32` in row order."""
        return dequantise(self.values, self.scale)


class FaissVectors(StoredVectors):
    """The same rows in a flat inner-product index of faiss, for whoever asks more than once."""

    def __init__(self, values: NDArray[np.int8], scale: Floats) -> None:
        import faiss  # a tenth of the time of a cold question, which does without

        super().__init__(values, scale)
        self._one_thread: Callable[[], object] = partial(faiss.omp_set_num_threads, 1)
        self.index = faiss.IndexFlatIP(values.shape[1])
        self.index.add(self.rows())

    def cosines(self, vector: Floats) -> Floats:
        """`(rows,) float32` in row order; see `knowledge.VectorIndex`."""
        self._one_thread()  # counts for the thread that calls; see `StoredVectors.cosines`
        scores, rows = self.index.search(vector.reshape(1, -1), self.index.ntotal)
        ordered = np.empty(self.index.ntotal, dtype=np.float32)
        ordered[rows[0]] = scores[0]
        return ordered


# -- writing -----------------------------------------------------------------------------------------------------


def write_index(project: Project, knowledge: Knowledge, model: ModelRecord, inputs: str) -> Path:
    """Write a build under a name made of its inputs' hash, and switch to it.

    Whatever happens before the switch leaves the index in use as it was, also one that is damaged and has the same
    inputs: the new one then takes the next digits of the hash for its name.
    """
    builds = project.search_index / BUILDS
    builds.mkdir(parents=True, exist_ok=True)
    names = inputs[:16], inputs[16:32]
    target = builds / names[_names_build(project, names[0])]
    with tempfile.TemporaryDirectory(dir=builds, prefix=".part-") as folder:
        part = Path(folder) / target.name
        part.mkdir()
        _write_files(part, knowledge)
        files = {path.name: (path.stat().st_size, _sha256(path.read_bytes())) for path in sorted(part.iterdir())}
        written = len({guide for guide, _ in knowledge.texts})
        manifest = Manifest(
            SCHEMA, ANALYSER_VERSION, inputs, model, knowledge.languages, len(knowledge.rows), written, files
        )
        described = (json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n").encode("utf-8")
        (part / MANIFEST).write_bytes(described)
        if target.exists():  # nobody uses it: the pointer names another
            shutil.rmtree(target)
        os.replace(part, target)
    _switch(project, target.name, _sha256(described))
    _forget_old_builds(builds, target.name)
    return target


def _names_build(project: Project, name: str) -> bool:
    """Whether the pointer names the build of that name, whole or not."""
    try:
        return _read_pointer(project)[0].name == name
    except IndexUnusable:
        return False


def _write_files(part: Path, knowledge: Knowledge) -> None:
    vectors = knowledge.vectors
    if not isinstance(vectors, StoredVectors) or not isinstance(knowledge.rows, Rows):
        raise TypeError("only an index that was just made can be written")
    np.savez(part / "vectors.npz", values=vectors.values, scale=vectors.scale)
    rows: dict[str, Any] = knowledge.rows.arrays()
    np.savez(part / "rows.npz", **rows)
    _write_lines(part / "guides.jsonl", [asdict(text) for text in knowledge.texts.values()])
    titles: dict[str, dict[str, str]] = {guide: {} for guide in knowledge.guides}
    for (guide, lang), title in knowledge.titles.items():
        titles[guide][lang] = title
    _write_json(part / "catalogue.json", titles)
    _write_json(part / "settings.json", asdict(knowledge.settings))
    _write_json(part / "spellings.json", knowledge.spelling.words)
    lexical = knowledge.lexical
    np.savez(
        part / "lexical.npz",
        keys=lexical.keys,
        starts=lexical.starts,
        rows=lexical.rows,
        weights=lexical.weights,
        step=np.float64(lexical.step),
    )
    head = knowledge.head
    np.savez(
        part / "head.npz",
        classes=np.array(head.classes, dtype=str),
        weights=head.weights,
        bias=head.bias,
        section_classes=np.array(knowledge.section_head.classes, dtype=str),
        section_weights=knowledge.section_head.weights,
        section_bias=knowledge.section_head.bias,
        means=knowledge.means,
    )
    reading = asdict(knowledge.reading)
    np.savez(part / "reading.npz", **{**reading, "classes": np.array(knowledge.reading.classes, dtype=str)})


def _switch(project: Project, name: str, digest: str) -> None:
    pointer = project.search_index / f".{CURRENT}-{os.getpid()}"
    pointer.write_text(f"{name} {digest}\n", "utf-8")
    os.replace(pointer, project.search_index / CURRENT)
    for left_over in project.search_index.glob(f".{CURRENT}-*"):  # of a killed run
        left_over.unlink(missing_ok=True)


def _forget_old_builds(builds: Path, current: str) -> None:
    """Keep the last builds (a reader may still be loading one) and nothing half-made by a killed run."""
    others = [path for path in builds.iterdir() if path.name != current]
    finished = sorted((path for path in others if (path / MANIFEST).is_file()), key=lambda path: path.stat().st_mtime)
    for path in finished[: -(KEPT_BUILDS - 1)]:
        shutil.rmtree(path, ignore_errors=True)
    for path in others:
        if path not in finished:
            shutil.rmtree(path, ignore_errors=True)


def _write_lines(path: Path, entries: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# -- reading -----------------------------------------------------------------------------------------------------


def current_build(project: Project) -> Path:
    """Folder of the build in use; IndexUnusable where there is none."""
    return _read_pointer(project)[0]


def _read_pointer(project: Project) -> tuple[Path, str]:
    """Folder of the build in use, and the SHA-256 of its manifest."""
    pointer = project.search_index / CURRENT
    try:
        line = read_regular(pointer, _MOST_POINTER).decode("utf-8")
    except FileNotFoundError:
        raise IndexUnusable("there is no search index yet", mend=_MEND) from None
    except (OSError, ValueError) as error:
        raise IndexUnusable("cannot be read", where=project.show(pointer), mend=_MEND) from error
    match = _POINTER.fullmatch(line)
    if not match:
        raise IndexUnusable("is damaged", where=project.show(pointer), mend=_MEND)
    folder = project.search_index / BUILDS / match[1]
    if not folder.is_dir():
        raise IndexUnusable("names a build that is not there", where=project.show(pointer), mend=_MEND)
    return folder, match[2]


def read_manifest(project: Project) -> Manifest:
    """The manifest of the build in use; IndexUnusable where it is damaged or of another version."""
    return _read_manifest(project, *_read_pointer(project))


def _read_manifest(project: Project, folder: Path, digest: str) -> Manifest:
    path = folder / MANIFEST
    try:
        data = read_regular(path, _MOST_MANIFEST)
        entry = read_json(data)
        if entry.get("schema") != SCHEMA or entry.get("analyser") != ANALYSER_VERSION:
            raise IndexUnusable("was made by another version of Rapport", where=project.show(path), mend=_MEND)
        if _sha256(data) != digest:
            pointer = project.show(project.search_index / CURRENT)
            raise IndexUnusable(f"is not the one that {pointer} names", where=project.show(path), mend=_MEND)
        manifest = _manifest(entry)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IndexUnusable("is missing or damaged", where=project.show(path), mend=_MEND) from error
    if manifest.languages != LANGUAGES:
        made = ", ".join(manifest.languages)
        raise IndexUnusable(f"was made for {made}", where=project.show(path), mend=_MEND)
    return manifest


def _manifest(entry: dict[str, Any]) -> Manifest:
    """What it says, where it can be so; ValueError and its like."""
    model = ModelRecord(**entry["model"])
    texts = (model.id, model.fingerprint, model.question_prompt, model.passage_prompt, model.pooling, entry["inputs"])
    for text in (*texts, *entry["languages"]):
        a_text(text)
    files = {name: (size, a_text(digest)) for name, (size, digest) in entry["files"].items()}
    sizes = [entry["rows"], model.dimensions, *(size for size, _ in files.values())]
    if not all(type(size) is int and 0 < size <= _MOST_BYTES for size in sizes) or set(files) != FILES:
        raise ValueError("sizes or files that no index has")
    return Manifest(**{**entry, "model": model, "languages": tuple(entry["languages"]), "files": files})


def read_index(project: Project, *, once: bool = False) -> tuple[Knowledge, Manifest]:
    """Load the build in use, every file verified; IndexUnusable names the file that does not match.

    `once`: for a single question, without faiss.
    """
    # the pointer is read once: a build may switch it meanwhile
    folder, pointed = _read_pointer(project)
    manifest = _read_manifest(project, folder, pointed)
    data = {}
    for name, (size, digest) in manifest.files.items():
        path = folder / name
        try:
            data[name] = read_regular(path, size)
        except OSError as error:
            raise IndexUnusable("is missing", where=project.show(path), mend=_MEND) from error
        except ValueError as error:
            raise IndexUnusable(f"is damaged ({error})", where=project.show(path), mend=_MEND) from error
        if len(data[name]) != size or _sha256(data[name]) != digest:
            raise IndexUnusable("is damaged", where=project.show(path), mend=_MEND)
    try:
        return _assemble(data, manifest, once), manifest
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IndexUnusable(f"cannot be used ({error})", where=project.show(folder), mend=_MEND) from error


def _assemble(data: dict[str, bytes], manifest: Manifest, once: bool) -> Knowledge:
    sizes = {"rows": manifest.rows, "d": manifest.model.dimensions, "languages": len(manifest.languages)}
    sizes["ends"] = manifest.rows + 1
    arrays = read_arrays(data["rows.npz"], stored.ROWS, sizes)
    stored.check_rows(arrays, len(KINDS))
    rows = Rows(arrays)
    arrays = read_arrays(data["vectors.npz"], stored.VECTORS, sizes)
    stored.check_vectors(arrays["values"], arrays["scale"])
    vectors = (StoredVectors if once else FaissVectors)(arrays["values"], arrays["scale"])
    arrays = read_arrays(data["lexical.npz"], stored.LEXICAL, sizes)
    stored.check_lexical(arrays, len(rows))
    step = float(arrays.pop("step"))
    lexical = LexicalIndex(**arrays, step=step, count=len(rows))
    arrays = read_arrays(data["head.npz"], stored.HEAD, sizes)
    head, section_head, means = _head(arrays, ""), _head(arrays, "section_"), arrays["means"]
    arrays = read_arrays(data["reading.npz"], stored.READING, sizes)
    reading = ReadingHead(tuple(arrays.pop("classes").tolist()), **arrays)

    titles = {
        (a_text(guide), lang): a_text(of[lang])
        for guide, of in read_json(data["catalogue.json"]).items()
        for lang in manifest.languages
    }
    guides = tuple(dict.fromkeys(guide for guide, _ in titles))
    texts = {(text.guide, text.lang): text for text in map(_guide_text, _lines(data["guides.jsonl"]))}
    if not guides or not {guide for guide, _ in texts} <= set(guides):
        raise ValueError("a guide is not in the catalogue")
    stored.check_names(rows, guides, manifest.languages, texts)
    return Knowledge(
        languages=manifest.languages,
        guides=guides,
        rows=rows,
        vectors=vectors,
        means=means,
        head=head,
        section_head=section_head,
        reading=reading,
        settings=to_settings(read_json(data["settings.json"])),
        lexical=lexical,
        texts=texts,
        layout=lay_out(rows, guides, section_head.classes),
        titles=titles,
        spelling=Spelling(_spellings(read_json(data["spellings.json"]))),
    )


def _guide_text(entry: dict[str, Any]) -> GuideText:
    sections = tuple((a_text(name), a_text(heading), a_text(lines)) for name, heading, lines in entry["sections"])
    named = {name: a_text(value) for name, value in entry.items() if name != "sections"}
    return GuideText(**named, sections=sections)


def _spellings(words: Any) -> list[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
        raise ValueError("spellings are no list of words")
    return words


def _head(arrays: Mapping[str, NDArray[Any]], prefix: str) -> Head:
    return Head(tuple(arrays[f"{prefix}classes"].tolist()), arrays[f"{prefix}weights"], arrays[f"{prefix}bias"])


def _lines(data: bytes) -> list[dict[str, Any]]:
    # not splitlines(), which also splits at characters that JSON leaves as they are, such as U+2028
    return [read_json(line) for line in data.split(b"\n") if line]
