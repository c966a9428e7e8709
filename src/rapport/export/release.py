"""Write the browser's copy of the search into a built site.

    ask/manifest.json            what this release consists of: parts and their chunks (bytes, SHA-256), model
    ask/<hash>.bin               chunks, see `pack`
    ask/runtime-<hash>/          onnxruntime-web and the tokenizer library as modules
    ask/offline-<lang>.html      what a reader without a connection sees instead of a page that is not stored
    service-worker.js            keeps pages for reading offline; the kill switch replaces it by one that removes itself

Pages of a release name their scripts by one hash (`rapport.site.assets.Assets`), the manifest names the same hash, and
everything else is named by its own content: no page ever mixes two releases.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.interface import read_catalogue_titles, read_interface
from rapport.embed.store import QUESTION_WEIGHTS, question_folder, read_question_model
from rapport.errors import ContentError, IndexUnusable, RapportError
from rapport.export.arrays import index_parts, to_json
from rapport.export.pack import Packer
from rapport.export.texts import common_words, language_texts
from rapport.languages import LANGUAGES
from rapport.project import DEFAULT_MODEL
from rapport.search.ask import refuse_other_model
from rapport.search.index import read_index
from rapport.site.assets import SCRIPTS, Assets

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project
    from rapport.search.index import Manifest
    from rapport.search.knowledge import Knowledge

SCHEMA = 3
FOLDER = "ask"
MANIFEST = "manifest.json"
OFFLINE_PAGE = "offline.html"
"""Template of what a reader without a connection sees instead of a page that is not stored."""

TEXTS_LIMIT = 300_000
"""Bytes that one language's texts may have on the wire: they load before anything can be found."""

_RUNTIME = {
    "ort.js": "onnxruntime-web/dist/ort.wasm.bundle.min.mjs",
    "tokenizers.js": "@huggingface/tokenizers/dist/tokenizers.min.mjs",
}
_WASM = "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"


def export_search(
    project: Project,
    knowledge: Knowledge,
    manifest: Manifest,
    question_model_folder: Path | None,
    site_dir: Path,
    *,
    offline: bool | None = None,
) -> None:
    """Write everything above into `site_dir`, a site that `build_site` has made.

    `question_model_folder` is None where questions are not embedded by the small copy; the site then finds by words
    only, and says why. `offline=False` (or RAPPORT_OFFLINE=0) is the kill switch: the service worker that is written
    removes itself and all it has stored. Raises IndexUnusable where guides have changed since the index was built,
    RapportError where the JavaScript packages are missing, ModelError where the small copy is.
    """
    if offline is None:
        offline = os.environ.get("RAPPORT_OFFLINE", "1") != "0"
    folder = site_dir / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    packer = Packer(folder)
    assets = Assets(project.docs)
    for lang, texts in _texts(project, knowledge).items():
        packer.add(f"texts-{lang}", to_json(texts))
    entry: dict[str, Any] = {
        "schema": SCHEMA,
        "code": assets.code,
        "scripts": assets.scripts,
        "offline": offline,
        "languages": knowledge.languages,
        "model": None,
        "modules": None,
    }
    if question_model_folder is not None:
        model = read_question_model(question_model_folder)
        for name, data in index_parts(knowledge).items():
            packer.add(name, data)
        packer.add("tokenizer", shorten_scores((question_model_folder / "tokenizer.json").read_bytes()))
        packer.add("runtime", _package_file(project, _WASM))
        for name, file in (("starter", "starter.onnx"), ("model", "model.onnx"), ("weights", QUESTION_WEIGHTS)):
            packer.add(name, (question_model_folder / file).read_bytes())
        entry["model"] = {
            "id": manifest.model.id,
            "prompt": model.prompt,
            "maxTokens": model.max_tokens,
            "weights": QUESTION_WEIGHTS,
        }
        entry["modules"] = _runtime(project, folder)
    entry["parts"] = packer.describe()
    _check_size(entry["parts"])
    entry["version"] = hashlib.sha256(to_json(entry)).hexdigest()[:16]
    _write_offline_pages(project, assets, folder)
    _write_service_worker(project, site_dir, entry["version"], offline)
    # last, so that a folder with a manifest is a whole one
    (folder / MANIFEST).write_text(json.dumps(entry, ensure_ascii=False, indent=1) + "\n", "utf-8")


