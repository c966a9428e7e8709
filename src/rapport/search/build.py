"""Build the search index: read everything that people wrote, embed what is new, train the head, write, switch."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock, Timeout

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.interface import read_catalogue_titles
from rapport.content.questions import read_bank
from rapport.content.sections import SECTION_IDS
from rapport.content.text import excerpt, first_sign
from rapport.content.yaml import recorded
from rapport.errors import IndexUnusable, writing
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.progress import Progress, phase
from rapport.search.analyser import VERSION as ANALYSER_VERSION
from rapport.search.index import SCHEMA, FaissVectors, quantise, read_index, write_index
from rapport.search.knowledge import NONE, GuideText, Knowledge, Rows, lay_out
from rapport.search.lexical import build_lexical
from rapport.search.passages import bank_rows, passage_rows, situation_rows
from rapport.search.question import read_question
from rapport.search.ranking import unit
from rapport.search.reading import no_reading, read_reading
from rapport.search.settings import read_settings
from rapport.search.spelling import Spelling, collect_spellings
from rapport.search.train import GUIDE_C, GUIDE_TOLERANCE, SECTION_C, SECTION_TOLERANCE, section_targets, train_head
from rapport.types import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide
    from rapport.embed.record import Embedding, ModelRecord
    from rapport.project import Project
    from rapport.search.knowledge import ReadingHead, Settings
    from rapport.types import BankQuestion, Floats, Row

Say = Callable[[str], None]

DECIDING = ("content", "embed", "search")
"""Wings that decide what a build contains, besides its inputs; whatever changes in one of them makes a new build."""

DECIDING_LIBRARIES = (
    "faiss-cpu", "markdown-it-py", "mdit-py-plugins", "numpy", "onnxruntime", "scikit-learn", "tokenizers",
)  # fmt: skip
"""Libraries whose version may change a build's bytes."""

EXCERPT = 280
"""Characters of a section that an answer shows (half of it where words do not stand apart)."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that people wrote, read and parsed, with one hash over it all."""

    catalogue: Catalogue
    guides: list[Guide]
    bank: list[BankQuestion]
    settings: Settings
    titles: dict[tuple[str, str], str]
    reading: tuple[str, ReadingHead] | None
    """The trained head, and the id of the model that it reads; None where there is none."""
    digest: str


def read_inputs(project: Project) -> Inputs:
    """Read catalogue, guides, bank, titles, ranking settings and the trained head.

    ContentError at the first unusable place.

    The hash is of the very bytes that were parsed, so that a file saved meanwhile cannot pass for read.
    """
    with recorded() as read:
        parts = _read_parts(project)
    digest = hashlib.sha256()
    for path, sha256 in sorted((project.show(path), sha256) for path, sha256 in read.items()):
        digest.update(f"{path}\0{sha256}\n".encode())
    return Inputs(*parts, digest.hexdigest())


def _read_parts(
    project: Project,
) -> tuple[
    Catalogue,
    list[Guide],
    list[BankQuestion],
    Settings,
    dict[tuple[str, str], str],
    tuple[str, ReadingHead] | None,
]:
    catalogue = read_catalogue(project)
    guides = read_guides(project, catalogue)
    bank = read_bank(project, catalogue)
    titles = read_titles(project, catalogue, guides)
    settings = read_settings(project)
    return catalogue, guides, bank, settings, titles, read_reading(project)


def read_titles(project: Project, catalogue: Catalogue, guides: Sequence[Guide]) -> dict[tuple[str, str], str]:
    """Title of every guide by (guide, language): its own where it is written, else the catalogue's."""
    names = read_catalogue_titles(project, catalogue)
    titles = {(guide, lang): title for lang, of in names.items() for guide, title in of.guides.items()}
    return titles | {(guide.id, guide.lang): guide.title for guide in guides}


def inputs_name(inputs: Inputs, model: ModelRecord) -> str:
    """Name of the build that these inputs, this model and this program make: a hash."""
    parts = [inputs.digest, model.id, model.fingerprint, SCHEMA, ANALYSER_VERSION, sources_digest()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def sources_digest(package: Path = Path(__file__).parents[1]) -> str:
    """Hash of the program's part that decides what a build contains: another algorithm makes another build.

    `package` is the folder of `rapport`. Counted are the wings of `DECIDING`, the modules at the top, and the versions
    of `DECIDING_LIBRARIES`.
    """
    digest = hashlib.sha256()
    sources = [*package.glob("*.py"), *(path for wing in DECIDING for path in (package / wing).rglob("*.py"))]
    for path in sorted(sources):
        source = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(package).as_posix()}\0{hashlib.sha256(source).hexdigest()}\n".encode())
    for name in DECIDING_LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return digest.hexdigest()


def is_current(project: Project, name: str) -> bool:
    """Whether the index in use is whole and was built from just these inputs."""
    try:
        _, manifest = read_index(project)
    except IndexUnusable:
        return False
    return manifest.inputs == name


