"""Which files of the new upstream stood elsewhere in the old one (pure).

By their content where it stayed the same, and by their folder where most of it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from patchkit.model.tree import Path
from patchkit.model.variants import Axis

_LEAST_MOVED = 2


def moved_files(old: Mapping[Path, str], new: Mapping[Path, str], axis: Axis) -> dict[Path, Path]:
    """The old path of every file of `new` that moved; both are listings with ids of contents.

    A file of one variant is no move of another variant's, however alike they are.
    """
    gone = {path: identity for path, identity in old.items() if path not in new}
    came = {path: identity for path, identity in new.items() if path not in old}
    found = _same_content(gone, came, axis)
    for old_folder, new_folder in _moved_folders(found).items():
        start = old_folder + b"/" if old_folder else b""
        for path in gone:
            target = new_folder + b"/" + path.removeprefix(start)
            if path.startswith(start) and target in came and target not in found:
                found[target] = path
    return found


def _same_content(
    gone: Mapping[Path, str], came: Mapping[Path, str], axis: Axis
) -> dict[Path, Path]:
    where: dict[str, list[Path]] = {}
    for path, identity in gone.items():
        where.setdefault(identity, []).append(path)
    found = {}
    for path, identity in came.items():
        variants = axis.named_in(path)
        same = [one for one in where.get(identity, ()) if axis.named_in(one) == variants]
        named = [one for one in same if _name(one) == _name(path)]
        if len(named or same) == 1:
            found[path] = (named or same)[0]
    return found


def _moved_folders(moves: Mapping[Path, Path]) -> dict[Path, Path]:
    """Folders most of whose files went to one other folder."""
    went: dict[Path, Counter[Path]] = {}
    for new, old in moves.items():
        if _name(new) == _name(old):
            went.setdefault(_folder(old), Counter())[_folder(new)] += 1
    found = {}
    for folder, targets in went.items():
        target, count = targets.most_common(1)[0]
        if count >= _LEAST_MOVED and 2 * count > targets.total():
            found[folder] = target
    return found


def _name(path: Path) -> bytes:
    return path.rpartition(b"/")[2]


def _folder(path: Path) -> Path:
    return path.rpartition(b"/")[0]
