"""Old stack against new, and which patch needs which, as the page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.model.dependencies import Bond, Dependencies
from patchkit.model.shown import shown_name
from patchkit.model.stackdiff import PatchComparison, StackComparison, Standing
from patchkit.render.graph import why_bound
from patchkit.render.html.code import cut_line
from patchkit.render.html.regions import MOST_DIFF_LINES, DiffLine, DiffView, Link
from patchkit.render.stackdiff import SIGNS, figures, patch_details, told_standing

_MOST_LINKS = 8
_KINDS = {
    "": "",
    "bold": "head",
    "cyan": "at",
    "red": "del",
    "green": "add",
    "dim red": "del dim",
    "dim green": "add dim",
}
"""The classes for the styles of a terminal."""


@dataclass(frozen=True, slots=True)
class ComparedPatch:
    """What became of a patch; `patch` is the anchor of its section, "" where it has none."""

    anchor: str
    patch: str
    name: str
    sign: str
    standing: Standing
    words: str
    inner: DiffView | None


@dataclass(frozen=True, slots=True)
class ComparedStacks:
    """The patches by what a reviewer does with them: read, glance at, pass over."""

    figures: str
    differing: tuple[ComparedPatch, ...]
    elsewhere: tuple[ComparedPatch, ...]
    same: tuple[ComparedPatch, ...]

    @property
    def not_same(self) -> tuple[ComparedPatch, ...]:
        """Those in which anything differs."""
        return self.differing + self.elsewhere


@dataclass(frozen=True, slots=True)
class BoundPatch:
    """Another patch, and what binds the two."""

    link: Link
    why: str


@dataclass(frozen=True, slots=True)
class Bonds:
    """Patches that are bound to one in the same way; the first ones are shown, the rest folded."""

    what: str
    first: tuple[BoundPatch, ...]
    rest: tuple[BoundPatch, ...]


def compared_stacks(found: StackComparison, anchors: Mapping[str, str]) -> ComparedStacks:
    """The comparison for the page; `anchors` are those of the patches' sections by name."""
    differing, elsewhere, same = [], [], []
    for number, patch in enumerate(found.patches, 1):
        view = _compared(patch, f"c{number}", anchors)
        match patch.standing:
            case Standing.SAME:
                same.append(view)
            case Standing.CONTEXT:
                elsewhere.append(view)
            case _:
                differing.append(view)
    return ComparedStacks(figures(found), tuple(differing), tuple(elsewhere), tuple(same))


def _compared(patch: PatchComparison, anchor: str, anchors: Mapping[str, str]) -> ComparedPatch:
    lines = [DiffLine(_KINDS[one.style], cut_line(one.text)) for one in patch_details(patch)]
    more = max(0, len(lines) - MOST_DIFF_LINES)
    return ComparedPatch(
        anchor=anchor,
        patch=anchors.get(patch.name, ""),
        name=shown_name(patch.name),
        sign=SIGNS[patch.standing],
        standing=patch.standing,
        words=told_standing(patch),
        inner=DiffView(tuple(lines[:MOST_DIFF_LINES]), more) if lines else None,
    )


def bonds_of(found: Dependencies, name: str, anchors: Mapping[str, str]) -> Iterator[Bonds]:
    """What the patch is bound to, as far as there is any."""
    needs, dependents = found.needs(name), found.needed_by(name)
    behind = found.stays_behind(name)
    yield from _bonds("Needs", needs, [one.to for one in needs], anchors)
    yield from _bonds("Needed by", dependents, [one.patch for one in dependents], anchors)
    yield from _bonds("Stays behind", behind, [one.to for one in behind], anchors)


def _bonds(
    what: str, bonds: Sequence[Bond], names: Sequence[str], anchors: Mapping[str, str]
) -> Iterator[Bonds]:
    views = tuple(
        BoundPatch(Link(anchors.get(name, ""), shown_name(name)), why_bound(one))
        for one, name in zip(bonds, names, strict=True)
    )
    if views:
        yield Bonds(what, views[:_MOST_LINKS], views[_MOST_LINKS:])
