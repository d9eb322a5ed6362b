"""Puts output files into a folder: all of them or none, and only those that differ.

Workspace floor. How a kill in the middle is survived is the business of `staging`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from patchkit.errors import OutputError
from patchkit.model.shown import shown_name
from patchkit.model.tree import SYMLINK
from patchkit.workspace import staging
from patchkit.workspace.claims import remove_left
from patchkit.workspace.places import checked_path, entries_of, no_link, status_at
from patchkit.workspace.staging import Output, Recovery

_MOST_SHOWN = 20

__all__ = ["Output", "Recovery", "WriteResult", "edited_outputs", "recover", "write_outputs"]


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of every file, by path: `same` ones were not touched."""

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Whether the folder already was as planned."""
        return not (self.created or self.changed or self.removed)


def recover(root: Path) -> Recovery:
    """Finish or undo a write into the folder `root` that was interrupted by a kill.

    A write that was already decided is finished, another one is undone: the folder is as that
    write planned it, or as before, never a mix. What a killed run claimed is free. To be called
    before anything in `root` is read or written; where nothing was interrupted it touches nothing.
    Raises `OutputError` when another process is writing there, or when the folder cannot be
    written.
    """
    with staging.explained(root):
        real = _real_root(root)
        remove_left(real)
        return staging.recover(real)


def write_outputs(
    root: Path,
    outputs: Sequence[Output],
    *,
    removals: Sequence[str] = (),
    read: Mapping[str, bytes | None] = MappingProxyType({}),
) -> WriteResult:
    """Write `outputs` into the folder `root` and remove `removals` from it, all or nothing.

    Paths are `/`-separated, relative to `root`, in which a folder is made where one is missing.
    Files get their exact mode whatever the umask; a file that has its bytes and mode already is
    not touched, one that is also in `outputs` is not removed. `root` itself is made when it is
    missing, its parent is not. Other files in `root` stay as they are.

    `read` are the files that all this was made from, by path, as they were read (None: there was
    no such file); where one of them is another now, nothing is written. So what somebody changed in
    the meantime is not lost, whether they use patchkit or an editor.

    A symbolic link is written, replaced by another or removed; it is never followed, and never
    replaced by a file.

    Raises `OutputError` when a path leads out of `root` or through a symbolic link, when paths
    exclude each other, when a folder cannot be written, when the disk is full, and when a file is
    not as it was `read`. Nothing has
    changed then, unless the message says that the change is decided; then `recover` finishes it.
    """
    with staging.explained(root):
        real = _real_root(root)
        staging.recover(real)
        planned = _planned(outputs)
        if real.exists():
            return _change(root, real, planned, removals, partial(_check_read, root, read))
        _check_parent(root, real)
        staging.build_folder(real, tuple(planned.values()))
        return WriteResult(created=tuple(planned))


def edited_outputs(
    root: Path, outputs: Sequence[Output], recorded: Mapping[str, str]
) -> tuple[str, ...]:
    """The files that writing `outputs` would destroy the work of a person in, by path.

    These are the paths in `outputs` or `recorded` whose file has neither the planned bytes nor
    those that were `recorded` when patchkit last wrote it (SHA-256, hexadecimal): somebody edited
    it, or it was there before. Raises `OutputError` like `write_outputs`.
    """
    planned = _planned(outputs)
    known = {checked_path(path): digest for path, digest in recorded.items()}
    edited = []
    with staging.explained(root):
        real = _real_root(root)
        if not real.exists():
            return ()
        for path in dict.fromkeys((*planned, *known)):
            if status_at(real, path) is None:
                continue
            content = (real / path).read_bytes()
            is_planned = path in planned and content == planned[path].content
            if not is_planned and hashlib.sha256(content).hexdigest() != known.get(path):
                edited.append(path)
    return tuple(edited)


def _real_root(root: Path) -> Path:
    if root.is_symlink() and not root.exists():
        raise OutputError(f"{root}: a broken symbolic link.", "Mend it, or choose another folder.")
    return Path(os.path.realpath(root))


def _check_parent(root: Path, real: Path) -> None:
    if not real.parent.is_dir():
        raise OutputError(
            f"{root}: cannot be made, there is no folder {root.parent}.",
            f"Make it first: mkdir -p {root.parent}",
        )


def _planned(outputs: Sequence[Output]) -> dict[str, Output]:
    planned: dict[str, Output] = {}
    for output in outputs:
        path = checked_path(output.path)
        if path in planned:
            raise OutputError(
                f"{shown_name(path)}: two files would be written there.", "Rename one of them."
            )
        _check_kind(path, output)
        planned[path] = Output(path, output.content, output.mode)
    for path in planned:
        folder = path
        while folder := folder.rpartition("/")[0]:
            if folder in planned:
                raise OutputError(
                    f"{shown_name(folder)}: would be a file, and the folder of {shown_name(path)}.",
                    "Rename one of them.",
                )
    return planned


def _check_kind(path: str, output: Output) -> None:
    if output.mode == SYMLINK:
        if not output.content or b"\0" in output.content:
            raise OutputError(f"{shown_name(path)}: a symbolic link that cannot be made.")
    elif output.mode & ~0o7777:
        raise OutputError(
            f"{shown_name(path)}: only files and links can be written, not mode {output.mode:o}.",
            "Make the submodule by hand.",
        )


def _change(
    root: Path,
    real: Path,
    planned: Mapping[str, Output],
    removals: Sequence[str],
    check: Callable[[], None],
) -> WriteResult:
    if not real.is_dir():
        raise OutputError(f"{root}: a file, not a folder.", "Choose another folder.")
    result = _compare(real, planned, removals)
    if result.is_unchanged:
        check()
    else:
        differing = [planned[path] for path in (*result.created, *result.changed)]
        staging.change_folder(real, differing, result.removed, check)
    return result


def _check_read(root: Path, read: Mapping[str, bytes | None]) -> None:
    changed = [path for path, content in read.items() if not _is_as_read(root / path, content)]
    if changed:
        names = ", ".join(map(shown_name, changed[:_MOST_SHOWN]))
        more = f" and {len(changed) - _MOST_SHOWN} more" if len(changed) > _MOST_SHOWN else ""
        raise OutputError(
            f"{root}: changed since it was read: {names}{more}. Nothing was written.",
            "Look at what was changed, then run the command again.",
        )


def _is_as_read(place: Path, content: bytes | None) -> bool:
    if content is None:
        return not os.path.lexists(place)
    try:
        if place.is_symlink() and os.readlink(os.fsencode(place)) == content:  # noqa: PTH115 (it would tidy)
            return True
        return place.read_bytes() == content
    except OSError:
        return False


def _compare(root: Path, planned: Mapping[str, Output], removals: Sequence[str]) -> WriteResult:
    created, changed, same = [], [], []
    status_of = entries_of(root)
    for path, output in planned.items():
        status = status_of(path)
        if output.mode != SYMLINK:
            no_link(root, path, status)
        if status is None:
            created.append(path)
        elif _holds(root / path, status, output):
            same.append(path)
        else:
            changed.append(path)
    unwanted = [path for path in dict.fromkeys(map(checked_path, removals)) if path not in planned]
    removed = [path for path in unwanted if status_of(path) is not None]
    return WriteResult(tuple(created), tuple(changed), tuple(same), tuple(removed))


def _holds(place: Path, status: os.stat_result, output: Output) -> bool:
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(os.fsencode(place)) == output.content  # noqa: PTH115 (it would tidy)
    return (
        stat.S_IMODE(status.st_mode) == output.mode
        and status.st_size == len(output.content)
        and place.read_bytes() == output.content
    )
