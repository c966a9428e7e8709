"""Plots as SVG: bars with intervals, and points against a diagonal. Each has a title and its values in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS = ("#3b6ea5", "#c0702c")
"""Of the series, told apart in grey and by colour-blind eyes too."""
_AXIS, _RIGHT, _TOP, _BAR, _GAP = 380, 90, 60, 16, 12
_LETTER = 7.5
"""Width of most letters, rather too much than too little."""
_SIDE = 400
_STYLE = """
text { font: 13px sans-serif; fill: #222 } .title { font-size: 15px; font-weight: bold }
line, path { stroke: #222; fill: none } .grid { stroke: #ccc } svg { background: #fff }
"""


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None
    place: float = 0.0
    """Where it stands on the other axis, for points."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture, its file's name, and what it shows in words."""

    name: str
    svg: str
    alternative: str


def bars(name: str, title: str, rows: Sequence[str], series: dict[str, dict[str, Value]], *, most: float = 1.0) -> Plot:
    """Horizontal bars: for every row one of each series that has it; `most` is the end of the axis."""
    words = ".".join(
        f" {label}: " + ", ".join(f"{one} {_words(values[label])}" for one, values in series.items() if label in values)
        for label in rows
    )
    step = _BAR * len(series) + _GAP
    height = _TOP + step * len(rows) + 40
    alternative = f"{title}.{words}."
    left = 24 + _LETTER * max(map(len, rows), default=0)
    root = _picture(left + _AXIS + _RIGHT, height, title, alternative, list(series))
    scale = _AXIS / most
    for part in range(5):
        at = left + part / 4 * _AXIS
        _add(root, "line", {"class": "grid", "x1": at, "x2": at, "y1": _TOP - 4, "y2": height - 36})
        _add(root, "text", {"x": at, "y": height - 18, "text-anchor": "middle"}, _number(part / 4 * most))
    for row, label in enumerate(rows):
        top = _TOP + row * step
        _add(root, "text", {"x": left - 8, "y": top + (step - _GAP) / 2 + 4, "text-anchor": "end"}, label)
        for number, values in enumerate(series.values()):
            if label in values:
                _bar(root, values[label], left, top + number * _BAR, scale, COLOURS[number % len(COLOURS)])
    return Plot(name, _text(root), alternative)


def _bar(root: ET.Element, value: Value, left: float, top: float, scale: float, colour: str) -> None:
    middle = top + _BAR / 2
    width = max(value.value * scale, 0)
    _add(root, "rect", {"x": left, "y": top + 1, "width": width, "height": _BAR - 2, "fill": colour})
    end = value.value
    if value.low is not None and value.high is not None:
        low, high = left + value.low * scale, left + value.high * scale
        ends = "".join(f" M{_short(x)},{_short(middle - 4)} v8" for x in (low, high))
        _add(root, "path", {"d": f"M{_short(low)},{_short(middle)} H{_short(high)}{ends}"})
        end = max(end, value.high)
    _add(root, "text", {"x": left + end * scale + 6, "y": middle + 4}, _number(value.value))


def points(name: str, title: str, axes: tuple[str, str], series: dict[str, Sequence[Value]]) -> Plot:
    """Points in a square from 0 to 1 with their intervals; `axes` names the axis along and the one up."""
    words = ".".join(
        f" {one}: " + ", ".join(f"at {value.place:.2f} {_words(value)}" for value in values)
        for one, values in series.items()
    )
    alternative = f"{title}, {axes[0]} and {axes[1]}.{words}."
    root = _picture(_SIDE + 120, _SIDE + _TOP + 60, title, alternative, list(series))
    left, bottom = 70, _TOP + _SIDE
    for part in range(6):
        x, y = left + part / 5 * _SIDE, bottom - part / 5 * _SIDE
        _add(root, "line", {"class": "grid", "x1": x, "x2": x, "y1": _TOP, "y2": bottom})
        _add(root, "line", {"class": "grid", "x1": left, "x2": left + _SIDE, "y1": y, "y2": y})
        _add(root, "text", {"x": x, "y": bottom + 18, "text-anchor": "middle"}, _number(part / 5))
        _add(root, "text", {"x": left - 8, "y": y + 4, "text-anchor": "end"}, _number(part / 5))
    _add(root, "line", {"x1": left, "y1": bottom, "x2": left + _SIDE, "y2": _TOP, "stroke-dasharray": "4 4"})
    _add(root, "text", {"x": left + _SIDE / 2, "y": bottom + 42, "text-anchor": "middle"}, axes[0])
    turned: dict[str, str | float] = {
        "transform": f"translate(18 {bottom - _SIDE / 2}) rotate(-90)",
        "text-anchor": "middle",
    }
    _add(root, "text", turned, axes[1])
    for number, values in enumerate(series.values()):
        for value in values:
            x, y = left + value.place * _SIDE + 3 * number, bottom - value.value * _SIDE
            if value.low is not None and value.high is not None:
                _add(
                    root,
                    "line",
                    {"x1": x, "x2": x, "y1": bottom - value.low * _SIDE, "y2": bottom - value.high * _SIDE},
                )
            _add(root, "circle", {"cx": x, "cy": y, "r": 5, "fill": COLOURS[number % len(COLOURS)]})
    return Plot(name, _text(root), alternative)


def _picture(width: float, height: float, title: str, description: str, series: Sequence[str]) -> ET.Element:
    box = f"0 0 {_short(width)} {_short(height)}"
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "role": "img"})
    root.set("width", _short(width))
    root.set("height", _short(height))
    _add(root, "title", {}, title)
    _add(root, "desc", {}, description)
    _add(root, "style", {}, _STYLE)
    _add(root, "text", {"class": "title", "x": 12, "y": 22}, title)
    if len(series) > 1:
        for number, name in enumerate(series):
            at = 12 + 110 * number
            _add(root, "rect", {"x": at, "y": 33, "width": 12, "height": 12, "fill": COLOURS[number % len(COLOURS)]})
            _add(root, "text", {"x": at + 18, "y": 44}, name)
    return root


def _add(parent: ET.Element, tag: str, attributes: dict[str, str | float], text: str = "") -> None:
    values = {key: value if isinstance(value, str) else _short(value) for key, value in attributes.items()}
    ET.SubElement(parent, tag, values).text = text or None


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _number(value: float) -> str:
    """A share with two digits, a count as it is."""
    return str(round(value)) if value > 1 and value == round(value) else f"{value:.2f}".rstrip("0").rstrip(".")


def _words(value: Value) -> str:
    if value.low is None or value.high is None:
        return _number(value.value)
    return f"{value.value:.2f} ({value.low:.2f} to {value.high:.2f})"
