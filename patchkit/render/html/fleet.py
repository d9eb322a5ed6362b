"""The overview of a fleet as one HTML file that needs nothing else: `index.html` (face floor)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from patchkit.model.fleet import Ending, FleetReport, PackageOutcome
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.causes import CAUSE_HELP
from patchkit.render.fleet import (
    ENDING_SENTENCES,
    Group,
    fleet_figures,
    fleet_next_step,
    groups_of,
    patch_figures,
    told_time,
    told_why,
)
from patchkit.render.html.code import with_code
from patchkit.render.html.page import rendered_page

_WIDTH = 1000
_MEBI = 1 << 20
_MOST_UNFOLDED = 500
_STYLES = {
    Ending.PORTED: "s-unchanged",
    Ending.CURRENT: "s-upstreamed",
    Ending.CONFLICTS: "s-partial",
    Ending.TIME_LIMIT: "s-limit",
    Ending.MEMORY_LIMIT: "s-limit",
    Ending.NO_UPSTREAM: "s-followed",
    Ending.BAD_INPUT: "s-resolved",
    Ending.CRASHED: "s-conflicted",
    Ending.UNPROVED: "s-conflicted",
}


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the bar: an ending with its packages; `x` and `width` in thousandths."""

    word: str
    style: str
    sentence: str
    packages: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause over all packages."""

    word: str
    packages: int
    alone: int
    regions: int
    what: str
    advice: Markup


@dataclass(frozen=True, slots=True)
class RowView:
    """A package in the table of its group; `link` is "" where it has no report."""

    name: str
    link: str
    versions: str
    patches: str
    left: str
    held: str
    causes: str
    seconds: str
    memory: int
    message: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Packages that belong together."""

    anchor: str
    title: str
    sentence: str
    style: str
    is_unfolded: bool
    has_ports: bool
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class FleetView:
    """The whole page."""

    name: str
    packages: int
    next_step: str
    figures: str
    patch_figures: str
    took: str
    notes: tuple[str, ...]
    parts: tuple[PartView, ...]
    causes: tuple[CauseView, ...]
    groups: tuple[GroupView, ...]


def fleet_html(report: FleetReport) -> bytes:
    """The report as one HTML file in UTF-8; it links to those of the packages beside it, and asks
    for nothing else."""
    view = fleet_view(report)
    return rendered_page("fleet.html.j2", "report.css fleet.css", "fleet.js", view)


def fleet_view(report: FleetReport) -> FleetView:
    """The report for the page."""
    return FleetView(
        name=shown_text(report.name),
        packages=len(report.outcomes),
        next_step=fleet_next_step(report).removeprefix("Next: "),
        figures=fleet_figures(report),
        patch_figures=patch_figures(report),
        took=_took(report),
        notes=tuple(map(shown_text, report.notes)),
        parts=tuple(_parts(report)),
        causes=tuple(
            CauseView(
                one.cause.value, one.packages, one.alone, one.regions,
                CAUSE_HELP[one.cause].what, with_code(CAUSE_HELP[one.cause].advice),
            )
            for one in report.causes
        ),
        groups=tuple(map(_group, groups_of(report))),
    )  # fmt: skip


def _took(report: FleetReport) -> str:
    seconds = sorted(one.seconds for one in report.outcomes)
    if not seconds:
        return ""
    memory = max(report.outcomes, key=lambda one: one.memory)
    longest = max(report.outcomes, key=lambda one: one.seconds)
    return (
        f"{told_time(sum(seconds))} of processes in all; half of the packages took less than "
        f"{told_time(seconds[len(seconds) // 2])}, {longest.name} the longest with "
        f"{told_time(longest.seconds)}; {memory.name} needed most memory, "
        f"{memory.memory // _MEBI} MiB."
    )


def _parts(report: FleetReport) -> Iterator[PartView]:
    x = 0.0
    for ending, count in report.counts.items():
        if count:
            width = _WIDTH * count / len(report.outcomes)
            word = ending.value.replace("-", " ")
            sentence = ENDING_SENTENCES[ending]
            yield PartView(word, _STYLES[ending], sentence, count, round(x, 2), round(width, 2))
            x += width


def _group(group: Group) -> GroupView:
    return GroupView(
        anchor=group.anchor,
        title=group.title,
        sentence=group.sentence,
        style=_STYLES[group.ending],
        is_unfolded=group.ending.needs_person and len(group.outcomes) <= _MOST_UNFOLDED,
        has_ports=group.outcomes[0].is_written,
        rows=tuple(map(_row, group.outcomes)),
    )


def _row(outcome: PackageOutcome) -> RowView:
    versions = [shown_name(one) for one in (outcome.old, outcome.new) if one]
    return RowView(
        name=shown_name(outcome.name),
        link=f"packages/{quote(outcome.name)}/report.html" if outcome.is_written else "",
        versions=" → ".join(versions),
        patches=str(outcome.total),
        left=str(outcome.unfinished),
        held=str(outcome.held),
        causes=", ".join(f"{count} {cause.value}" for cause, count in outcome.causes.items()),
        seconds=told_time(outcome.seconds),
        memory=outcome.memory // _MEBI,
        message=told_why(outcome),
    )
