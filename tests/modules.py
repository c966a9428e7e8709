"""The program as a graph: its modules and who imports whom, read from the source."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import rapport

SOURCE = Path(rapport.__file__ or "").parent
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCE.rglob("*.py"))
}
"""Dotted name below `rapport` → file."""


def room(name: str) -> str:
    """The wing of a module, or the module itself where it stands at the top."""
    return name.split(".")[0]


@cache
def imported(name: str, *, types_too: bool = False) -> frozenset[str]:
    """Full names of what a module imports; what stands under TYPE_CHECKING only with `types_too`."""
    found: set[str] = set()

    def walk(node: ast.AST) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types_too:
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: relative import"
            module = node.module or ""
            inner = {f"{module}.{alias.name}" for alias in node.names}
            modules = {one for one in inner if one.removeprefix("rapport.") in MODULES}
            found.update(modules or {module})
        for child in ast.iter_child_nodes(node):
            walk(child)

    walk(ast.parse(MODULES[name].read_text("utf-8")))
    return frozenset(found)


def ours(name: str, *, types_too: bool = False) -> set[str]:
    """Modules of ours that a module imports."""
    names = imported(name, types_too=types_too)
    return {one.removeprefix("rapport").removeprefix(".") for one in names if one.split(".")[0] == "rapport"}


def libraries(name: str) -> set[str]:
    """Top-level names of everything else that it imports."""
    return {one.split(".")[0] for one in imported(name)} - {"rapport"}


def closure(name: str) -> set[str]:
    """A module of ours and all that it reaches by imports."""
    reached, left = set(), {name}
    while left:
        one = left.pop()
        reached.add(one)
        left |= ours(one) - reached
    return reached
