"""Looks at what patchkit runs with on this machine, and at the project it is run in (jobs floor).

Nothing is written, and nothing is asked through the network.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import patchkit
from patchkit.jobs.needs import (
    FAMILIES,
    INSTALLERS,
    LIBRARIES,
    PROGRAMS,
    LibraryNeed,
    ProgramNeed,
    version_of,
)
from patchkit.jobs.seenproject import SeenProject, seen_project
from patchkit.sources.cachefolder import cache_folder
from patchkit.sources.compression import missing_compressions
from patchkit.sources.programs import seen_program
from patchkit.workspace.spec import RPM_BINDINGS, why_no_spec

_HAS_ZSTD = sys.version_info >= (3, 14)
"""Whether Python reads .zst by itself."""
_PIPX = "pipx_metadata.json"
"""The file by which an environment of pipx is known."""
_EDITORS = ("GIT_EDITOR", "VISUAL", "EDITOR")


class Kind(Enum):
    """What a part is; the value is the word for programs."""

    PYTHON = "python"
    PROGRAM = "program"
    LIBRARY = "library"
    FOLDER = "folder"


class State(Enum):
    """How a part is; the value is the word for people and programs."""

    OK = "ok"
    MISSING = "missing"
    OLD = "too old"
    WRONG = "wrong"
    """There is a program of this name, but not the one that is needed: BusyBox's patch."""
    BROKEN = "broken"
    """It is there and does not work."""


