"""The command `rapport`. Heavy modules are imported by the command that needs them, so that asking starts fast.

Exit status: 0 answered or done, 1 not answered or problems found, 2 wrong use or something broken (one line on
standard error, no traceback).
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from rapport.errors import RapportError, UsageError
from rapport.languages import LANGUAGES
from rapport.output import let_pass, say, tell, tell_json
from rapport.project import open_project
from rapport.types import JUDGED_KINDS, SPLITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DONE, NO, BROKEN = 0, 1, 2

_FILE = click.Path(path_type=Path, dir_okay=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run the command and leave with its exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status. Every error becomes one line on standard error."""
    let_pass()
    return guarded(lambda: cli.main(args=arguments, prog_name="rapport", standalone_mode=False))


def guarded(call: Callable[[], object]) -> int:
    """Make a call and return the exit status: the number that it returns, else 0; 2 for any error, told in one line.

    With RAPPORT_DEBUG an unforeseen error shows its traceback too.
    """
    try:
        result = call()
        if sys.stdout:
            sys.stdout.flush()
    except RapportError as error:
        return _broken(str(error))
    except click.ClickException as error:
        return _broken(f"{error.format_message()} (see `rapport --help`)")
    except (click.Abort, KeyboardInterrupt):
        return _broken("stopped")
    except (_ReaderGone, BrokenPipeError):
        _drop_output()
        return DONE
    except ModuleNotFoundError as error:
        if (error.name or "rapport").split(".")[0] == "rapport":
            return _internal(error)
        mend = 'run `make setup`, or pip install -e ".[build,dev]"'
        return _broken(f"{error.name} is not installed; {mend}")
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _broken(f"{place}{error.strerror or error}", unforeseen=True)
    except Exception as error:
        return _internal(error)
    return result if isinstance(result, int) else DONE


def _internal(error: Exception) -> int:
    what = f"internal error: {type(error).__name__}: {error}"
    return _broken(f"{what}; run again with RAPPORT_DEBUG=1 for the details and report it", unforeseen=True)


def _broken(message: str, *, unforeseen: bool = False) -> int:
    """Tell an error in one line, however standard output and standard error are."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:  # a full disk: Python would tell it once more at its end
        _drop_output()
    with contextlib.suppress(OSError):
        if unforeseen and os.environ.get("RAPPORT_DEBUG"):
            say(traceback.format_exc().rstrip("\n"))
        say(f"rapport: {' '.join(message.split())}")
    return BROKEN


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _ReaderGone(Exception):
    """Whoever read our output has gone, as `head` does."""


class _Commands(click.Group):
    """click's own answer to a broken pipe is to leave with status 1, which means "not answered" here."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rapport")
def cli() -> None:
    """Advice on client relationships: build it, check it, ask it."""


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Language to answer in. Default: that of the question.")
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
        raise UsageError("give either a question or --input", mend='as in: rapport ask "the client will not pay"')
    project = open_project()
    searcher = open_searcher(project, once=not source)
    if source:
        answer_lines(searcher, source, lang, limit)
        return DONE
    answer = searcher.ask(" ".join(question), lang, limit)
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
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def check(stamp: bool, alike: bool, paths: tuple[Path, ...]) -> int:
    """Check guides, links, translations, banks and phrases; every problem with file, line and mend.

    Exit status: 0 clean, 1 problems, 2 wrong use.
    """
    from rapport.check import check as check_project
    from rapport.check import sameness
    from rapport.check import stamp as stamp_translations

    project = open_project()
    if stamp:
        if not paths:
            raise UsageError("--stamp needs translations", mend="as in: rapport check --stamp docs/*/money/*.md")
        for line in stamp_translations(project, [project.show(path.resolve()) for path in paths]):
            tell(line)
        return DONE
    if paths:
        raise UsageError("paths are for --stamp only", mend="run `rapport check` without them")
    if alike:
        tell(sameness(project))
        return DONE
    problems = check_project(project)
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
@click.option("--lang", "languages", type=click.Choice(LANGUAGES), multiple=True, help="Ask in these languages only.")
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
    names = {option.name: option.opts[-1] for option in context.command.params}
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
def train(seed: int) -> None:
    """Train the reading head anew, from bank, stories and real questions (tens of minutes)."""
    from rapport.training.run import train as run_training

    run_training(open_project(), say, seed)


@cli.command()
@click.argument("theme")
@click.argument("guide")
def new(theme: str, guide: str) -> None:
    """Lay down the skeleton of a guide in every language."""
    from rapport.content.scaffold import new_guide

    project = open_project()
    for path in new_guide(project, theme, guide):
        tell(project.show(path))
