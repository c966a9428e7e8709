"""Read a corpus in BEIR's layout: JSON Lines and tab-separated judgements, every problem with file and line.

FOLDER/corpus.jsonl     {"_id", "title", "text"}: passages; a title may be missing
       queries.jsonl    {"_id", "text"}
       qrels/test.tsv   query-id, corpus-id, score, under a header
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.content.questions import parse_json
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Grades = dict[str, dict[str, int]]
"""Query → passage → grade; above 0 is relevant."""

_FORM = {"corpus": '{"_id": "…", "title": "…", "text": "…"}', "queries": '{"_id": "…", "text": "…"}'}


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
