"""The order of near paths, against the order that says what it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchkit.engine.nearness import NearPaths, basename

FOLDERS = st.lists(st.sampled_from([b"a", b"b", b"a0", b"a-", b"c"]), max_size=3)
NAMES = st.sampled_from([b"x.c", b"y.c", b"z.h", b"q", b"x.go"])
PATHS = st.builds(lambda folders, name: b"/".join([*folders, name]), FOLDERS, NAMES)
KINDS = {b"x.c": 0, b"y.c": 0, b"z.h": 0, b"q": 1, b"x.go": 2}


def shared(one: bytes, other: bytes) -> int:
    """How many folders two paths share from the root on."""
    count = 0
    for mine, its in zip(one.split(b"/")[:-1], other.split(b"/")[:-1], strict=False):
        if mine != its:
            break
        count += 1
    return count


@given(st.sets(PATHS, max_size=30), PATHS)
def test_the_nearest_first(paths: set[bytes], path: bytes) -> None:
    """Same kind only; same name first, then who shares most folders, then by name."""
    kind = KINDS[basename(path)]
    alike = [one for one in paths if one != path and KINDS[basename(one)] == kind]
    alike.sort(key=lambda one: (basename(one) != basename(path), -shared(one, path), one))
    assert alike == list(NearPaths(paths).near(path))
