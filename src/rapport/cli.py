"""The command `rapport`. Heavy modules are imported by the command that needs them, so that asking starts fast.

Exit status: 0 answered or done, 1 not answered or problems found, 2 wrong use or something broken (one line on
standard error, no traceback).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from rapport.disk import in_words
from rapport.errors import UsageError
from rapport.guard import DONE, NO, ReaderGone, guarded
from rapport.languages import LANGUAGE, LANGUAGES, language_of_locale
from rapport.output import let_pass, say, tell, tell_json
from rapport.project import open_project
from rapport.types import JUDGED_KINDS, SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Language(click.ParamType[str]):
    """A language of the project around the command."""

    name = "lang"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        open_project()  # it says which there are
        if value not in LANGUAGES:
            self.fail(f"{value!r} is not one of {', '.join(LANGUAGES)}.", param, ctx)
        return value


_LANGUAGE = _Language()
_FILE = click.Path(path_type=Path, dir_okay=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run the command and leave with its exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status. Every error becomes one line on standard error."""
    let_pass()
    return guarded(lambda: cli.main(args=arguments, prog_name="rapport", standalone_mode=False))


class _Commands(click.Group):
    """click's own answer to a broken pipe is to leave with status 1, which means "not answered" here."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport")
def cli() -> None:
    """Advice on client relationships: build it, check it, ask it."""


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--lang", type=_LANGUAGE, help="Language to answer in. Default: that of the question, or of your locale.")
@click.option("-k", "limit", type=click.IntRange(1, 50), default=5, show_default=True, help="Guides to show at most.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option(
    "--input",
    "source",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Answer every line {id, lang, text} of a JSON Lines file (- is standard input), one JSON line each.",
)
def ask(question: tuple[str, ...], lang: str | None, limit: int, as_json: bool, source: Path | None) -> int:
    """Describe a situation in your own words and get the guide for it.

    Exit status: 0 answered, 1 nothing fitting found, 2 wrong use or broken index.
    """
    from rapport.search.ask import open_searcher
    from rapport.search.show import answer_lines, print_answer, to_json

    if bool(question) == bool(source):
        raise UsageError("give either a question or --input", mend='as in: rapport ask "Der Kunde zahlt nicht"')
    project = open_project()
    searcher = open_searcher(project, once=not source)
    otherwise = project.language or language_of_locale(os.environ)
    if source:
        answer_lines(searcher, source, lang, limit, otherwise=otherwise)
        return DONE
    answer = searcher.ask(" ".join(question), lang, limit, otherwise=otherwise)
    if as_json:
        tell_json(to_json(answer))
    else:
        print_answer(answer, project)
    return DONE if answer.answered else NO


@cli.command()
@click.option("--index-only", is_flag=True, help="Build the model copy and the index, not the site.")
def build(index_only: bool) -> None:
    """Build the model copy, the index and the site, each only if its inputs changed."""
    from rapport.make import make_index, make_site

    project = open_project()
    make_index(project, say)
    if not index_only:
        make_site(project, say)


@cli.command()
@click.option("--clear", is_flag=True, help="Remove all of it; the next build fetches and makes it anew.")
def cache(clear: bool) -> None:
    """Show what lies in the user's cache, outside of every checkout, and how large it is."""
    from rapport.embed.prune import clear_cache, list_cache
    from rapport.embed.store import cache_folder

    folder = cache_folder()
    found = clear_cache(folder) if clear else list_cache(folder)
    for path, size, what in found:
        tell(f"{in_words(size):>8}  {path}  {what}")
    whole = in_words(sum(size for _, size, _ in found))
    say(f"{whole} removed from {folder}" if clear else f"{whole} in {folder}; --clear removes it")


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option("--watch", is_flag=True, help="Rebuild the pages that change.")
def serve(host: str, port: int, watch: bool) -> None:
    """Serve the built site."""
    project = open_project()
    if watch:
        from rapport.make import watch_site

        watch_site(project, host, port, say)
    else:
        from rapport.site.serve import serve_site

        serve_site(project.site, host, port, say)


