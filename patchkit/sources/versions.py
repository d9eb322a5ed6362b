"""A folder in which versions name folders or tarballs (sources floor).

The names that are understood for version V of package P:

    V/  vV/  P-V/  P-vV/                a folder
    V.tar.gz  vV.tar.gz  P-V.tar.gz     a tarball, also .tar, .tgz, .tar.xz, .txz, .tar.bz2, .tbz2,
    P-vV.tar.gz  P_V.orig.tar.gz        .tar.zst and .tzst; the last form is Debian's

Without a package name any P will do. P_V.orig goes before the folder P-V.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from patchkit.errors import UpstreamError
from patchkit.model.tree import Tree
from patchkit.sources.revisions import near, shown

_TAR = r"\.(?:tar|tar\.(?:gz|xz|bz2|zst)|tgz|txz|tbz2?|tzst)"
_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """A folder of versions as an `Upstream`."""

    root: pathlib.Path
    package: str | None

    @property
    def description(self) -> str:
        """The path of the folder as it was given."""
        return str(self.root)

    @property
    def is_partial(self) -> bool:
        """No: all is on disk."""
        return False

    def tree(self, version: str) -> Tree:
        """The tree of a version.

        Raises `UpstreamError` when the folder has none or several, or cannot be read.
        """
        return tree_at(self.place_of(version))

    def identity(self, version: str) -> str:
        """A digest of the tarball; of a folder, of the names, inodes, sizes and times of what is in
        it, among them that of the last change of each, which nobody can set.

        Raises `UpstreamError` as `tree` does.
        """
        place = self.place_of(version)
        try:
            if place.is_file():
                with place.open("rb") as tarball:
                    digest = hashlib.file_digest(tarball, "sha256").hexdigest()
                return f"{place.name} {digest}"
            files = sorted(_files_of(place))
            facts = [(str(one.relative_to(self.root)), one.lstat()) for one in files]
        except OSError as problem:
            raise UpstreamError(f"{place}: cannot be read: {problem.strerror}.") from problem
        told = [
            f"{name}\0{at.st_ino}\0{at.st_mode}\0{at.st_size}\0{at.st_mtime_ns}\0{at.st_ctime_ns}\0"
            for name, at in facts
        ]
        return hashlib.sha256("".join(told).encode("utf-8", "surrogateescape")).hexdigest()

    def names(self) -> Collection[str]:
        """Its folders and tarballs, without the ending of a tarball; where the package is known,
        those of others are left out. Raises `UpstreamError`."""
        return self._own(self._stems())

    def archives(self) -> Collection[str]:
        """The names of its tarballs without their endings. Raises `UpstreamError`."""
        stems = self._stems()
        return [stem for stem in self._own(stems) if (self.root / stems[stem]).is_file()]

    def place_of(self, version: str) -> pathlib.Path:
        """The folder or tarball of a version.

        Raises `UpstreamError` when there is none, or several.
        """
        found = [name for name in self._names() if self._is_version(name, version)]
        if not found:
            raise self._unknown(version)
        # What Debian calls the original goes before the folder that it was unpacked to: that has
        # the patches in it.
        for name in found:
            if match := re.fullmatch(rf"(.*)_{re.escape(version)}\.orig{_TAR}", name, re.DOTALL):
                found = [one for one in found if one != f"{match[1]}-{version}"]
        if len(found) > 1:
            raise UpstreamError(
                f"{self.root}: several are version {version}: {', '.join(found)}.",
                "Leave one of them, or name the package.",
            )
        return self.root / found[0]

    def history(self, old: str, new: str) -> None:
        """There is none: folders and tarballs have no commits."""

    def close(self) -> None:
        """Nothing is held open."""

    def _names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in self.root.iterdir())
        except OSError as problem:
            raise UpstreamError(f"{self.root}: cannot be read: {problem.strerror}.") from problem

    def _is_version(self, name: str, version: str) -> bool:
        package = ".*" if self.package is None else re.escape(self.package)
        plain = f"(?:{package}-)?v?{re.escape(version)}"
        if (self.root / name).is_dir():
            return re.fullmatch(plain, name, re.DOTALL) is not None
        debian = rf"{package}_{re.escape(version)}\.orig"
        return re.fullmatch(f"(?:{plain}|{debian}){_TAR}", name, re.DOTALL) is not None

    def _stems(self) -> dict[str, str]:
        """What may be a version, by its name without the ending of a tarball."""
        return {
            re.sub(rf"(?:\.orig)?{_TAR}$", "", name): name
            for name in self._names()
            if (self.root / name).is_dir() or re.search(f"{_TAR}$", name)
        }

    def _own(self, stems: Collection[str]) -> Collection[str]:
        """Those that may be versions of the package."""
        if self.package is None:
            return list(stems)
        named = re.compile(rf"(?:{re.escape(self.package)}[-_])?v?\d.*", re.DOTALL)
        return [stem for stem in stems if named.fullmatch(stem)]

    def _unknown(self, version: str) -> UpstreamError:
        """The error for a version that is not here, with what is."""
        names = self._stems()
        suggested = [names[stem] for stem in near(version, names)]
        if suggested:
            hint = f"Near ones are: {', '.join(suggested)}."
        elif names:
            hint = f"It holds: {', '.join(list(names.values())[:_MOST_SHOWN])}."
        else:
            hint = "It is no git repository, and holds neither folders nor tarballs."
        return UpstreamError(f"{self.root}: there is no version {shown(version)}.", hint)


def _files_of(place: pathlib.Path) -> Iterator[pathlib.Path]:
    """The files and links below a folder, or the one file that it is."""
    if not place.is_dir():
        yield place
        return
    for parent, folders, files in os.walk(place, onerror=_raise):
        links = (name for name in folders if pathlib.Path(parent, name).is_symlink())
        yield from (pathlib.Path(parent, name) for name in (*files, *links))


def _raise(problem: OSError) -> None:
    raise problem


def tree_at(place: pathlib.Path) -> Tree:
    """The source tree that a folder or a tarball holds. Raises `UpstreamError` where neither is."""
    if place.is_dir():
        from patchkit.sources.directory import DirectoryTree

        return DirectoryTree(place)
    from patchkit.sources.tarball import TarballTree

    return TarballTree(place)
