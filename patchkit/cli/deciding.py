"""What the commands on decisions share: options, and the command to run next."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from patchkit.cli.completing import folders
from patchkit.cli.options import PLACE, ported_options, stack_option
from patchkit.jobs.lastport import LastPort, last_port
from patchkit.jobs.project import Project, find_project
from patchkit.model.resolutions import Amendment, Decision, Provenance
from patchkit.model.tree import Path as TreePath
from patchkit.workspace.author import author
from patchkit.workspace.day import this_day

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Meant:
    """The options that say which port is meant."""

    stack: Path | None
    old: str | None
    new: str | None
    out: Path | None
    report: Path | None
    resolutions: Path | None

    def port(self) -> tuple[Project, LastPort]:
        """The project and its port."""
        project = find_project(self.stack)
        return project, last_port(
            project, old=self.old, new=self.new, out=self.out, report=self.report,
            resolutions=self.resolutions,
        )  # fmt: skip

    def options(self, project: Project, port: LastPort) -> tuple[str, ...]:
        """The options of `patchkit rebase` for the same port, as far as they are known."""
        words = ["--from", port.report.old_version, "--to", port.report.new_version]
        if self.stack is not None:
            words += ["--stack", str(self.stack)]
        usual = project.output_folder(*port.versions)
        if usual.resolve() != port.folder.resolve():
            words += ["--out", str(port.folder)]
        if self.resolutions is not None:
            words += ["--resolutions", str(self.resolutions)]
        return tuple(words)

    def words(self) -> tuple[str, ...]:
        """These options as they were given."""
        given = (
            ("--stack", self.stack), ("--from", self.old), ("--to", self.new), ("--out", self.out),
            ("--report", self.report), ("--resolutions", self.resolutions),
        )  # fmt: skip
        return tuple(word for option, value in given if value for word in (option, str(value)))


def port_options(command: _Command) -> _Command:
    """`--stack`, `--from`, `--to`, `--out`, `--report` and `--resolutions`: which port."""
    options = (
        stack_option,
        ported_options,
        click.option(
            "--out", type=PLACE, metavar="DIR", shell_complete=folders,
            help="The folder of the ported stack.",
        ),
        click.option("--report", type=PLACE, metavar="FILE", help="The report.json of the port."),
        resolutions_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def resolutions_option(command: _Command) -> _Command:
    """`--resolutions`: which file of decisions."""
    return click.option(
        "--resolutions", type=PLACE, metavar="FILE",
        help="The file for decisions (default: the one beside the stack).",
    )(command)  # fmt: skip


def provenance_options(command: _Command) -> _Command:
    """`--why` and `--by`: what is recorded with a decision."""
    command = click.option(
        "--by", metavar="NAME", help="Who decides (default: as git or DEBFULLNAME know it)."
    )(command)
    return click.option("--why", default="", metavar="TEXT", help="Why, for the record.")(command)


def provenance(why: str, by: str | None, folder: Path) -> Provenance:
    """Who decides in a folder, today, and why."""
    name = author(folder) if by is None else " ".join(by.split())
    return Provenance("", (), name, this_day().isoformat(), " ".join(why.split()))


def shown_command(*words: str) -> str:
    """A command as a person may type it."""
    return shlex.join(("patchkit", *words))


def kind_of(decision: Decision) -> str:
    """The word for the kind of a decision."""
    return "amendment" if isinstance(decision, Amendment) else "resolution"


def files_of(decision: Decision) -> list[TreePath]:
    """The paths of the file that it is about."""
    if isinstance(decision, Amendment):
        return [decision.file]
    return sorted(decision.question.places)


def counted(number: int, thing: str) -> str:
    """As in "1 region" and "2 regions"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
