"""Any report on a port, and what it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from patchkit.model.dependencies import BondKind, Dependencies, Reason, bond
from patchkit.model.patch import LineKind
from patchkit.model.report import (
    Followed,
    FollowKind,
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    Span,
    Status,
)
from patchkit.model.series import decode_name
from patchkit.model.stackdiff import (
    ComparedLine,
    FileComparison,
    HunkComparison,
    Likeness,
    PatchComparison,
    Place,
    Side,
    StackComparison,
)
from tests.strategies.siblings import sibling_reports

contents = st.binary(max_size=12) | st.text(max_size=12).map(str.encode)
names = contents.map(decode_name)
numbers = st.integers(0, 10**6)
paths = contents.filter(len)

spans = st.builds(Span, numbers, st.lists(contents, max_size=3).map(tuple))
references = st.builds(RegionRef, names, paths, st.integers(1, 9))
results = st.none() | st.lists(contents, max_size=3).map(tuple)
settlements = st.builds(Settled, names, names, results) | st.builds(
    Held, st.sampled_from(HeldCause), names, st.none() | references
)
regions = st.builds(
    Region,
    st.integers(1, 9),
    st.lists(st.integers(1, 9), max_size=3).map(tuple),
    spans,
    spans,
    spans,
    settlements,
)
files = st.builds(
    PortedFile,
    st.none() | paths,
    st.none() | paths,
    st.sampled_from(Status),
    numbers,
    numbers,
    st.lists(regions, max_size=2).map(tuple),
    st.none() | st.builds(Followed, st.sampled_from(FollowKind), st.integers(0, 100)),
)
patches = st.builds(
    PortedPatch,
    names,
    st.sampled_from(Status),
    st.lists(files, max_size=2).map(tuple),
    st.none() | contents,
    st.lists(names, max_size=2).map(tuple),
    head=contents,
)
likenesses = st.sampled_from((Likeness.CONTEXT, Likeness.CHANGED))
sides = st.sampled_from(Side)
told_lines = st.lists(st.builds(ComparedLine, sides, contents), max_size=2).map(tuple)
hunk_lines = st.lists(
    st.builds(ComparedLine, sides, contents, st.sampled_from(LineKind)), max_size=2
).map(tuple)
hunk_numbers = st.none() | st.integers(1, 9)
compared_hunks = st.builds(HunkComparison, hunk_numbers, hunk_numbers, contents, hunk_lines)
compared_files = st.builds(
    FileComparison,
    st.none() | paths,
    st.none() | paths,
    likenesses,
    told_lines,
    st.lists(compared_hunks, max_size=2).map(tuple),
    st.booleans(),
)
places = st.builds(Place, st.integers(1, 999), names)
in_both = st.builds(
    PatchComparison,
    places,
    places,
    told_lines,
    st.lists(compared_files, max_size=2).map(tuple),
    st.none() | st.tuples(names, names),
    st.booleans(),
)
dropped = st.builds(PatchComparison, places, st.none(), note=names)
added = st.builds(PatchComparison, st.none(), places, note=names)
comparisons = st.builds(
    StackComparison, names, names, st.lists(in_both | dropped | added, max_size=3).map(tuple)
)
reasons = st.lists(st.builds(Reason, st.sampled_from(BondKind), paths), min_size=1, max_size=2)


@st.composite
def dependencies_between(draw: st.DrawFn, patches: Sequence[str]) -> Dependencies:
    """Bonds between some of these patches, each from a later one to an earlier one."""
    pairs = [(at, to) for at in range(len(patches)) for to in range(at)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=3)) if pairs else []
    bonds = (bond(patches[at], patches[to], draw(reasons)) for at, to in sorted(chosen))
    unplaced = draw(st.lists(st.sampled_from(patches), max_size=1)) if patches else []
    return Dependencies(tuple(patches), tuple(bonds), tuple(unplaced))


def with_stacks(report: Report) -> st.SearchStrategy[Report]:
    """The report with what may be known of its two stacks."""
    between = dependencies_between([patch.name for patch in report.patches])
    return st.builds(
        lambda found, compared: replace(report, dependencies=found, comparison=compared),
        st.none() | between,
        st.none() | comparisons,
    )


reports = st.builds(
    Report,
    package=names,
    old_version=names,
    new_version=names,
    upstream=names,
    upstream_note=names,
    patches=st.lists(patches, max_size=3).map(tuple),
    guarded=st.lists(names, max_size=2).map(tuple),
    warnings=st.lists(names, max_size=2).map(tuple),
    siblings=st.lists(sibling_reports, max_size=1).map(tuple),
).flatmap(with_stacks)