@cli.command()
@click.option("--stamp", is_flag=True, help="Record in the given translations that they follow their source as it is.")
@click.option("--sameness", "alike", is_flag=True, help="Count what makes the guides of each language alike.")
@click.option("--lang", "languages", type=_LANGUAGE, multiple=True, help="Files of these languages only.")
@click.option("--errors", "errors_only", is_flag=True, help="Leave the hints out.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def check(
    context: click.Context,
    stamp: bool,
    alike: bool,
    languages: tuple[str, ...],
    errors_only: bool,
    paths: tuple[Path, ...],
) -> int:
    """Check guides, links, translations, banks and phrases; every problem with file, line and mend.

    With PATHS only what is wrong in these files, or below these folders.

    Exit status: 0 clean, 1 problems, 2 wrong use.
    """
    from rapport.check import check as check_project
    from rapport.check import choose, sameness
    from rapport.check import stamp as stamp_translations

    project = open_project()
    if stamp:
        _refuse_others(context, "stamp", {"paths"})
        if not paths:
            raise UsageError("--stamp needs translations", mend="as in: rapport check --stamp docs/*/money/*.md")
        for line in stamp_translations(project, [project.show(path.resolve()) for path in paths]):
            tell(line)
        return DONE
    if alike:
        _refuse_others(context, "alike", set())
        tell(sameness(project))
        return DONE
    problems = choose(project, check_project(project), paths, languages, errors_only=errors_only)
    for problem in problems:
        tell(str(problem))
    errors = sum(problem.level == "error" for problem in problems)
    say(f"{errors} errors, {len(problems) - errors} hints")
    return NO if errors else DONE


@cli.command()
def status() -> None:
    """Show which guide is current, behind or missing in which language."""
    from rapport.content.status import render
    from rapport.content.status import status as status_of

    tell(render(status_of(open_project())))


@cli.command("eval")
@click.option(
    "--questions",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of judged questions. Default: content/questions/judged",
)
@click.option(
    "--split",
    "splits",
    type=click.Choice(SPLITS),
    multiple=True,
    help="Ask these only: tune while working; hold is for the figures that are told.  [default: both]",
)
@click.option("--kind", "kinds", type=click.Choice(JUDGED_KINDS), multiple=True, help="Ask these kinds only.")
@click.option("--lang", "languages", type=_LANGUAGE, multiple=True, help="Ask in these languages only.")
@click.option("--full", is_flag=True, help="Beside it the full model, and how far the small copy agrees with it.")
@click.option("--ablate", is_flag=True, help="Beside it the ranking without each signal, and by each alone.")
@click.option("--confusions", is_flag=True, help="Show which guides are taken for which.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--save", type=_FILE, help="Keep the run in this file, to compare with later.")
@click.option("--trec", type=click.Path(path_type=Path, file_okay=False), help="Write run.txt and qrels.txt there.")
@click.option("--report", "page", type=_FILE, help="Write a Markdown page, and plots in a folder beside it.")
@click.option(
    "--compare",
    "runs",
    nargs=2,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="OLD NEW",
    help="Compare two kept runs; asks nothing.",
)
@click.option(
    "--beir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Measure on a corpus in BEIR's layout instead.",
)
@click.option("--qrels", type=_FILE, help="With --beir: the judgements. Default: qrels/test.tsv there.")
@click.pass_context
def evaluate(
    context: click.Context,
    questions: Path | None,
    splits: tuple[str, ...],
    kinds: tuple[str, ...],
    languages: tuple[str, ...],
    full: bool,
    ablate: bool,
    confusions: bool,
    as_json: bool,
    save: Path | None,
    trec: Path | None,
    page: Path | None,
    runs: tuple[Path, Path] | None,
    beir: Path | None,
    qrels: Path | None,
) -> None:
    """Measure the search on judged questions, beside BM25 alone and vectors alone.

    Options that name questions may be given more than once. Intervals are of 95 %, over cases: versions of one question
    in several languages count as one.
    """
    project = open_project()
    if beir or qrels:
        from rapport.lab import beir as lab_beir

        _refuse_others(context, "beir", {"qrels", "as_json"})
        found = lab_beir.measure_beir(project, cast("Path", beir), say, qrels)
        tell_json(found.to_json()) if as_json else tell(lab_beir.render(found))
        return
    from rapport.lab.runs import Choice, read_run, save_run, write_trec

    choice = Choice(splits, kinds, languages)
    if runs:
        from rapport.lab import compare

        _refuse_others(context, "runs", {"as_json", "splits", "kinds", "languages"})
        both = compare.compare(*(read_run(path).only(choice) for path in runs))
        tell_json(both.to_json()) if as_json else tell(compare.render(both))
        return
    from rapport.lab.evaluate import ask_judged
    from rapport.lab.measures import make_report
    from rapport.lab.report import render, write_report

    for path in filter(None, (save, trec, page)):
        if not path.resolve().parent.is_dir():
            raise UsageError("there is no such folder", where=path.parent, mend="make it first")
    run = ask_judged(
        project,
        say,
        folder=questions.resolve() if questions else None,
        choice=choice,
        full=full,
        ablate=ablate or page is not None,
    )
    report = make_report(run)
    tell_json(report.to_json()) if as_json else tell(render(report, confused=confusions))
    if save:
        save_run(run, save)
    for path in (*(write_trec(run, trec) if trec else ()), *(write_report(report, page) if page else ())):
        say(f"written: {path}")


