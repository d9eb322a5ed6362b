"""The files that a commit added, as a search through all of them finds them."""

from __future__ import annotations

import heapq

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.history import Stored
from patchkit.model.tree import REGULAR
from patchkit.sources.additions import Additions

_NAMES = st.sampled_from((b"a.c", b"ba.c", b"b.c", b"Makefile", b"x.inc", b"a"))
_FOLDERS = st.sampled_from((b"", b"src/", b"src/deep/", b"lib/"))
_PATHS = st.builds(bytes.__add__, _FOLDERS, _NAMES)


@given(st.lists(st.tuples(_PATHS, st.sampled_from("123")), unique_by=lambda one: one[0]), _NAMES)
def test_as_a_search_through_all(files: list[tuple[bytes, str]], name: bytes) -> None:
    """Those of the same name first, then those with the same ending, each in order."""
    stored = [Stored(path, REGULAR, identity) for path, identity in files]
    added = Additions(stored)
    ending = name.rpartition(b".")[2]
    for most in (1, 2, 40):
        assert heapq.nsmallest(
            most,
            (one for one in stored if one.path.endswith(ending)),
            key=lambda one: (not one.path.endswith(b"/" + name), one.path),
        ) == list(added.named_like(name, most))
    for identity in "1234":
        same = [one for one in stored if one.identity == identity]
        assert sorted(same, key=lambda one: one.path) == list(added.of_content(identity))
