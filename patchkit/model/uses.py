"""Which recorded decisions a port went by, and the record of it (ground floor, no I/O).

That a decision served another pair of versions is a line more in its record; all else in the file
keeps its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from patchkit.model.report import AMENDMENT, RESOLUTION, HeldCause, Region, Report, Settled, Sides
from patchkit.model.resolutions import (
    Amendment,
    Decision,
    Question,
    Record,
    Resolutions,
    identity_of,
)
from patchkit.model.series import encode_name
from patchkit.model.tree import Path, split_lines

_FOR = (b"patch:", b"file:", b"new-file:", b"held:", b"for:")
_USED = (*_FOR, b"by:", b"on:")


def with_use(resolutions: Resolutions, identity: str, old: str, new: str, on: str) -> Resolutions:
    """The resolutions with a note that the decision `identity` served the port from version `old`
    to `new`, on the day `on`; unchanged where its record has these two already."""
    records = tuple(
        _with_use(record, (old, new), on) if record.identity == identity else record
        for record in resolutions.records
    )
    return resolutions if records == resolutions.records else replace(resolutions, records=records)


def with_uses_of(resolutions: Resolutions, report: Report, on: str) -> Resolutions:
    """The resolutions with a note of every one that settled something in this port; one that was
    written without any versions stays as it is."""
    used = [one for one in decisions_used(resolutions, report) if one.provenance.ports]
    for identity in dict.fromkeys(map(identity_of, used)):
        resolutions = with_use(resolutions, identity, report.old_version, report.new_version, on)
    return resolutions


def decisions_used(resolutions: Resolutions, report: Report) -> Iterator[Decision]:
    """The recorded decisions that settled something in this port, in its order."""
    for patch in report.patches:
        for file in patch.files:
            places = frozenset(path for path in (file.old_path, file.new_path) if path is not None)
            for region in file.regions:
                yield from _used_on(region, patch.name, places, resolutions)


def _used_on(
    region: Region, patch: str, places: frozenset[Path], resolutions: Resolutions
) -> Iterator[Decision]:
    match region.settlement:
        case Settled(rule, _, result) if rule == RESOLUTION:
            sides = Sides(region.base.lines, region.theirs.lines, region.ours.lines)
            # What is settled has its cause no more, but hardly ever do two causes fit its sides.
            for cause in HeldCause:
                found = resolutions.answer_to(Question(places, cause, sides))
                if found is not None and found.result == result:
                    yield found
        case Settled(rule, _, result) if rule == AMENDMENT:
            wanted = (patch, region.ours.lines, result)
            for one in resolutions.amendments:
                if one.file in places and wanted == (_patch_of(one), one.before, one.after):
                    yield one


def _patch_of(amendment: Amendment) -> str:
    return amendment.provenance.patch


def _with_use(record: Record, port: tuple[str, str], on: str) -> Record:
    provenance = record.decision.provenance
    if port in provenance.ports:
        return record
    lines = [line for line in split_lines(record.raw) if not line.startswith(b"used:")]
    lines.insert(_behind(lines, _FOR), b"for: %b\n" % encode_name(" -> ".join(port)))
    lines.insert(_behind(lines, _USED), b"used: %b\n" % encode_name(on))
    provenance = replace(provenance, ports=(*provenance.ports, port), used=on)
    return Record(replace(record.decision, provenance=provenance), b"".join(lines))


def _behind(lines: Sequence[bytes], fields: tuple[bytes, ...]) -> int:
    """The index behind the last of these fields; the lines of a text begin otherwise."""
    return 1 + max(at for at, line in enumerate(lines) if line.startswith(fields))
