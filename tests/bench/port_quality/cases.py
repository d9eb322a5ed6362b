"""The cases to measure, and how a prepared one lies on disk.

WORK/PACKAGE/upstream/old, upstream/new    the two pristine upstream trees
WORK/PACKAGE/stack/                        the older version's series and patches
WORK/PACKAGE/truth/                        the newer version's
WORK/PACKAGE/case.json                     the versions that were taken
WORK/PACKAGE/ported/TOOL/, TOOL.json       what a tool made of it
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.bench.port_quality.processes import BenchError

CASES_FILE = Path(__file__).parent.parent / "cases.yaml"
_STRIP = re.compile(r"-p(\d+)")


@dataclass(frozen=True, slots=True)
class Case:
    """A source package and the two Debian versions between which its series is ported."""

    package: str
    old: str
    new: str
    group: str


class Entry(NamedTuple):
    """One patch of a quilt series: its name and its strip level."""

    name: str
    strip: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case that lies on disk in `folder`. `notes` say where other versions had to be taken."""

    case: Case
    folder: Path
    notes: tuple[str, ...] = ()

    @property
    def upstream(self) -> Path:
        """The folder with the two trees, `old` and `new`."""
        return self.folder / "upstream"

    @property
    def stack(self) -> Path:
        """The folder with the series to port."""
        return self.folder / "stack"

    @property
    def truth(self) -> Path:
        """The folder with the maintainers' own series for the newer version."""
        return self.folder / "truth"

    @property
    def repository(self) -> Path:
        """The git repository in which the two trees are the tags `old` and `new`."""
        return self.folder / "repository"

    def ported(self, tool: str) -> Path:
        """The folder for what a tool makes of the stack."""
        return self.folder / "ported" / tool


def read_cases(place: Path = CASES_FILE) -> Mapping[str, tuple[Case, ...]]:
    """The cases by group, in the order of the file. Raises `BenchError`."""
    try:
        groups = yaml.safe_load(place.read_text(encoding="utf-8"))
        found = {
            group: tuple(Case(one["package"], one["from"], one["to"], group) for one in listed)
            for group, listed in groups.items()
        }
    except (yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        raise BenchError(
            f"{place}: not a list of cases: {error}.",
            "Each group has a list of {package: NAME, from: VERSION, to: VERSION}.",
        ) from error
    packages = [case.package for cases in found.values() for case in cases]
    doubled = sorted({package for package in packages if packages.count(package) > 1})
    if doubled:
        raise BenchError(f"{place}: listed twice: {', '.join(doubled)}.")
    return found


def read_series(folder: Path) -> tuple[Entry, ...]:
    """The patches that the file `series` in a folder names, as quilt reads it."""
    text = (folder / "series").read_text(encoding="utf-8", errors="surrogateescape")
    return tuple(_entries(text.splitlines()))


def _entries(lines: Iterable[str]) -> Iterable[Entry]:
    for line in lines:
        words = re.sub(r"(^|\s)#.*", "", line).split()
        if words:
            strips = [int(found[1]) for word in words[1:] if (found := _STRIP.fullmatch(word))]
            yield Entry(words[0], strips[-1] if strips else 1)


def save_prepared(prepared: Prepared) -> None:
    """Record that a case is complete on disk; the last step of preparing it."""
    case = prepared.case
    record = {"package": case.package, "from": case.old, "to": case.new, "notes": prepared.notes}
    (prepared.folder / "case.json").write_text(json.dumps(record, indent=1) + "\n")


def load_prepared(case: Case, work: Path) -> Prepared | None:
    """The case as it lies on disk, None when it does not, or with other versions."""
    folder = work / case.package
    try:
        record = json.loads((folder / "case.json").read_text())
    except FileNotFoundError:
        return None
    if (record["from"], record["to"]) != (case.old, case.new):
        return None
    return Prepared(case, folder, tuple(record["notes"]))
