r"""The upstream version that a packaging repository is for, as one of its files says (workspace
floor).

    debian/changelog    ppp (2.4.9-1) unstable; urgency=medium     the version without the revision
    a spec              Version: 2.4.9                             macros of the spec expanded
    a recipe            ppp_2.4.9.bb, or PV in it; SRCREV where that is no version
    Makefile            PKG_VERSION:=2.4.9 (OpenWrt); PKG_SOURCE_VERSION where git is the source
    rpm/config.sh       SRCVERSION=6.4 (SUSE's kernel-source)

Nothing of it is run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from patchkit.workspace.layout import series_files_in
from patchkit.workspace.spec import spec_files_in

_CHANGELOG = "debian/changelog"
_DEBIAN = re.compile(r"([\w.+-]+) \((?:\d+:)?([^()\s]+?)(?:-[^-()\s]+)?\) ")
_KERNEL = "rpm/config.sh"
_SRCVERSION = re.compile(r"^SRCVERSION=[\"']?([\w.-]+)", re.MULTILINE)
_RECIPES = (".bb", ".bbappend", ".inc")
_PV = re.compile(r"^PV\s*[:?]*=\s*[\"']([^\"'$\s]+)[\"']", re.MULTILINE)
_SRCREV = re.compile(r"^SRCREV\w*\s*[:?]*=\s*[\"']([0-9a-f]{40})[\"']", re.MULTILINE)
_NO_RELEASE = re.compile(r"git|svn|AUTOINC|\+")
_MAKE = re.compile(r"^([A-Z][A-Z0-9_]*)\s*:?\??=\s*(.*?)\s*$", re.MULTILINE)
_MAKE_VALUE = re.compile(r"\$[({]([A-Z][A-Z0-9_]*)[)}]")
_DEPTH = 8
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """An upstream version; `place` is what says so: a file, relative to the repository, and what
    in it."""

    version: str
    place: str


def version_in(root: Path) -> FoundVersion | None:
    """The upstream version that the repository `root` is for; None where nothing in it says.

    The file that has the list of the patches is asked first, and debian/changelog where they are
    Debian's: beside a `debian/` a spec is upstream's own. Raises `OSError` for a file that cannot
    be read, and what `series_files_in` raises.
    """
    lists = series_files_in(root)
    counting = lists[0] if lists else ""
    readers: list[Callable[[Path, str], FoundVersion | None]] = [
        _of_spec, _of_recipe, _of_makefile, _of_kernel_source,
    ]  # fmt: skip
    readers.insert(0 if counting.startswith("debian/") or not counting else 1, _of_changelog)
    found = (read(root, counting) for read in readers)
    return next(filter(None, found), None)


def debian_name(root: Path) -> str | None:
    """The name of the source package in debian/changelog; None where there is no such file."""
    found = _first_entry(root)
    return None if found is None else found[1]


def make_variable(raw: bytes, name: str) -> str:
    """What a Makefile sets a variable to, "" where it does not, with its own variables replaced.

    What cannot be told (`$(shell …)`), or grows beyond what a version or URL is, stays as it
    stands.
    """
    given = dict(_MAKE.findall(raw.decode("utf-8", "surrogateescape")))
    value = str(given.get(name, ""))
    for _ in range(_DEPTH):
        longer = _filled(value, given)
        if longer == value or len(longer) > _LONGEST:
            break
        value = longer
    return value


def _filled(value: str, given: Mapping[str, str]) -> str:
    return _MAKE_VALUE.sub(lambda found: given.get(found[1], found[0]), value)


def _of_changelog(root: Path, _: str) -> FoundVersion | None:
    found = _first_entry(root)
    return None if found is None else FoundVersion(found[2], _CHANGELOG)


def _first_entry(root: Path) -> re.Match[str] | None:
    place = root / _CHANGELOG
    if not place.is_file() and root.resolve().name == "debian":
        place = root / "changelog"  # whose settings stand in debian/, too
    if not place.is_file():
        return None
    with place.open(encoding="utf-8", errors="replace") as lines:
        return _DEBIAN.match(next((line for line in lines if line.strip()), ""))


def _of_spec(root: Path, counting: str) -> FoundVersion | None:
    """That of the spec with the list, else of the only one."""
    if counting.endswith(".spec"):
        place = root / counting
    else:
        specs = spec_files_in(root) or spec_files_in(root / "SPECS")
        if len(specs) != 1:
            return None
        (place,) = specs
    from patchkit.lint.spec import Spec  # few repositories without a spec need its reader

    version = Spec(place.name.encode("utf-8", "surrogateescape"), place.read_bytes()).value(
        "Version"
    )
    return FoundVersion(version, f"Version of {place.relative_to(root)}") if version else None


def _of_recipe(root: Path, counting: str) -> FoundVersion | None:
    if not counting.endswith(_RECIPES):
        return None
    from patchkit.model.recipe import names_from

    for name in _recipes(root, counting):
        text = (root / name).read_text("utf-8", "replace")
        known = names_from(name).get("PV")
        said = _PV.search(text)
        version, place = (said[1], f"PV in {name}") if said else (known, f"the name of {name}")
        if version and not _NO_RELEASE.search(version):
            return FoundVersion(version, place)
        if revision := _SRCREV.search(text):
            return FoundVersion(revision[1], f"SRCREV in {name}")
        if version and version != "git":
            return FoundVersion(version, place)
    return None


def _recipes(root: Path, counting: str) -> Iterator[str]:
    """The recipe with the list; for one without a version, the only one beside it that has one."""
    yield counting
    stem = counting.partition("_")[0].rpartition(".")[0] or counting.partition("_")[0]
    beside = sorted(place.name for place in root.glob("*.bb") if place.name.startswith(f"{stem}_"))
    if len(beside) == 1 and beside[0] != counting:
        yield beside[0]


def _of_makefile(root: Path, _: str) -> FoundVersion | None:
    place = root / "Makefile"
    if not place.is_file() or b"PKG_NAME" not in (raw := place.read_bytes()):
        return None
    revision = make_variable(raw, "PKG_SOURCE_VERSION")
    if revision and make_variable(raw, "PKG_SOURCE_PROTO") == "git":
        return _plain(revision, "PKG_SOURCE_VERSION in Makefile")
    return _plain(make_variable(raw, "PKG_VERSION"), "PKG_VERSION in Makefile")


def _plain(version: str, place: str) -> FoundVersion | None:
    return FoundVersion(version, place) if version and "$" not in version else None


def _of_kernel_source(root: Path, _: str) -> FoundVersion | None:
    place = root / _KERNEL
    if not place.is_file():
        return None
    found = _SRCVERSION.search(place.read_text("utf-8", "replace"))
    return None if found is None else FoundVersion(found[1], f"SRCVERSION in {_KERNEL}")
