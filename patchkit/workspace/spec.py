"""Brings a package's spec file to a new version; the only module that knows packit's specfile.

Workspace floor. specfile is optional (`patchkit[spec]`) and needs the rpm bindings of the system.
It changes what has to be changed and leaves all else as it is. The rpm library expands the spec's
macros to do so, which runs what the spec says in `%(…)`, as building the package does. So a spec
with such a macro is handed to it only where the person says that they trust it.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patchkit.errors import PatchkitError, SpecError
from patchkit.workspace.scratch import scratch, temporary_folder

if TYPE_CHECKING:
    from specfile.specfile import Specfile

_ENCODING = ("utf-8", "surrogateescape")
RPM_BINDINGS = (
    "the rpm bindings come from the system: package python3-rpm of Debian, Fedora and openEuler, "
    "for the Python that patchkit runs with."
)
"""What no wheel has."""
HOW_TO_GET = f"Install it with pip install 'patchkit[spec]'; {RPM_BINDINGS}"
"""How specfile is installed."""
TRUST = "PATCHKIT_TRUST_SPEC"
"""The variable by which a person says that rpm may run what a spec says: `1`."""
_RUNS = re.compile(rb"%\(|%\{?[!?]*(?:lua|load|include|expand|uncompress)\b")
_LEADING_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class SpecEntry:
    """A changelog entry: who, when, and its lines, each with a `- ` at its beginning."""

    name: str
    email: str
    date: datetime.date
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecFacts:
    """What a spec says, its macros expanded. `sources` and `patches` are the names of files."""

    name: str
    version: str
    release: str
    sources: tuple[str, ...]
    patches: tuple[str, ...]


def spec_files_in(folder: Path) -> tuple[Path, ...]:
    """The spec files in a folder, sorted."""
    return tuple(sorted(place for place in folder.glob("*.spec") if place.is_file()))


def why_no_spec() -> str:
    """Why specfile cannot be used here, "" where it can."""
    try:
        import specfile.specfile  # noqa: F401  # whether it is there
    except ImportError as error:
        return str(error)
    return ""


def spec_facts(raw: bytes, source: str) -> SpecFacts:
    """What the spec in `raw` says; `source` names it in messages. Raises `SpecError`."""
    with _sources() as folder:
        spec = _parsed(raw, source, folder)
        with spec.sources() as sources, spec.patches() as patches:
            return SpecFacts(
                name=spec.expanded_name,
                version=spec.expanded_version,
                release=spec.expanded_release,
                sources=tuple(one.expanded_filename for one in sources),
                patches=tuple(one.expanded_filename for one in patches),
            )


def updated_spec(raw: bytes, source: str, version: str, entry: SpecEntry) -> bytes:
    """The spec for an upstream version: Version, Release 1, names of sources, a changelog entry.

    A value that a macro of the spec gives is changed in the macro's definition. A spec that is for
    this version already comes back as it is. Raises `SpecError` when specfile is not there or the
    spec is not understood.
    """
    with _sources() as folder:
        spec = _parsed(raw, source, folder)
        old = spec.expanded_version
        if old == version:
            return raw
        try:
            spec.update_version(version)
            _reset_release(spec)
            _rename_sources(spec, old, version)
            spec.add_changelog_entry(
                list(entry.lines), author=entry.name, email=entry.email, timestamp=entry.date
            )
            found = spec.expanded_version
        except Exception as error:  # rpm and specfile raise what they like on a spec they refuse
            raise SpecError(
                f"{source}: cannot be updated: {error}.", "Update it by hand."
            ) from error
        if found != version:
            raise SpecError(
                f"{source}: its version is {found} after the update, expected {version}.",
                "Its macros make the version in another way: update it by hand.",
            )
        return str(spec).encode(*_ENCODING)


@contextmanager
def _sources() -> Iterator[Path]:
    """A folder in which rpm may look for sources: there are none."""
    try:
        with scratch(temporary_folder()) as made:
            yield made.folder
    except OSError as error:
        raise PatchkitError(
            f"a spec cannot be read with {temporary_folder()}: {error.strerror or error}.",
            "Set TMPDIR to a folder that can be written and has room.",
        ) from error


def _parsed(raw: bytes, source: str, folder: Path) -> Specfile:
    _require_trust(raw, source)
    try:
        from specfile.specfile import Specfile
    except ImportError as error:
        raise SpecError(f"{source}: specfile is not there ({error}).", HOW_TO_GET) from error
    try:
        # Sources and patches need not be there to know what the spec says of them.
        spec = Specfile(content=raw.decode(*_ENCODING), sourcedir=folder, force_parse=True)
        spec.expand("%{version}")
    except Exception as error:  # rpm and specfile raise what they like on a spec they refuse
        raise SpecError(
            f"{source}: rpm does not understand it: {_first_line(error)}.",
            "rpmspec -P says the same, with the line.",
        ) from error
    return spec


def _require_trust(raw: bytes, source: str) -> None:
    for number, line in enumerate(raw.split(b"\n"), 1):
        if (found := _RUNS.search(line)) and os.environ.get(TRUST) != "1":
            raise SpecError(
                f"{source}:{number}: rpm would run a program or read another file to expand "
                f"{found[0].decode('ascii')} here.",
                f"If you trust this spec, set {TRUST}=1 in the environment.",
            )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")


def _reset_release(spec: Specfile) -> None:
    """Release 1, with what stands behind the number: `32%{?dist}` becomes `1%{?dist}`."""
    if spec.has_autorelease:
        return
    if _LEADING_NUMBER.match(spec.raw_release):
        spec.raw_release = _LEADING_NUMBER.sub("1", spec.raw_release, count=1)
    else:
        spec.update_tag("Release", _LEADING_NUMBER.sub("1", spec.expanded_raw_release, count=1))


def _rename_sources(spec: Specfile, old: str, new: str) -> None:
    """The old version in the name of a source, where no macro puts it there."""
    with spec.sources() as sources:
        for one in sources:
            if old in _name_of(one) and new not in one.expanded_filename:
                one.location = one.location.replace(old, new)


def _name_of(one: Any) -> str:
    return str(one.filename)
