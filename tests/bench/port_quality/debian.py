"""Fetches Debian source packages, and lays a case out on disk.

Needs apt with `deb-src` lines for the suites that have the versions, and dpkg-source. What was
downloaded once is not asked for again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench.port_quality.cases import Case, Prepared, load_prepared, read_series, save_prepared
from tests.bench.port_quality.processes import BenchError, attempt, run

_DSC_FILES = re.compile(r"^Files:\n((?: .+\n)+)", re.MULTILINE)
_SOURCES = "Created-By: Sources"
_FORMAT = "Format: 3.0 (quilt)"


def prepare(case: Case, work: Path, downloads: Path) -> Prepared:
    """The case laid out in a folder of `work`, at once where it is there already.

    Raises `BenchError` when a version cannot be had, or is not in the format 3.0 (quilt).
    """
    done = load_prepared(case, work)
    if done is not None:
        return done
    downloads.mkdir(parents=True, exist_ok=True)
    packages = [
        source_package(case.package, version, downloads) for version in (case.old, case.new)
    ]
    prepared = Prepared(case, work / case.package, tuple(_replaced(case, packages)))
    if prepared.folder.exists():
        shutil.rmtree(prepared.folder)
    prepared.upstream.mkdir(parents=True)
    unpack(packages[0], prepared.upstream / "old", prepared.stack)
    unpack(packages[1], prepared.upstream / "new", prepared.truth)
    save_prepared(prepared)
    return prepared


def _replaced(case: Case, packages: list[Path]) -> Iterator[str]:
    for version, dsc in zip((case.old, case.new), packages, strict=True):
        if dsc.name != _dsc_name(case.package, version):
            yield f"{case.package}: {dsc.stem.partition('_')[2]} is taken for {version}"


def source_package(package: str, version: str, downloads: Path) -> Path:
    """The `.dsc` of a source package, downloaded with all of its files if it is not there yet.

    Where the archive has no such version any more, the newest of the same upstream version.
    """
    dsc = downloads / _dsc_name(package, version)
    if _is_complete(dsc):
        return dsc
    available = _available(package)
    if version not in available:
        version = nearest_version(package, version, available)
        dsc = downloads / _dsc_name(package, version)
    if not _is_complete(dsc):
        run(["apt-get", "source", "--download-only", "-qq", f"{package}={version}"], downloads)
    return dsc


def _dsc_name(package: str, version: str) -> str:
    return f"{package}_{version.partition(':')[2] or version}.dsc"


def _is_complete(dsc: Path) -> bool:
    """Whether the package and every file that it lists is there; dpkg-source checks the sums."""
    if not dsc.is_file():
        return False
    listed = _DSC_FILES.search(dsc.read_text(encoding="utf-8", errors="replace"))
    if listed is None:
        return False
    files = [line.split() for line in listed[1].splitlines()]
    places = [(dsc.parent / name, int(size)) for _, size, name in files]
    return all(place.is_file() and place.stat().st_size == size for place, size in places)


def _available(package: str) -> list[str]:
    """Every version of a source package that apt knows of."""
    if not run(["apt-get", "indextargets", "--format", "$(FILENAME)", _SOURCES]).strip():
        raise BenchError(
            "apt has no source packages.",
            "Add `deb-src` lines for the suites that docs/reference/port-quality.md names,"
            " and run `apt-get update`.",
        )
    shown = attempt(["apt-cache", "showsrc", "--only-source", package]).stdout.decode()
    return re.findall(r"^Version: (\S+)$", shown, re.MULTILINE)


def nearest_version(package: str, version: str, available: list[str]) -> str:
    """The newest of the available versions that has the same upstream version.

    Raises `BenchError` when there is none.
    """
    upstream = version.rpartition("-")[0]
    newest = ""
    for other in available:
        if other.rpartition("-")[0] == upstream and (not newest or _is_later(other, newest)):
            newest = other
    if newest:
        return newest
    known = f"apt knows {', '.join(available)}" if available else "apt does not know it at all"
    raise BenchError(
        f"{package} {version}: not in the archive; {known}.",
        "Add `deb-src` lines for its suite, or choose another version in tests/bench/cases.yaml.",
    )


def _is_later(one: str, other: str) -> bool:
    return attempt(["dpkg", "--compare-versions", one, "gt", other]).returncode == 0


def unpack(dsc: Path, tree: Path, series: Path) -> None:
    """The pristine upstream of a source package into `tree`, its patches into `series`."""
    if _FORMAT not in dsc.read_text(encoding="utf-8", errors="replace"):
        raise BenchError(f"{dsc.name}: not in the format 3.0 (quilt).")
    run(["dpkg-source", "--no-check", "--skip-patches", "-x", str(dsc), str(tree)])
    patches = tree / "debian/patches"
    if not (patches / "series").is_file():
        raise BenchError(f"{dsc.name}: it has no debian/patches/series.")
    series.mkdir()
    shutil.copyfile(patches / "series", series / "series")
    for entry in read_series(patches):
        place = series / entry.name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(patches / entry.name, place)
    shutil.rmtree(tree / "debian")
    for repository in list(tree.rglob(".git")):
        # A folder of that name cannot be committed, a submodule's file of that name neither.
        _remove(repository)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()
