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
from typing import TYPE_CHECKING

import click

from rapport.errors import RapportError, UsageError
from rapport.languages import LANGUAGES
from rapport.project import open_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DONE, NO, BROKEN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run the command and leave with its exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status. Every error becomes one line on standard error."""
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
            traceback.print_exc()
        click.echo(f"rapport: {' '.join(message.split())}", err=True)
    return BROKEN


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    """Progress for people, on standard error: standard output belongs to results."""
    click.echo(text, err=True)


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
        click.echo(to_json(answer))
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
            click.echo(line)
        return DONE
    if paths:
        raise UsageError("paths are for --stamp only", mend="run `rapport check` without them")
    if alike:
        click.echo(sameness(project))
        return DONE
    problems = check_project(project)
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.level == "error" for problem in problems)
    say(f"{errors} errors, {len(problems) - errors} hints")
    return NO if errors else DONE


@cli.command()
def status() -> None:
    """Show which guide is current, behind or missing in which language."""
    from rapport.content.status import render
    from rapport.content.status import status as status_of

    click.echo(render(status_of(open_project())))


@cli.command("eval")
@click.option(
    "--questions",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of judged questions. Default: content/questions/judged",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def evaluate(questions: Path | None, as_json: bool) -> None:
    """Measure the search on judged questions, beside BM25 alone and vectors alone."""
    from rapport.lab.evaluate import evaluate as measure
    from rapport.lab.evaluate import render

    report = measure(open_project(), questions.resolve() if questions else None)
    click.echo(report.to_json() if as_json else render(report))


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
        click.echo(project.show(path))
