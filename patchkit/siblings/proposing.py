"""Writes the proposed edits as a patch on top of the stack (pure).

A mail-like header says that it is a proposal, and of every hunk which siblings made the edit and in
which upstream commit; then one file diff for each of our files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from patchkit.diffing.edits import Edit, apply_edits
from patchkit.diffing.quoting import quote
from patchkit.diffing.rehunking import write_hunks
from patchkit.model.patch import Hunk, Line, LineKind
from patchkit.model.report import UpstreamCommit
from patchkit.model.shown import shown_path, shown_text
from patchkit.model.tree import File, Path, Tree, split_lines
from patchkit.siblings.edits import ProposedEdit

_NO_HUNK = Hunk(0, 0, 0, 0, b"", (), b"")
_SHORT = 12


def proposal_patch(
    proposals: Sequence[ProposedEdit], new: Tree, variant: str, version: str
) -> bytes:
    """The patch; b"" where nothing is proposed."""
    if not proposals:
        return b""
    diffs = [_file_diff(path, edits, new) for path, edits in _by_path(proposals).items()]
    return _header(proposals, variant, version).encode() + b"".join(diffs)


def proposed_files(proposals: Sequence[ProposedEdit], new: Tree) -> Mapping[Path, File]:
    """Our files as the patch makes them."""
    found = {}
    for path, edits in _by_path(proposals).items():
        file = new.get(path)
        assert file is not None  # a proposal is for a file of ours
        lines = apply_edits(split_lines(file.content), _edits(edits, split_lines(file.content)))
        found[path] = File(b"".join(lines), file.mode)
    return found


def _by_path(proposals: Sequence[ProposedEdit]) -> dict[Path, list[ProposedEdit]]:
    found: dict[Path, list[ProposedEdit]] = {}
    for one in sorted(proposals, key=lambda one: (one.path, one.proposal.start)):
        found.setdefault(one.path, []).append(one)
    return found


def _edits(proposals: Sequence[ProposedEdit], lines: Sequence[bytes]) -> list[Edit]:
    edits = []
    for one in proposals:
        start, stop = one.proposal.start, one.proposal.stop
        added = one.proposal.added
        removed = [Line(LineKind.REMOVED, line) for line in lines[start:stop]]
        run = (*removed, *(Line(LineKind.ADDED, line) for line in added))
        edits.append(Edit(start, stop, added, 0, -1, run))
    return edits


def _file_diff(path: Path, proposals: Sequence[ProposedEdit], new: Tree) -> bytes:
    file = new.get(path)
    assert file is not None  # a proposal is for a file of ours
    lines = split_lines(file.content)
    hunks = write_hunks(lines, _edits(proposals, lines), (_NO_HUNK,))
    old, made = quote(b"a/" + path), quote(b"b/" + path)
    # GNU patch reads a name with blanks up to a tab, and up to the first blank where none stands.
    end = b"\t\n" if b" " in path else b"\n"
    head = b"diff --git %b %b\n--- %b%b+++ %b%b" % (old, made, old, end, made, end)
    return head + b"".join(hunk.raw for hunk in hunks)


def _header(proposals: Sequence[ProposedEdit], variant: str, version: str) -> str:
    return "\n".join((
        f"Subject: Follow what the siblings of {variant} changed up to {version}",
        "",
        "Proposed by patchkit: nobody has read it yet. Each edit is one that the other variants",
        "made between the two versions, merged into the file of this one.",
        "",
        *_told(proposals),
        "---",
        "",
    ))  # fmt: skip


def _told(proposals: Sequence[ProposedEdit]) -> Iterator[str]:
    for path, edits in _by_path(proposals).items():
        for one in edits:
            yield f"* {shown_path(path)}:{one.proposal.start + 1}, as {', '.join(one.variants)}"
            if one.commit is not None:
                yield f"  in {_told_commit(one.commit)}"


def _told_commit(commit: UpstreamCommit) -> str:
    who, day = shown_text(commit.author), commit.date[:10]
    return f"{commit.identity[:_SHORT]} ({who}, {day}): {shown_text(commit.subject)}"