def build_index(project: Project, embedding: Embedding, say: Say) -> Path | None:
    """Build and switch to a new index; None where the one in use is built from the same inputs already."""
    # one build at a time: the lock goes with the process, however that ends; what it reads is as new as the lock
    with _locked(project, say):
        inputs = read_inputs(project)
        name = inputs_name(inputs, embedding.record)
        if is_current(project, name):
            return None
        knowledge = make_knowledge(inputs, embedding, say)
        with Progress(say, "writing the index"), writing(project.show(project.search_index)):
            return write_index(project, knowledge, embedding.record, name)


@contextmanager
def _locked(project: Project, say: Say) -> Iterator[None]:
    lock = FileLock(project.search_index / ".build.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("another build is at work here: waiting for its end")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def make_knowledge(inputs: Inputs, embedding: Embedding, say: Say) -> Knowledge:
    """Embed, centre, train: the index in memory."""
    passages = passage_rows(inputs.guides)
    situations = situation_rows(inputs.guides)
    written = (row.text for row in (*passages, *situations, *bank_rows(inputs.bank)) if LANGUAGE[row.lang].spaced)
    spelling = Spelling(collect_spellings(written))
    bank = [replace(row, text=read_question(row.text, spelling)) for row in bank_rows(inputs.bank)]
    rows = [*passages, *situations, *bank]
    guides = tuple(inputs.catalogue.guides)

    say(phase(1))
    say(f"embedding {len(passages)} passages, {len(situations)} situations and {len(bank)} questions")
    passage_vectors = embedding.passages([row.text for row in passages])
    asked = [*situations, *bank]
    question_vectors = embedding.questions([row.text for row in asked])
    bank_vectors = question_vectors[len(situations) :]
    means = language_means(bank_vectors, bank)
    centred_bank = centre_rows(bank_vectors, bank, means)
    vectors = np.vstack(
        [
            centre_rows(passage_vectors, passages, language_means(passage_vectors, passages)),
            centre_rows(question_vectors[: len(situations)], situations, means),
            centred_bank,
        ]
    )

    say(phase(2))
    with Progress(say, "training"):
        head = train_head(centred_bank, [row.guide or NONE for row in bank], [*guides, NONE], GUIDE_C, GUIDE_TOLERANCE)
        section_head = train_head(centred_bank, section_targets(bank), SECTION_IDS, SECTION_C, SECTION_TOLERANCE)
    kinds = {RowKind.PASSAGE: "passages", RowKind.SITUATION: "questions", RowKind.BANK: "questions"}
    return Knowledge(
        languages=tuple(LANGUAGES),
        guides=guides,
        rows=Rows.of(rows),
        vectors=FaissVectors(*quantise(vectors)),
        means=means,
        head=head,
        section_head=section_head,
        reading=_reading(inputs, embedding.record, say),
        settings=inputs.settings,
        lexical=build_lexical([row.text for row in rows], [f"{row.lang} {kinds[row.kind]}" for row in rows]),
        texts={(guide.id, guide.lang): _guide_text(guide) for guide in inputs.guides},
        layout=lay_out(rows, guides, section_head.classes),
        titles=inputs.titles,
        spelling=spelling,
    )


def _reading(inputs: Inputs, model: ModelRecord, say: Say) -> ReadingHead:
    """The trained head, where it was made for the model in use; its classes are those of the catalogue."""
    if inputs.reading is None:
        return no_reading(model.dimensions)
    made_for, head = inputs.reading
    if made_for != model.id:
        say(f"the reading head was trained for {made_for!r}, not for {model.id!r}: the index does without")
        return no_reading(model.dimensions)
    return head


def language_means(vectors: Floats, rows: Sequence[Row]) -> Floats:
    """`(languages, d)`: mean of the vectors of each language; zero for a language without rows."""
    means = np.zeros((len(LANGUAGES), vectors.shape[1]), dtype=np.float32)
    for number, lang in enumerate(LANGUAGES):
        of = [at for at, row in enumerate(rows) if row.lang == lang]
        if of:
            means[number] = vectors[of].mean(axis=0)
    return means


def centre_rows(vectors: Floats, rows: Sequence[Row], means: Floats) -> Floats:
    """Each row without its language's mean, unit length, `(n, d) float32`."""
    langs = [LANGUAGES.index(row.lang) for row in rows]
    return unit(vectors.astype(np.float64) - means[langs].astype(np.float64)).astype(np.float32)


def _guide_text(guide: Guide) -> GuideText:
    limit = EXCERPT if LANGUAGE[guide.lang].spaced else EXCERPT // 2
    sections = tuple((section.id, section.heading, excerpt(section.blocks, limit)) for section in guide.sections)
    return GuideText(
        guide.id, guide.theme, guide.lang, guide.title, guide.summary, sections, first_sign(guide.sections)
    )