@dataclass(frozen=True, slots=True)
class Part:
    """A thing that patchkit runs with.

    `version` and `place` are None where they are not known; `note` says more of a state that is not
    `OK`, `remedy` what to do about it. Without a part that `is_needed` no port can be made.
    """

    kind: Kind
    name: str
    state: State
    is_needed: bool
    features: str
    version: str | None = None
    place: str | None = None
    least: str | None = None
    note: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All parts, and the project in the current folder, None where there is none."""

    version: str
    parts: tuple[Part, ...]
    project: SeenProject | None

    @property
    def lacking(self) -> tuple[Part, ...]:
        """The parts that are not as they should be, those that are needed first."""
        found = [part for part in self.parts if part.state is not State.OK]
        return tuple(sorted(found, key=lambda part: not part.is_needed))

    @property
    def exit_code(self) -> int:
        """0: a port can be made; 2: something that every port needs is not there."""
        return 2 if any(part.is_needed for part in self.lacking) else 0


def diagnose(start: Path | None = None) -> Diagnosis:
    """Look at the machine, and at the project nearest to `start` (the current folder)."""
    family = _family()
    parts = (
        _python(),
        _compression(),
        *(_program(need, family) for need in PROGRAMS),
        _editor(),
        *(_library(need) for need in LIBRARIES if need.name != "zstandard" or not _HAS_ZSTD),
        *_folders(),
    )
    return Diagnosis(patchkit.__version__, parts, seen_project(start or Path.cwd()))


def _python() -> Part:
    return Part(
        Kind.PYTHON, "Python", State.OK, is_needed=True, features="everything",
        version=platform.python_version(), place=sys.executable, least="3.11",
    )  # fmt: skip


def _program(need: ProgramNeed, family: str | None) -> Part:
    seen = seen_program(need.name, need.question)
    found = need.answer.match(seen.said)
    version = found[1] if found and need.question else None
    state, note = State.OK, ""
    if seen.place is None:
        state = State.MISSING
    elif seen.complaint:
        state, note = State.BROKEN, seen.complaint
    elif found is None:
        state, note = State.WRONG, f"it is not {need.called}; it says: {seen.said}"
    elif version is not None and version_of(version) < need.least:
        state = State.OLD
    package = need.packages.get(family or "", need.package or need.name)
    return Part(
        Kind.PROGRAM, need.called or need.name, state, need.is_needed, need.features, version,
        seen.place, _dotted(need.least), note,
        "" if state is State.OK else _installed(package, family),
    )  # fmt: skip


def _installed(package: str, family: str | None) -> str:
    if family is None:
        return f"Install the package {package} of your distribution."
    return f"{INSTALLERS[family]} {package}"


def _editor() -> Part:
    """What `patchkit resolve` opens a region in."""
    named = next((os.environ[name] for name in _EDITORS if os.environ.get(name)), "vi")
    words = named.split()
    seen = seen_program(words[0]) if words else None
    is_there = seen is not None and seen.place is not None
    return Part(
        Kind.PROGRAM, named, State.OK if is_there else State.MISSING, is_needed=False,
        features="patchkit resolve: the editor for an answer", place=seen.place if seen else None,
        remedy="" if is_there else "Set EDITOR, or give answers with resolve --take.",
    )  # fmt: skip


def _library(need: LibraryNeed) -> Part:
    version = _version_of(need)
    state, note = State.OK, ""
    remedy = how_to_get(need, Path(sys.prefix))
    if importlib.util.find_spec(need.module) is None:
        state = State.MISSING
        if need.name.startswith("tree-sitter"):
            note = f"its wheels are for x86_64 and aarch64; this is {platform.machine()}"
    elif version is not None and version_of(version) < need.least:
        state = State.OLD
    elif complaint := _complaint(need):
        state, note = State.BROKEN, complaint
    return Part(
        Kind.LIBRARY, need.name, state, need.is_needed, need.features, version, None,
        _dotted(need.least), note, "" if state is State.OK else remedy,
    )  # fmt: skip


def how_to_get(need: LibraryNeed, prefix: Path) -> str:
    """How to bring a library into the environment in the folder `prefix`."""
    if (prefix / _PIPX).is_file():
        told = f"pipx inject patchkit {need.name}"
    else:
        told = f"pip install 'patchkit[{need.extra}]'" if need.extra else "pip install patchkit"
    return f"{told}; {RPM_BINDINGS}" if need.extra == "spec" else told


def _version_of(need: LibraryNeed) -> str | None:
    try:
        return importlib.metadata.version(need.name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _complaint(need: LibraryNeed) -> str:
    """Why a library that is there cannot be used; those with compiled code are tried."""
    if need.name == "specfile":
        return why_no_spec()
    if need.name == "zstandard":
        return "it cannot be loaded" if ".zst" in missing_compressions() else ""
    if need.name.startswith("tree-sitter-"):
        from patchkit.syntax.parsing import Language, missing_grammars

        try:
            missing = missing_grammars(Language)
        except (TypeError, ValueError) as error:  # a grammar for another version of tree-sitter
            return f"the grammars do not fit tree-sitter: {error}"
        return "it cannot be loaded" if need.name in missing else ""
    return ""


def _compression() -> Part:
    """What Python itself reads archives with; a distribution may leave some of it out."""
    missing = [one for one in missing_compressions() if one != ".zst" or _HAS_ZSTD]
    return Part(
        Kind.PYTHON, "decompression", State.MISSING if missing else State.OK, is_needed=False,
        features="upstreams in tarballs", place="zlib, bz2, lzma",
        note=f"this Python cannot read {', '.join(missing)}" if missing else "",
        remedy="Take a Python that was built with zlib, bz2 and lzma." if missing else "",
    )  # fmt: skip


def _folders() -> Iterator[Part]:
    temporary = tempfile.gettempdir()
    is_usable = os.access(temporary, os.W_OK | os.X_OK)
    yield Part(
        Kind.FOLDER, "temporary folder", State.OK if is_usable else State.BROKEN, is_needed=True,
        features=_PROOF, place=temporary, note="" if is_usable else "it cannot be written",
        remedy="" if is_usable else "Set TMPDIR to a folder that can be written and has room.",
    )  # fmt: skip
    cache = cache_folder()
    nearest = cache
    while nearest is not None and not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    is_usable = nearest is not None and os.access(nearest, os.W_OK | os.X_OK)
    state = State.OK if is_usable else State.MISSING if cache is None else State.BROKEN
    yield Part(
        Kind.FOLDER, "cache folder", state, is_needed=False,
        features="upstreams by URL, ports that are remembered",
        place=None if cache is None else str(cache),
        note="" if is_usable or cache is None else f"{nearest} cannot be written",
        remedy="" if is_usable else "Set XDG_CACHE_HOME to a folder that can be written.",
    )  # fmt: skip


_PROOF = "the proof of a port"


def _family() -> str | None:
    """The family of distributions that this machine is of."""
    try:
        said = platform.freedesktop_os_release()
    except OSError:
        return None
    words = [said.get("ID", ""), *said.get("ID_LIKE", "").split()]
    return next((FAMILIES[name] for word in words if (name := _stem(word)) in FAMILIES), None)


def _stem(word: str) -> str:
    return word.lower().partition("-")[0]


def _dotted(version: tuple[int, ...]) -> str | None:
    return ".".join(map(str, version)) or None
