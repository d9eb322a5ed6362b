"""What the siblings of the stack's files changed, as findings and proposals (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.model.report import UpstreamCommit
from patchkit.model.siblings import (
    EditState,
    Finding,
    FindingKind,
    Rank,
    SiblingEdit,
    SiblingPlace,
)
from patchkit.model.tree import File, Path, split_lines
from patchkit.siblings.accepting import accepted, variant_names
from patchkit.siblings.alike import alike_variants
from patchkit.siblings.changes import SharedChange, Sibling
from patchkit.siblings.commits import CommitOf
from patchkit.siblings.families import templates_of
from patchkit.siblings.following import Followed, Proposal, follow
from patchkit.siblings.imports import imports_alone
from patchkit.siblings.ranking import is_nothing
from patchkit.siblings.scene import Scene
from patchkit.siblings.wording import listed

_MOST_QUIET = 6
_NOTES = {
    EditState.THERE: "{who} changed this; our file has it already.",
    EditState.PROPOSED: "{who} changed this; our file lacks it, and it can be merged in.",
    EditState.CONFLICT: (
        "{who} changed this; our file has other text there, so look whether it needs it, too."
    ),
    EditState.ELSEWHERE: (
        "{who} changed what our file has no counterpart of; look whether it needs one."
    ),
    EditState.DIVIDED: (
        "{who} changed this and others with the same text did not; our file is like the others."
    ),
}


@dataclass(frozen=True, slots=True)
class ProposedEdit:
    """An edit of one of our files, with what it follows."""

    path: Path
    proposal: Proposal
    variants: tuple[str, ...]
    commit: UpstreamCommit | None


@dataclass(frozen=True, slots=True)
class FollowedFiles:
    """All edits of siblings that concern our files, and what is proposed of them."""

    findings: tuple[Finding, ...]
    proposals: tuple[ProposedEdit, ...]
    proposed: tuple[Finding, ...]
    """The finding of each proposal."""


def siblings_of(scene: Scene, path: Path) -> tuple[Sibling, ...]:
    """The siblings of a file of ours that both versions have, each file once."""
    found: dict[Path, Sibling] = {}
    for variant, member in _members(scene, path):
        if member not in found:
            sibling = _sibling(scene, variant, member)
            if sibling is not None:
                found[member] = sibling
    places = {one.name: at for at, one in enumerate(scene.axis.variants)}
    return tuple(sorted(found.values(), key=lambda one: (places[one.variant], one.new_path)))


def read_siblings_ahead(scene: Scene) -> None:
    """Make the files ready of which `siblings_of` will be asked."""
    members = {member for path in scene.added for _, member in _members(scene, path)}
    paths = sorted(members.difference(scene.added))
    scene.new.prefetch(paths)
    scene.old.prefetch(map(scene.old_path, paths))


def _members(scene: Scene, path: Path) -> Iterator[tuple[str, Path]]:
    """The files of siblings in the families of one of ours."""
    for template in templates_of(path, scene.axis):
        if scene.variant.name in template.variants:
            for variant, members in scene.new_families.get(template.path, {}).items():
                if variant not in template.variants:
                    yield from ((variant, member) for member in members)


def _sibling(scene: Scene, variant: str, path: Path) -> Sibling | None:
    if path in scene.added:
        return None
    old_path = scene.old_path(path)
    old, new = scene.old.get(old_path), scene.new.get(path)
    if old is None or new is None or _is_binary(old) or _is_binary(new):
        return None
    before, after = tuple(split_lines(old.content)), tuple(split_lines(new.content))
    return Sibling(variant, old_path, path, before, after, scene.axis)


def _is_binary(file: File) -> bool:
    return b"\0" in file.content[:8000]


def follow_edits(
    scene: Scene, siblings: Mapping[Path, Sequence[Sibling]], commit_of: CommitOf
) -> FollowedFiles:
    """How every edit of the siblings stands to our files; `siblings` are those of each file."""
    findings: list[Finding] = []
    proposals: list[ProposedEdit] = []
    proposed: list[Finding] = []
    known = _names_of_ours(scene)
    for path, others in siblings.items():
        ours = scene.new.get(path)
        assert ours is not None  # the stack adds it
        followed = [
            replace(one, commit=commit_of(one.shared.first))
            for one in follow(ours.content, others, scene.variant)
        ]
        lines = tuple(split_lines(ours.content))
        alike = alike_variants([one.shared for one in followed])
        edits = accepted(followed, lines, scene.axis, scene.variant, known)
        for at, one in enumerate(edits):
            finding = _finding(scene, path, one, alike[at])
            findings.append(finding)
            if one.proposal is not None and finding.rank is not Rank.NOTHING:
                variants = one.shared.variants
                proposals.append(ProposedEdit(path, one.proposal, variants, one.commit))
                proposed.append(finding)
    return FollowedFiles(tuple(findings), tuple(proposals), tuple(proposed))


def _names_of_ours(scene: Scene) -> frozenset[bytes]:
    """The names with a word of our variant that the files of the stack have."""
    files = (scene.new.get(path) for path in scene.added)
    lines = (line for file in files if file is not None for line in split_lines(file.content))
    return variant_names(lines, scene.axis, scene.variant)


def _finding(scene: Scene, path: Path, one: Followed, alike: Sequence[str]) -> Finding:
    shared = one.shared
    first = shared.first
    rank = _rank(path, one, alike)
    edit = SiblingEdit(one.state, first.removed, first.added, first.before, first.after)
    is_quiet = rank is Rank.NOTHING
    return Finding(
        kind=FindingKind.EDIT,
        rank=rank,
        path=path,
        note=_note(one, alike),
        line=None if one.line is None else one.line + 1,
        siblings=tuple(_places(shared)),
        is_new=True,
        edit=_shortened(edit) if is_quiet else edit,
        commit=replace(one.commit, diff=b"") if is_quiet and one.commit else one.commit,
        patch=scene.added.get(path),
    )


def _shortened(edit: SiblingEdit) -> SiblingEdit:
    """Enough of an edit of no consequence to know it by."""
    return SiblingEdit(edit.state, edit.removed[:_MOST_QUIET], edit.added[:_MOST_QUIET])


def _note(one: Followed, alike: Sequence[str]) -> str:
    who = listed(one.shared.variants)
    others = [name for name in alike if name not in one.shared.variants]
    if others and one.state in (EditState.ELSEWHERE, EditState.DIVIDED):
        return f"{who} changed this, and {listed(others)} did alike; look whether ours needs it."
    if one.held_back and one.state is EditState.CONFLICT:
        return f"{who} changed this; it is not proposed for our file, as {one.held_back}."
    return _NOTES[one.state].format(who=who)


def _places(shared: SharedChange) -> Iterator[SiblingPlace]:
    for change in shared.changes:
        yield SiblingPlace(change.sibling.variant, change.sibling.new_path, change.new_start + 1)


def _rank(path: Path, one: Followed, alike: Sequence[str]) -> Rank:
    first = one.shared.first
    if is_nothing(first.removed, first.added, path):
        return Rank.NOTHING
    if one.state is EditState.ELSEWHERE and imports_alone(one.shared.first):
        return Rank.NOTHING
    is_of_one = len(alike) == 1
    is_its_own = one.state in (EditState.ELSEWHERE, EditState.DIVIDED)
    # What one sibling alone did to what ours has not, or others kept, is that sibling's business.
    return Rank.NOTHING if is_of_one and is_its_own else Rank.BEHAVIOUR
