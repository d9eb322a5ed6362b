"""The port of one package of a fleet, in a process of its own (jobs floor).

Nothing is written but the folder for the result: packaging repositories stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.errors import OutputError, PatchkitError, ProofError, UpstreamError
from patchkit.jobs.fleetinputs import old_version, repository_of
from patchkit.jobs.identity import port_identity
from patchkit.jobs.packaging import named_by_spec
from patchkit.jobs.project import Project, find_project, upstream_of
from patchkit.jobs.rebase import plan_rebase
from patchkit.jobs.versions import newest_version
from patchkit.model.fleet import Ending, FleetPackage, PackageOutcome, counted_causes
from patchkit.model.shown import shown_text
from patchkit.sources.upstream import Upstream
from patchkit.workspace.beside import resolutions_place
from patchkit.workspace.layout import check_folder
from patchkit.workspace.writing import write_outputs

REPORTS = ("html",)
"""The further formats in which each package has its report."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a port starts from: the versions, and the identity of all that it depends on."""

    old: str
    new: str
    identity: str


def port_package(
    package: FleetPackage, folder: Path, known: str, learned: Callable[[Inputs], None]
) -> PackageOutcome | None:
    """Port one package, and write the new stack with its reports into the new folder `folder`.

    None where the identity of its inputs is `known` already: then it is not ported. `learned` is
    told the inputs before the port begins, which may never end. What is wrong
    with the package is an outcome, not an error. Raises `OutputError` when the folder cannot be
    written.
    """
    found = PackageOutcome(package.name, Ending.BAD_INPUT, package.old or "", package.new or "")
    found = replace(found, limits=package.limits)
    try:
        project = find_project(Path(package.stack))
        inputs = _inputs_of(project, package)
        found = replace(found, old=inputs.old, new=inputs.new, identity=inputs.identity)
        if inputs.identity == known:
            return None
        learned(inputs)
        if inputs.old == inputs.new:
            return replace(found, ending=Ending.CURRENT)
        return _ported(project, package, folder, found)
    except OutputError:
        raise
    except UpstreamError as error:
        return replace(found, ending=Ending.NO_UPSTREAM, message=_told(error))
    except ProofError as error:
        return replace(found, ending=Ending.UNPROVED, message=_told(error))
    except PatchkitError as error:
        return replace(found, message=_told(error))


def _ported(
    project: Project, package: FleetPackage, folder: Path, found: PackageOutcome
) -> PackageOutcome:
    plan = plan_rebase(
        project, found.old, found.new, upstream=package.upstream, out=folder, reports=REPORTS
    )
    # Not `plan.write`, which notes in the packaging repository which decisions served.
    write_outputs(folder, plan.outputs)
    report = plan.report
    # What changed meanwhile is of no use to the next run: it must port the package again.
    is_same = _inputs_of(project, package).identity == found.identity
    return replace(
        found,
        identity=found.identity if is_same else "",
        ending=Ending.CONFLICTS if report.exit_code else Ending.PORTED,
        patches={status: count for status, count in report.counts.items() if count},
        held=report.held,
        causes=counted_causes(report),
    )


def _inputs_of(project: Project, package: FleetPackage) -> Inputs:
    folder = repository_of(project) if package.old is None else project.stack_folder(package.old)
    check_folder(folder)
    project = named_by_spec(project, folder)
    upstream = upstream_of(project, package.upstream)
    try:
        return _inputs_with(project, package, upstream)
    finally:
        upstream.close()


def _inputs_with(project: Project, package: FleetPackage, upstream: Upstream) -> Inputs:
    old = package.old or old_version(project, upstream)
    new = package.new or newest_version(upstream, old)
    folder = project.stack_folder(old)
    decided = resolutions_place(project.settings, folder)
    return Inputs(old, new, port_identity(project, folder, decided, upstream, (old, new)))


def _told(error: PatchkitError) -> str:
    return shown_text(" ".join(str(error).split()))
