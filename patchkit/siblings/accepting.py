"""Which edits that could be merged into our file are proposed together (pure).

Each was merged by itself; together they must make sense. So nothing is proposed

- that uses a name of our variant which nothing of ours has (`LOONG64_LR` for `ARM64_LR`);
- that uses what the sibling imports, and neither our file nor another proposal does;
- of a commit some of which does not merge: half of a change is worse than none;
- that imports what no proposed edit uses, or ceases to import what our file still uses;
- at the place of another proposal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from patchkit.model.report import Lines
from patchkit.model.siblings import EditState
from patchkit.model.variants import Axis, Variant
from patchkit.siblings.following import Followed, Proposal
from patchkit.siblings.imports import imported_name, imported_names, imports_alone

_NAME = re.compile(rb"[A-Za-z_]\w*")
_DEFINING = re.compile(
    rb"(?:\b(?:func|fn|type|struct|const|var|let|static|enum|trait|mod|class|def)\s+(?:\([^)]*\)\s*)?"
    rb"|#\s*define\s+)([A-Za-z_]\w*)"
    rb"|^\s*([A-Za-z_]\w*)\s*(?::?=|\(\)\s*\{|:)",
)


def accepted(
    followed: Sequence[Followed], ours: Lines, axis: Axis, variant: Variant, known: frozenset[bytes]
) -> tuple[Followed, ...]:
    """The edits with what is not to be proposed held back; `known` are the names with a word of our
    variant that our files have."""
    named = [_with_known_names(one, axis, variant, known) for one in followed]
    held = _with_known_imports(named, ours)
    whole = _in_whole_commits(held)
    return _without_clashes(_with_imports(whole, ours))


def variant_names(lines: Iterable[bytes], axis: Axis, variant: Variant) -> frozenset[bytes]:
    """The names in these lines that have a word of the variant in them."""
    return frozenset(
        name
        for line in lines
        for name in _NAME.findall(line)
        if any(variant.name in one.variants for one in axis.mentions(name))
    )


def _with_known_names(
    one: Followed, axis: Axis, variant: Variant, known: frozenset[bytes]
) -> Followed:
    if one.proposal is None:
        return one
    added = one.proposal.added
    defined = {
        name for line in added for found in _DEFINING.finditer(line) for name in found.groups()
    }
    unknown = variant_names(added, axis, variant) - known - defined
    if not unknown:
        return one
    names = ", ".join(sorted(name.decode("ascii") for name in unknown))
    return _held(one, EditState.CONFLICT, f"it would use {names}, which nothing of ours has")


def _with_known_imports(followed: Sequence[Followed], ours: Lines) -> list[Followed]:
    brought = (
        line
        for one in followed
        if one.proposal is not None and imports_alone(one.shared.first)
        for line in one.proposal.added
    )
    there = imported_names((*ours, *brought))
    siblings = {one.shared.first.sibling.new_path: one.shared.first.sibling for one in followed}
    theirs = {path: imported_names(sibling.new) for path, sibling in siblings.items()}
    return [
        _with_imports_in(one, theirs[one.shared.first.sibling.new_path] - there) for one in followed
    ]


def _with_imports_in(one: Followed, unknown: frozenset[bytes]) -> Followed:
    if one.proposal is None or imports_alone(one.shared.first):
        return one
    missing = sorted(name for name in unknown if _is_used(name, one.proposal.added))
    if not missing:
        return one
    names = ", ".join(name.decode("utf-8", "replace") for name in missing)
    return _held(one, EditState.CONFLICT, f"it would use {names}, which our file does not import")


def _in_whole_commits(followed: Sequence[Followed]) -> list[Followed]:
    """Without the proposals that are a part of what does not merge as a whole.

    Where no history says what belongs together, all that one sibling alone did does.
    """
    torn = {_group(one) for one in followed if one.state is EditState.CONFLICT}
    return [
        _held(one, EditState.CONFLICT, "other parts of the same change do not merge into our file")
        if one.proposal is not None and not imports_alone(one.shared.first) and _group(one) in torn
        else one
        for one in followed
    ]


def _group(one: Followed) -> object:
    if one.commit is not None:
        return one.commit.identity
    paths = frozenset(change.sibling.new_path for change in one.shared.changes)
    return paths if len(paths) == 1 else one


def _with_imports(followed: Sequence[Followed], ours: Lines) -> list[Followed]:
    proposals = [
        one.proposal
        for one in followed
        if one.proposal is not None and not imports_alone(one.shared.first)
    ]
    brought = [line for proposal in proposals for line in proposal.added]
    replaced = {at for proposal in proposals for at in range(proposal.start, proposal.stop)}
    left = [line for at, line in enumerate(ours) if at not in replaced]
    return [_imported(one, brought, [*left, *brought]) for one in followed]


def _imported(one: Followed, brought: Sequence[bytes], after: Sequence[bytes]) -> Followed:
    change = one.shared.first
    if not imports_alone(change) or one.state is EditState.THERE:
        return one
    if one.proposal is None:
        return _held(one, EditState.ELSEWHERE)
    added, removed = (
        [name for line in lines if (name := imported_name(line)) is not None]
        for lines in (change.added, change.removed)
    )
    is_needed = all(_is_used(name, brought) for name in added if name not in removed)
    is_unused = not any(_is_used(name, after) for name in removed if name not in added)
    if is_needed and is_unused:
        return replace(one, state=EditState.PROPOSED)
    return _held(one, EditState.ELSEWHERE)


def _is_used(name: bytes, lines: Iterable[bytes]) -> bool:
    use = re.compile(rb"(?<![\w.\"/])%b\." % re.escape(name))
    return any(use.search(line) for line in lines)


def _held(one: Followed, state: EditState, why: str = "") -> Followed:
    return replace(one, state=state, proposal=None, held_back=why)


def _without_clashes(followed: Sequence[Followed]) -> tuple[Followed, ...]:
    """Of proposals that would change the same lines the one of most siblings is kept."""
    taken: list[Proposal] = []
    kept = []
    for one in followed:
        proposal = one.proposal
        if proposal is not None and any(_clash(proposal, other) for other in taken):
            one = _held(one, EditState.CONFLICT, "another edit of siblings is proposed there")
        elif proposal is not None:
            taken.append(proposal)
        kept.append(one)
    return tuple(kept)


def _clash(one: Proposal, two: Proposal) -> bool:
    """Whether two proposals are not at least one line apart."""
    return one.start <= two.stop and two.start <= one.stop
