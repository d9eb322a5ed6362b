"""How a stack differs from another one (pure), patch by patch, as git range-diff shows it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from patchkit.diffing.pairing import likely_pairs, stayed
from patchkit.diffing.patchdiffing import ReadPatch, compare_files, compare_messages
from patchkit.model.entry import Entry, decode_name, encode_name, format_entry
from patchkit.model.patchlist import PatchList
from patchkit.model.stack import Stack
from patchkit.model.stackdiff import PatchComparison, Place, StackComparison

_NAME_PARTS = rb"[\w.+~\x80-\xff-]"


def compare_stacks(
    old: Stack, new: Stack, *, labels: tuple[str, str], strips: tuple[int, int] = (1, 1)
) -> StackComparison:
    """Say what became of each patch of `old` in `new`.

    `labels` name the stacks for a person; `strips` are their strip levels where a series does not
    say another. Patches of the same name belong together; then those that do the very same; then
    those that are most alike. Guarded patches that no flag selects are not compared.
    """
    there, here = (
        [ReadPatch(one.patch, strip if one.entry.strip is None else one.entry.strip)
         for one in stack.patches]
        for stack, strip in zip((old, new), strips, strict=True)
    )  # fmt: skip
    pairs = _pairs(old.names, new.names, there, here)
    partners = {to: at for at, to in pairs.items()}
    in_place = stayed([partners[to] for to in sorted(partners)])
    compared = []
    for at, to in _rows(len(there), len(here), partners):
        before = None if at is None else Place(at + 1, old.names[at])
        after = None if to is None else Place(to + 1, new.names[to])
        if at is None or to is None:
            name, other = (old.names[at], new) if at is not None else (new.names[to or 0], old)
            compared.append(PatchComparison(before, after, note=_note(name, other)))
            continue
        # Most patches of a port are the very same, and need no reading.
        is_same = there[at] == here[to]
        compared.append(
            PatchComparison(
                before, after,
                message=() if is_same else compare_messages(there[at], here[to]),
                files=() if is_same else tuple(compare_files(there[at], here[to])),
                options=_options(old.patches[at].entry, new.patches[to].entry),
                is_moved=at not in in_place,
            )
        )  # fmt: skip
    return StackComparison(*labels, tuple(compared))


def _pairs(
    old_names: Sequence[str], new_names: Sequence[str],
    old: Sequence[ReadPatch], new: Sequence[ReadPatch],
) -> dict[int, int]:  # fmt: skip
    by_name = {name: to for to, name in enumerate(new_names)}
    pairs = {at: by_name[name] for at, name in enumerate(old_names) if name in by_name}
    taken = set(pairs.values())
    same: defaultdict[object, list[int]] = defaultdict(list)
    for to, patch in enumerate(new):
        if to not in taken and patch.files:
            same[patch.effect].append(to)
    for at, patch in enumerate(old):
        if at not in pairs and same.get(patch.effect):
            pairs[at] = same[patch.effect].pop(0)
    taken = set(pairs.values())
    lonely = [at for at in range(len(old)) if at not in pairs]
    free = [to for to in range(len(new)) if to not in taken]
    likely = likely_pairs([old[at].features for at in lonely], [new[to].features for to in free])
    pairs.update((lonely[at], free[to]) for at, to in likely.items())
    return pairs


def _rows(
    old_count: int, new_count: int, partners: Mapping[int, int]
) -> Iterator[tuple[int | None, int | None]]:
    """The patches in the order of the new stack, one that is gone as soon as all before it in the
    old stack were shown; so does git range-diff."""
    kept = set(partners.values())
    shown: set[int] = set()
    at = 0
    for to in range(new_count + 1):
        while at < old_count and (at in shown or at not in kept):
            if at not in kept:
                yield at, None
            at += 1
        if to < new_count:
            partner = partners.get(to)
            if partner is not None:
                shown.add(partner)
            yield partner, to


def _options(old: Entry, new: Entry) -> tuple[str, str] | None:
    options = tuple(
        " ".join(decode_name(format_entry(one)).replace(one.name, "", 1).split())
        for one in (old, new)
    )
    return None if options[0] == options[1] else (options[0], options[1])


def _note(name: str, other: Stack) -> str:
    """What the stack that lacks a patch says about it."""
    if any(name == guarded for guarded, _ in other.guarded):
        return "guarded: no flag that is set selects it"
    return _comment(name, other.series)


def _comment(name: str, series: PatchList) -> str:
    raw = encode_name(name)
    word = re.compile(
        rb"(?<!" + _NAME_PARTS + rb")" + re.escape(raw) + rb"(?!" + _NAME_PARTS + rb")"
    )
    for comment in series.notes:
        if raw in comment and word.search(comment):
            said = comment.lstrip(b"# \t")
            before, _, behind = said.rpartition(raw)
            if not behind.strip():
                said = before.rstrip(b": \t").removeprefix(b"patchkit: ")
            return decode_name(said) or "commented out"
    return ""
