"""A packaging repository brought to a new upstream version in one go, in place (jobs floor).

The stack is ported, its series and apply-patches are written anew, and the spec beside it gets the
new version. All or nothing: where a person has to decide something first, nothing is planned.
"""

from __future__ import annotations

import datetime
import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.engine.watching import Watcher, unwatched
from patchkit.errors import SpecError, StackError
from patchkit.jobs.changing import content_now, files_read
from patchkit.jobs.inputs import read_stack
from patchkit.jobs.lint import plan_lint
from patchkit.jobs.lintsources import NamedSource
from patchkit.jobs.outputnames import FURTHER_REPORTS, REPORT_JSON, REPORT_TEXT
from patchkit.jobs.packaging import facts_of, spec_of, updated_spec_of
from patchkit.jobs.project import Project
from patchkit.jobs.rebase import plan_rebase, uncounted
from patchkit.jobs.versions import start_version
from patchkit.model.lint import Finding
from patchkit.model.report import Report
from patchkit.model.stack import Dialect
from patchkit.sources.progress import Progress, silent
from patchkit.workspace.layout import read_layout
from patchkit.workspace.packageversion import version_in
from patchkit.workspace.writing import Output, WriteResult, recover, write_outputs

_REPORTS = (REPORT_TEXT, REPORT_JSON, *FURTHER_REPORTS.values())

_NOT_CHECKED = (Dialect.YOCTO, Dialect.OPENWRT)
"""What lint knows nothing of: it reads series files and specs."""


