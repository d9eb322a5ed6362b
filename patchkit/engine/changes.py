"""One file diff in the direction in which its stack applies it (engine; pure).

For a line of the series with `-R` that is the other way round: hunks flipped, names and modes
swapped, what creates a file deletes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchkit.diffing.rehunking import flip
from patchkit.engine.headers import is_readable_by_patch
from patchkit.engine.policy import Policy
from patchkit.engine.settling import Owner
from patchkit.model.patch import FileDiff, Hunk, Names, Operation
from patchkit.model.tree import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, Path
from patchkit.model.treepaths import why_no_link, why_no_path

_KIND_BITS = 0o170000
_SPECIAL_BITS = 0o7000
_REVERSED = {Operation.CREATE: Operation.DELETE, Operation.DELETE: Operation.CREATE}


@dataclass(frozen=True, slots=True)
class Change:
    """What a file diff wants. Modes are git's; None where the diff does not say.

    `candidates` are its names, stripped, in the order in which they are written, each once.
    """

    diff: FileDiff
    operation: Operation
    hunks: tuple[Hunk, ...]
    names: Names
    candidates: tuple[Path, ...]
    old_mode: int | None
    new_mode: int | None
    is_reversed: bool
    strip: int
    owner: Owner
    policy: Policy

    @property
    def sets_mode(self) -> bool:
        """Whether it changes the mode of a file that stays: GNU patch looks at the header alone."""
        return self.new_mode is not None and self.new_mode != self.old_mode

    @property
    def adds_at_start(self) -> bool:
        """Whether its first hunk expects no line at all: GNU patch then takes it for an empty file,
        or for one that is not there yet."""
        return bool(self.hunks) and not self.hunks[0].old_start and not self.hunks[0].old

    @property
    def kind(self) -> int:
        """The kind of file that GNU patch expects: a regular one where the header does not say."""
        return kind_of(self.old_mode or self.new_mode or REGULAR)


def change_of(
    diff: FileDiff, patch: str, strip: int, policy: Policy, *, is_reversed: bool
) -> Change:
    """Read a file diff of the patch named `patch`, which is applied with `-p` `strip`."""
    names = diff.names(strip)
    candidates = tuple(dict.fromkeys(name for name in (names.old, names.new) if name is not None))
    operation, hunks = diff.operation, diff.hunks
    old_mode, new_mode = _git_mode(diff.old_mode), _git_mode(diff.new_mode)
    shown = names.new or names.old or diff.new_name or diff.old_name or b"?"
    if is_reversed:
        operation = _REVERSED.get(operation, operation)
        hunks = tuple(flip(hunk) for hunk in hunks)
        names = Names(names.new, names.old)
        old_mode, new_mode = new_mode, old_mode
    return Change(
        diff=diff,
        operation=operation,
        hunks=hunks,
        names=names,
        candidates=candidates,
        old_mode=old_mode,
        new_mode=new_mode,
        is_reversed=is_reversed,
        strip=strip,
        owner=Owner(patch, shown),
        policy=policy,
    )


def as_creation(change: Change, path: Path) -> Change:
    """A modification as the creation of `path`, where base has no such file.

    GNU patch gives the file a mode only where the two of the header differ.
    """
    mode = change.new_mode if change.sets_mode else None
    if change.kind == SYMLINK:
        mode = SYMLINK
    names = Names(None, path)
    return replace(change, operation=Operation.CREATE, names=names, new_mode=mode)


def why_unsupported(change: Change) -> str:
    """Why GNU patch cannot make this change in any tree; empty where it can."""
    diff = change.diff
    if not change.candidates:
        return (
            f"Its file names have fewer than {change.strip} leading folders to strip "
            f"(-p{change.strip})."
        )
    if change.operation in (Operation.RENAME, Operation.COPY) and None in (
        change.names.old,
        change.names.new,
    ):
        return f"It moves a file, but -p{change.strip} leaves only one name of the two."
    return (
        _why_names_refused(change)
        or _why_no_such_mode(change)
        or _why_link_refused(change)
        or _why_not_in_patch(change)
        or (
            "GNU patch cannot read the names in its `diff --git` line: blanks without quotes."
            if diff.is_git and not diff.hunks and not is_readable_by_patch(diff.header)
            else ""
        )
    )


def kind_of(mode: int) -> int:
    """The kind of file: what git's mode says without the permissions."""
    return mode & _KIND_BITS


def _why_names_refused(change: Change) -> str:
    diff = change.diff
    # patch does not look at where git moves a file as long as it has other names; git does.
    moved = (name for name in (diff.moved_from, diff.moved_to) if name is not None)
    named = next((why for name in (*change.candidates, *moved) if (why := why_no_path(name))), "")
    if named:
        return named
    if any(
        name[-1:].isspace() and name[-1:] + b'"' not in diff.header for name in change.candidates
    ):
        return "GNU patch cannot read a name in it that ends in a blank: it needs quotes."
    return ""


def _why_link_refused(change: Change) -> str:
    if change.kind != SYMLINK or change.operation is Operation.DELETE:
        return ""
    targets = [b"".join(hunk.new) for hunk in change.hunks]
    pairs = ((name, target) for name in change.candidates for target in targets)
    return next((why for name, target in pairs if (why := why_no_link(name, target))), "")


def _why_no_such_mode(change: Change) -> str:
    if any(mode is not None and not _is_known(mode) for mode in _modes_of(change.diff)):
        return "It gives a file a mode that no file in a source tree has: set-uid, or a device."
    modes = [mode for mode in (change.old_mode, change.new_mode) if mode is not None]
    if SUBMODULE in modes:
        return "It changes a submodule, which patch cannot do."
    if len({kind_of(mode) for mode in modes}) > 1:
        return "It turns a file into one of another kind, which patch cannot do."
    return ""


def _why_not_in_patch(change: Change) -> str:
    binary = change.diff.binary
    if binary.startswith(b"GIT binary patch"):
        return "It is a git binary diff, which GNU patch refuses."
    if binary and change.operation is not Operation.MODIFY:
        return "It only says that binary files differ, so their contents are not in the patch."
    if change.is_reversed and change.operation is Operation.COPY:
        return "It is a reversed copy, which patch cannot take back."
    return ""


def _modes_of(diff: FileDiff) -> tuple[int | None, ...]:
    return diff.old_mode, diff.new_mode


def _is_known(mode: int) -> bool:
    """Whether a mode is that of a regular file, a link or a submodule, with plain permissions."""
    kinds = (kind_of(REGULAR), SYMLINK, SUBMODULE)
    return kind_of(mode) in kinds and not mode & _SPECIAL_BITS


def _git_mode(mode: int | None) -> int | None:
    """The mode as a tree has it: of the permissions git keeps only whether it is executable."""
    if mode is None or kind_of(mode) in (SUBMODULE, SYMLINK):
        return mode if mode is None else kind_of(mode)
    return EXECUTABLE if mode & 0o100 else REGULAR
