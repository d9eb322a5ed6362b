"""What became of a fleet, for a person: its figures, its groups, `fleet.txt` (face floor)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patchkit.model.fleet import Ending, FleetReport, PackageOutcome
from patchkit.model.report import HeldCause
from patchkit.model.shown import shown_name, shown_text
from patchkit.render.causes import CAUSE_HELP
from patchkit.render.summary import counted

ENDING_SENTENCES: Mapping[Ending, str] = {
    Ending.CURRENT: "Upstream has no newer version.",
    Ending.PORTED: "Ported and proved; no person is needed.",
    Ending.CONFLICTS: "Ported as far as possible; regions are left to a person.",
    Ending.BAD_INPUT: "The stack or its settings cannot be read: mend them.",
    Ending.NO_UPSTREAM: "The upstream or one of its versions cannot be had.",
    Ending.TIME_LIMIT: "It took longer than it may: look why, or give it more with limit-time.",
    Ending.MEMORY_LIMIT: "It needed more memory than it may: give it more with limit-memory.",
    Ending.CRASHED: "Its process ended without a result: run again, report it if that stays.",
    Ending.UNPROVED: "The proof failed: a fault of patchkit, or a patch that is not GNU patch.",
}
_FIRST = (
    Ending.UNPROVED, Ending.CRASHED, Ending.MEMORY_LIMIT, Ending.TIME_LIMIT, Ending.NO_UPSTREAM,
    Ending.BAD_INPUT, Ending.CONFLICTS, Ending.PORTED, Ending.CURRENT,
)  # fmt: skip
_MEBI = 1 << 20
_MINUTE, _HOUR = 60, 3600
HEADINGS = ("package", "from", "to", "ending", "patches", "left", "held", "seconds", "MiB")
NUMBERS = HEADINGS[4:]


@dataclass(frozen=True, slots=True)
class Group:
    """Packages that ended the same way; those with conflicts by why most of their regions are
    held. `anchor` names it on a page."""

    anchor: str
    title: str
    sentence: str
    ending: Ending
    outcomes: tuple[PackageOutcome, ...]


def groups_of(report: FleetReport) -> Iterator[Group]:
    """All packages by cause, what needs a person first; in a group the least work first."""
    for ending in _FIRST:
        found = [one for one in report.outcomes if one.ending is ending]
        if ending is Ending.CONFLICTS:
            yield from _by_cause(found)
        elif found:
            title = ending.value.replace("-", " ")
            yield Group(ending.value, title, ENDING_SENTENCES[ending], ending, tuple(found))


def _by_cause(found: Sequence[PackageOutcome]) -> Iterator[Group]:
    causes: tuple[HeldCause | None, ...] = (*HeldCause, None)
    groups = {cause: [one for one in found if one.main_cause is cause] for cause in causes}
    for cause, having in sorted(groups.items(), key=lambda group: -len(group[1])):
        if not having:
            continue
        having.sort(key=lambda one: sum(one.causes.values()))
        if cause is None:
            title, sentence = "conflicts: other", "Patches that cannot be ported, without a region."
        else:
            title, sentence = f"conflicts: {cause.value}", CAUSE_HELP[cause].what
        anchor = title.replace(": ", "-")
        yield Group(anchor, title, sentence, Ending.CONFLICTS, tuple(having))


def fleet_figures(report: FleetReport) -> str:
    """The counts in one sentence."""
    told = counted(len(report.outcomes), "package", "packages")
    counts = [
        f"{report.counts[ending]} {ending.value.replace('-', ' ')}"
        for ending in Ending
        if report.counts[ending]
    ]
    kept = f"; {len(report.kept)} taken over from an earlier run" if report.kept else ""
    return f"{told}: {', '.join(counts)}{kept}."


def patch_figures(report: FleetReport) -> str:
    """The patches of all packages in one sentence."""
    counts = [f"{count} {status.value}" for status, count in report.patches.items() if count]
    total = counted(sum(report.patches.values()), "patch", "patches")
    return f"{total}: {', '.join(counts)}." if counts else f"{total}."


def told_time(seconds: float) -> str:
    """A time for a person.

    >>> told_time(5.25), told_time(754), told_time(9000)
    ('5.2 s', '12.6 min', '2.5 h')
    """
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.1f} min"
    return f"{seconds / _HOUR:.1f} h"


def told_why(outcome: PackageOutcome) -> str:
    """Why a package has no port, in a few words; nothing where it has one."""
    if outcome.ending is Ending.TIME_LIMIT and outcome.limits.seconds is not None:
        return f"more than the {told_time(outcome.limits.seconds)} that it may take"
    if outcome.ending is Ending.MEMORY_LIMIT and outcome.limits.memory is not None:
        return f"more than the {outcome.limits.memory >> 20} MiB that it may need"
    return shown_text(outcome.message)


def fleet_next_step(report: FleetReport) -> str:
    """One line that says what a person does next."""
    groups = [group for group in groups_of(report) if group.ending.needs_person]
    if not groups:
        return "Next: nothing is left to do by hand; build."
    first = groups[0]
    name = first.outcomes[0].name
    many = sum(len(group.outcomes) for group in groups)
    packages = "1 package needs" if many == 1 else f"{many} packages need"
    if first.ending is Ending.CONFLICTS:
        return f"Next: {packages} a person; the quickest is likely {name} ({first.title})."
    return f"Next: {packages} a person; begin with {name} ({first.title})."


def cause_rows(report: FleetReport) -> Iterator[tuple[str, ...]]:
    """Why regions are held: cause, packages, packages with no other cause, regions, what it is."""
    for one in report.causes:
        figures = map(str, (one.packages, one.alone, one.regions))
        yield (one.cause.value, *figures, CAUSE_HELP[one.cause].what)


def row_of(outcome: PackageOutcome) -> tuple[str, ...]:
    """A package under `HEADINGS`; nothing in it acts on a terminal."""
    return (
        shown_name(outcome.name), shown_name(outcome.old), shown_name(outcome.new),
        outcome.ending.value, str(outcome.total or ""), str(outcome.unfinished or ""),
        str(outcome.held or ""), f"{outcome.seconds:.1f}", str(outcome.memory // _MEBI),
    )  # fmt: skip


def fleet_text(report: FleetReport) -> str:
    """`fleet.txt`: everything in words and tables."""
    lines = [f"Fleet {report.name}", fleet_figures(report), patch_figures(report)]
    lines += [f"note: {shown_text(note)}" for note in report.notes]
    lines += [fleet_next_step(report), ""]
    if report.causes:
        heading = ("cause", "packages", "alone", "regions", "what it is")
        lines += ["Why regions are held:", *_table([heading, *cause_rows(report)], 1, 4), ""]
    for group in groups_of(report):
        lines += [f"{group.title}: {counted(len(group.outcomes), 'package', 'packages')}"]
        lines += [f"  {group.sentence}"]
        lines += _table([HEADINGS, *map(row_of, group.outcomes)], 4, len(HEADINGS))
        lines += [f"  {one.name}: {told_why(one)}" for one in group.outcomes if told_why(one)]
        lines.append("")
    return "\n".join(lines)


def _table(rows: Sequence[Sequence[str]], first_number: int, last_number: int) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.rjust(width) if first_number <= at < last_number else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"  {'  '.join(cells)}".rstrip()