def shorten_scores(tokenizer: bytes) -> bytes:
    """`tokenizer.json` with each piece's score as the shortest decimal of its float32, which the browser restores.

    Written out as doubles they are a third of the file on the wire.
    """
    entry = json.loads(tokenizer)
    entry["model"]["vocab"] = [[piece, float(str(np.float32(score)))] for piece, score in entry["model"]["vocab"]]
    return to_json(entry)


def exporter(project: Project, *, offline: bool | None = None) -> Callable[[Path], None]:
    """`export_search` for the index in use and the configured model; reads the index at once.

    Raises IndexUnusable where there is no usable index, or only one of another model than the configured one. With a
    model of one's own the site finds by words only.
    """
    knowledge, manifest = read_index(project)
    question = question_folder() if project.model == DEFAULT_MODEL else None
    refuse_other_model(manifest, project, read_question_model(question) if question else None)
    return lambda site_dir: export_search(project, knowledge, manifest, question, site_dir, offline=offline)


def _texts(project: Project, knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    catalogue = read_catalogue(project)
    names = read_catalogue_titles(project, catalogue)
    guides = {(guide.id, guide.lang): guide for guide in read_guides(project, catalogue)}
    if set(guides) != set(knowledge.texts):
        raise IndexUnusable("guides were added or removed since the search index was built", mend="run `rapport build`")
    return {
        lang: language_texts(
            lang,
            [guides[guide, lang] for guide in knowledge.guides if (guide, lang) in guides],
            [text for guide in knowledge.guides if (text := knowledge.text(guide, lang)) and text.lang != lang],
            catalogue,
            names[lang],
            knowledge.titles,
            common_words(knowledge.rows, lang),
        )
        for lang in knowledge.languages
    }


def _check_size(parts: dict[str, Any]) -> None:
    for name, chunks in parts.items():
        size = sum(chunk["bytes"] for chunk in chunks)
        if name.startswith("texts-") and size > TEXTS_LIMIT:
            raise RapportError(
                f"the texts of `{name}` have {size} bytes on the wire, more than {TEXTS_LIMIT}",
                mend="shorten guides, or let the browser load sections by themselves",
            )


def _package_file(project: Project, name: str) -> bytes:
    # a project of one's own has none: what the program's checkout has goes with the program
    roots = (project.root, Path(__file__).parents[3])
    path = next((path for root in roots if (path := root / "node_modules" / name).is_file()), roots[0] / "node_modules")
    try:
        return path.read_bytes()
    except OSError as error:
        raise RapportError("is missing", where=project.show(path), mend="run `npm ci`") from error


def _runtime(project: Project, folder: Path) -> dict[str, str]:
    """Copy the modules; their addresses relative to the folder."""
    files = {name: _package_file(project, source) for name, source in _RUNTIME.items()}
    digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
    target = folder / f"runtime-{digest}"
    target.mkdir()
    for name, data in files.items():
        (target / name).write_bytes(data)
    return {name.removesuffix(".js"): f"{target.name}/{name}" for name in files}


def _write_offline_pages(project: Project, assets: Assets, folder: Path) -> None:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

    theme = Environment(
        loader=FileSystemLoader(project.root / "theme"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    style = assets.address("assets/stylesheets/site.css")
    for lang, interface in read_interface(project).items():
        try:
            # {root} stays for the service worker, which alone knows how deep the page is that it stands for
            page = theme.get_template(OFFLINE_PAGE).render(
                lang=lang, t=interface.phrases, root="{root}", style=style, name=project.name
            )
        except TemplateError as error:
            raise ContentError(str(error), where=f"theme/{OFFLINE_PAGE}", mend="mend the template") from error
        (folder / f"offline-{lang}.html").write_text(page + "\n", "utf-8")


def _write_service_worker(project: Project, site_dir: Path, version: str, offline: bool) -> None:
    name = "service-worker.js" if offline else "goodbye.js"
    source = (project.docs / SCRIPTS / "ask" / name).read_text("utf-8")
    filled = source.replace("{version}", version).replace("{languages}", " ".join(LANGUAGES))
    (site_dir / "service-worker.js").write_text(filled, "utf-8")
