"""Makes a patch of a commit: the one that it was made of, as far as it still is it (jobs floor)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from enum import Enum

from patchkit.diffing.messages import (
    Message,
    is_same_text,
    message_of,
    new_header,
    says_nothing_new,
    with_message,
)
from patchkit.engine.checking import Fit, PatchFit
from patchkit.engine.policy import Policy
from patchkit.engine.respelling import respelled
from patchkit.engine.walking import Files, step_on
from patchkit.errors import StackError
from patchkit.model.marks import Marks, entry_in, marks_of
from patchkit.model.patch import Patch
from patchkit.model.series import Entry, decode_name
from patchkit.model.shown import shown_name
from patchkit.model.stack import Stack, StackedPatch
from patchkit.model.tree import Tree
from patchkit.sources.branches import COMMITTER
from patchkit.sources.commits import Commit, When

_NUMBER = re.compile(r"(?P<lead>.*/)?(?P<digits>\d{2,})(?P<dash>[-_.])")
_TAG = re.compile(rb"^Subject: (\[[^\]]*\] )", re.MULTILINE)
_UNFIT = re.compile(rb"[^A-Za-z0-9.]+")
_LONGEST_NAME = 52
_SHORT = 12


class Fate(Enum):
    """What became of a patch; the value is the word in output."""

    SAME = "same"
    """Every byte is kept."""
    REFRESHED = "refreshed"
    """The same change at other lines, or with other context."""
    EDITED = "edited"
    """It makes another change, or has another header."""
    NEW = "new"
    """It was not in the stack."""
    REMOVED = "removed"
    """It left the stack."""


@dataclass(frozen=True, slots=True)
class Known:
    """A patch that the stack has, what it changes there, and how it applies."""

    stacked: StackedPatch
    changes: Files
    fit: PatchFit


@dataclass(frozen=True, slots=True)
class PatchOf:
    """The patch that a commit is, and what became of the one that it was made of."""

    stacked: StackedPatch
    fate: Fate


def commit_message(commit: Commit, marks: Marks) -> Message:
    """What the header of a patch is to say of a commit."""
    author = b"" if commit.author == COMMITTER else commit.author
    return Message(author, _mail_date(commit.date), marks.text)


def _mail_date(date: When) -> bytes:
    hours, minutes = int(date.zone[1:3]), int(date.zone[3:5])
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if date.zone[0] == "-" else 1)
    try:
        when = datetime.fromtimestamp(date.seconds, timezone(offset))
    except (ValueError, OverflowError, OSError):  # no zone, or no year, of any calendar
        return b""
    return format_datetime(when).encode("ascii")


def patch_of(
    commit: Commit, marks: Marks, known: Known, parent: Tree, wanted: Files, policy: Policy
) -> PatchOf:
    """The patch of a commit that was made of one of the stack.

    Bytes are kept where they can be: the header's where the message is as it was, the diffs' where
    they make the change of the commit as well as they did in the stack, and hunk by hunk.
    """
    old = known.stacked
    prologue, message = old.patch.prologue, commit_message(commit, marks)
    text = message_of(prologue, old.name).text
    if is_same_text(marks_of(text).text, marks.text):
        message = replace(message, text=text)
    if marks.is_own or not says_nothing_new(prologue, old.name, message):
        prologue = with_message(prologue, old.name, message)
    body = old
    if not _applies_as_before(known, parent, wanted, policy):
        body = _respelled(commit, old, parent, wanted, policy)
    stacked = replace(body, patch=replace(body.patch, prologue=prologue))
    if stacked.patch.raw == old.patch.raw:
        return PatchOf(old, Fate.SAME)
    is_same_change = prologue == old.patch.prologue and _is_same_change(known, wanted, body)
    return PatchOf(stacked, Fate.REFRESHED if is_same_change else Fate.EDITED)


def _respelled(
    commit: Commit, old: StackedPatch, parent: Tree, wanted: Files, policy: Policy
) -> StackedPatch:
    try:
        return respelled(old, parent, wanted, policy)
    except StackError as error:
        raise _of_commit(commit, error) from error


def _of_commit(commit: Commit, error: StackError) -> StackError:
    subject = shown_name(decode_name(commit.subject))
    place = f'commit {commit.identity[:_SHORT]} ("{subject}")'
    return StackError(f"{place}: {error.message}", *error.hints)


def _applies_as_before(known: Known, parent: Tree, wanted: Files, policy: Policy) -> bool:
    step = step_on(known.stacked, parent, policy)
    if dict(step.changes) != dict(wanted):
        return False
    return step.fit.fit is Fit.EXACT or _places(step.fit) == _places(known.fit)


def _places(fit: PatchFit) -> list[tuple[int, int] | None]:
    return [
        None if hunk.place is None else (hunk.place.offset, hunk.place.fuzz)
        for file in fit.files
        for hunk in file.hunks
    ]


def _is_same_change(known: Known, wanted: Files, body: StackedPatch) -> bool:
    """Whether the old patch and the new one remove and add the same lines of the same files."""
    if {*known.changes} != {*wanted}:
        return False
    return _edited_lines(known.stacked.patch) == _edited_lines(body.patch)


def _edited_lines(patch: Patch) -> list[object]:
    return [
        [line for hunk in diff.hunks for line in hunk.raw.split(b"\n")[1:] if line[:1] in b"+-"]
        for diff in patch.files
    ]


def new_patch(
    commit: Commit,
    marks: Marks,
    name: str,
    parent: Tree,
    wanted: Files,
    stack: Stack,
    policy: Policy,
) -> PatchOf:
    """A patch for a commit that is none of the stack's."""
    entry = replace(entry_in(marks) or Entry(name), name=name)
    header = new_header(commit_message(commit, marks), _tag_of(stack))
    empty = StackedPatch(entry, Patch(name, header, (), b""))
    return PatchOf(_respelled(commit, empty, parent, wanted, policy), Fate.NEW)


