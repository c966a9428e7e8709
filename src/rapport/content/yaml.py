"""Read YAML written by people: UTF-8 only, no duplicate keys, every problem with file and line."""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import yaml

from rapport.characters import hidden
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
"""What git leaves where two changes met; its `=======` may stand below a heading."""


# the loader in C, where it was built, is some ten times as fast; asking reads a file of phrases
class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a key written twice."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen = set()
    for key, _ in node.value:
        if str(key.value) in seen:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
        seen.add(str(key.value))
    found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
    return found


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# dates stay as they were typed
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


class Lines:
    """Where each part of a YAML text stands, by the keys (and list positions from 0) that lead to it."""

    def __init__(self, lines: Mapping[tuple[str, ...], int]) -> None:
        self._lines = lines

    def of(self, *keys: object) -> int:
        """1-based line of a key or item; where it is missing, of the deepest part that leads there, else 1."""
        wanted = tuple(map(str, keys))
        for end in range(len(wanted), 0, -1):
            if wanted[:end] in self._lines:
                return self._lines[wanted[:end]]
        return 1


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
    """A file's text with `\\n` line ends; ContentError with the line where it is not UTF-8, or half merged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        mend = "put the file there, readable for you"
        raise ContentError(f"cannot be read ({error.strerror})", where=where, mend=mend) from error
    record = _record.get()
    if record is not None:
        sha256 = hashlib.sha256(data).hexdigest()
        if record.setdefault(path, sha256) != sha256:
            raise ContentError("has changed while it was being read", where=where, mend="run the command again")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ContentError("is not UTF-8", where=where, line=line, mend="save the file as UTF-8") from error
    if conflict := _CONFLICT.search(text):
        what, mend = f"a merge conflict is left ({conflict[0]!r})", "keep one of the versions and delete the marks"
        raise ContentError(what, where=where, line=text.count("\n", 0, conflict.start()) + 1, mend=mend)
    return text


def parse_yaml(text: str, where: str, first_line: int = 1) -> tuple[Any, Lines]:
    """A YAML text's value, and where each part of it stands.

    `first_line` is the line of the file at which `text` begins.
    """
    loader = None
    try:
        loader = _StrictLoader(text)
        node = loader.get_single_node()
        value = loader.construct_document(node) if node is not None else None
    except (yaml.YAMLError, TypeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
        line = min(mark.line, text.count("\n")) if mark is not None else 0
        if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):  # the reader of characters knows no lines
            line = text.count("\n", 0, strange.start())
        raise ContentError(
            f"the YAML cannot be read: {problem}", where=where, line=first_line + line, mend="mend or quote that line"
        ) from error
    finally:
        if loader is not None:
            loader.dispose()
    return value, Lines(_places(node, first_line))


def _places(root: yaml.Node | None, first_line: int) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    seen: set[int] = set()
    todo: list[tuple[tuple[str, ...], yaml.Node | None]] = [((), root)]
    while todo:
        path, node = todo.pop()
        if id(node) in seen:  # an alias; many of them would be very many places
            continue
        seen.add(id(node))
        parts: list[tuple[str, yaml.Node, yaml.Node]] = []
        if isinstance(node, yaml.MappingNode):
            parts = [(str(key.value), key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            parts = [(str(number), item, item) for number, item in enumerate(node.value)]
        for name, place, value in parts:
            found[*path, name] = first_line + place.start_mark.line
            todo.append(((*path, name), value))
    return found


def read_yaml(path: Path, where: str) -> tuple[Any, Lines]:
    """`parse_yaml` of a file; ContentError too where it holds a character that nobody sees."""
    text = read_text(path, where)
    for line, column, name in hidden_places(text):
        raise ContentError(hidden_message(name, column), where=where, line=line, mend=HIDDEN_MEND)
    value, lines = parse_yaml(text, where)
    for keys, inside in texts_below(value):
        for _, name in hidden(inside):
            raise ContentError(hidden_message(name), where=where, line=lines.of(*keys), mend=HIDDEN_MEND)
    return value, lines


HIDDEN_MEND = "delete it"


def hidden_places(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column (both from 1) and name of every character that nobody sees."""
    for number, line in enumerate(text.split("\n"), 1):
        for at, name in hidden(line):
            yield number, at + 1, name


def hidden_message(name: str, column: int = 0) -> str:
    """What is wrong with such a character; without a column it is written as an escape."""
    return f"{name} {f'in column {column}' if column else 'as an escape'}: nobody sees it"


def texts_below(value: object) -> Iterator[tuple[tuple[object, ...], str]]:
    """Every text below a value of YAML, with the keys that lead to it; what aliases repeat is gone through once."""
    todo: list[tuple[tuple[object, ...], object]] = [((), value)]
    seen: set[int] = set()
    while todo:
        keys, one = todo.pop(0)
        if isinstance(one, str):
            yield keys, one
        elif isinstance(one, dict | list) and id(one) not in seen:
            seen.add(id(one))
            items = one.items() if isinstance(one, dict) else enumerate(one)
            todo += [((*keys, key), inside) for key, inside in items]


def rename_key(text: str, keys: Sequence[str], new: str) -> str:
    """A YAML text with another name for the key that `keys` lead to; nothing else in it changes.

    ValueError where there is no such key, or it cannot be told apart in this way of writing.
    """
    key, _ = _node(text, keys)
    changed = text[: key.start_mark.index] + new + text[key.end_mark.index :]
    return _proven(text, changed, keys, new)


def remove_key(text: str, keys: Sequence[str]) -> str:
    """The same without the key, its value and its lines; comments before the next one stay."""
    key, value = _node(text, keys)
    lines = text.splitlines(keepends=True)
    end = value.end_mark
    last = end.line + bool(lines[end.line][: end.column].strip() if end.line < len(lines) else 0)
    while last > key.start_mark.line + 1 and lines[last - 1].split("#")[0].strip() == "":
        last -= 1
    return _proven(text, "".join(lines[: key.start_mark.line] + lines[last:]), keys, None)


def _node(text: str, keys: Sequence[str]) -> tuple[yaml.Node, yaml.Node]:
    """The nodes of a key and its value. The loader in Python: only its marks count characters."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    found: tuple[yaml.Node, yaml.Node] | None = None
    for name in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) and not node.flow_style else []
        found = next((pair for pair in pairs if pair[0].value == name), None)
        if found is None:
            raise ValueError(f"the key {'.'.join(keys)} is not written on a line of its own")
        node = found[1]
    assert found
    return found


def _proven(before: str, after: str, keys: Sequence[str], new: str | None) -> str:
    """`after`, if it says what was meant and nothing else."""
    wanted = yaml.load(before, Loader=_StrictLoader)
    inside = wanted
    for name in keys[:-1]:
        inside = inside[name]
    kept = {(new if key == keys[-1] else key): value for key, value in inside.items() if new or key != keys[-1]}
    inside.clear()
    inside.update(kept)
    try:
        same = yaml.load(after, Loader=_StrictLoader) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise ValueError(f"the key {'.'.join(keys)} cannot be changed without changing more")
    return after


def dump_yaml(data: object) -> str:
    """Keys and values as people would write them: one below the other, in their order."""
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000))
