"""What every face says of a port in short: the rows of its table, its figures, what to do next.

Face floor. All text that comes from outside is made safe to show here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from patchkit.model.report import Held, PortedFile, PortedPatch, Region, Report, Status
from patchkit.model.shown import shown_name, shown_path, shown_text
from patchkit.render.causes import resolve_command


@dataclass(frozen=True, slots=True)
class TableRow:
    """One patch in the table that ends a run.

    `patch` is its name, safe to show on one line; of its `hunks`, `carried` went in; `held` are
    the regions left to a person.
    """

    patch: str
    status: Status
    files: int
    hunks: int
    carried: int
    held: int


def summary_table(report: Report) -> tuple[TableRow, ...]:
    """A row for every patch, in the order of the stack."""
    return tuple(
        TableRow(
            patch=shown_name(patch.name),
            status=patch.status,
            files=len(patch.files),
            hunks=sum(file.hunks for file in patch.files),
            carried=sum(file.carried for file in patch.files),
            held=len(patch.held),
        )
        for patch in report.patches
    )


def figures(report: Report) -> str:
    """The counts in one sentence: patches by status, held regions, causes among them."""
    counts = [f"{count} {status.value}" for status, count in report.counts.items() if count]
    told = counted(len(report.patches), "patch", "patches")
    if counts:
        told += f": {', '.join(counts)}"
    held = counted(report.held, "region", "regions")
    if report.held == report.causes:
        return f"{told}; {held} held."
    return f"{told}; {held} held, {report.causes} of them causes."


def next_step(report: Report, resolve: str | None = None) -> str:
    """One line that says what a person does next. `resolve` is the command that lists the regions
    of this port, where the face knows it whole."""
    broken = _of_status(report.patches, Status.BROKEN)
    if broken:
        return (
            f"Next: mend {_first_of(broken)}, which {'does' if len(broken) == 1 else 'do'} not "
            f"apply to {shown_text(report.old_version)}, and run the same command again."
        )
    cause = _first_cause(report)
    if cause is not None:
        patch, file, region = cause
        causes = counted(report.causes, "held region", "held regions")
        listed_by = (
            f"`{resolve_command(report)}`, with --stack and --out as for the rebase, lists"
            if resolve is None
            else f"`{resolve}` lists"
        )
        return (
            f"Next: settle {causes} ({listed_by} them), first region {region.number} of "
            f"{shown_file(file)} in {shown_name(patch.name)} (report.txt shows its three sides)."
        )
    unfinished = [patch for patch in report.patches if patch.status.needs_person]
    if unfinished:
        return (
            f"Next: port what is left of {_first_of(unfinished)} by hand in the new stack "
            "(report.txt says what)."
        )
    doubtful = _of_status(report.patches, Status.FOLLOWED, Status.RESOLVED, Status.ABSORBED)
    if doubtful:
        return f"Next: review {_first_of(doubtful)} (report.txt says why), then build."
    return "Next: nothing is left to do by hand; build."


def counted(count: int, one: str, many: str) -> str:
    """The count with its noun.

    >>> counted(1, "patch", "patches")
    '1 patch'
    """
    return f"{count} {one if count == 1 else many}"


def shown_file(file: PortedFile) -> str:
    """The path of a ported file: the new one where there is one."""
    path = file.new_path if file.new_path is not None else file.old_path
    return "a file without a name" if path is None else shown_path(path)


def _of_status(patches: Iterable[PortedPatch], *statuses: Status) -> list[PortedPatch]:
    return [patch for patch in patches if patch.status in statuses]


def _first_of(patches: list[PortedPatch]) -> str:
    name = shown_name(patches[0].name)
    others = len(patches) - 1
    return name if not others else f"{name} and {counted(others, 'other patch', 'other patches')}"


def _first_cause(report: Report) -> tuple[PortedPatch, PortedFile, Region] | None:
    for patch, file, region in report.held_regions():
        if isinstance(region.settlement, Held) and region.settlement.consequence_of is None:
            return patch, file, region
    return None
