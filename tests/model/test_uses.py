"""The note that a decision served other versions: a line or two, and all else as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.report import HeldCause, Sides
from patchkit.model.resolutions import (
    Amendment,
    Answer,
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
    parse_resolutions,
)
from patchkit.model.uses import with_use

_FILE = b"""patchkit-resolutions/1
# Ours.

# The first.
resolution
patch: a.patch
file: main.c
held: overlap
for: 1.0 -> 2.0
# By whom, we forgot.
on: 2026-01-02
why: for: is no field here
base:
|for: 1 -> 2
|used: never
theirs:
|x
ours:
result: ours

amendment
file: b.c
patch: b.patch
before:
|b
after:
|c

# The end.
"""


def test_the_lines_that_are_added() -> None:
    """Behind the versions that are there, and behind the day; comments and texts stay."""
    resolutions = parse_resolutions(_FILE)
    first, second = resolutions.records
    used = with_use(resolutions, first.identity, "1.0", "3.0", "2026-11-23")
    expected = _FILE.replace(b"-> 2.0\n", b"-> 2.0\nfor: 1.0 -> 3.0\n").replace(
        b"on: 2026-01-02\n", b"on: 2026-01-02\nused: 2026-11-23\n"
    )
    assert expected == used.raw
    assert used == parse_resolutions(used.raw)
    again = with_use(used, first.identity, "1.0", "4.0", "2027-01-01")
    assert (1, 1) == (again.raw.count(b"\nused: "), again.raw.count(b"used: 2027-01-01\n"))
    other = with_use(resolutions, second.identity, "1.0", "3.0", "2026-11-23")
    assert b"patch: b.patch\nfor: 1.0 -> 3.0\nused: 2026-11-23\nbefore:\n" in other.raw


def test_versions_that_are_there() -> None:
    """A record that has the two versions keeps every byte; so does one that nobody names."""
    resolutions = parse_resolutions(_FILE)
    first = resolutions.records[0].identity
    assert resolutions is with_use(resolutions, first, "1.0", "2.0", "2026-11-23")
    assert resolutions is with_use(resolutions, "0123456789ab", "1.0", "3.0", "2026-11-23")


_lines = st.lists(
    st.sampled_from((b"for: 1 -> 2\n", b"used: x\n", b"on: y\n", b"resolution\n", b"\n", b"|\n")),
    max_size=4,
).map(tuple)
_answers: st.SearchStrategy[Answer] = st.one_of(st.sampled_from(Side), _lines)
_provenances = st.builds(
    Provenance,
    st.just("a.patch"),
    st.lists(st.sampled_from((("1", "2"), ("1", "3"))), unique=True).map(tuple),
    st.sampled_from(("", "A <a@b>")),
    st.sampled_from(("", "2026-01-02")),
    st.sampled_from(("", "on: a day", "used: once")),
)
_questions = st.builds(
    Question, st.just(frozenset((b"f",))), st.sampled_from(HeldCause),
    st.builds(Sides, _lines, _lines, _lines),
)  # fmt: skip
_decisions = st.one_of(
    st.builds(Resolution, _questions, _answers, _provenances),
    st.builds(Amendment, st.just(b"f"), _lines.filter(bool), _lines, _provenances),
)


@given(st.lists(_decisions, min_size=1, max_size=3), st.data())
def test_a_use_is_read_back_and_changes_no_decision(
    decisions: list[Resolution | Amendment], data: st.DataObject
) -> None:
    """Only one record changes, by lines that are added; what it decides is the same."""
    resolutions = Resolutions()
    for decision in decisions:
        resolutions = resolutions.with_decision(decision)
    chosen = data.draw(st.sampled_from(resolutions.records))
    used = with_use(resolutions, chosen.identity, "1", "3", "2026-11-23")
    assert used.records == parse_resolutions(used.raw).records
    assert used == with_use(used, chosen.identity, "1", "3", "2027-01-01")
    for before, after in zip(resolutions.records, used.records, strict=True):
        assert before.identity == after.identity
        if before.identity != chosen.identity:
            assert before == after
            continue
        assert ("1", "3") in after.decision.provenance.ports
        left = after.raw.replace(b"used: 2026-11-23\n", b"", 1)
        if before != after:
            assert before.raw == left.replace(b"for: 1 -> 3\n", b"", 1)
