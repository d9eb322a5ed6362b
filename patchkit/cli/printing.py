"""What the subcommands print: tables and sentences, JSON, and what goes on meanwhile.

rich is imported by what prints with it: a quiet run, and one whose output is JSON, need none.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchkit.errors import OutputError
from patchkit.model.shown import shown_text
from patchkit.sources.progress import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_NAMES = "patch"
_NUMBERS = (
    *("#", "files", "hunks", "fuzz", "offset", "bytes"),
    *("packages", "alone", "regions", "patches", "left", "held", "seconds", "MiB"),
)
_LEAST_DONE = 2
_LONG_RUN = 10.0
"""Before so many patches are done in so many seconds no time can be foretold."""
_MINUTE = 60
_SPINNER_WIDTH = 3
_UNLIMITED_WIDTH = 1 << 16
"""Files and pipes have no margin: there a table is as wide as its longest name."""


def command_line(name: str, *options: tuple[str, str | Path | None]) -> str:
    """A command for a person to type, with those of the options that have a value."""
    words = [word for option, value in options if value for word in (option, str(value))]
    return shown_text(shlex.join(["patchkit", name, *words]))


@contextmanager
def page() -> Iterator[Console]:
    """A console for results; they go to standard output at the end, coloured on a terminal."""
    from rich.console import Console

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    text = io.StringIO()
    yield Console(
        file=text,
        force_terminal=is_terminal or None,
        width=None if is_terminal else _UNLIMITED_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
    _write(text.getvalue())


def sentences(console: Console, *texts: str) -> None:
    """Print each text on a line of its own, however long; an empty one is left out.

    What could act on a terminal is shown instead.
    """
    from rich.text import Text

    for text in filter(None, texts):
        console.print(Text(shown_text(text)), soft_wrap=True)


def patch_table(*headings: str) -> Table:
    """A table with these columns. On a narrow terminal the one with the names is folded, and
    nothing is cut off."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(
            heading,
            justify="right" if heading in _NUMBERS else "left",
            no_wrap=heading != _NAMES,
            overflow="fold",
        )
    return table


def print_json(document: Mapping[str, Any]) -> None:
    """Print a JSON document on standard output."""
    _write(json.dumps(document, indent=2, ensure_ascii=True) + "\n")


def print_bytes(content: bytes) -> None:
    """Print a document on standard output, byte for byte."""
    if sys.stdout is None:
        return
    with _explained():
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def print_text(text: str) -> None:
    """Print a text on standard output as it is: its names are safe to show already."""
    _write(text)


class PatchWatch:
    """Says which patch is being ported, of how many, and on a long run how long the rest may take.

    `clock` gives seconds that only go forward.
    """

    def __init__(self, say: Progress, clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._total: int | None = None
        self._started: float | None = None

    def expect(self, total: int) -> None:
        """There will be so many patches."""
        self._total = total

    def __call__(self, number: int, name: str) -> None:
        """The patch with this number (from 1) is next."""
        now = self._clock()
        if self._started is None:
            self._started = now
        place = f"{number}" if self._total is None else f"{number} of {self._total}"
        self._say(f"Patch {place}{self._estimate(number - 1, now - self._started)}: {name}")

    def _estimate(self, done: int, seconds: float) -> str:
        if self._total is None or done < _LEAST_DONE or seconds < _LONG_RUN:
            return ""
        left = seconds / done * (self._total - done)
        if left < _MINUTE:
            return f", about {max(1, round(left))} s left"
        return f", about {round(left / _MINUTE)} min left"


@contextmanager
def progress(*, shown: bool) -> Iterator[tuple[PatchWatch, Progress]]:
    """A watcher of patches and a taker of sentences; they show on a terminal and nowhere else."""
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        yield PatchWatch(silent), silent
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    with console.status("Reading the stack") as status:

        def say(text: str) -> None:
            told = Text(shown_text(text))
            told.truncate(console.width - _SPINNER_WIDTH, overflow="ellipsis")
            status.update(told)

        yield PatchWatch(say), say


def _write(text: str) -> None:
    if sys.stdout is None:
        return
    with _explained():
        sys.stdout.write(text)
        sys.stdout.flush()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # What is left in the buffer must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise OutputError(f"standard output cannot be written: {error.strerror}.") from error