def _refuse_others(context: click.Context, main_option: str, allowed: set[str]) -> None:
    """Raise UsageError where an option was given that does not go with another, or that one is missing."""
    names = {
        option.name: option.opts[-1] if isinstance(option, click.Option) else option.human_readable_name
        for option in context.command.params
    }
    given = [
        name for name in context.params if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    ]
    if main_option not in given:
        raise UsageError(
            f"{' and '.join(names[one] for one in given)}: only with {names[main_option]}", mend="see --help"
        )
    for name in given:
        if name not in allowed | {main_option}:
            raise UsageError(f"{names[name]} does not go with {names[main_option]}", mend="leave one of them out")


@cli.command()
@click.option("--seed", default=0, show_default=True, help="Another one draws other composed examples.")
@click.option(
    "--without",
    multiple=True,
    metavar="GUIDE",
    help="Leave a head in .cache/ that never learnt this guide.",
)
def train(seed: int, without: tuple[str, ...]) -> None:
    """Train the reading head anew, from bank, stories and real questions (tens of minutes)."""
    from rapport.training.run import train as run_training

    run_training(open_project(), say, seed, without=without)


@cli.command()
@click.argument("theme")
@click.argument("guide")
@click.option("--lang", "languages", type=_LANGUAGE, multiple=True, help="In these languages only.")
def new(theme: str, guide: str, languages: tuple[str, ...]) -> None:
    """Lay down the skeleton of a guide in every language, or in those named; the others may follow later."""
    from rapport.content.scaffold import new_guide

    project = open_project()
    for path in new_guide(project, theme, guide, languages or LANGUAGES):
        tell(project.show(path))


@cli.command()
@click.argument("guide")
@click.argument("name")
def rename(guide: str, name: str) -> None:
    """Give a guide another id: files, catalogue, titles, questions and links follow, and a redirect leads there."""
    from rapport.check import rename_guide

    for path in rename_guide(open_project(), guide, name):
        tell(path)


@cli.command()
@click.argument("guide")
@click.option("--to", help="The guide that takes its place: links, questions and readers go there.")
def retire(guide: str, to: str | None) -> None:
    """Give a guide up: its files, titles, questions and links go, and a redirect leads its readers on.

    Without --to they are led to the page of its theme, and sentences that named it are told, to be mended by hand.
    """
    from rapport.check import retire_guide

    changed, mend = retire_guide(open_project(), guide, to)
    for path in changed:
        tell(path)
    for line in mend:
        say(line)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="What the site is called.")
@click.option("--lang", "languages", type=click.Choice(list(LANGUAGE)), multiple=True, help="A language of it. [all]")
def init(folder: Path, name: str, languages: tuple[str, ...]) -> None:
    """Lay down a knowledge base of one's own in a new folder: its name, its languages, three guides to begin with."""
    from rapport.init import init as lay_down

    project = lay_down(folder.absolute(), name, languages or tuple(LANGUAGE), Path(__file__).parents[2])
    tell(f"{project.root}: go there and run `make test`, then read README.md")
