"""Makes the terminal recording in `docs/samples`: `python -m tests.render.recording`.

The commands are run for real, on the shipped stack; an SVG with nothing but text and style sheets
plays what they printed. Where a reader wants no motion, it shows how it ends.
"""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from tests.cli.running import REPOSITORY, run

RECORDING = REPOSITORY / "docs" / "samples" / "first-port.svg"

_ANSWER = """\
        name: *default-image-name
        version: *default-image-version
      riscv64:
        name: *default-image-name
        version: *default-image-version
"""
_REBASE = "patchkit rebase --from 2.5.1 --to 3.2.0 --resolutions mine --out port"
_COMMANDS = (
    _REBASE,
    'patchkit resolve 0014 --out port --resolutions mine --take answer.yaml --why "aliases, too"',
    _REBASE,
)

_COLUMNS, _ROWS = 100, 32
_CHARACTER, _LINE, _MARGIN = 8.43, 19, 14
_SECONDS_OF_A_KEY, _SECONDS_TO_READ, _SECONDS_OF_A_LINE = 0.035, 3.0, 0.04
_KEYS_AT_ONCE = 3
_COLOURS = {"1": "b", "31": "r", "32": "g", "33": "y", "35": "m", "36": "c", "2": "d"}
_STYLE = re.compile(r"\x1b\[([\d;]*)m")


@dataclass(frozen=True)
class Piece:
    """A text in one style, which appears at a column and a second."""

    text: str
    column: int
    style: str
    second: float


@dataclass(frozen=True)
class Row:
    """A line of the terminal."""

    pieces: tuple[Piece, ...]

    @property
    def second(self) -> float:
        """When the first of it appears."""
        return min((piece.second for piece in self.pieces), default=0.0)


def recording() -> str:
    """Run the commands and make the SVG of what they print."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(REPOSITORY / "series", place / "series")
        (place / "mine").touch()
        (place / "answer.yaml").write_text(_ANSWER, encoding="utf-8")
        printed = [_printed(command, place) for command in _COMMANDS]
    rows: list[Row] = []
    second = 0.5
    for command, output in zip(_COMMANDS, printed, strict=True):
        for row in _typed(command, second):
            rows.append(row)
            second = max(piece.second for piece in row.pieces) + _SECONDS_OF_A_KEY
        second += 0.6
        for line in output.splitlines():
            for pieces in _wrapped(line):
                rows.append(Row(tuple(Piece(*piece, second) for piece in pieces)))
                second += _SECONDS_OF_A_LINE
        second += _SECONDS_TO_READ
    rows.append(Row((Piece("$", 0, "p", second),)))
    return _svg(rows, second)


def _printed(command: str, place: Path) -> str:
    """What a terminal shows of a command, with its colours."""
    terminal = {
        "FORCE_COLOR": "1",
        "COLUMNS": str(_COLUMNS),
        "XDG_CACHE_HOME": str(place / "cache"),
    }
    done = run(*shlex.split(command)[1:], cwd=place, changes=terminal)
    assert done.exit_code in (0, 1), done
    assert done.stderr == ""
    return done.stdout


def _typed(command: str, second: float) -> Iterator[Row]:
    keys = f"$ {command}"
    for start in range(0, len(keys), _COLUMNS):
        line = keys[start : start + _COLUMNS]
        yield Row(
            tuple(
                Piece(
                    line[at : at + _KEYS_AT_ONCE],
                    at,
                    "p",
                    second + (start + at) * _SECONDS_OF_A_KEY,
                )
                for at in range(0, len(line), _KEYS_AT_ONCE)
            )
        )


def _wrapped(line: str) -> Iterator[list[tuple[str, int, str]]]:
    """The rows that a terminal makes of a line with its colours."""
    row: list[tuple[str, int, str]] = []
    column, style = 0, ""
    for text, codes in _styled(line):
        while text:
            if column == _COLUMNS:
                yield row
                row, column = [], 0
            part, text = text[: _COLUMNS - column], text[_COLUMNS - column :]
            row.append((part, column, style))
            column += len(part)
        style = " ".join(_COLOURS[code] for code in codes.split(";") if code in _COLOURS)
    yield row


def _styled(line: str) -> Iterator[tuple[str, str]]:
    """Texts, each with the codes of the style that begins behind it."""
    parts = _STYLE.split(line)
    yield from zip(parts[::2], [*parts[1::2], ""], strict=True)


def _svg(rows: Sequence[Row], end: float) -> str:
    width = round(_COLUMNS * _CHARACTER) + 2 * _MARGIN
    height = _ROWS * _LINE + 2 * _MARGIN
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img">',
            "<title>patchkit ports a stack, and one conflict is settled</title>",
            f"<style>{_SHEET}@keyframes up{{{_scrolling(rows, end)}}}"
            f".up{{animation:up {end:.2f}s step-end forwards}}{_AT_REST % -_hidden(rows)}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#16181d"/>',
            f'<clipPath id="c"><rect x="0" y="{_MARGIN}" width="{width}" '
            f'height="{_ROWS * _LINE}"/></clipPath>',
            '<g clip-path="url(#c)"><g class="up">',
            *(_line(at, row) for at, row in enumerate(rows)),
            "</g></g></svg>\n",
        )
    )


_SHEET = (
    "text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;fill:#d6d8de;"
    "white-space:pre;opacity:0;animation:on .01s forwards}"
    "@keyframes on{to{opacity:1}}"
    ".p{fill:#fff}.b{font-weight:700}.r{fill:#ff8a80}.g{fill:#8fd694}.y{fill:#f2d06b}"
    ".m{fill:#d8a6f5}.c{fill:#7fd3e0}.d{fill:#9aa0ab}"
)
_AT_REST = (
    "@media(prefers-reduced-motion:reduce){text{opacity:1;animation:none}"
    ".up{animation:none;transform:translateY(%dpx)}}"
)


def _hidden(rows: Sequence[Row]) -> int:
    """By how many pixels the rows are up at the end."""
    return max(len(rows) - _ROWS, 0) * _LINE


def _scrolling(rows: Sequence[Row], end: float) -> str:
    """The steps in which the rows go up."""
    steps = {0.0: 0}
    for at, row in enumerate(rows):
        steps[round(100 * row.second / end, 2)] = max(at + 1 - _ROWS, 0) * _LINE
    frames = ["0%{transform:translateY(0)}"]
    for (_, before), (percent, pixels) in pairwise(sorted(steps.items())):
        if pixels != before:
            frames.append(f"{percent:g}%{{transform:translateY({-pixels}px)}}")
    frames.append(f"to{{transform:translateY({-_hidden(rows)}px)}}")
    return "".join(frames)


def _line(at: int, row: Row) -> str:
    y = _MARGIN + at * _LINE + 14
    return "".join(_text(piece, y) for piece in row.pieces if piece.text.strip())


def _text(piece: Piece, y: int) -> str:
    lead = len(piece.text) - len(piece.text.lstrip())
    text = piece.text.strip()
    x = _MARGIN + (piece.column + lead) * _CHARACTER
    style = f' class="{piece.style}"' if piece.style else ""
    return (
        f'<text x="{x:.1f}" y="{y}"{style} textLength="{len(text) * _CHARACTER:.1f}" '
        f'style="animation-delay:{piece.second:.2f}s">{escape(text)}</text>'
    )


if __name__ == "__main__":
    RECORDING.write_text(recording(), encoding="utf-8")
