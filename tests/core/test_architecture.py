"""Who may import whom, and how long a module may be. A new arrow is a decision: make it here too."""

from __future__ import annotations

import ast

import pytest
from modules import MODULES, imported, libraries, ours, room

LINES = 300

FLOORS = (
    ("errors",),
    ("types", "characters", "languages", "project", "progress", "disk"),
    ("output",),
    ("content", "embed"),
    ("search",),
    ("site",),
    ("check", "lab", "export", "training"),
    ("make", "guard", "init"),
    ("cli",),
    ("__main__",),
)
"""From the ground up: an arrow leads down, or to a room of the same floor without coming back."""

# what a room imports of ours, at run time; imports for types alone do not count
ARROWS = {
    "__init__": set(),
    "__main__": {"cli"},
    "characters": set(),
    "check": {"content", "errors", "languages", "search", "site"},
    "cli": {
        "check",
        "content",
        "disk",
        "embed",
        "errors",
        "guard",
        "init",
        "lab",
        "languages",
        "make",
        "output",
        "project",
        "search",
        "site",
        "training",
        "types",
    },
    "content": {"characters", "errors", "languages", "types"},
    "disk": {"errors"},
    "embed": {"disk", "errors", "languages", "progress", "project", "types"},
    "errors": set(),
    "guard": {"disk", "errors", "output"},
    "export": {"content", "embed", "errors", "languages", "project", "search", "site", "types"},
    "lab": {
        "content",
        "embed",
        "errors",
        "languages",
        "output",
        "progress",
        "project",
        "search",
        "site",
        "training",
        "types",
    },
    "init": {"check", "content", "errors", "languages", "project"},
    "languages": set(),
    "make": {"disk", "embed", "errors", "export", "progress", "project", "search", "site"},
    "output": {"characters"},
    "progress": set(),
    "project": {"errors", "languages"},
    "search": {"characters", "content", "embed", "errors", "languages", "output", "progress", "project", "types"},
    "site": {"characters", "content", "errors", "languages", "project", "search"},
    "training": {"content", "embed", "errors", "languages", "progress", "search", "types"},
    "types": set(),
}

# heavy libraries: the only modules that may import each
HOMES = {
    "torch": {"embed.embedder", "embed.unpack", "embed.shrink", "training.head"},
    "transformers": {"embed.unpack"},
    "sentence_transformers": {"embed.embedder", "embed.unpack", "embed.shrink"},
    "onnxruntime": {"embed.encoder", "embed.shrink"},
    "onnx": {"embed.shrink"},
    "tokenizers": {"embed.encoder", "embed.unpack", "embed.shrink"},
    "huggingface_hub": {"embed.fingerprint"},
    "wordfreq": {"embed.shrink"},
    "faiss": {"search.index"},
    "sklearn": {"search.train", "lab.tune"},
    "ir_measures": {"lab.measures"},
    "rich": {"search.show"},
    "click": {"cli", "guard"},
    "markdown_it": {"content.document"},
    "mdit_py_plugins": {"content.document"},
    "yaml": {"content.yaml"},
    "platformdirs": {"embed.store"},
}
ROOMS = {
    "mkdocs": {"site"},
    "mkdocs_static_i18n": {"site"},
    "markdown": {"site"},
    "budoux": {"site"},
    "watchdog": {"site"},
    "playwright": {"lab"},
}
"""Libraries that a whole wing may import, and nobody else."""

PURE = (
    "characters", "content.blocks", "content.document", "content.markup", "content.phrases", "content.problem",
    "content.sections", "content.text", "embed.record", "errors", "lab.compare", "lab.measures", "lab.plots",
    "lab.tables", "languages", "search.analyser", "search.answer", "search.knowledge", "search.lexical",
    "search.passages", "search.question", "search.ranking", "search.spelling", "training.folds", "types",
)  # fmt: skip
IO = {"io", "os", "shutil", "socket", "subprocess", "sys", "tempfile", "time", "urllib", "http", "random", "datetime"}


@pytest.mark.parametrize("name", sorted({room(name) for name in MODULES}))
def test_arrows(name: str) -> None:
    """Neither an arrow that is not listed, nor one that nobody takes any more."""
    targets = {room(target) for module in MODULES if room(module) == name for target in ours(module)}
    assert targets - {name} == ARROWS[name]


def test_arrows_lead_down() -> None:
    floor = {name: number for number, names in enumerate(FLOORS) for name in names} | {"__init__": 0}
    assert set(floor) == set(ARROWS)
    assert not [(one, other) for one, targets in ARROWS.items() for other in targets if floor[other] > floor[one]]


def test_arrows_make_no_circle() -> None:
    """Neither among rooms nor among modules."""
    for graph in (ARROWS, {name: ours(name) for name in MODULES}):
        left = {name: set(targets) for name, targets in graph.items()}
        while left:
            free = [name for name, targets in left.items() if not targets & set(left)]
            assert free, f"a circle among {sorted(left)}"
            for name in free:
                del left[name]


@pytest.mark.parametrize("name", ["errors", "types", "characters", "languages"])
def test_the_words_of_the_project_import_nothing_of_ours(name: str) -> None:
    assert ours(name, types_too=True) == set()


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_enters_in_its_own_module_only(library: str) -> None:
    assert {name for name in MODULES if library in libraries(name)} == HOMES[library]


@pytest.mark.parametrize("library", sorted(ROOMS))
def test_a_library_of_one_wing_stays_there(library: str) -> None:
    assert {room(name) for name in MODULES if library in libraries(name)} == ROOMS[library]


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_neither_read_nor_write(name: str) -> None:
    assert not IO & libraries(name)
    tree = ast.parse(MODULES[name].read_text("utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not {"open", "print", "input"} & calls
    assert not [call for call in calls if call.split(".")[-1] in ("write_text", "write_bytes", "read_bytes")]


def test_one_module_prints() -> None:
    """Whoever prints by another way prints what a terminal obeys."""
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text("utf-8"))
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"} & called, name


def test_nobody_pickles() -> None:
    for name, path in MODULES.items():
        assert not {"pickle", "joblib", "marshal", "shelve"} & libraries(name), name
        assert "allow_pickle=True" not in path.read_text("utf-8"), name


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_fits_in_a_head(name: str) -> None:
    """Lines of code: neither empty, nor comment, nor docstring."""
    source = MODULES[name].read_text("utf-8")
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


def test_production_reads_nothing_from_the_tests() -> None:
    for name, path in MODULES.items():
        assert not [one for one in imported(name, types_too=True) if one.split(".")[0] == "tests"], name
        assert '"tests"' not in path.read_text("utf-8"), name
