"""A claim on a folder: whoever is going to write there says so before it reads (workspace floor).

Two things keep two runs on one stack apart. What is written is only written where the files that it
was made from are still as they were read (`writing.write_outputs`): that also holds against an
editor, which asks for no lock, and it is what correctness rests on. A claim lasts from before the
reading until after the writing, so that the second run is told at once who is at work, and need not
work for minutes first to be refused. Commands that only read claim nothing.

The claim is a lock (`locking`): `.patchkit-lock` in the folder, or `.patchkit-lock-NAME` beside one
that is still to be made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.workspace.locking import locked
from patchkit.workspace.places import CLAIM


@contextmanager
def claimed(folder: Path, command: str) -> Iterator[None]:
    """Keep other runs from claiming `folder`, which need not be there yet; `command` is what they
    are told.

    Where no lock can be made, as in a folder that may not be written, there is none: that is for
    the writing to complain about. Raises `OutputError` while another process claims the folder.
    """
    with ExitStack() as ends:
        for place in _places_of(Path(os.path.realpath(folder))):
            with suppress(OSError):
                # Removed before it is let go: nobody else can hold what is removed.
                lock = ends.enter_context(ExitStack())
                lock.enter_context(locked(place, folder, command))
                lock.callback(_remove, place)
        yield


def remove_left(real: Path) -> None:
    """Remove the claim that a killed run has left in the folder, or beside it."""
    for place in (real / CLAIM, _beside(real)):
        with suppress(OSError, OutputError):  # what may not be looked at says so when it is read
            if place.is_file() and not place.is_symlink():
                with locked(place, real, "patchkit"):
                    place.unlink()


def _beside(real: Path) -> Path:
    return real.with_name(f"{CLAIM}-{real.name}")


def _places_of(real: Path) -> Iterator[Path]:
    beside = _beside(real)
    if real.is_dir():
        yield real / CLAIM
    if not real.is_dir() or beside.exists():  # left there by a run that was killed
        yield beside


def _remove(place: Path) -> None:
    with suppress(OSError):
        place.unlink()