def _tag_of(stack: Stack) -> bytes:
    """What most patches have before their subject, without numbers."""
    tags = [_TAG.search(one.patch.prologue) for one in stack.patches]
    plain = [b"[PATCH] " for tag in tags if tag is not None and tag[1].startswith(b"[PATCH")]
    return plain[0] if 2 * len(plain) > len(stack.patches) or not stack.patches else b""


def name_for(marks: Marks, taken: Collection[str], stack: Stack) -> str:
    """A file name for a new patch: as a mark says, else from the subject, with a number, a folder
    and an ending like those of the others."""
    if marks.name and marks.name not in taken:
        return marks.name
    slug = _slug(marks.text.partition(b"\n")[0])
    names = [entry.name for entry in stack.series.entries]
    ending = ".diff" if 2 * sum(name.endswith(".diff") for name in names) > len(names) else ".patch"
    lead = _lead(names, taken)
    name = f"{lead}{slug}{ending}"
    count = 2
    while name in taken:
        name = f"{lead}{slug}-{count}{ending}"
        count += 1
    return name


def _lead(names: Sequence[str], taken: Collection[str]) -> str:
    """The next number, where most names begin with one."""
    found = [match for name in names if (match := _NUMBER.match(name))]
    if names and 2 * len(found) <= len(names):
        return ""
    if not found:
        return "0001-" if not names else ""
    last = found[-1]
    numbered = (_NUMBER.match(name) for name in taken)
    highest = max(int(match["digits"]) for match in numbered if match)
    number = str(highest + 1).zfill(len(last["digits"]))
    return f"{last['lead'] or ''}{number}{last['dash']}"


def _slug(subject: bytes) -> str:
    """As git-format-patch(1) makes a file name of a subject."""
    words = _UNFIT.sub(b"-", subject).strip(b"-.")[:_LONGEST_NAME].rstrip(b"-.")
    return words.decode("ascii") or "patch"


def paired(commits: Sequence[tuple[Commit, Marks]], known: Mapping[str, Known]) -> dict[str, str]:
    """Which commit (by id) is which patch of the stack: as its mark says, else by its message, else
    by its subject alone. Of several commits that are the same patch, the first is it."""
    pairs: dict[str, str] = {}
    free = dict(known)
    for commit, marks in commits:
        if marks.name in free:
            pairs[commit.identity] = marks.name
            del free[marks.name]
    messages = {name: message_of(one.stacked.patch.prologue, name) for name, one in free.items()}
    for is_like in (_is_same_message, _is_same_subject):
        for commit, marks in commits:
            if commit.identity in pairs or marks.name:
                continue
            mine = commit_message(commit, marks)
            name = next((name for name in free if is_like(messages[name], mine)), None)
            if name is not None:
                pairs[commit.identity] = name
                del free[name]
    return pairs


def _is_same_message(one: Message, two: Message) -> bool:
    return is_same_text(one.text, two.text)


def _is_same_subject(one: Message, two: Message) -> bool:
    return is_same_text(one.subject, two.subject)
