"""Finds the upstream commit that has the change of a patch (engine; pure).

Asked in this order: the commits that the patch itself names, if they are in the range; the commits
whose messages name the same commit, pull request or CVE; the commits that touched the same files.
All but the first must have the change, compared with what that commit did and not with today's
text. The same change is the same whatever its context, so all is found that git-patch-id(1) finds.

The notations: `git cherry-pick -x`; the stable Linux trees; DEP-3 (Debian's patch tagging
guidelines) for `Origin`, `Applied-Upstream` and `Bug`; git-format-patch(1) for the `From` line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from patchkit.diffing.rehunking import flip
from patchkit.engine.presence import (
    NOTHING,
    Presence,
    UpstreamDelta,
    is_telling,
    plain,
)
from patchkit.model.history import History, Stored, Touch
from patchkit.model.patch import FileDiff, Hunk, LineKind, Patch
from patchkit.model.report import PortedPatch, UpstreamCommit
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Path, split_lines

LEAST_SHARE = 0.7
"""The share of a patch that a commit must have to be the one that it came from."""

_LEAST_LINES = 2
_MOST_FILES = 200
_MOST_LINES = 50
"""With how many of a patch's lines per file commits are looked for, the longest."""
_MOST_CANDIDATES = 8
_MOST_OF_A_CHANGE = 1000
"""Files: a commit that touches more is an import, and says nothing of a patch."""
_SHORT = 12
_ID = r"\b([0-9a-f]{7,64})\b"
_NAMING = (
    r"^From ([0-9a-f]{40}|[0-9a-f]{64}) \w{3} \w{3} ",
    rf"\(?(?:cherry[- ]?picked|backported|picked) (?:from|of)(?: upstream)?(?: commit)?:? *{_ID}",
    rf"\bcommit {_ID} upstream\b",
    rf"\[ *upstream commit:? {_ID} *\]",
    rf"^upstream(?:[- ](?:commit|status))?: *(?:commit[ :]*)?{_ID}",
    rf"^(?:origin|applied-upstream)\b.*?(?:commit[:/= ]|/commits?/|[?&;]h=|;id=|[?&]id=) *{_ID}",
    rf"^(?:origin|applied-upstream) *:(?:[^\n]*?,)? *{_ID}",
)
_COMMITS = tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in _NAMING)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,}\b", re.IGNORECASE)
_PULL = re.compile(
    r"(?:/(?:pull|pulls|merge_requests)/|\b(?:PR|pull request|merge request) *[#!]?)(\d+)\b"
    r"|^subject:.*\(#(\d+)\) *$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a patch says that it comes from: ids of commits, maybe shortened; CVE ids; numbers of
    pull requests. Each once, in the order of the text."""

    commits: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    pulls: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """What the message of a commit with the same change may have in it."""
        commits = (identity[:_SHORT] for identity in self.commits)
        return (*commits, *self.cves, *(f"#{number}" for number in self.pulls))


def provenance_of(patch: Patch) -> Provenance:
    """What the text before the first diff says."""
    text = patch.prologue.decode("utf-8", "replace")
    found = sorted(
        (match.start(1), match[1].lower()) for name in _COMMITS for match in name.finditer(text)
    )
    pulls = (match[1] or match[2] for match in _PULL.finditer(text))
    return Provenance(
        tuple(dict.fromkeys(identity for _, identity in found)),
        tuple(dict.fromkeys(match[0].upper() for match in _CVE.finditer(text))),
        tuple(dict.fromkeys(pulls)),
    )


def upstream_commit_of(
    stacked: StackedPatch, history: History, strip: int
) -> UpstreamCommit | None:
    """The commit of the range that has the change of a patch; None where none is found.

    `strip` is for a line of the series that gives none. Raises `UpstreamError`.
    """
    named = provenance_of(stacked.patch)
    for identity in named.commits:
        commit = history.commit(identity)
        if commit is not None:
            return commit
    changes = _changes_of(stacked, strip)
    mentions = history.mentioning(named.texts)
    mentioned = {one.identity: one for text in named.texts for one in mentions.get(text, ())}
    candidates = list(mentioned.values())[:_MOST_CANDIDATES]
    return _best(candidates, changes, history) or _best(_likely(changes, history), changes, history)


def has_change_of(
    commit: UpstreamCommit, stacked: StackedPatch, history: History, strip: int
) -> float:
    """The share of the telling lines that a patch adds or removes that the commit adds or removes
    too, in the same files, or where it did not touch one, in its other files."""
    return _presence_in(commit, _changes_of(stacked, strip), history).share


def explain_dropped(
    patches: Sequence[PortedPatch], stack: Stack, history: History, strip: int
) -> tuple[PortedPatch, ...]:
    """The ported patches of the stack; those that are dropped or left to a person with a note on
    the commit of the range that has their change, where one is found. Raises `UpstreamError`."""
    asked = [
        (patch, stacked)
        for patch, stacked in zip(patches, stack.patches, strict=True)
        if patch.status.is_dropped or patch.status.needs_person
    ]
    history.expect(
        path
        for _, stacked in asked
        for change in _changes_of(stacked, strip)
        for path in change.paths
    )
    history.mentioning(text for _, stacked in asked for text in provenance_of(stacked.patch).texts)
    noted = {id(patch): _noted(patch, stacked, history, strip) for patch, stacked in asked}
    return tuple(noted.get(id(patch), patch) for patch in patches)


def _noted(patch: PortedPatch, stacked: StackedPatch, history: History, strip: int) -> PortedPatch:
    commit = upstream_commit_of(stacked, history, strip)
    if commit is None:
        return patch
    found = _presence_in(commit, _changes_of(stacked, strip), history)
    share = f" has {100 * found.share:.0f} % of its change"
    if not found.added + found.removed:
        share = " is the one that it names"  # what it changes is too little to be counted
    note = (
        f"Upstream's commit {commit.identity[:_SHORT]} ({commit.author}, {commit.date[:10]}: "
        f"{commit.subject}){share}."
    )
    commits = (commit,) if patch.status.is_dropped else patch.commits
    return replace(patch, notes=(*patch.notes, note), commits=commits)


@dataclass(frozen=True, slots=True)
class _FileChange:
    """What a patch does to one file, under either of its names."""

    paths: tuple[Path, ...]
    hunks: tuple[Hunk, ...]


def _changes_of(stacked: StackedPatch, strip: int) -> tuple[_FileChange, ...]:
    depth = strip if stacked.entry.strip is None else stacked.entry.strip
    return tuple(
        _FileChange(
            _paths(diff, depth),
            tuple(map(flip, diff.hunks)) if stacked.entry.is_reversed else diff.hunks,
        )
        for diff in stacked.patch.files
    )


def _paths(diff: FileDiff, strip: int) -> tuple[Path, ...]:
    names = diff.names(strip)
    return tuple(dict.fromkeys(name for name in (names.old, names.new) if name is not None))


def _best(
    commits: Iterable[UpstreamCommit], changes: Sequence[_FileChange], history: History
) -> UpstreamCommit | None:
    """The commit that has most of the changes, if it has enough; the first of equals."""
    best, most = None, 0.0
    for commit in commits:
        if len(history.touches_of(commit.identity)) > _MOST_OF_A_CHANGE:
            continue
        found = _presence_in(commit, changes, history)
        if found.added + found.removed < _LEAST_LINES or found.added_share < LEAST_SHARE:
            continue
        if found.share >= LEAST_SHARE and found.share > most:
            best, most = commit, found.share
    return best


def _likely(changes: Sequence[_FileChange], history: History) -> tuple[UpstreamCommit, ...]:
    """The commits that brought most of the longest lines that the changes add (or, where they add
    none, took away those that they remove) to the same files."""
    scores: Counter[UpstreamCommit] = Counter()
    for change in changes:
        touches = history.touching(_names_of(change, history))
        history.prefetch(_sides(touches))
        added, removed = _longest(change.hunks)
        for touch in touches:
            before, after = (_content(one, history) for one in (touch.before, touch.after))
            wanted, there, absent = (added, after, before) if added else (removed, before, after)
            scores[touch.commit] += sum(line in there and line not in absent for line in wanted)
    return tuple(commit for commit, score in scores.most_common(_MOST_CANDIDATES) if score)


def _names_of(change: _FileChange, history: History) -> tuple[Path, ...]:
    """The names of the file, and those that upstream gave it since."""
    moved = (touch.after for path in change.paths for touch in history.walk(path).touches)
    return tuple(dict.fromkeys((*change.paths, *(one.path for one in moved if one is not None))))


def _longest(hunks: Iterable[Hunk]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The longest telling lines that hunks add and remove, without the white space around them."""
    lines = {LineKind.ADDED: set[bytes](), LineKind.REMOVED: set[bytes]()}
    for hunk in hunks:
        for line in hunk.lines:
            if line.kind is not LineKind.CONTEXT and is_telling(plain(line.content)):
                lines[line.kind].add(line.content.strip())
    added, removed = lines[LineKind.ADDED], lines[LineKind.REMOVED]
    return _first(added - removed), _first(removed - added)


def _first(lines: Iterable[bytes]) -> Sequence[bytes]:
    return sorted(lines, key=lambda line: (-len(line), line))[:_MOST_LINES]


def _presence_in(
    commit: UpstreamCommit, changes: Sequence[_FileChange], history: History
) -> Presence:
    """What of the changes the commit has."""
    touches = history.touches_of(commit.identity)
    by_path = {one.path: touch for touch in touches for one in _sides([touch])}
    own = {path for change in changes for path in change.paths}
    others = [touch for touch in touches if not {one.path for one in _sides([touch])} & own]
    total = NOTHING
    elsewhere: UpstreamDelta | None = None
    for change in changes:
        mine = [by_path[path] for path in change.paths if path in by_path]
        if mine:
            delta = _delta(mine, history)
        else:
            elsewhere = elsewhere or _delta(others[:_MOST_FILES], history)
            delta = elsewhere
        found = _found_in(change.hunks, delta)
        total = Presence(
            total.added + found.added,
            total.there + found.there,
            total.removed + found.removed,
            total.gone + found.gone,
        )
    return total


def _found_in(hunks: Iterable[Hunk], delta: UpstreamDelta) -> Presence:
    """What of the telling lines of the hunks, other than those that they only move, a commit added
    and removed too."""
    added: Counter[bytes] = Counter()
    removed: Counter[bytes] = Counter()
    for hunk in hunks:
        for line in hunk.lines:
            text = plain(line.content)
            if line.kind is not LineKind.CONTEXT and is_telling(text):
                (added if line.kind is LineKind.ADDED else removed)[text] += 1
    added, removed = added - removed, removed - added
    return Presence(
        added.total(),
        (added & delta.added).total(),
        removed.total(),
        (removed & delta.removed).total(),
    )


def _delta(touches: Sequence[Touch], history: History) -> UpstreamDelta:
    """What a commit did to the lines of all these files together."""
    history.prefetch(_sides(touches))
    old: list[bytes] = []
    new: list[bytes] = []
    for touch in dict.fromkeys(touches):
        old += split_lines(_content(touch.before, history))
        new += split_lines(_content(touch.after, history))
    return UpstreamDelta.between(old, new)


def _sides(touches: Iterable[Touch]) -> Iterator[Stored]:
    for touch in touches:
        yield from (stored for stored in (touch.before, touch.after) if stored is not None)


def _content(stored: Stored | None, history: History) -> bytes:
    return b"" if stored is None else history.content(stored)