@dataclass(frozen=True)
class UpgradePlan:
    """What would be written to the packaging repository `folder`: nothing where the port leaves
    something to a person. `read` are the files that all was made from, `reports` its reports, which
    belong elsewhere; `notes` say what could not be done, `left` where the packaging goes on saying
    the old version, which is for a person or other tools to change."""

    report: Report
    folder: Path
    outputs: tuple[Output, ...]
    removals: tuple[str, ...]
    read: Mapping[str, bytes | None]
    reports: tuple[Output, ...]
    notes: tuple[str, ...]
    left: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0: done; 1: something is left to a person."""
        return int(bool(self.report.exit_code or self.notes))

    def changes(self) -> tuple[str, ...]:
        """The paths that differ from what is there now, sorted."""
        differing = (one.path for one in self.outputs if self._now(one.path) != one.content)
        return tuple(sorted({*differing, *self.removals}))

    def diff(self) -> bytes:
        """The whole change of the repository as one unified diff."""
        planned = {one.path: one.content for one in self.outputs}
        return b"".join(
            _file_diff(path, self._now(path), planned.get(path)) for path in self.changes()
        )

    def write(self) -> WriteResult:
        """Write all of it or nothing. Raises `OutputError` when the folder cannot be written, or
        somebody has changed one of the files since it was read."""
        recover(self.folder)
        return write_outputs(self.folder, self.outputs, removals=self.removals, read=self.read)

    def write_reports(self, folder: Path) -> WriteResult:
        """Write the reports into a folder. Raises `OutputError`."""
        recover(folder)
        return write_outputs(folder, self.reports)

    def _now(self, path: str) -> bytes | None:
        return content_now(self.folder / path)


@dataclass(frozen=True)
class Upgraded:
    """What came of writing an upgrade, and what `patchkit lint` finds since then that it did not
    find before."""

    written: WriteResult
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """0: nothing new; 1: something is left to a person."""
        return int(any(one.needs_person for one in self.findings))


def write_upgrade(plan: UpgradePlan, upstream: str | None = None) -> Upgraded:
    """Write the plan, and check the repository before and after. Raises `OutputError` when the
    folder cannot be written, and what `plan_lint` raises."""
    before = _lint(plan, upstream, plan.report.old_version)
    written = plan.write()
    known = Counter((one.rule, one.path) for one in before)
    new = []
    for one in _lint(plan, upstream, plan.report.new_version):
        key = one.rule, one.path
        known[key] -= 1
        if known[key] < 0:
            new.append(one)
    return Upgraded(written, tuple(new))


def _lint(plan: UpgradePlan, upstream: str | None, version: str) -> tuple[Finding, ...]:
    has_spec = spec_of(plan.folder) is not None
    if not has_spec and read_layout(plan.folder)[0].dialect in _NOT_CHECKED:
        return ()
    source = None if upstream is None else NamedSource(None, upstream, version)
    return plan_lint(plan.folder, source=source).findings


def plan_upgrade(
    project: Project,
    new: str,
    old: str | None = None,
    *,
    upstream: str | None = None,
    reports: Collection[str] = (),
    today: datetime.date | None = None,
    cache: Path | None = None,
    watch: Watcher = unwatched,
    progress: Progress = silent,
) -> UpgradePlan:
    """Bring the project's packaging repository to upstream version `new`.

    `old` defaults to the version that its packaging says, else to that which the folder tells.
    `today` dates the entry in the changelog; it defaults to `SOURCE_DATE_EPOCH`, else to this day.
    Nothing is written. Raises what `plan_rebase` raises, and `SpecError` for a spec that is not
    understood.
    """
    folder = project.stack_folder(old or new)
    recover(folder)
    spec = spec_of(folder)
    version = old or _version_of(project, spec, new, upstream, progress)
    if version == new:
        raise StackError(
            f"{folder}: is for {new} already.", "Name the version that it is for with --from."
        )
    read: dict[str, bytes | None] = {**files_read(read_stack(project, version)[1])}
    if spec is not None:
        read[spec.name] = spec.read_bytes()
    plan = plan_rebase(
        project, version, new, upstream=upstream, out=folder / f"upgrade-to-{new}",
        reports=reports, today=today, cache=cache, watch=watch, expect=uncounted, progress=progress,
    )  # fmt: skip
    made = tuple(one for one in plan.outputs if one.path in _REPORTS)
    if plan.report.exit_code:
        return UpgradePlan(plan.report, folder, (), (), {}, made, ())
    layout, _ = read_layout(folder)
    is_beside = spec is not None and spec.name != layout.series
    left = {*_REPORTS, *((spec.name,) if spec is not None and is_beside else ())}
    outputs = [one for one in plan.outputs if one.path not in left]
    notes: list[str] = []
    if layout.dialect is Dialect.RPM:
        notes += plan.notes
    if spec is not None and is_beside:
        try:
            outputs.append(updated_spec_of(spec, plan.report, folder, today))
        except SpecError as error:
            notes.append(f"The spec was not updated. {error}")
    outputs = [_with_mode_of(one, folder) for one in outputs]
    for one in outputs:
        read.setdefault(one.path, content_now(folder / one.path))
    removals = tuple(_left_behind(folder, {one.path for one in outputs}))
    return UpgradePlan(
        plan.report, folder, tuple(outputs), removals, read, made, tuple(notes),
        tuple(_left_saying(folder, new)),
    )  # fmt: skip


def _version_of(
    project: Project,
    spec: Path | None,
    new: str,
    upstream: str | None,
    progress: Progress,
) -> str:
    """The version that the repository is for; rpm is asked where its macros are beyond us."""
    is_told = spec is None or version_in(spec.parent) is not None
    facts = None if is_told else facts_of(spec, None)
    if facts is not None:
        return facts.version
    return start_version(project, new, upstream=upstream, progress=progress)


def _left_saying(folder: Path, new: str) -> Iterator[str]:
    """Where the packaging will still say the old version. A spec is brought to the new one, or a
    note says why not."""
    packaged = version_in(folder)
    if packaged is None or packaged.version == new or packaged.place.endswith(".spec"):
        return
    how = {"debian/changelog": ", with dch -v"}.get(packaged.place, "")
    yield (
        f"Left to you: {packaged.place} says {packaged.version}; make it {new}{how}, as patchkit "
        "goes by it."
    )


def _with_mode_of(output: Output, folder: Path) -> Output:
    """A file that is there keeps its mode."""
    place = folder / output.path
    if not place.is_file():
        return output
    return replace(output, mode=place.stat().st_mode & 0o777)


def _left_behind(folder: Path, planned: Collection[str]) -> Iterator[str]:
    """The patches of the old series that the new stack has not."""
    layout, series = read_layout(folder)
    for entry in series.entries:
        place = layout.place_of(entry.name)
        if place not in planned and (folder / place).is_file():
            yield place


def _file_diff(path: str, now: bytes | None, planned: bytes | None) -> bytes:
    names = [
        b"/dev/null" if content is None else f"{side}/{path}".encode("utf-8", "surrogateescape")
        for side, content in (("a", now), ("b", planned))
    ]
    old, new = names
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(now), _lines(planned), old, new)
    return b"".join(_ended(line) for line in lines)


def _lines(content: bytes | None) -> Sequence[bytes]:
    return [] if content is None else content.splitlines(keepends=True)


def _ended(line: bytes) -> bytes:
    return line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"


def upgrade_document(plan: UpgradePlan) -> Mapping[str, object]:
    """The plan for programs, `patchkit-upgrade/1`; `docs/reference/cli.md` describes it."""
    report = plan.report
    return {
        "schema": "patchkit-upgrade/1",
        "package": report.package,
        "from": report.old_version,
        "to": report.new_version,
        "held_regions": report.held,
        "changed": list(plan.changes()),
        "removed": list(plan.removals),
        "notes": list(plan.notes),
        "left": list(plan.left),
    }
