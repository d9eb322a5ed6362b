"""The scores as tables, as Markdown: it reads as well on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tests.bench.port_quality.own import PATCHKIT
from tests.bench.port_quality.scoring import PatchScore, PortScore, Verdict, verdicts
from tests.bench.port_quality.stock import STOCK_TOOLS

Scores = Mapping[str, Sequence[PortScore]]
"""By tool, the score of each case."""

_MOST_NAMED = 3
_COLUMNS = (
    "tool", "patches", "right", "%", "equal", "dropped rightly", "ported, different",
    "ported, truth dropped", "person, truth kept (same lines)", "person, truth dropped",
    "dropped wrongly", "silently wrong", "wrong, for review", "seconds",
)  # fmt: skip


def title_of(tool: str) -> str:
    """A tool's name in tables."""
    return STOCK_TOOLS[tool].title if tool in STOCK_TOOLS else tool


def tables(scores: Scores) -> str:
    """All tables for one group of cases."""
    parts = [by_tool(scores), by_package(scores)]
    own = scores.get(PATCHKIT, ())
    if own:
        parts += [held_regions(own), remaining(own)]
    notes = [f"- {note}" for note in _notes(scores)]
    if notes:
        parts.append("\n".join(notes) + "\n")
    return "\n".join(parts)


def by_tool(scores: Scores) -> str:
    """One row a tool: what its ports are worth."""
    return _table(_COLUMNS, [_tool_row(tool, ports) for tool, ports in scores.items()])


def _tool_row(tool: str, ports: Sequence[PortScore]) -> list[object]:
    found = verdicts(ports)
    patches = [patch for port in ports for patch in port.patches]
    right = sum(patch.verdict.is_right for patch in patches)
    left = [patch for patch in patches if patch.verdict is Verdict.PERSON_KEPT]
    unedited = sum(patch.same_lines for patch in left)
    return [
        title_of(tool), len(patches), right, _percent(right, len(patches)),
        found[Verdict.EQUAL], found[Verdict.DROPPED], found[Verdict.DIFFERENT],
        found[Verdict.NOT_DROPPED], f"{len(left)} ({unedited})", found[Verdict.PERSON_DROPPED],
        found[Verdict.DROPPED_WRONGLY],
        sum(patch.is_silently_wrong for patch in patches),
        sum(patch.is_wrong_for_review for patch in patches),
        f"{sum(port.port.seconds for port in ports):.0f}",
    ]  # fmt: skip


def by_package(scores: Scores) -> str:
    """One row a package: how many of its patches each tool got right."""
    rows: dict[str, list[object]] = {}
    for ports in scores.values():
        for port in ports:
            row = rows.setdefault(port.prepared.case.package, [_case(port), len(port.patches)])
            row.append(port.right)
    return _table(("right, by package", "patches", *map(title_of, scores)), rows.values())


def _case(port: PortScore) -> str:
    case = port.prepared.case
    return f"{case.package} {case.old} → {case.new}"


def held_regions(ports: Sequence[PortScore]) -> str:
    """What patchkit leaves to a person, by package, and its statuses."""
    rows = [_held_row(port.prepared.case.package, port.patches) for port in ports]
    rows.append(_held_row("all", [patch for port in ports for patch in port.patches]))
    header = (
        "patchkit", "patches", "held regions", "causes", "per 100 patches", "causes per 100",
        "statuses",
    )  # fmt: skip
    return _table(header, rows)


def remaining(ports: Sequence[PortScore]) -> str:
    """The patches that patchkit has not right, by what would be needed."""
    found: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for port in ports:
        for patch in port.patches:
            if patch.verdict.is_right:
                continue
            need = _need(patch)
            found[need] += 1
            names.setdefault(need, []).append(patch.result.name.rpartition("/")[2])
    rows = [
        [need, count, ", ".join(names[need][:_MOST_NAMED])] for need, count in found.most_common()
    ]
    return _table(("not right, by what it would need", "patches", "such as"), rows)


def _need(patch: PatchScore) -> str:
    match patch.verdict:
        case Verdict.DIFFERENT:
            return "it applies; to know what else the maintainers changed in it"
        case Verdict.NOT_DROPPED:
            return "it applies; to know that the maintainers do not want it any more"
        case Verdict.DROPPED_WRONGLY:
            return "upstream has most of it; to know that the maintainers keep the rest"
        case _:
            fate = "dropped it" if patch.truth is None else "kept and edited it"
            if patch.same_lines:
                fate = "kept it as it was"
            return f"{patch.result.why_held}; the maintainers {fate}"


def _held_row(name: str, patches: Sequence[PatchScore]) -> list[object]:
    held = sum(patch.result.held for patch in patches)
    causes = sum(patch.result.causes for patch in patches)
    statuses = Counter(patch.result.status for patch in patches)
    shown = ", ".join(f"{count} {status}" for status, count in statuses.most_common())
    many = len(patches)
    return [name, many, held, causes, _percent(held, many), _percent(causes, many), shown]


def _notes(scores: Scores) -> Iterator[str]:
    """What somebody who reads the tables must know."""
    told = [note for ports in scores.values() for port in ports for note in port.prepared.notes]
    yield from dict.fromkeys(told)
    for tool, ports in scores.items():
        for port in ports:
            failure, package = port.port.failure, port.prepared.case.package
            if failure:
                yield f"{title_of(tool)} failed on {package}: {failure}"


def not_right(ports: Sequence[PortScore], others: Scores) -> Iterator[str]:
    """A line for each patch that is not right: what went wrong, what became of the maintainers'
    patch, how many regions are held, and which of the other tools have it right."""
    better = {
        (port.prepared.case.package, patch.result.name, tool)
        for tool, rivals in others.items()
        for port in rivals
        for patch in port.patches
        if patch.verdict.is_right
    }
    for port in ports:
        package = port.prepared.case.package
        for patch in port.patches:
            if patch.verdict.is_right:
                continue
            result = patch.result
            rivals = [tool for tool in others if (package, result.name, tool) in better]
            parts = [
                f"{package:12} {patch.verdict.value:15} {result.status:11}",
                f"{_fate(patch):15} {result.held:3} held {result.causes:3} causes ",
                result.name,
            ]
            if patch.truth not in (None, result.name):
                parts.append(f"-> {patch.truth}")
            if rivals:
                parts.append(f"(right: {', '.join(rivals)})")
            yield " ".join(parts)


def _fate(patch: PatchScore) -> str:
    if patch.truth is None:
        return "truth dropped"
    if patch.same_lines:
        return "kept as it was"
    return "kept, edited"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}" if whole else "-"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
