"""Who may import whom, and how long a module may be. A new arrow is a decision: make it here too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import rapport
from rapport.check import front_rules
from rapport.content.guides import FRONT_KEYS

SOURCE = Path(rapport.__file__ or "").parent
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
CORE = {name: path for name, path in MODULES.items() if name.split(".")[0] not in ("site", "browser", "check")}
LINES = 300

# heavy libraries: the only modules that may import each
HOMES = {
    "torch": {"model.unpack", "model.shrink"},
    "transformers": {"model.unpack"},
    "sentence_transformers": {"embedder", "model.unpack", "model.shrink"},
    "onnxruntime": {"encoder", "model.shrink"},
    "onnx": {"model.shrink"},
    "tokenizers": {"encoder", "model.unpack", "model.shrink"},
    "wordfreq": {"model.shrink"},
    "faiss": {"index"},
    "sklearn": {"train", "tune"},
    "ir_measures": {"evaluate"},
    "rich": {"answers"},
    "click": {"cli"},
    "platformdirs": {"model.store"},
}
ONLY_IN_SITE = {"mkdocs", "material", "mkdocs_static_i18n", "budoux", "babel", "playwright", "watchdog"}

# what a module of the core imports of ours, at run time; those for types alone do not count
ARROWS = {
    "__init__": set(),
    "__main__": {"cli"},
    "analyser": set(),
    "answers": {"bank", "errors", "types"},
    "bank": {"errors", "guides", "types", "yamlfile"},
    "build": {
        "analyser", "bank", "catalogue", "errors", "guides", "index", "knowledge", "lexical", "passages", "ranking",
        "settings", "train", "types", "yamlfile",
    },
    "catalogue": {"errors", "types", "yamlfile"},
    "cli": {
        "answers", "check", "errors", "evaluate", "make", "project", "scaffold", "search", "serve", "site", "status",
        "types",
    },
    "embedder": {"errors"},
    "encoder": {"errors", "model.store"},
    "errors": set(),
    "evaluate": {"bank", "catalogue", "ranking", "search", "types"},
    "guides": {"errors", "types", "yamlfile"},
    "i18n": {"errors", "guides", "types", "words", "yamlfile"},
    "index": {"analyser", "errors", "knowledge", "lexical", "types"},
    "knowledge": {"lexical", "types"},
    "lexical": {"analyser", "types"},
    "make": {"browser", "build", "errors", "models", "project", "site"},
    "model": set(),
    "model.carrier": {"errors"},
    "model.fetch": {"errors"},
    "model.shrink": {"errors"},
    "model.store": {"errors", "model.fetch", "model.shrink", "model.unpack"},
    "model.unpack": {"errors", "model.carrier"},
    "models": {"build", "embedder", "encoder", "errors", "index", "model.store", "project", "vectors"},
    "passages": {"guides", "types"},
    "project": {"errors"},
    "ranking": {"knowledge", "types"},
    "scaffold": {"catalogue", "errors", "guides", "i18n", "types"},
    "search": {"analyser", "embedder", "encoder", "errors", "index", "project", "ranking", "types"},
    "serve": {"errors"},
    "settings": {"errors", "knowledge", "ranking", "yamlfile"},
    "status": {"catalogue", "guides", "types"},
    "train": {"guides", "knowledge"},
    "tune": {"bank", "catalogue", "ranking", "search"},
    "types": set(),
    "vectors": set(),
    "words": set(),
    "yamlfile": {"errors"},
}  # fmt: skip

PURE = ("analyser", "errors", "guides", "knowledge", "lexical", "passages", "ranking", "types", "words")
IO = {"io", "os", "shutil", "socket", "subprocess", "sys", "tempfile", "time", "urllib", "http", "random", "datetime"}


def imported(path: Path, *, types_too: bool = False) -> set[str]:
    """Full names of what a module imports; what stands under TYPE_CHECKING only with `types_too`."""
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types_too:
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found.add(node.module or "")
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(path.read_text("utf-8")))
    return found


def ours(names: set[str]) -> set[str]:
    return {name.removeprefix("rapport").removeprefix(".") for name in names if name.split(".")[0] == "rapport"}


def libraries(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names} - {"rapport"}


def test_every_module_of_the_core_is_listed() -> None:
    assert set(CORE) == set(ARROWS)


@pytest.mark.parametrize("name", sorted(CORE))
def test_arrows(name: str) -> None:
    assert ours(imported(CORE[name])) <= ARROWS[name]


def test_arrows_make_no_circle() -> None:
    left = {name: set(targets) & set(ARROWS) for name, targets in ARROWS.items()}
    while left:
        free = [name for name, targets in left.items() if not targets & set(left)]
        assert free, f"a circle among {sorted(left)}"
        for name in free:
            del left[name]


@pytest.mark.parametrize("name", ["errors", "types"])
def test_the_words_of_the_project_import_nothing_of_ours(name: str) -> None:
    assert ours(imported(MODULES[name], types_too=True)) == set()


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_enters_in_its_own_module_only(library: str) -> None:
    users = {name for name, path in MODULES.items() if library in libraries(imported(path))}
    assert users <= HOMES[library]


def test_the_site_s_libraries_stay_in_the_site() -> None:
    for name, path in CORE.items():
        assert not ONLY_IN_SITE & libraries(imported(path)), name


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_neither_read_nor_write(name: str) -> None:
    path = MODULES[name]
    assert not IO & libraries(imported(path))
    calls = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    }
    assert not {"open", "print", "input"} & calls
    assert not [call for call in calls if call.split(".")[-1] in ("write_text", "write_bytes", "read_bytes")]


def test_nobody_pickles() -> None:
    for name, path in MODULES.items():
        assert not {"pickle", "joblib", "marshal", "shelve"} & libraries(imported(path)), name
        assert "allow_pickle=True" not in path.read_text("utf-8"), name


@pytest.mark.parametrize("name", sorted(CORE))
def test_a_module_fits_in_a_head(name: str) -> None:
    """Lines of code: neither empty, nor comment, nor docstring."""
    source = CORE[name].read_text("utf-8")
    told: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            told.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code = [
        number
        for number, line in enumerate(source.split("\n"), 1)
        if number not in told and line.strip() and not line.strip().startswith("#")
    ]
    assert len(code) <= LINES


def test_the_keys_of_front_matter_are_the_same_everywhere() -> None:
    assert FRONT_KEYS == front_rules.KEYS
