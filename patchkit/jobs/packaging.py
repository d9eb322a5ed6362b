"""The spec file beside a stack, in a port (jobs floor)."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path

from patchkit.errors import SpecError
from patchkit.jobs.project import Project
from patchkit.model.patchlist import PatchList
from patchkit.model.report import PortedPatch, Report, Status
from patchkit.model.shown import shown_name
from patchkit.workspace.author import author
from patchkit.workspace.day import this_day
from patchkit.workspace.spec import SpecEntry, SpecFacts, spec_facts, spec_files_in, updated_spec
from patchkit.workspace.writing import Output

_NOBODY = ("unknown", "unknown@example.invalid")
_HEAD = re.compile(rb"^%changelog[^\n]*\n\* \w{3} (\w{3} +\d{1,2} \d{4}) ", re.MULTILINE)


def named_by_spec(project: Project, folder: Path) -> Project:
    """The project with the name that the one spec beside its stack gives, where it has none."""
    specs = spec_files_in(folder)
    if project.settings.name is not None or len(specs) != 1:
        return project
    from patchkit.lint.spec import Spec  # only where there is a spec

    name = Spec(specs[0].name.encode(), specs[0].read_bytes()).value("Name")
    return replace(project, settings=replace(project.settings, name=name))


def spec_of(folder: Path) -> Path | None:
    """The spec file of a packaging repository; None where it has none. Raises `SpecError` for
    several."""
    found = spec_files_in(folder)
    if len(found) > 1:
        raise SpecError(
            f"{folder}: several spec files: {', '.join(shown_name(one.name) for one in found)}.",
            "Name a folder with one of them.",
        )
    return found[0] if found else None


def facts_of(spec: Path | None, old: str | None) -> SpecFacts | None:
    """What the spec says, as far as it can be read here; needed where no version is given."""
    if spec is None:
        return None
    try:
        return spec_facts(spec.read_bytes(), str(spec))
    except SpecError as error:
        if old is not None:
            return None  # the attempt to update it says why
        raise SpecError(error.message, "Or say the version with --from.", *error.hints) from error


def changelog_entry(report: Report, folder: Path, day: datetime.date | None) -> SpecEntry:
    """What the changelog says of a port: who works in `folder`, and what was dropped. `day`
    defaults to `this_day`."""
    name, _, address = author(folder).rpartition(" <")
    lines = [f"- Update to {report.new_version}"]
    lines += [f"- {_told(patch)}" for patch in report.patches if patch.is_dropped]
    return SpecEntry(
        name or _NOBODY[0], address.rstrip(">") or _NOBODY[1], day or this_day(), tuple(lines)
    )


def _told(patch: PortedPatch) -> str:
    why = {
        Status.UPSTREAMED: "upstream has it",
        Status.ABSORBED: "upstream has it in another form",
    }.get(patch.status, "not needed any more")
    return f"Drop {shown_name(patch.name)}, {why}"


def updated_spec_of(
    spec: Path, report: Report, folder: Path, day: datetime.date | None = None
) -> Output:
    """The spec for the new version of a port, as a file of its own name. Raises `SpecError`."""
    entry = changelog_entry(report, folder, day)
    raw = updated_spec(spec.read_bytes(), str(spec), report.new_version, entry)
    return Output(spec.name, raw, spec.stat().st_mode & 0o777)


def updated_list_of(
    listed: PatchList, spec: Path, report: Report, folder: Path, day: datetime.date | None
) -> bytes:
    """The same for a spec that is the list of the patches, with the patches of the port.

    A name with the version in it is written out: the file keeps it. Raises `SpecError`.
    """
    from patchkit.model.specpatches import SpecPatches, parse_spec  # only where there is a spec

    assert isinstance(listed, SpecPatches)  # no other list is in a spec
    entry = changelog_entry(report, folder, day)
    raw = updated_spec(listed.raw, str(spec), report.new_version, entry)
    names = [one.name for one in listed.entries]
    updated = [one.name for one in parse_spec(raw, str(spec)).entries]
    moved = [name for name in names if name not in updated]
    if not moved:
        return raw
    for name in moved:
        listed = listed.renamed(name, name)
    return updated_spec(listed.raw, str(spec), report.new_version, entry)


def dated_as_in(place: Path) -> datetime.date | None:
    """The day of the newest changelog entry of a spec that was written before: a second run on
    another day changes nothing. None where there is none."""
    found = _HEAD.search(place.read_bytes()) if place.is_file() else None
    if found is None:
        return None
    try:
        return datetime.datetime.strptime(found[1].decode(), "%b %d %Y").date()
    except ValueError:
        return None
