"""Read YAML written by people: UTF-8 only, no duplicate keys, every problem with file and line."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import yaml

from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key written twice."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if str(key.value) in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
        seen.add(str(key.value))
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# dates stay as they were typed
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


_record: ContextVar[dict[Path, str] | None] = ContextVar("record", default=None)


@contextmanager
def recorded() -> Iterator[dict[Path, str]]:
    """Note the SHA-256 of the very bytes of every file that `read_text` reads in this block, by path."""
    record: dict[Path, str] = {}
    token = _record.set(record)
    try:
        yield record
    finally:
        _record.reset(token)


def read_text(path: Path, where: str) -> str:
    """A file's text with `\\n` line ends; ContentError with the line where it is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContentError(f"cannot be read ({error.strerror})", where=where) from error
    record = _record.get()
    if record is not None:
        sha256 = hashlib.sha256(data).hexdigest()
        if record.setdefault(path, sha256) != sha256:
            raise ContentError("has changed while it was being read", where=where, mend="run the command again")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ContentError("is not UTF-8", where=where, line=line, mend="save the file as UTF-8") from error


def parse_yaml(text: str, where: str, first_line: int = 1) -> tuple[Any, dict[str, int]]:
    """A YAML text's value, and the 1-based line of each top-level key.

    `first_line` is the line of the file at which `text` begins.
    """
    loader = None
    try:
        loader = _StrictLoader(text)
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + mark.line if mark is not None else first_line
        problem = getattr(error, "problem", None) or str(error)
        raise ContentError(
            f"the YAML cannot be read: {problem}", where=where, line=line, mend="mend or quote that line"
        ) from error
    finally:
        if loader is not None:
            loader.dispose()
    lines = {}
    if isinstance(node, yaml.MappingNode):
        lines = {str(key.value): first_line + key.start_mark.line for key, _ in node.value}
    return value, lines


def read_yaml(path: Path, where: str) -> tuple[Any, dict[str, int]]:
    """`parse_yaml` of a file."""
    return parse_yaml(read_text(path, where), where)
