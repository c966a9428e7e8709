"""Any corpus in BEIR's layout through the same encoder, the same analysis and the same mix of both.

    FOLDER/corpus.jsonl     {"_id", "title", "text"}: passages; a title may be missing
           queries.jsonl    {"_id", "text"}
           qrels/test.tsv   query-id, corpus-id, score, under a header

The mix is the ranking's text signal: `dense · z(cosine) + (1 − dense) · z(BM25)`, standardised over all passages. What
belongs to guides is not in it: no questions of a bank, no heads, and vectors are not centred, as nothing tells their
language. As in BEIR's own evaluation a passage with the question's id is not counted.

Passages are read in chunks and kept as float16 vectors; of the words only those that a question has. 100,000 passages
of a hundred words take some 0.5 GB beside the models.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.content.questions import parse_json
from rapport.embed.embedder import SentenceEmbedder
from rapport.embed.encoder import SmallEncoder
from rapport.embed.store import ensure_full, ensure_question_copy
from rapport.errors import ContentError
from rapport.lab.measures import CORPUS, Figure, calculate, figure
from rapport.lab.tables import Table
from rapport.progress import Progress
from rapport.project import DEFAULT_MODEL
from rapport.search.analyser import term_key, terms
from rapport.search.lexical import bm25, idf, pack
from rapport.search.ranking import standardise
from rapport.search.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from rapport.embed.record import Batches
    from rapport.project import Project
    from rapport.search.lexical import LexicalIndex
    from rapport.types import Floats

    Grades = dict[str, dict[str, int]]
    """Query → passage → grade; above 0 is relevant."""

SYSTEMS = ("bm25", "dense", "mix")
CHUNK = 1024
"""Passages read and embedded at once."""
BLOCK = 32
"""Questions compared at once."""
DEPTH = 100
_MOST_TIMES = 65535
"""What two bytes hold; BM25 hardly tells so many from fewer."""

_FORM = {"corpus": '{"_id": "…", "title": "…", "text": "…"}', "queries": '{"_id": "…", "text": "…"}'}


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
        questions: Batches = SmallEncoder(ensure_question_copy(say)).batches
        passages = SentenceEmbedder(str(ensure_full(say)), "passage").batches
    else:
        questions = SentenceEmbedder(project.model, "query", project.revision).batches
        passages = SentenceEmbedder(project.model, "passage", project.revision).batches
    return measure_corpus(corpus, questions, passages, dense, say)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus whose files were read once and found sound; passages themselves stay on disk."""

    path: Path
    passages: list[str]
    """Ids, in the file's order."""
    questions: dict[str, str]
    """Id → text of every question that is judged."""
    grades: Grades

    def texts(self) -> Iterator[str]:
        """What is embedded of each passage: its title on a line of its own, as in an index, then the text."""
        for _, entry in _entries(self.path, "corpus"):
            yield "\n".join(part for part in (entry.get("title", "").strip(), entry["text"].strip()) if part)


def read_corpus(folder: Path, qrels: Path | None = None) -> Corpus:
    """Read and check the files of a folder; ContentError at the first thing that is wrong."""
    path = folder / "corpus.jsonl"
    passages = [entry["_id"] for _, entry in _entries(path, "corpus")]
    texts = {entry["_id"]: entry["text"] for _, entry in _entries(folder / "queries.jsonl", "queries")}
    grades = _read_grades(qrels or folder / "qrels" / "test.tsv", texts, set(passages))
    return Corpus(path, passages, {name: texts[name] for name in grades}, grades)


def _entries(path: Path, what: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Lines of `corpus.jsonl` or `queries.jsonl`, one at a time: (line, entry)."""
    where, seen, mend = path.as_posix(), dict[str, int](), f"write {_FORM[what]}"
    for number, line in _lines(path):
        entry, wrong = parse_json(line)
        if wrong or not isinstance(entry, dict):
            raise ContentError(wrong or "must be an object in braces", where=where, line=number, mend=mend)
        for key in ("_id", "text", "title"):
            if not isinstance(entry.get(key, "" if key == "title" else None), str):
                raise ContentError(f"`{key}` is missing or not a text", where=where, line=number, mend=mend)
        name = entry["_id"]
        if not name or (what == "queries" and not entry["text"].strip()):
            raise ContentError(f"`{'text' if name else '_id'}` is empty", where=where, line=number, mend=mend)
        if seen.setdefault(name, number) != number:
            raise ContentError(
                f"`_id` {name!r} stands already in line {seen[name]}", where=where, line=number, mend="rename one"
            )
        yield number, entry
    if not seen:
        raise ContentError("holds nothing", where=where, line=1, mend=mend)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines that hold something, with their numbers."""
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if text := line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"):
                    yield number, text
    except UnicodeDecodeError as error:
        raise ContentError("is not UTF-8", where=path.as_posix(), line=number, mend="save it as UTF-8") from error
    except FileNotFoundError as error:
        raise ContentError("is missing", where=path.as_posix(), mend="lay the corpus out as BEIR does") from error


def _read_grades(path: Path, queries: Mapping[str, str], passages: set[str]) -> Grades:
    where, grades = path.as_posix(), dict[str, dict[str, int]]()
    header, mend = ["query-id", "corpus-id", "score"], "write query-id, corpus-id and score with tabs between them"
    for at, (number, line) in enumerate(_lines(path)):
        cells = line.split("\t")
        if at == 0:
            if cells != header:
                raise ContentError("the header is missing", where=where, line=number, mend=mend)
            continue
        if len(cells) != len(header):
            raise ContentError(f"has {len(cells)} columns, not 3", where=where, line=number, mend=mend)
        query, passage, score = cells
        if query not in queries:
            raise ContentError(f"no query {query!r}", where=where, line=number, mend="add it to queries.jsonl")
        if passage not in passages:
            raise ContentError(f"no passage {passage!r}", where=where, line=number, mend="add it to corpus.jsonl")
        try:
            grade = int(score)
        except ValueError as error:
            what = f"the score {score!r} is no whole number"
            raise ContentError(what, where=where, line=number, mend=mend) from error
        if passage in grades.setdefault(query, {}):
            what = f"{passage!r} is judged twice for {query!r}"
            raise ContentError(what, where=where, line=number, mend="delete one of the lines")
        grades[query][passage] = grade
    found = {query: of for query, of in grades.items() if max(of.values()) > 0}
    if not found:
        raise ContentError("judges no passage relevant", where=where, line=1, mend=mend)
    return found


def measure_corpus(
    corpus: Corpus, questions: Batches, passages: Batches, dense: float, say: Callable[[str], None]
) -> BeirReport:
    """Embed, index and search; `dense` is the share of the vectors in the mix."""
    names, texts = list(corpus.questions), list(corpus.questions.values())
    with Progress(say, "questions embedded"):
        asked = _vectors(texts, questions)
    words = _Words({term_key(term) for text in texts for term in terms(text)})
    vectors = np.empty((len(corpus.passages), asked.shape[1]), dtype=np.float16)
    with Progress(say, "passages embedded") as progress:
        done = 0
        for chunk in _chunks(corpus.texts()):
            for text in chunk:
                words.add(text)
            first = done
            for places, some in passages(chunk):
                vectors[first + np.array(places)] = some
                done += len(places)
                progress.update(done, len(corpus.passages))
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


def _vectors(texts: Sequence[str], encode: Batches) -> Floats:
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
