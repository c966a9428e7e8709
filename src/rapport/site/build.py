"""Run MkDocs into a folder beside the site and swap at the end: a failed build leaves the old site as it was."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import ContentError, RapportError, writing
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.site.swap import OLD, swap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig

    from rapport.project import Project

# Material prints an advertisement about MkDocs 2 on every import
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")


def build_site(
    project: Project,
    *,
    site_dir: Path | None = None,
    strict: bool = True,
    finish: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Build the site in all languages into `site_dir` (default: `site/` of the project).

    `finish` may add to the new site's folder before it is put in place, as `rapport.export.export_search` does.
    ContentError, with file and line where they are known, when a file cannot be used; with `strict` also when MkDocs
    warns, for instance of a link to nothing. The old site stays until the new one is complete.
    """
    target = site_dir or project.site
    with writing(project.show(target)), _beside(target) as fresh:
        _run(project, fresh, strict, LANGUAGES)
        finish(fresh)
        swap(fresh, target)


def build_in_place(
    project: Project,
    target: Path,
    languages: Collection[str] = LANGUAGES,
    finish: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Rebuild some languages of a site that is being served, for editing; pages of the others are left as they are.

    Every address answers meanwhile: a file is put in place of its forerunner, and what is no more goes last.
    `finish` as in `build_site`.
    """
    with _beside(target) as fresh:
        _run(project, fresh, False, languages)
        finish(fresh)
        made = {path.relative_to(fresh) for path in fresh.rglob("*") if path.is_file()}
        for path in sorted(made):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(fresh / path, target / path)
        renewed = [target] if set(languages) == set(LANGUAGES) else [target / lang for lang in languages]
        for path in [path for folder in renewed for path in folder.rglob("*") if path.is_file()]:
            if path.relative_to(target) not in made:
                path.unlink()


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new folder in the target's file system, removed in the end unless it was moved away; one at a time."""
    from filelock import FileLock

    target.parent.mkdir(parents=True, exist_ok=True)
    name = f".{target.name.lstrip('.')}"
    # the lock goes with the process, however that ends: whatever is left over here belongs to nobody
    with FileLock(target.with_name(f"{name}-lock")):
        _recover(target, sorted(target.parent.glob(f"{name}-new-*")))
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-new-", dir=target.parent))
        folder.chmod(0o755)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _recover(target: Path, leftovers: list[Path]) -> None:
    """After a build that was killed: the old site back where there is none, and nothing else of it."""
    for left in leftovers:
        if left.name.endswith(OLD) and not target.exists():
            left.rename(target)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _run(project: Project, site_dir: Path, strict: bool, languages: Iterable[str]) -> None:
    from jinja2 import TemplateError
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException
    from mkdocs.utils import CountHandler

    wanted = {*languages}
    with _messages() as messages:
        try:
            config = load_config(str(project.root / "mkdocs.yml"), site_dir=str(site_dir), strict=strict)
            add_languages(config)
            for language in config.plugins["i18n"].config.languages:
                language.build = language.default or language.locale in wanted
            config.plugins.on_startup(command="build", dirty=False)
            build(config)
            config.plugins.on_shutdown()
        except RapportError:
            raise
        except TemplateError as error:
            where = f"theme/{getattr(error, 'name', None) or ''}".rstrip("/")
            raise ContentError(str(error), where=where, mend="mend the template") from error
        except (MkDocsException, SystemExit) as error:
            # MkDocs' own error only counts; what was wrong it has logged
            raise _as_content_error(messages, str(error)) from error
        finally:
            _drop_counters(CountHandler)


def site_address(project: Project) -> str:
    """Where the site will be, as the environment or `rapport.toml` says; empty where neither does."""
    address = os.environ.get("RAPPORT_SITE_URL") or project.site_url
    return f"{address.rstrip('/')}/" if address else ""


def add_languages(config: MkDocsConfig) -> None:
    """Tell the plugin which languages there are: `mkdocs.yml` names none of ours."""
    from mkdocs_static_i18n.config import I18nPluginLanguage

    listed = config.plugins["i18n"].config.languages
    for lang in LANGUAGES:
        if all(language.locale != lang for language in listed):
            language = I18nPluginLanguage()
            language.load_dict({"locale": lang, "name": LANGUAGE[lang].name})
            language.validate()
            listed.append(language)


def _as_content_error(messages: list[str], otherwise: str) -> ContentError:
    first = messages[0] if messages else otherwise
    more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    return ContentError(f"the site cannot be built: {first}{more}", mend="mend it and build again")


@contextmanager
def _messages() -> Iterator[list[str]]:
    """MkDocs' warnings and errors as a list instead of on the terminal."""
    messages: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    logger = logging.getLogger("mkdocs")
    handler = Collect(logging.WARNING)
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _drop_counters(kind: type[logging.Handler]) -> None:
    # a build leaves its counter on the logger, where it would keep counting for the next one
    logger = logging.getLogger("mkdocs")
    for handler in [handler for handler in logger.handlers if isinstance(handler, kind)]:
        logger.removeHandler(handler)
