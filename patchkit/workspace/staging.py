"""Changes a folder as a whole: after a kill at any moment it is as before, or as planned.

Workspace floor. A folder that is not there yet is built in a scratch folder beside it and renamed
into place. For one that exists the new files are first written to its stage:

    .patchkit-stage/lock         held (flock) as long as a process is at work here
    .patchkit-stage/files/0 …    the new files, complete, with their modes
    .patchkit-stage/plan.json    what goes where, and what is removed
    .patchkit-stage/commit.json  the same file, renamed once all of this is on the disk

That last rename decides. A stage without `commit.json` is thrown away; one with it is carried out,
and carrying it out a second time does no harm.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path, PurePosixPath

from patchkit.errors import OutputError
from patchkit.workspace.disk import NewFile, remove_folder, sync, sync_all, write_new
from patchkit.workspace.locking import locked
from patchkit.workspace.places import STAGE, checked_path, entries_of

_NEW, _FILES, _PLAN, _COMMIT, _LOCK = "new", "files", "plan.json", "commit.json", "lock"
_WRITER = "patchkit (writing)"


@dataclass(frozen=True, slots=True)
class Output:
    """One file to be written: its path relative to the folder, its bytes, its exact mode.

    With the mode `SYMLINK` it is a symbolic link, and the bytes are where it leads.
    """

    path: str
    content: bytes
    mode: int = 0o644


class Recovery(Enum):
    """What `recover` found; the value is the word for it in messages."""

    NOTHING = "nothing"
    """No write was interrupted."""
    FINISHED = "finished"
    """An interrupted write had been decided; the folder is now as that write planned it."""
    DISCARDED = "discarded"
    """An interrupted write had not been decided; the folder is as it was before that write."""


def recover(root: Path) -> Recovery:
    """Finish or undo a write into `root` that was interrupted. Touches nothing otherwise.

    Raises `OutputError` when another process is writing there, and `OSError`.
    """
    scratch, stage = _scratch_of(root), root / STAGE
    found = Recovery.NOTHING
    if _is_real_folder(scratch):
        with _locked(scratch):
            if (scratch / _NEW).exists():
                found = Recovery.DISCARDED
            shutil.rmtree(scratch)
    if _is_real_folder(stage):
        with _locked(stage):
            if (stage / _COMMIT).exists():
                found = Recovery.FINISHED
                _carry_out(root, stage)
            else:
                if (stage / _PLAN).exists():
                    found = Recovery.DISCARDED
                _discard(root, stage)
    return found


def build_folder(root: Path, outputs: Sequence[Output]) -> None:
    """Make the folder `root`, which is not there yet, with these files in it.

    Raises `OSError` or `OutputError`, and then there is no such folder.
    """
    scratch = _scratch_of(root)
    new = scratch / _NEW
    scratch.mkdir()
    with _locked(scratch):
        try:
            new.mkdir()
            for name in sorted(_folders_of(output.path for output in outputs)):
                (new / name).mkdir(exist_ok=True)
            write_new([NewFile(new / one.path, one.content, one.mode) for one in outputs])
            for folder, _, _ in os.walk(new):
                sync(Path(folder))
            new.rename(root)
            _confirm(root)
        finally:
            # What cannot be removed now is removed by the next `recover`.
            remove_folder(scratch)


def _confirm(root: Path) -> None:
    try:
        sync(root.parent)
    except OSError as error:
        raise OutputError(
            f"{root}: is written, but not sure to be on the disk: {error.strerror}.",
            "Look after the disk, then run the command again.",
        ) from error


def change_folder(
    root: Path, outputs: Sequence[Output], removals: Sequence[str], check: Callable[[], None]
) -> None:
    """Put these files into the folder `root`, replacing those of the same path, and remove others.

    `check` is called when no other process can write there any more; what it raises is passed on.
    Raises `OSError` or `OutputError`. Then nothing has changed; or, if the message says that the
    change is decided, the next `recover` finishes it.
    """
    stage = root / STAGE
    stage.mkdir()
    with _locked(stage):
        try:
            check()
            _prepare(root, stage, outputs, removals)
            (stage / _PLAN).rename(stage / _COMMIT)
        except BaseException:
            _discard(root, stage)
            raise
        _carry_out(root, stage)


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Turn an `OSError` into an `OutputError` that says what to do about it."""
    try:
        yield
    except OSError as error:
        problem = f"{root}: cannot be written: {error.strerror}. Nothing was changed."
        hint = "Choose another folder."
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            hint = "Free some space, or choose another folder."
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            hint = "Make it writable, or choose another folder."
        elif error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            hint = "Another process is at work there: wait for it, then run the command again."
        raise OutputError(problem, hint) from error


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a stage does: the path of file 0, 1, …; what is removed; the folders made for it."""

    files: tuple[str, ...]
    removals: tuple[str, ...]
    folders: tuple[str, ...]
    stage: tuple[int, int]
    """Device and inode of the stage. Nobody can tell them in advance, so a stage that came with a
    folder (in a tarball, in a git repository) is never carried out."""


def _prepare(root: Path, stage: Path, outputs: Sequence[Output], removals: Sequence[str]) -> None:
    """Do all that can fail: afterwards only renames are left."""
    folders = _missing_folders(root, outputs)
    plan = _Plan(
        tuple(output.path for output in outputs), tuple(removals), folders, _identity(stage)
    )
    for parent in sorted(_folders_at((*plan.files, *plan.removals))):
        _check_can_change(root, root / parent)
    write_new([NewFile(stage / _PLAN, json.dumps(asdict(plan)).encode("ascii"), 0o600)])
    # The stage is on the disk before anything outside of it changes.
    sync(stage)
    sync(root)
    for folder in folders:
        (root / folder).mkdir(exist_ok=True)
    files = stage / _FILES
    files.mkdir()
    write_new([NewFile(files / str(at), one.content, one.mode) for at, one in enumerate(outputs)])
    sync(files)
    sync(stage)


def _missing_folders(root: Path, outputs: Sequence[Output]) -> tuple[str, ...]:
    """The folders that must be made for `outputs`, each after the one that it is in."""
    needed = _folders_of(output.path for output in outputs)
    return tuple(sorted(folder for folder in needed if not (root / folder).is_dir()))


def _folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder that one of the paths lies in, up to the root, `.`."""
    direct = {PurePosixPath(path.rpartition("/")[0]) for path in paths}
    return {str(folder) for one in direct for folder in (one, *one.parents)}


