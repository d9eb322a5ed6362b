"""Any report on siblings."""

from __future__ import annotations

from hypothesis import strategies as st

from patchkit.model.report import UpstreamCommit
from patchkit.model.series import decode_name
from patchkit.model.siblings import (
    Cell,
    CellState,
    EditState,
    Family,
    FamilyKind,
    Finding,
    FindingKind,
    Rank,
    SiblingEdit,
    SiblingPlace,
    SiblingReport,
    UnusedIgnore,
)

contents = st.binary(max_size=12) | st.text(max_size=12).map(str.encode)
names = contents.map(decode_name)
paths = contents.filter(len)
lines = st.none() | st.integers(1, 9999)
texts = st.lists(contents, max_size=3).map(tuple)

cells = st.builds(Cell, names, st.sampled_from(CellState), st.lists(paths, max_size=2).map(tuple))
families = st.builds(
    Family,
    st.sampled_from(FamilyKind),
    paths,
    st.lists(cells, max_size=3).map(tuple),
    st.booleans(),
    st.booleans(),
    names,
    lines,
)
places = st.lists(st.builds(SiblingPlace, names, paths, lines), max_size=9).map(tuple)
commits = st.builds(UpstreamCommit, names, names, names, names, contents)
edits = st.builds(SiblingEdit, st.sampled_from(EditState), texts, texts, texts, texts)


def findings_of(
    kinds: st.SearchStrategy[FindingKind], edit: st.SearchStrategy[SiblingEdit | None]
) -> st.SearchStrategy[Finding]:
    """Findings of these kinds."""
    return st.builds(
        Finding,
        kinds,
        st.sampled_from(Rank),
        paths,
        names,
        lines,
        names,
        places,
        st.booleans(),
        edit,
        st.none() | commits,
        st.none() | names,
        st.none() | names,
    )


findings = findings_of(
    st.sampled_from([kind for kind in FindingKind if kind is not FindingKind.EDIT]), st.none()
) | findings_of(st.just(FindingKind.EDIT), edits)
unused = st.builds(UnusedIgnore, st.integers(1, 999), names, names)
sibling_reports = st.builds(
    SiblingReport,
    axis=names,
    variant=names,
    columns=st.lists(names, max_size=3).map(tuple),
    families=st.lists(families, max_size=3).map(tuple),
    findings=st.lists(findings, max_size=4).map(tuple),
    proposal=contents,
    unused_ignores=st.lists(unused, max_size=2).map(tuple),
    notes=st.lists(names, max_size=2).map(tuple),
)
