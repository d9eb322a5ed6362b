"""Any report on a fleet."""

from __future__ import annotations

from hypothesis import strategies as st

from patchkit.model.fleet import Ending, FleetReport, Limits, PackageOutcome
from patchkit.model.report import HeldCause, Status

EVIL = "</script><script>document.title='evil'</script><img src=x onerror=alert(1)>\u202e"
"""What a page must not carry out and a terminal must not print as it is."""

_words = st.text(st.characters(codec="utf-8"), max_size=12)
_counts = st.integers(1, 99)
_maybe = st.none() | _counts
outcomes = st.builds(
    PackageOutcome,
    name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,12}", fullmatch=True),
    ending=st.sampled_from(Ending),
    old=_words,
    new=_words,
    message=_words | st.just(EVIL),
    identity=st.just("") | st.just("0" * 64),
    limits=st.builds(Limits, _maybe, _maybe),
    seconds=st.floats(0, 9000).map(lambda seconds: round(seconds, 2)),
    memory=st.integers(0, 1 << 40),
    patches=st.dictionaries(st.sampled_from(Status), _counts),
    held=_counts,
    causes=st.dictionaries(st.sampled_from(HeldCause), _counts),
)
fleet_reports = st.lists(outcomes, min_size=1, max_size=6, unique_by=lambda one: one.name).map(
    lambda found: FleetReport("made", tuple(found), frozenset({found[0].name}), ("A note.",))
)
