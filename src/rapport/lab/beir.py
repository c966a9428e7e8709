"""Any corpus in BEIR's layout (`corpus.py`) through the same encoder, the same analysis and the same mix of both.

The mix is the ranking's text signal: `dense · z(cosine) + (1 − dense) · z(BM25)`, standardised over all passages. What
belongs to guides is not in it: no questions of a bank, no heads, and vectors are not centred, as nothing tells their
language. As in BEIR's own evaluation a passage with the question's id is not counted.

Passages are read in chunks and kept as float16 vectors in a file of the user's cache, named by all they depend on:
embedding 100,000 passages takes hours, so one that was stopped goes on where it was. Of the words only those are kept
that a question has. Such a corpus, of a hundred words a passage, takes some 0.5 GB beside the models.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections import Counter
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from rapport.embed.embedder import SentenceEmbedder
from rapport.embed.encoder import SmallEncoder
from rapport.embed.fetch import sha256_of
from rapport.embed.fingerprint import model_fingerprint
from rapport.embed.store import cache_folder, ensure_full, ensure_question_copy
from rapport.lab.corpus import read_corpus
from rapport.lab.measures import CORPUS, Figure, calculate, figure
from rapport.lab.tables import Table
from rapport.progress import Progress
from rapport.project import DEFAULT_MODEL
from rapport.search.analyser import term_key, terms
from rapport.search.lexical import bm25, idf, pack
from rapport.search.ranking import standardise
from rapport.search.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from rapport.embed.record import Batches
    from rapport.lab.corpus import Corpus
    from rapport.project import Project
    from rapport.search.lexical import LexicalIndex
    from rapport.types import Floats

SYSTEMS = ("bm25", "dense", "mix")
CHUNK = 1024
"""Passages read and embedded at once."""
BLOCK = 32
"""Questions compared at once."""
DEPTH = 100
_MOST_TIMES = 65535
"""What two bytes hold; BM25 hardly tells so many from fewer."""


@dataclass(frozen=True, slots=True)
class BeirReport:
    """Figures by system and measure; intervals over questions."""

    passages: int
    questions: int
    systems: dict[str, dict[str, Figure]]

    def to_json(self) -> str:
        """The report as indented JSON."""
        return json.dumps(asdict(self), indent=1)


def measure_beir(project: Project, folder: Path, say: Callable[[str], None], qrels: Path | None = None) -> BeirReport:
    """Search a corpus with the configured model; `qrels` default: `qrels/test.tsv`.

    Raises ContentError with file and line for whatever is malformed, before anything is embedded.
    """
    dense = read_settings(project).dense
    corpus = read_corpus(folder, qrels)
    if project.model == DEFAULT_MODEL:
        encoder = SmallEncoder(ensure_question_copy(say))
        model, prompt = encoder.model.id, encoder.model.passage_prompt
        questions: Batches = encoder.batches
        passages = _later(lambda: SentenceEmbedder(str(ensure_full(say)), "passage"))
    else:
        model = project.model + model_fingerprint(project.model, project.revision, remember=True)
        questions = SentenceEmbedder(project.model, "query", project.revision).batches
        embedder = SentenceEmbedder(project.model, "passage", project.revision)
        passages, prompt = embedder.batches, embedder.prompt
    name = hashlib.sha256(json.dumps([model, prompt, sha256_of(corpus.path)]).encode()).hexdigest()[:32]
    keep = cache_folder() / "vectors" / f"{name}-corpus.npy"
    return measure_corpus(corpus, questions, passages, dense, say, keep)


def _later(load: Callable[[], SentenceEmbedder]) -> Batches:
    """Batches of a model that is loaded for the first passage without a vector; where all are kept, not at all."""
    loaded = cache(load)
    return lambda texts: loaded().batches(texts)


def measure_corpus(
    corpus: Corpus,
    questions: Batches,
    passages: Batches,
    dense: float,
    say: Callable[[str], None],
    keep: Path | None = None,
) -> BeirReport:
    """Embed, index and search; `dense` is the share of the vectors in the mix, `keep` a file for those of passages."""
    names, texts = list(corpus.questions), list(corpus.questions.values())
    with Progress(say, "questions embedded"):
        asked = _in_order(texts, questions)
    words = _Words({term_key(term) for text in texts for term in terms(text)})
    vectors = open_vectors(keep, len(corpus.passages), asked.shape[1])
    todo, done, first = len(vectors) - int(vectors.any(axis=1).sum()), 0, 0
    with Progress(say, "passages embedded") as progress:
        for chunk in _chunks(corpus.texts()):
            for text in chunk:
                words.add(text)
            missing = np.flatnonzero(~vectors[first : first + len(chunk)].any(axis=1))
            for places, some in passages([chunk[at] for at in missing]) if len(missing) else ():
                vectors[first + missing[list(places)]] = some
                done += len(places)
                progress.update(done, todo)
            first += len(chunk)
    lexical = words.index()
    values: dict[str, dict[str, dict[str, float]]] = {system: {name: {} for name in CORPUS} for system in SYSTEMS}
    with Progress(say, "questions asked") as progress:
        for start in range(0, len(names), BLOCK):
            block = names[start : start + BLOCK]
            found: dict[str, dict[str, list[str]]] = {system: {} for system in SYSTEMS}
            for name, cosines in zip(block, _cosines(asked[start : start + BLOCK], vectors), strict=True):
                scores = _scores(cosines, lexical.scores(corpus.questions[name]), dense)
                for system, by_passage in scores.items():
                    found[system][name] = _best(name, by_passage, corpus.passages)
            judged = {name: corpus.grades[name] for name in block}
            for system, ranked in found.items():
                for measure, of in calculate(CORPUS, judged, ranked).items():
                    values[system][measure] |= of
            progress.update(start + len(block), len(names))
    itself = {name: name for name in names}
    figures = {
        system: {name: figure(of, itself) for name, of in measures.items()} for system, measures in values.items()
    }
    return BeirReport(len(corpus.passages), len(names), figures)


def open_vectors(path: Path | None, rows: int, dimensions: int) -> NDArray[np.float16]:
    """`(rows, dimensions)` in a file, or in memory without one; a row of zeros is still to be made."""
    if path is None:
        return np.zeros((rows, dimensions), dtype=np.float16)
    try:
        kept: NDArray[np.float16] = np.lib.format.open_memmap(path, mode="r+")
        if kept.shape == (rows, dimensions) and kept.dtype == np.float16:
            os.utime(path)
            return kept
    except (OSError, ValueError):
        pass  # not there yet, or no such file: made anew
    path.parent.mkdir(parents=True, exist_ok=True)
    return np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=(rows, dimensions))


def _in_order(texts: Sequence[str], encode: Batches) -> Floats:
    rows: dict[int, Floats] = {}
    for places, some in encode(texts):
        rows |= zip(places, some, strict=True)
    return np.stack([rows[at] for at in range(len(texts))])


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Words:
    """Builds a `LexicalIndex` of passages that come one after the other, of the wanted terms alone.

    A term that no question has adds to no score; it counts in the length of its passage only.
    """

    def __init__(self, wanted: set[int]) -> None:
        self._wanted = wanted
        self._lengths = array("I")
        self._postings: dict[int, tuple[array[int], array[int]]] = {}

    def add(self, text: str) -> None:
        """The next passage."""
        counts = Counter(term_key(term) for term in terms(text))
        for key in counts.keys() & self._wanted:
            rows, times = self._postings.setdefault(key, (array("I"), array("H")))
            rows.append(len(self._lengths))
            times.append(min(counts[key], _MOST_TIMES))
        self._lengths.append(counts.total())

    def index(self) -> LexicalIndex:
        """All passages as one collection, whatever their languages: nothing tells them apart. Ends the building."""
        lengths = np.array(self._lengths, dtype=np.float64)
        mean = float(lengths.mean()) or 1.0
        keys = sorted(self._postings)
        rows, weights = [np.zeros(0, dtype=np.uint32)], [np.zeros(0, dtype=np.float32)]
        for key in keys:
            # what was gathered goes as it is weighed: there may be tens of millions
            found, times = map(np.array, self._postings.pop(key))
            weight = bm25(times.astype(np.float64), lengths[found], mean, idf(len(found), len(lengths)))
            rows.append(found.astype(np.uint32))
            weights.append(weight.astype(np.float32))
        sizes = [len(of) for of in rows[1:]]
        return pack(np.array(keys, dtype=np.uint32), sizes, np.concatenate(rows), np.concatenate(weights), len(lengths))


def _cosines(asked: Floats, vectors: NDArray[np.float16]) -> Floats:
    """`(questions, passages) float32`; float16 is unpacked a part at a time."""
    cosines = np.empty((len(asked), len(vectors)), dtype=np.float32)
    for start in range(0, len(vectors), CHUNK):
        part = vectors[start : start + CHUNK].astype(np.float32)
        cosines[:, start : start + CHUNK] = asked @ part.T
    return cosines


def _scores(cosines: Floats, words: Floats, dense: float) -> dict[str, NDArray[np.float64]]:
    """By system; −∞ for what shares no word with the question: BM25 alone does not find it."""
    by_vector, by_word = cosines.astype(np.float64), words.astype(np.float64)
    mix = dense * standardise(by_vector) + (1 - dense) * standardise(by_word)
    return {"bm25": np.where(by_word > 0, by_word, -np.inf), "dense": by_vector, "mix": mix}


def _best(name: str, scores: NDArray[np.float64], passages: Sequence[str]) -> list[str]:
    """The best `DEPTH` passages but the question itself, ties in the corpus's order."""
    wanted = DEPTH + 1
    # whatever ties with the last that counts stays, so that the corpus's order decides
    last = np.partition(scores, -wanted)[-wanted] if len(scores) > wanted else -np.inf
    found = np.flatnonzero((scores >= last) & (scores > -np.inf))
    order = found[np.argsort(-scores[found], kind="stable")][:wanted]
    return [passages[at] for at in order if passages[at] != name][:DEPTH]


def render(report: BeirReport) -> str:
    """The report as text."""
    rows = [(system, *(str(figures[name]) for name in CORPUS)) for system, figures in report.systems.items()]
    table = Table("", ("system", *CORPUS), rows)
    return f"{report.questions:,} questions, {report.passages:,} passages\n\n{table.as_text()}"
