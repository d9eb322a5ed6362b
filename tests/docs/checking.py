"""Runs a page, and tells what is otherwise than it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import PatchkitError
from patchkit.workspace.fleet import load_fleet
from patchkit.workspace.settings import load_settings
from tests.cli.running import REPOSITORY
from tests.docs.commandwords import unknown_words
from tests.docs.comparing import difference, fitted, is_as_expected, lines_of
from tests.docs.reading import Command, Fault, Place, Quoted, Script, Settings, Setup, read_page
from tests.docs.running import Session, SessionEndedError, session

_MEANT = re.compile(r"<!-- there is no (patchkit [^>]*?) -->")
_READERS: dict[str, Callable[[Path], object]] = {
    "patchkit.yaml": load_settings,
    "FLEET.yaml": load_fleet,
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, in which line; where it is an output, the lines that should stand there."""

    line: int
    message: str
    place: Place | None = None
    lines: tuple[str, ...] = ()
    is_new_fence: bool = False


def pages() -> list[Path]:
    """The README, that of the stack that ships, and every page of the documents."""
    readmes = ("README.md", "series/kata-containers/README.md")
    pages = sorted((REPOSITORY / "docs").rglob("*.md"))
    return [*(REPOSITORY / name for name in readmes), *pages]


def complaints(page: Path, folder: Path) -> Iterator[Complaint]:
    """All that is wrong with a page. What it runs is run below `folder`, which is empty."""
    parts = list(read_page(page))
    meant = set(_MEANT.findall(page.read_text("utf-8")))
    runs = [part for part in parts if isinstance(part, Command | Setup | Script)]
    for part in parts:
        if isinstance(part, Fault):
            yield Complaint(part.line, part.message)
        elif isinstance(part, Settings):
            yield from _settings(part, folder)
        elif isinstance(part, Quoted):
            for words in set(unknown_words(part.text)) - meant:
                yield Complaint(part.line, f"there is no `{words}`.")
    if runs:
        with session(folder) as opened:
            yield from _played(runs, opened)


def _played(parts: list[Command | Setup | Script], opened: Session) -> Iterator[Complaint]:
    for part in parts:
        try:
            if isinstance(part, Setup):
                opened.prepare(part.text)
                continue
            run = opened.run if isinstance(part, Command) else opened.interpret
            actual = lines_of(run(part.text))
        except SessionEndedError as error:
            yield Complaint(part.line, f"this ends the session:\n{part.text}\n{error}")
            return
        if not is_as_expected(part.expected, actual):
            is_new = isinstance(part, Script) and not part.has_fence
            message = f"{_first(part.text)}\n{difference(part.expected, actual)}"
            yield Complaint(part.line, message, part.place, fitted(part.expected, actual), is_new)


def _settings(part: Settings, folder: Path) -> Iterator[Complaint]:
    place = folder / "settings" / part.name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(part.text, "utf-8")
    try:
        _READERS[part.name](place)
    except PatchkitError as error:
        yield Complaint(part.line, " ".join((error.message, *error.hints)))


def _first(text: str) -> str:
    first, _, more = text.partition("\n")
    return f"{first} …" if more.strip() else first
