"""MkDocs hooks: a thin adapter between MkDocs' build and the model. Everything that decides lives elsewhere.

static-i18n runs a whole MkDocs build per language inside the first one's `on_post_build`, so these hooks run six
times; the model is read in the first run only.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel

from rapport.content.files import image_files, image_size, is_ours
from rapport.languages import LANGUAGES
from rapport.project import open_project
from rapport.site.assets import Assets
from rapport.site.build import add_languages, site_address
from rapport.site.licences import ADDRESS, licences
from rapport.site.markdown import PagePhrases
from rapport.site.model import SiteModel, read_model
from rapport.site.pages import Kind, generated_pages, page_kind
from rapport.site.view import View, filters

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page

    from rapport.project import Project

__all__ = ["on_config", "on_env", "on_files", "on_page_context", "on_page_markdown", "on_template_context"]

_EXTENSION = "rapport.site.markdown"


class _State:
    """What the six builds of one run share."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.model: SiteModel = read_model(project)
        self.assets = Assets(project.docs)
        self.licences = licences(project.root / "NOTICE")
        self.images = {where: image_size(path, where) for path in image_files(project) if (where := project.show(path))}


def _state(config: MkDocsConfig) -> _State:
    state = config.extra.get("rapport")
    assert isinstance(state, _State)
    return state


def _language(config: MkDocsConfig) -> str:
    return str(config.plugins["i18n"].current_language)  # type: ignore[attr-defined]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the model, once per run; before static-i18n (-100) looks at its languages, name them."""
    add_languages(config)
    if not isinstance(config.extra.get("rapport"), _State):
        config.extra["rapport"] = _State(open_project(Path(config.config_file_path).parent))
    project = _state(config).project
    config.site_name = project.name
    config.site_url = site_address(project) or config.site_url
    return config


# after static-i18n (-100), which knows only files on disk and drops the rest
@event_priority(-200)
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Leave Material's own assets out and add the pages that nobody writes by hand."""
    theme_dir = Path(config.theme.custom_dir or ".").resolve()
    docs = Path(config.docs_dir).resolve()
    assets, guides = _state(config).assets, {guide.path for guide in _state(config).model.guides.values()}
    for file in list(files):
        path = Path(file.abs_src_path or "").resolve()
        written = is_ours(docs / file.src_uri, docs)
        if not written and (not path.is_relative_to(theme_dir) or path.suffix == ".py"):
            files.remove(file)
        elif file.src_uri.count("/") == 2 and file.is_documentation_page() and f"docs/{file.src_uri}" not in guides:
            files.remove(file)  # a skeleton
        elif (placed := assets.placed(file.dest_uri)) != file.dest_uri:
            file.dest_uri = file.url = placed
            file.abs_dest_path = str(Path(config.site_dir) / placed)  # static-i18n has fixed the old one
        elif file.src_uri.endswith(".css"):
            file.content_string = assets.style(file.src_uri)
    lang = _language(config)
    if lang not in LANGUAGES:
        files.append(File.generated(config, ADDRESS, content=_state(config).licences))
    # static-i18n leaves out what belongs to no language, and texts of all of them show these
    for image in _state(config).images if lang in LANGUAGES else ():
        uri = image.removeprefix("docs/")
        if uri not in files.src_uris:
            files.append(File(uri, config.docs_dir, config.site_dir, config.use_directory_urls))
    for uri, text in generated_pages(_state(config).model, lang):
        file = File.generated(config, uri, content=text, inclusion=InclusionLevel.INCLUDED)
        files.append(file)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Choose the template, and hand the Markdown extension what it must know of the page."""
    model = _state(config).model
    kind, lang, name = page_kind(page.file.src_uri, model)
    page.meta["template"] = f"{kind}.html"
    if kind is Kind.CHOOSER:
        config.mdx_configs[_EXTENSION] = {
            "page": PagePhrases(path=f"docs/{page.file.src_uri}", hosts=model.catalogue.hosts)
        }
        return markdown
    interface = model.interface[lang]
    guide = model.guide(lang, name) if kind is Kind.GUIDE else None
    config.mdx_configs[_EXTENSION] = {
        "page": PagePhrases(
            path=f"docs/{page.file.src_uri}",
            lang=lang,
            subject=interface.labels["subject"],
            copy=interface.phrases.copy,
            familiar=interface.phrases.familiar,
            they_say=interface.phrases.they_say,
            you_say=interface.phrases.you_say,
            slot_hint=interface.phrases.slot_hint,
            situations=guide.situations if guide else (),
            unwritten=model.unwritten(lang),
            missing=interface.phrases.state_missing,
            hosts=model.catalogue.hosts,
            images=_state(config).images,
        )
    }
    return markdown


def on_env(env: jinja2.Environment, config: MkDocsConfig, files: Files) -> jinja2.Environment:
    """Our filters; and a name that a template misspells shall fail the build, not vanish from the page."""
    env.undefined = jinja2.StrictUndefined
    env.autoescape = True
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.filters.update(filters())
    return env


def on_page_context(context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation) -> dict[str, Any]:
    """What templates see of the model: `view`, `t` (phrases), `lang`."""
    state = _state(config)
    kind, lang, name = page_kind(page.file.src_uri, state.model)
    view = View(state.model, state.assets, config.site_url or "/", kind=kind, lang=lang, name=name, url=page.url)
    context.update(view=view, lang=lang, t=view.phrases, noindex=state.project.noindex)
    return context


def on_template_context(context: dict[str, Any], template_name: str, config: MkDocsConfig) -> dict[str, Any]:
    """The same for 404, sitemap and robots.txt, which belong to no language."""
    state = _state(config)
    context["noindex"] = state.project.noindex
    context["view"] = View(
        state.model, state.assets, config.site_url or "/", kind=Kind.NEUTRAL, lang="", name=template_name, url=""
    )
    return context
