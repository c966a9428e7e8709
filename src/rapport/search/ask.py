"""A question in, an `Answer` out. Writes nothing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from rapport.content.sections import SHORT_ANSWER
from rapport.errors import IndexUnusable, UsageError
from rapport.project import DEFAULT_MODEL
from rapport.search.analyser import terms
from rapport.search.answer import Answer, Choice, Hit, Option, Outcome
from rapport.search.index import read_index
from rapport.search.knowledge import SITUATIONS
from rapport.search.question import clean_question, is_long, letters, read_question, words
from rapport.search.ranking import fitting, is_undecided, rank, showing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rapport.embed.record import Encoded, QuestionEncoder
    from rapport.embed.store import QuestionModel
    from rapport.project import Project
    from rapport.search.index import Manifest
    from rapport.search.knowledge import GuideText, Knowledge
    from rapport.search.ranking import Ranking
    from rapport.types import Floats


LEAD = 0.015
"""A question whose language is nearer than the next by so much cosine is in that language."""

SHARE = 0.6
"""And so is one of whose words the index knows so many in that language."""


class Searcher:
    """An index and an encoder, loaded once; `ask` answers any number of questions."""

    def __init__(self, knowledge: Knowledge, encoder: QuestionEncoder) -> None:
        self.knowledge = knowledge
        self.encoder = encoder

    def rank(self, question: str) -> Ranking:
        """The full ranking of a question, for measuring and for the tests of the contract."""
        return rank(self.knowledge, *self.read(question))

    def read(self, question: str) -> tuple[Encoded, Floats, int]:
        """What `ranking.rank` takes of a question: encoded, its BM25 with every row, and its letters."""
        read = read_question(question, self.knowledge.spelling)
        return self.encoder.encode_question(read), self.knowledge.lexical.scores(read), letters(read)

    def ask(self, question: str, lang: str | None = None, limit: int = 5, *, otherwise: str | None = None) -> Answer:
        """Answer `question` in `lang` (default: the question's own language) with at most `limit` guides.

        `otherwise`: in which to answer a question that is in none of the languages; default: the first.
        Raises UsageError for an empty question, an unknown language or a limit below 1.
        """
        started = time.perf_counter()
        question = clean_question(question)
        if not question:
            raise UsageError("the question is empty", mend='describe a situation, as in: rapport ask "…"')
        knowledge = self.knowledge
        if odd := {lang, otherwise} - {None, *knowledge.languages}:
            raise UsageError(f"no language {odd.pop()!r}", mend=f"use one of {', '.join(knowledge.languages)}")
        if limit < 1:
            raise UsageError("at least one guide must be asked for", mend="use -k 1 or more")
        ranking = self.rank(question)
        foreign = not self._is_known(ranking, question)
        lang = lang or (otherwise if foreign else None) or knowledge.languages[0 if foreign else ranking.language]
        shown = self._shown(ranking, lang, limit)
        scores = [ranking.score[number] for number, _ in shown]
        fits = fitting(scores, ranking.outcome, knowledge.settings)
        signs = [Option(text.guide, text.sign) for _, text in shown[:2] if text.sign]
        undecided = len(signs) == 2 and is_undecided(scores, fits, knowledge.settings)
        first = knowledge.guides[ranking.order[0]]
        unwritten = first if ranking.outcome is Outcome.UNWRITTEN else None
        return Answer(
            question=question,
            foreign=foreign,
            lang=lang,
            outcome=ranking.outcome,
            confidence=0.0 if unwritten else round(ranking.correct, 4),
            hits=self._hits(ranking, question, shown, fits),
            touches=sum(fits) > 1 and is_long(question),
            choice=Choice(*signs) if undecided else None,
            unwritten=unwritten,
            unwritten_title=knowledge.titles.get((unwritten, lang), unwritten) if unwritten else "",
            elapsed_ms=round((time.perf_counter() - started) * 1000, 1),
        )

    def _is_known(self, ranking: Ranking, question: str) -> bool:
        """Whether it is asked in the language that is nearest, and not in none of ours.

        Of 564 judged questions .7 % are taken for foreign, most of them such as would have been taken for another of
        ours; of 36 English ones 97 % are, of 36 in ten other languages 89 %.
        """
        if ranking.lead >= LEAD:
            return True
        knowledge, lang = self.knowledge, self.knowledge.languages[ranking.language]
        all_words = words(question)
        known = sum(
            any(knowledge.rows[int(row)].lang == lang for row in knowledge.lexical.rows_with(word))
            for word in all_words
        )
        return known > 0 and known >= SHARE * len(all_words)

    def _shown(self, ranking: Ranking, lang: str, limit: int) -> list[tuple[int, GuideText]]:
        texts = {number: self.knowledge.text(self.knowledge.guides[number], lang) for number in ranking.order}
        written = {number: text for number, text in texts.items() if text is not None}
        return [(number, written[number]) for number in showing(ranking, [*written], self.knowledge.settings)][:limit]

    def _hits(
        self, ranking: Ranking, question: str, shown: Sequence[tuple[int, GuideText]], fits: Sequence[bool]
    ) -> tuple[Hit, ...]:
        hits: list[Hit] = []
        asked = set(terms(read_question(question, self.knowledge.spelling)))
        for (number, text), fit in zip(shown, fits, strict=True):
            anchor = ranking.section.get(number, "")
            heading, excerpt = text.section(anchor)
            hits.append(
                Hit(
                    rank=len(hits) + 1,
                    guide=text.guide,
                    section=anchor,
                    lang=text.lang,
                    title=text.title,
                    heading=heading,
                    url=f"/{text.lang}/{text.theme}/{text.guide}/" + (f"#{anchor}" if anchor else ""),
                    score=round(float(ranking.score[number]), 4),
                    fits=fit,
                    text=excerpt,
                    short=text.section(SHORT_ANSWER)[1],
                    matched=self._matched(number, asked, text.lang),
                )
            )
        return tuple(hits)

    def _matched(self, guide: int, asked: set[str], lang: str) -> str:
        """The guide's situation in `lang` that shares most of the terms `asked`; empty where none shares any."""
        best, most = "", 0
        for part in self.knowledge.layout.sections:
            if part.guide == guide and part.section == SITUATIONS:
                for row in map(self.knowledge.rows.__getitem__, part.rows.tolist()):
                    shared = len(asked & set(terms(row.text))) if row.lang == lang else 0
                    if shared > most:
                        best, most = row.text, shared
        return best


def open_searcher(project: Project, *, once: bool = False) -> Searcher:
    """Load the index in use and the encoder that it was built with; `once`: what a single question needs.

    Raises IndexUnusable or ModelError, with the mend, where either is missing, damaged or does not fit the other.
    """
    if project.model == DEFAULT_MODEL:
        from rapport.embed.encoder import SmallEncoder

        with ThreadPoolExecutor(1) as pool:  # the encoder waits for files and computes without Python's lock
            opening = pool.submit(SmallEncoder)
            knowledge, manifest = read_index(project, once=once)
        encoder = opening.result()
        refuse_other_model(manifest, project, encoder.model)
        return Searcher(knowledge, encoder)
    from rapport.embed.embedder import SentenceEmbedder

    knowledge, manifest = read_index(project, once=once)
    refuse_other_model(manifest, project)
    return Searcher(knowledge, SentenceEmbedder(project.model, "query", project.revision))


def refuse_other_model(manifest: Manifest, project: Project, own: QuestionModel | None = None) -> None:
    """Raise IndexUnusable, with the mend, where an index was built with another model than the configured one.

    `own`: the small copy, where that is what is configured.
    """
    if own:
        model, fingerprint, prompt = own.id, own.fingerprint, own.prompt
    else:
        from rapport.embed.fingerprint import model_fingerprint

        model, fingerprint, prompt = project.model, model_fingerprint(project.model, project.revision), None
    built = manifest.model
    same_prompt = prompt is None or built.question_prompt == prompt
    if built.id != model or built.fingerprint != fingerprint or not same_prompt:
        raise IndexUnusable(
            f"the search index was built with the model {manifest.model.id!r}, and rapport.toml names {project.model!r}"
            if manifest.model.id != model
            else f"the model {model!r} has changed since the search index was built",
            mend="run `rapport build`",
        )
