"""Reports for tests: hypothesis strategies for any, and one with something of everything."""

from __future__ import annotations

from hypothesis import strategies as st

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
)

CAUSE = Region(
    number=1,
    hunks=(2, 3),
    base=Span(100, (b"\tx := 1\n", b"old")),
    theirs=Span(100, (b"\tx := 2\r\n",)),
    ours=Span(120, (b"\tx := \x1b[31m3\n", b"trail  \n")),
    settlement=Held(HeldCause.OVERLAP, "Upstream and the patch changed the same lines."),
)
CONSEQUENCE = Region(
    number=1,
    hunks=(),
    base=Span(1, ()),
    theirs=Span(1, tuple(b"%d\n" % number for number in range(100))),
    ours=Span(1, ()),
    settlement=Held(
        HeldCause.FILE_GONE,
        "An earlier patch was to make this file.",
        RegionRef("0003-held.patch", b"src/x.go", 1),
    ),
)
RULED = Region(
    number=1,
    hunks=(1,),
    base=Span(3, (b"a\n",)),
    theirs=Span(3, (b"b\n",)),
    ours=Span(4, (b"b\n",)),
    settlement=Settled("identical", "Both sides made the same edit.", (b"b\n",)),
)
REPORT = Report(
    package="kata-containers",
    old_version="2.5.1",
    new_version="3.2.0",
    upstream="https://example.invalid/kata",
    upstream_note="A reduced upstream.",
    patches=(
        PortedPatch("0001-same.patch", Status.UNCHANGED, (), b"same\n"),
        PortedPatch(
            "0002-moved.patch",
            Status.FOLLOWED,
            (
                PortedFile(
                    b"cli/a.go",
                    b"cmd/a.go",
                    Status.FOLLOWED,
                    2,
                    2,
                    (),
                    Followed(FollowKind.SIMILAR, 87),
                ),
            ),
            b"moved\n",
        ),
        PortedPatch(
            "0003-held.patch",
            Status.PARTIAL,
            (PortedFile(b"src/x.go", b"src/y.go", Status.PARTIAL, 4, 2, (CAUSE,)),),
            b"latin \xe9\n",
            ("A note about it.",),
        ),
        PortedPatch(
            "0004-later.patch",
            Status.CONFLICTED,
            (PortedFile(b"gone-\xe9.go", None, Status.CONFLICTED, 1, 0, (CONSEQUENCE,)),),
            None,
        ),
        PortedPatch(
            "0005-ruled.patch",
            Status.RESOLVED,
            (PortedFile(b"r.go", b"r.go", Status.RESOLVED, 1, 1, (RULED,)),),
            b"ruled\n",
        ),
    ),
    guarded=("0006-virt.patch",),
    warnings=("unlisted.patch is not in the series.",),
)
