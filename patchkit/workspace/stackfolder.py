"""The files of a stack's folder, read without leaving it (workspace floor)."""

from __future__ import annotations

import difflib
import os
import posixpath
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from patchkit.errors import StackError
from patchkit.limits import how_to_raise, limits
from patchkit.model.entry import Entry
from patchkit.model.patchlist import PatchList
from patchkit.model.shown import shown_name
from patchkit.model.stack import Layout
from patchkit.sources.directory import content_of
from patchkit.workspace.layout import leaves_folder

_PATCH_SUFFIXES = (".patch", ".diff")
_COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz", ".lz", ".lzma", ".zst")
_MOST_COMPARED = 100


def unnamed_patches(root: Path, layout: Layout, series: PatchList) -> tuple[str, ...]:
    """The patch files of the stack in the folder `root` that are no patch of its series: whoever
    reads the stack tells of them. Raises `StackError` for a folder that cannot be read."""
    return StackFolder(root, layout, series).unnamed


class MissingPatchError(StackError):
    """The series names a patch that is not there."""


@dataclass(frozen=True)
class StackFolder:
    """The folder of a stack whose series has been read."""

    root: Path
    layout: Layout
    series: PatchList

    @property
    def series_file(self) -> Path:
        """The list of its patches."""
        return self.root / self.layout.series

    @cached_property
    def first_lines(self) -> dict[str, tuple[int, Entry]]:
        """By file, the first line that names it."""
        first: dict[str, tuple[int, Entry]] = {}
        for number, entry in self.series.numbered:
            first.setdefault(posixpath.normpath(entry.name), (number, entry))
        return first

    @cached_property
    def real_root(self) -> str:
        """The folder without symbolic links."""
        return os.path.realpath(self.root)

    def doubled(self) -> Iterator[StackError]:
        """An error for every line that names a patch for the second time."""
        for number, entry in self.series.numbered:
            first, _ = self.first_lines[posixpath.normpath(entry.name)]
            if first != number:
                yield StackError(
                    f"{self._place(number, entry.name)}: listed twice, first on line {first}.",
                    "Delete one of the two lines.",
                )

    def content(self, number: int, name: str) -> bytes:
        """The bytes of the patch `name`, which stands on line `number` of the series."""
        place = self._place(number, name)
        if leaves_folder(name):
            raise StackError(
                f"{place}: the path leads out of the folder.",
                "Put the patch into the folder and name it there.",
            )
        path = f"{self.root}/{self.layout.place_of(name)}"
        try:
            told = os.lstat(path)  # a Path takes longer to make than to look at
            if stat.S_ISLNK(told.st_mode):
                real, told = os.path.realpath(path, strict=True), os.stat(path)  # noqa: PTH116 (as of lstat)
            else:
                real = self._real_place(path)
            if not f"{real}/".startswith(os.path.join(self.real_root, "")):  # noqa: PTH118 (text)
                raise StackError(
                    f"{place}: a symbolic link leads out of the folder, to {shown_name(real)}.",
                    "Put a copy of the patch into the folder.",
                )
            if stat.S_ISREG(told.st_mode):
                return self._plain(place, path, told.st_size)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self._missing(place, name) from error
        except OSError as error:
            raise StackError(
                f"{place}: cannot be read: {error.strerror}.", "Check the file and its permissions."
            ) from error
        if stat.S_ISDIR(told.st_mode):
            raise StackError(
                f"{place}: a folder, not a patch file.",
                "Name the patches that are in it, one on a line.",
            )
        raise StackError(f"{place}: not a regular file.", "Replace it by the patch itself.")

    def _real_place(self, path: str) -> str:
        """The path without symbolic links, of what is none itself; a folder is looked up once for
        all that is in it."""
        folder, _, name = path.rpartition("/")
        if folder not in self._real_folders:
            self._real_folders[folder] = os.path.realpath(folder, strict=True)
        return f"{self._real_folders[folder]}/{name}"

    @cached_property
    def _real_folders(self) -> dict[str, str]:
        return {}

    def _plain(self, place: str, path: str, size: int) -> bytes:
        if path.endswith(_COMPRESSED_SUFFIXES):
            raise StackError(
                f"{place}: a compressed patch.", "Unpack it and name the unpacked file."
            )
        most = limits().patch_bytes
        if size > most:
            raise StackError(
                f"{place}: a patch of {size} bytes; {most} is the limit.",
                how_to_raise("patch_bytes"),
            )
        return content_of(path)

    def _missing(self, place: str, name: str) -> MissingPatchError:
        path = self.root / self.layout.place_of(name)
        if path.is_symlink():
            return MissingPatchError(
                f"{place}: a broken symbolic link.", "Replace it by the patch itself."
            )
        elsewhere = self.root / name if self.layout.patches else self.root / "patches" / name
        where = shown_name(self.layout.patches or ".")
        if os.path.lexists(elsewhere):
            hint = f"But there is {shown_name(str(elsewhere))}: move it, or correct the line."
        elif near := self._names_near(name):
            hint = f"Did you mean {' or '.join(map(shown_name, near))}?"
        else:
            hint = "Add the file, or delete the line."
        return MissingPatchError(f"{place}: no such file in {where}/.", hint)

    def _names_near(self, name: str) -> list[str]:
        # A file that another line names is not the one that this line means. Many files that no
        # line names are another trouble, and comparing with each of them would take too long.
        if len(self.unnamed) > _MOST_COMPARED:
            return []
        return difflib.get_close_matches(name, self.unnamed)

    @cached_property
    def unnamed(self) -> tuple[str, ...]:
        """The patch files of the folder that are no patch of the series, sorted."""
        return tuple(sorted(set(self._patch_files()) - self.first_lines.keys()))

    @cached_property
    def unlisted(self) -> tuple[str, ...]:
        """Those of `unnamed` that no comment mentions either."""
        return tuple(name for name in self.unnamed if not self.series.mentions(name))

    def _patch_files(self) -> Iterator[str]:
        """Every file in the folders of the stack that is a patch by its name."""
        if not self.layout.has_file:
            return  # a folder that is the list itself names all that is in it
        top = self.root / self.layout.patches
        pending = self._top_folders()
        while pending:
            folder = pending.pop()
            for found in _scan(top / folder):
                name = posixpath.join(folder, found.name)
                if found.name.startswith("."):
                    continue
                if not found.is_dir(follow_symlinks=False):
                    if name.endswith(_PATCH_SUFFIXES):
                        yield name
                elif self.layout.patches:
                    pending.append(name)

    def _top_folders(self) -> list[str]:
        """Where to look for patches: a root has other folders too, so there the named ones only."""
        if self.layout.patches:
            return [""]
        names = (name for name in self.first_lines if not leaves_folder(name))
        return sorted({"", *map(posixpath.dirname, names)})

    def _place(self, number: int, name: str) -> str:
        return f"{self.series_file}:{number}: {shown_name(name)}"


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []  # what the series names in there is reported as missing
    except OSError as error:
        raise StackError(
            f"{folder}: cannot be read: {error.strerror}.", "Check its permissions."
        ) from error