def _check_can_change(root: Path, folder: Path) -> None:
    """Find out now what would otherwise stop the renames into a folder half-way."""
    while not folder.exists():
        folder = folder.parent
    can_use_effective_ids = os.access in os.supports_effective_ids
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=can_use_effective_ids):
        raise OutputError(
            f"{folder}: may not be written. Nothing was changed.",
            "Make it writable, or choose another folder.",
        )
    if folder.stat().st_dev != root.stat().st_dev:
        raise OutputError(
            f"{folder}: on another file system than {root}, the two cannot change together.",
            "Choose another folder.",
        )


def _carry_out(root: Path, stage: Path) -> None:
    """Do what a decided stage says, or the rest of it, and remove the stage."""
    try:
        sync(stage)
        plan = _read_plan(stage / _COMMIT)
        if plan.stage != _identity(stage):
            raise _foreign(stage)
        status_of = entries_of(root)
        for path in plan.files:
            status_of(path)
        for name in plan.folders:
            (root / name).mkdir(parents=True, exist_ok=True)
        # What is renamed into a new folder is gone with it, as long as that is not on the disk.
        for folder in sorted({(root / name).parent for name in plan.folders}):
            sync(folder)
        files = f"{stage}/{_FILES}"
        here = set(os.listdir(files))  # noqa: PTH208 (names are enough)
        left = [(str(at), path) for at, path in enumerate(plan.files) if str(at) in here]
        for parent in _folders_at({path for _, path in left}):
            (root / parent).mkdir(parents=True, exist_ok=True)
        status_of = entries_of(root)
        for name, path in left:
            status_of(path)
            os.replace(f"{files}/{name}", f"{root}/{path}")  # noqa: PTH105 (a Path each takes longer)
        for path in plan.removals:
            if status_of(path) is not None:
                (root / path).unlink()
        sync_all(root / folder for folder in _folders_at((*plan.files, *plan.removals)))
        sync(root)
        (stage / _COMMIT).unlink()
        # Lost, the removal would let a later recovery take away what a person has put there since.
        sync(stage)
    except OSError as error:
        raise OutputError(
            f"{root}: the change is decided but not yet finished: {error.strerror}.",
            f"The rest is kept in {STAGE}: mend the cause and run the command again.",
        ) from error
    remove_folder(stage)


def _folders_at(paths: Iterable[str]) -> set[str]:
    """The folders that files are in."""
    return {path.rpartition("/")[0] for path in paths}


def _discard(root: Path, stage: Path) -> None:
    """Remove a stage, and the folders that were made for it."""
    with suppress(FileNotFoundError):
        (stage / _COMMIT).rename(stage / _PLAN)
    if os.path.lexists(stage / _PLAN):
        with suppress(OutputError):  # cut off while it was written: no folder is made yet
            plan = _read_plan(stage / _PLAN)
            for folder in reversed(plan.folders if plan.stage == _identity(stage) else ()):
                place = root / folder
                if os.path.realpath(place) == str(place):
                    with suppress(OSError):  # not there, or no longer empty
                        place.rmdir()
    remove_folder(stage)


def _read_plan(place: Path) -> _Plan:
    try:
        read = json.loads(place.read_bytes())
        return _Plan(
            files=tuple(map(checked_path, read["files"])),
            removals=tuple(map(checked_path, read["removals"])),
            folders=tuple(map(checked_path, read["folders"])),
            stage=tuple(read["stage"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(
            f"{place}: not understood.", f"Look at the folder, then delete {place.parent}."
        ) from error


def _identity(stage: Path) -> tuple[int, int]:
    status = stage.stat()
    return status.st_dev, status.st_ino


def _foreign(stage: Path) -> OutputError:
    return OutputError(
        f"{stage}: was not made in this place: it came with the folder, or was moved with it.",
        "Look at what is in it, then delete it.",
    )


def _scratch_of(root: Path) -> Path:
    return root.parent / f".patchkit-new-{root.name}"


def _is_real_folder(place: Path) -> bool:
    """Whether there is a folder; `OutputError` for anything else, which is not patchkit's."""
    if not os.path.lexists(place):
        return False
    if place.is_symlink() or not place.is_dir():
        raise OutputError(f"{place}: this is not a folder made by patchkit.", "Move it away.")
    return True


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes from working in a scratch folder or stage; a kill lets them in again."""
    place = folder / _LOCK
    with ExitStack() as ends:
        try:
            ends.enter_context(locked(place, folder, _WRITER))
        except OSError:
            with suppress(OSError):  # not empty, or not ours to remove
                folder.rmdir()
            raise
        yield
