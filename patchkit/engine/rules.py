"""Rules that settle a region without a person, or suggest how (engine; pure).

A rule gets the three sides of a region and gives the text that ours shall have there, or None where
its precondition does not hold. The result of a *certain* rule is the only one that both sides could
have meant; the patch is shown as `resolved`, for review. A *suggested* rule only proposes: its text
stands in the report beside the held region until it is taken or the rule is accepted.

Every rule has a page of its own in `docs/reference/rules.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from patchkit.diffing.alignment import Gap
from patchkit.diffing.combining import Changes, are_apart, combined, is_inside
from patchkit.engine.presence import is_telling, plain
from patchkit.model.report import Lines, Sides


class Certainty(Enum):
    """What the result of a rule is good for; the value is the word that the user sees."""

    CERTAIN = "certain"
    """It goes into ours, and is shown for review."""
    SUGGESTED = "suggested"
    """It is proposed, and goes into ours only when it is asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule. `settle` gives the lines for ours or None; `note` says to a person what it
    did."""

    name: str
    certainty: Certainty
    note: str
    settle: Callable[[Sides], Lines | None]


_LEAST_KEPT = 0.6
"""The share of a deleted text that ours must have still to be the same text, only retouched."""
_ALIKE = 0.6
"""The share of words from which on two lines are the same line, only retouched."""
_WORD = re.compile(rb"\w+|\s+|[^\w\s]")


def _identical(sides: Sides) -> Lines | None:
    return sides.ours if sides.ours == sides.theirs else None


def _touching(sides: Sides) -> Lines | None:
    return _either_way(sides, combined)


def _deletes_retouched(sides: Sides) -> Lines | None:
    def deleted(changes: Changes) -> Lines | None:
        def is_retouched(ours: Gap, theirs: Gap) -> bool:
            return is_inside(ours, theirs) and _kept_of(theirs, changes) >= _LEAST_KEPT

        return combined(changes, is_retouched)

    return _either_way(sides, deleted)


def _either_way(sides: Sides, combine: Callable[[Changes], Lines | None]) -> Lines | None:
    """What comes out forwards and backwards: an insertion beside a line like it can be told in two
    ways, and then its place is a guess. None, too, where line ends would be mixed."""
    forwards = combine(Changes.of(*_all(sides)))
    backwards = combine(Changes.of(*(side[::-1] for side in _all(sides))))
    if forwards is None or backwards is None or forwards != backwards[::-1]:
        return None
    return None if _mixes_line_ends(sides, forwards) else forwards


def _mixes_line_ends(sides: Sides, result: Lines) -> bool:
    """Whether upstream changed the line ends, and the result has some that ours has not."""
    base, ours, written = (_line_ends(side) for side in (sides.base, sides.ours, result))
    return bool(ours) and base != ours and not written <= ours


def _kept_of(deletion: Gap, changes: Changes) -> float:
    """The share of the lines of a deletion that ours has still."""
    count = deletion.base_stop - deletion.base_start
    gone = sum(
        min(change.base_stop, deletion.base_stop) - max(change.base_start, deletion.base_start)
        for change in changes.of_ours
        if not are_apart(change, deletion)
    )
    return (count - gone) / count


def _already_there(sides: Sides) -> Lines | None:
    base, theirs, ours = (Counter(map(plain, side)) for side in _all(sides))
    added, removed = theirs - base, base - theirs
    if not any(map(is_telling, added)) or added - (ours - base) or removed - (base - ours):
        return None
    fresh = [line for line in ours - base if line not in added]
    if any(_are_alike(text, line) for text in removed if is_telling(text) for line in fresh):
        return None
    return sides.ours


def _spacing(sides: Sides) -> Lines | None:
    """Upstream changed white space within lines, or behind them; never how they are indented, nor
    the line ends."""
    base, theirs, ours = _all(sides)
    if list(map(plain, base)) != list(map(plain, ours)) or len(base) != len(ours):
        return None
    pairs = set(zip(base, ours, strict=True))
    if any(_indent(old) != _indent(new) or _line_end(old) != _line_end(new) for old, new in pairs):
        return None
    spaced = dict(pairs)
    if len(spaced) < len(pairs):
        return None
    return tuple(spaced.get(line, line) for line in theirs)


def _both_insert(sides: Sides) -> Lines | None:
    changes = Changes.of(sides.base, sides.theirs, sides.ours)
    if len(changes.of_theirs) != 1 or len(changes.of_ours) != 1:
        return None
    (theirs,), (ours,) = changes.of_theirs, changes.of_ours
    places = {theirs.base_start, theirs.base_stop, ours.base_start, ours.base_stop}
    if len(places) != 1:
        return None
    (at,) = places
    first = sides.ours[ours.ours_start : ours.ours_stop]
    second = sides.theirs[theirs.ours_start : theirs.ours_stop]
    if any(map(is_telling, set(map(plain, first)) & set(map(plain, second)))):
        return None
    return (*sides.base[:at], *first, *second, *sides.base[at:])


def _words(sides: Sides) -> Lines | None:
    """Line by line, where all three sides have as many."""
    if not len(sides.base) == len(sides.theirs) == len(sides.ours):
        return None
    merged = []
    for base, theirs, ours in zip(*_all(sides), strict=True):
        words = (tuple(_WORD.findall(line)) for line in (base, theirs, ours))
        line = combined(Changes.of(*words))
        if line is None:
            return None
        merged.append(b"".join(line))
    return tuple(merged)


def _reindented(sides: Sides) -> Lines | None:
    """Upstream put the lines into another indentation, the same for all of them."""
    base, theirs, ours = _all(sides)
    if list(map(_unindented, base)) != list(map(_unindented, ours)) or base == ours:
        return None
    pairs = {
        (_indent(one), _indent(two)) for one, two in zip(base, ours, strict=True) if one.strip()
    }
    changes = {_indent_change(*pair) for pair in pairs}
    if len(changes) != 1 or None in changes:
        return None
    (change,) = changes
    assert change is not None
    gone, added = change
    if any(line.strip() and not line.startswith(gone) for line in theirs):
        return None
    return tuple(added + line[len(gone) :] if line.strip() else line for line in theirs)


def _renamed(sides: Sides) -> Lines | None:
    """Upstream gave identifiers other names, and did nothing else."""
    base, theirs, ours = (_words_of(side) for side in _all(sides))
    if len(base) != len(ours):
        return None
    names: dict[bytes, bytes] = {}
    for old, new in zip(base, ours, strict=True):
        if names.setdefault(old, new) != new:
            return None
        if old != new and not (_is_name(old) and _is_name(new)):
            return None
    if len(set(names.values())) != len(names):
        return None
    is_clash = any(old != new and old not in theirs for old, new in names.items())
    if is_clash and set(sides.theirs) - set(sides.base):
        return None
    result = b"".join(names.get(word, word) for word in theirs)
    return (
        tuple(line + b"\n" for line in result.split(b"\n")[:-1]) if result.endswith(b"\n") else None
    )


def _upstream_deleted(sides: Sides) -> Lines | None:
    """Upstream deleted all that the patch changes there."""
    if sides.ours or not sides.base:
        return None
    changes = Changes.of(sides.base, sides.theirs, sides.ours)
    return sides.ours if all(gap.base_start < gap.base_stop for gap in changes.of_theirs) else None


def _all(sides: Sides) -> tuple[Lines, Lines, Lines]:
    return sides.base, sides.theirs, sides.ours


def _words_of(lines: Iterable[bytes]) -> list[bytes]:
    return [word for line in lines for word in _WORD.findall(line)]


def _is_name(word: bytes) -> bool:
    return word[:1].isalpha() or word.startswith(b"_")


def _unindented(line: bytes) -> bytes:
    return line.lstrip(b" \t")


def _indent(line: bytes) -> bytes:
    return line[: len(line) - len(line.lstrip(b" \t"))] if line.strip() else b""


def _line_end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def _line_ends(lines: Iterable[bytes]) -> set[bytes]:
    return {_line_end(line) for line in lines} - {b""}


def _indent_change(old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """What is taken away from the start of the indentation, and put there; None if neither."""
    if new.endswith(old):
        return b"", new[: len(new) - len(old)]
    return (old[: len(old) - len(new)], b"") if old.endswith(new) else None


def _are_alike(one: bytes, two: bytes) -> bool:
    words, others = (Counter(re.findall(rb"\w+", line)) for line in (one, two))
    longer = max(words.total(), others.total())
    return bool(longer) and (words & others).total() / longer >= _ALIKE


IDENTICAL = Rule(
    "identical", Certainty.CERTAIN, "Upstream made exactly this change already.", _identical
)

RULES: Sequence[Rule] = (
    IDENTICAL,
    Rule(
        "already-there",
        Certainty.CERTAIN,
        "Upstream has the lines that the patch adds there, and not those that it removes.",
        _already_there,
    ),
    Rule(
        "touching",
        Certainty.CERTAIN,
        "Upstream and the patch changed lines that touch, but not the same ones.",
        _touching,
    ),
    Rule(
        "deletes-retouched",
        Certainty.CERTAIN,
        "The patch deletes text in the middle of which upstream changed something.",
        _deletes_retouched,
    ),
    Rule(
        "spacing",
        Certainty.CERTAIN,
        "Upstream changed nothing but white space there, and not the indentation.",
        _spacing,
    ),
    Rule(
        "words",
        Certainty.SUGGESTED,
        "Upstream and the patch changed different words of the same lines.",
        _words,
    ),
    Rule(
        "both-insert",
        Certainty.SUGGESTED,
        "Both insert at the same place: upstream's lines first, then those of the patch.",
        _both_insert,
    ),
    Rule(
        "reindented",
        Certainty.SUGGESTED,
        "Upstream only indented the lines otherwise: the patch's text with that indentation.",
        _reindented,
    ),
    Rule(
        "renamed",
        Certainty.SUGGESTED,
        "Upstream only renamed identifiers there: the patch's text with the new names.",
        _renamed,
    ),
    Rule(
        "upstream-deleted",
        Certainty.SUGGESTED,
        "Upstream deleted the text that the patch changes: nothing is left to do there.",
        _upstream_deleted,
    ),
)
"""All rules, in the order in which they are tried."""

CERTAIN_RULES: Sequence[Rule] = tuple(rule for rule in RULES if rule.certainty is Certainty.CERTAIN)
SUGGESTED_RULES: Sequence[Rule] = tuple(
    rule for rule in RULES if rule.certainty is Certainty.SUGGESTED
)
