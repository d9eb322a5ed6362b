"""The inputs that fuzzing starts from: drawn by the strategies of all laws, the same each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from patchkit.model.entry import format_entry
from patchkit.model.ignores import Ignore, Ignores
from patchkit.render.fleetjson import outcome_json
from patchkit.render.json import report_json
from tests.lint.cases import CASES
from tests.render.reports import REPORT
from tests.render.sibling_reports import SIBLINGS
from tests.strategies import configurations, decisions, fleets, lists, patches, reports

SHIPPED = Path(__file__).resolve().parents[2] / "series"
CORPUS = Path(__file__).with_name("corpus")
"""What fuzzing found that reaches code of its own, a folder for each target."""
FOUND = Path(__file__).with_name("found")
"""What once failed, a folder for each target."""

_PATCHES = st.one_of(
    patches.patchings().map(lambda case: case[1]),
    patches.loose_patchings().map(lambda case: case[1]),
    patches.git_patches(),
    st.lists(st.sampled_from(patches.FRAGMENTS), max_size=14).map(b"".join),
)
_IGNORES = st.lists(decisions.any_ignore, max_size=4)


def _ignores_file(some: list[Ignore]) -> bytes:
    ignores = Ignores()
    for one in some:
        ignores = ignores.added(one)
    return ignores.raw


_DRAWN: Mapping[str, st.SearchStrategy[bytes]] = {
    "patch": _PATCHES,
    "port": _PATCHES,
    "series": lists.series_files().map(lambda case: case[0])
    | lists.series_of(lists.entries).map(
        lambda lines: b"".join(before + format_entry(entry) for before, entry in lines)
    ),
    "recipe": lists.recipes().map(lambda case: case[0]),
    "spec": lists.specs(),
    "numbered": st.lists(lists.sorted_by_shell, max_size=8).map(
        lambda names: "\n".join(names).encode("utf-8", "surrogateescape")
    ),
    "report": reports.reports.map(lambda report: report_json(report, {})),
    "outcome": fleets.outcomes.map(outcome_json),
    "resolutions": st.lists(decisions.decisions, max_size=3).map(
        lambda some: decisions.recorded(some).raw
    ),
    "ignores": _IGNORES.map(_ignores_file),
    "settings": configurations.settings_files,
    "fleet": configurations.fleet_files,
}


def _lint_cases() -> list[bytes]:
    return [
        b"".join(
            b"==> " + name.encode() + b"\n" + raw + b"\n"
            for name, raw in case.files.items()
            if not name.endswith(".gz")
        )
        for case in CASES.values()
    ]


_WRITTEN: Mapping[str, Callable[[], list[bytes]]] = {
    "report": lambda: [
        report_json(REPORT, {}),
        report_json(replace(REPORT, siblings=(SIBLINGS,)), {}),
    ],
    "port": lambda: _shipped("*.patch", 4),
    "patch": lambda: _shipped("*.patch", 4),
    "series": lambda: _shipped("series.conf", 1),
    "resolutions": lambda: _shipped("patchkit.resolutions", 1),
    "settings": lambda: _shipped("patchkit.yaml", 1),
    "lint": _lint_cases,
}


def seeds_of(target: str, count: int = 60) -> list[bytes]:
    """The inputs for a target, without any twice."""
    found = _WRITTEN.get(target, list)()
    if target in _DRAWN:
        found += _drawn(_DRAWN[target], count)
    for folder in (CORPUS, FOUND):
        found += [place.read_bytes() for place in sorted(folder.glob(f"{target}/*"))]
    return list(dict.fromkeys(found))


def _drawn(strategy: st.SearchStrategy[bytes], count: int) -> list[bytes]:
    found: list[bytes] = []

    @seed(1)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(raw: bytes) -> None:
        found.append(raw)

    draw()
    return found


def _shipped(pattern: str, most: int) -> list[bytes]:
    """The smallest files of that name in the stacks that ship with patchkit."""
    places = sorted(SHIPPED.rglob(pattern), key=lambda place: (place.stat().st_size, place.name))
    return [place.read_bytes() for place in places[:most]]
