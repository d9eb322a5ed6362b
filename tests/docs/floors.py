"""Draws which package imports which: `python -m tests.docs.floors`.

`docs/explanation/floors.svg` is what this draws, of the floors in pyproject.toml and the imports in
the code; a test holds the picture to both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache

import grimp

from tests.cli.running import REPOSITORY

PICTURE = REPOSITORY / "docs" / "explanation" / "floors.svg"
_ROOT = "patchkit"
_CELL = 26
_LEFT = 108
_TOP = 84
_STYLE = """\
    .card { fill: #ffffff; stroke: #c8ced8 }
    .floor { fill: #eef1f6 }
    .own { fill: #d5dce8 }
    .line { stroke: #c8ced8 }
    .import { fill: #3a5fb0 }
    text { font: 13px sans-serif; fill: #1f2733 }
    @media (prefers-color-scheme: dark) {
      .card { fill: #1e232b; stroke: #414a58 }
      .floor { fill: #282f3a }
      .own { fill: #3a4454 }
      .line { stroke: #414a58 }
      .import { fill: #9db8f5 }
      text { fill: #e6eaf0 }
    }"""


def floors() -> list[list[str]]:
    """The packages of each floor, from the top, as the contract in pyproject.toml has them."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["type"] == "layers")
    return [
        [name.strip().removeprefix(f"{_ROOT}.") for name in floor.replace("|", ":").split(":")]
        for floor in layers
    ]


@cache
def imports() -> dict[str, frozenset[str]]:
    """What each package imports of the others, for more than type hints."""
    graph = grimp.build_graph(_ROOT, exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, set[str]] = {}
    for module in graph.modules - {_ROOT, f"{_ROOT}.__main__"}:
        package = module.split(".")[1]
        used = {
            one.split(".")[1]
            for one in graph.find_modules_directly_imported_by(module)
            if "." in one
        }
        found.setdefault(package, set()).update(used - {package})
    return {package: frozenset(used) for package, used in found.items()}


def picture() -> str:
    """The floors as a square: a row for each package, a column for each that it may import."""
    return "\n".join((*_drawn(), ""))


def _drawn() -> Iterator[str]:
    names = [name for floor in floors() for name in floor]
    width = _LEFT + _CELL * len(names) + 56
    height = _TOP + _CELL * len(names) + 16
    title = "A row for each package of patchkit, with a dot below each package that it imports."
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-labelledby="title">'
    )
    yield f'  <title id="title">{title}</title>'
    yield f"  <style>\n{_STYLE}\n  </style>"
    yield f'  <rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>'
    row = 0
    for number, floor in enumerate(floors()):
        deep = _CELL * len(floor)
        if number % 2 == 0:
            yield _box("floor", 8, _TOP + _CELL * row, _LEFT - 8 + _CELL * len(names), deep)
        yield _box("own", _LEFT + _CELL * row, _TOP + _CELL * row, deep, deep)
        row += len(floor)
    for row, name in enumerate(names):
        middle = _TOP + _CELL * row + _CELL // 2
        across = _LEFT + _CELL * row + _CELL // 2
        yield f'  <text x="{_LEFT - 10}" y="{middle + 4}" text-anchor="end">{name}</text>'
        yield f'  <text transform="translate({across + 2} {_TOP - 8}) rotate(-50)">{name}</text>'
        for column in sorted(map(names.index, imports().get(name, ()))):
            x = _LEFT + _CELL * column + _CELL // 2
            yield f'  <circle class="import" cx="{x}" cy="{middle}" r="5"/>'
    yield "</svg>"


def _box(kind: str, x: int, y: int, width: int, height: int) -> str:
    return f'  <rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>'


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
