"""The report for people: `report.txt` (face floor).

Plain text without colour. Notes are wrapped at 100 columns; the text of a patch is not, and what
would not simply print in it is made visible. The order is the reader's: the whole in a table,
then each patch that needs a look, and at the end what to do next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len

from patchkit.model.report import (
    AMENDMENT,
    RESOLUTION,
    Followed,
    FollowKind,
    Held,
    Lines,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Report,
    Settled,
    Settlement,
    Span,
    Status,
    UpstreamCommit,
)
from patchkit.model.shown import shown_line, shown_name, shown_path, shown_text
from patchkit.model.stackdiff import StackComparison
from patchkit.render.causes import settling
from patchkit.render.graph import told_bonds
from patchkit.render.siblings import siblings_digest
from patchkit.render.stackdiff import figures as stack_figures
from patchkit.render.stackdiff import told_changes
from patchkit.render.summary import counted, figures, next_step, summary_table
from patchkit.render.wrapping import WIDTH, wrapped

_NAME_WIDTH = 60
_SHOWN_LINES = 60
"""More lines of one side of a region than this are left to report.json."""

_QUIET = (Status.UNCHANGED, Status.SHIFTED)
STATUS_SENTENCES: Mapping[Status, str] = {
    Status.UNCHANGED: "The same bytes still apply at the same place.",
    Status.SHIFTED: "Only line numbers or context changed.",
    Status.MERGED: "The patch and upstream changed different lines; both are kept.",
    Status.FOLLOWED: "A file was moved upstream, and the patch went along.",
    Status.RESOLVED: "A rule or a recorded resolution settled a conflict: please review.",
    Status.UPSTREAMED: "The new upstream has exactly this; the patch is dropped.",
    Status.ABSORBED: "Upstream has this in another form; the patch is dropped: please review.",
    Status.PARTIAL: "Some regions are held for a person, the rest is carried.",
    Status.CONFLICTED: "All regions are held for a person; nothing of the patch is carried.",
    Status.BROKEN: "The patch does not apply to the version that it was made for.",
}


def report_text(report: Report) -> str:
    """The text of `report.txt`, with a final newline."""
    parts = [_heading(report), _table(report)]
    if report.warnings:
        parts.append(_list("Warnings", report.warnings))
    if report.guarded:
        parts.append(_list("Left as they are, no flag selects them", report.guarded))
    if report.comparison is not None:
        parts.append([*_comparison(report.comparison)])
    parts += map(siblings_digest, report.siblings)
    parts += [_patch(patch, report) for patch in report.patches if patch.status not in _QUIET]
    parts.append([next_step(report)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _heading(report: Report) -> list[str]:
    title = (
        f"{report.package}: patch stack ported from {report.old_version} to {report.new_version}"
    )
    lines = [*_titled(title, "="), "", f"Upstream: {shown_text(report.upstream)}"]
    if report.upstream_note:
        lines += wrapped(report.upstream_note, "          ")
    return lines


def _comparison(found: StackComparison) -> Iterator[str]:
    """The figures, and the patches that do something else now."""
    yield "Old stack against new (`patchkit diff` shows what differs inside the patches):"
    yield f"  {stack_figures(found)}"
    for sign, name, words in told_changes(found):
        yield f"  {sign} {name}: {words}"


def _titled(title: str, underline: str) -> list[str]:
    shown = shown_name(title)
    return [shown, underline * min(cell_len(shown), WIDTH)]


def _list(title: str, texts: Sequence[str]) -> list[str]:
    return [f"{title}:", *(line for text in texts for line in wrapped(text, "  - ", "    "))]


def _table(report: Report) -> list[str]:
    rows = summary_table(report)
    width = min(_NAME_WIDTH, max((cell_len(row.patch) for row in rows), default=0))
    width = max(width, len("Patch"))
    heads = f"{'Patch':{width}}  {'Status':10}  Files  {'Hunks':>9}  Held"
    lines = [heads, "-" * len(heads)]
    for row in rows:
        name = row.patch
        if cell_len(name) > width:
            lines.append(name)
            name = ""
        hunks = f"{row.carried}/{row.hunks}"
        name += " " * (width - cell_len(name))
        line = f"{name}  {row.status.value:10}  {row.files:5}  {hunks:>9}  {row.held or '':>4}"
        lines.append(line.rstrip())
    return [*lines, "", figures(report)]


def patch_text(patch: PortedPatch, report: Report) -> str:
    """What `report.txt` says of one patch: its notes, files and regions; no final newline."""
    return "\n".join(_patch(patch, report))


def _patch(patch: PortedPatch, report: Report) -> list[str]:
    lines = [*_titled(f"{patch.name}: {patch.status.value}", "-"), STATUS_SENTENCES[patch.status]]
    for note in patch.notes:
        lines += wrapped(note, "")
    if report.dependencies is not None:
        for told in told_bonds(report.dependencies, patch.name):
            lines += wrapped(told, "", "  ")
    for file in patch.files:
        lines += ["", *_file(file, patch, report)]
    return lines


def _file(file: PortedFile, patch: PortedPatch, report: Report) -> Iterator[str]:
    old, new = _place(file.old_path), _place(file.new_path)
    is_moved = None not in (file.old_path, file.new_path) and old != new
    carried = f"{file.carried} of {counted(file.hunks, 'hunk', 'hunks')} carried"
    yield f"  {f'{old} -> {new}' if is_moved else _either(file)}: {file.status.value}, {carried}"
    if file.followed is not None:
        yield f"    followed: {followed_evidence(file.followed)}"
    for region in file.regions:
        yield ""
        yield from _region(region, file, patch, report)
    if file.evidence:
        yield from _what_is_there(file)


def _what_is_there(file: PortedFile) -> Iterator[str]:
    """Line by line what of an absorbed change upstream has."""
    yield "    In the new upstream (= as the patch wants it, ! not):"
    for line in file.evidence[:_SHOWN_LINES]:
        mark = "=" if line.is_there else "!"
        yield f"      {mark} {line.kind.value.decode()}{shown_line(line.content)}"
    more = len(file.evidence) - _SHOWN_LINES
    if more > 0:
        yield f"      ({counted(more, 'more line', 'more lines')}, see report.json)"


def _either(file: PortedFile) -> str:
    return _place(file.old_path if file.new_path is None else file.new_path)


def _place(path: bytes | None) -> str:
    return "(no file)" if path is None else shown_name(shown_path(path))


def followed_evidence(followed: Followed) -> str:
    """How the new place of a file was found, in words."""
    match followed.kind:
        case FollowKind.EXACT:
            return "a file with the same content stands there"
        case FollowKind.SIMILAR:
            return f"a file that is {followed.similarity} % similar stands there"
        case FollowKind.FOLDER:
            return f"the whole folder moved there, the file is {followed.similarity} % similar"
        case FollowKind.CODE:
            return "the lines that the patch expects stand there, and nowhere else"
        case FollowKind.EARLIER:
            return "an earlier patch of the stack was followed there"


def _region(region: Region, file: PortedFile, patch: PortedPatch, report: Report) -> Iterator[str]:
    yield f"    Region {region.number}, {told_hunks(region.hunks)}: {verdict(region.settlement)}"
    yield from wrapped(region.settlement.note, "    ")
    if isinstance(region.settlement, Held) and region.settlement.consequence_of is not None:
        yield f"    This is a consequence of {told_reference(region.settlement.consequence_of)}."
    if isinstance(region.settlement, Held) and region.settlement.made_by is not None:
        yield from wrapped(f"Made by upstream: {_commit(region.settlement.made_by)}", "    ")
    if isinstance(region.settlement, Settled) and region.settlement.rule == AMENDMENT:
        yield from _amendment(region, region.settlement, file)
        return
    old, new = shown_name(report.old_version), shown_name(report.new_version)
    yield f"    <<<<<<< ours, {new}: {_at(file.new_path, region.ours)}"
    yield from _lines(region.ours)
    yield f"    ||||||| base, {old}: {_at(file.old_path, region.base)}"
    yield from _lines(region.base)
    yield "    ======="
    yield from _lines(region.theirs)
    yield f"    >>>>>>> theirs, {old} with {shown_name(patch.name)}"
    if isinstance(region.settlement, Settled) and region.settlement.result is not None:
        yield from _result(region, region.settlement.result)
    if isinstance(region.settlement, Held) and region.settlement.suggestion is not None:
        suggestion = region.settlement.suggestion
        yield from wrapped(f"Suggested ({suggestion.rule}): {suggestion.note}", "    ")
        yield from _lines(Span(1, suggestion.result))
    for command in settling(region, file, patch, report):
        yield f"    {command.what}: {command.text}"


def _commit(commit: UpstreamCommit) -> str:
    day = commit.date[:10]
    return f'{commit.identity[:12]} "{commit.subject}" ({commit.author}, {day}).'


def _amendment(region: Region, settled: Settled, file: PortedFile) -> Iterator[str]:
    yield f"    <<<<<<< before: {_at(file.new_path, region.ours)}"
    yield from _lines(region.ours)
    yield "    ======="
    yield from _lines(Span(1, settled.result or ()))
    yield "    >>>>>>> after"


def _result(region: Region, result: Lines) -> Iterator[str]:
    sides = {"ours": region.ours.lines, "theirs": region.theirs.lines}
    same = next((name for name, lines in sides.items() if lines == result), None)
    if same is not None:
        yield f"    The result is the text of {same}."
        return
    if not result:
        yield "    The result is no line."
        return
    yield "    The result is:"
    yield from _lines(Span(1, result))


def told_hunks(hunks: tuple[int, ...]) -> str:
    """The numbers of hunks in words: `hunks 1 to 3 and 5`."""
    if not hunks:
        return "the file as a whole"
    *first, last = _ranges(hunks)
    if not first:
        return f"hunks {last}" if len(hunks) > 1 else f"hunk {last}"
    return f"hunks {', '.join(first)} and {last}"


def _ranges(numbers: tuple[int, ...]) -> list[str]:
    """The numbers, three and more in a row as `1 to 3`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told: list[str] = []
    for run in runs:
        told += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    return told


def verdict(settlement: Settlement) -> str:
    """What became of a region, in a few words."""
    match settlement:
        case Held(cause):
            return f"held ({cause.value})"
        case Settled(rule) if rule == RESOLUTION:
            return "settled by a recorded resolution"
        case Settled(rule) if rule == AMENDMENT:
            return "changed by a recorded amendment"
        case Settled(rule):
            return f"settled by the rule {shown_name(rule)}"


def told_reference(ref: RegionRef) -> str:
    """The name of another region, in words."""
    return f"region {ref.region} of {_place(ref.file)} in {shown_name(ref.patch)}"


def _at(path: bytes | None, span: Span) -> str:
    return _place(path) if path is None else f"{_place(path)}:{span.start}"


def _lines(span: Span) -> Iterator[str]:
    """The lines, indented further than the markers, so that no line can pass for one."""
    for line in span.lines[:_SHOWN_LINES]:
        shown = shown_line(line)
        yield f"      {shown}" if shown else ""
        if not line.endswith(b"\n"):
            yield "      \\ No newline at end of file"
    more = len(span.lines) - _SHOWN_LINES
    if more > 0:
        yield f"      ({counted(more, 'more line', 'more lines')}, see report.json)"
