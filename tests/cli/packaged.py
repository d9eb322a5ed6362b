"""A packaging repository as a maintainer has one, with all around it that examples name."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from patchkit.cli.command import Command, Group
from patchkit.cli.main import cli
from patchkit.errors import PatchkitError
from tests.cli.demo import NEW, OLD, change, diff, numbered
from tests.sources.made import commit, git, new_repository, write_files

NAME = "kata-containers"
SPEC = """\
Name:           kata-containers
Version:        2.5.1
Release:        1%{?dist}
Summary:        A packaging repository
License:        Apache-2.0
URL:            https://github.com/kata-containers
Source0:        https://github.com/kata-containers/kata-containers/archive/%{version}.tar.gz

%description
A packaging repository.

%prep
sh apply-patches

%changelog
* Mon Mar 06 2023 A Person <a@example.org> - 2.5.1-1
- A change.
"""
SETTINGS = "name: kata-containers\nupstream: ../upstream\n"
PATCHES = {
    "0001-util.patch": change("util.c", b"util 20\n", b"our twenty\n"),
    "0004-main.patch": change("main.c", b"main 10\n", b"our ten\n")
    + diff("main_test.go", None, b"package main\n"),
    "0007-notes.patch": change("docs/notes.txt", b"note 5\n", b"our five\n"),
    "0011-more.patch": diff("more.txt", None, numbered("more", 3)),
}


@dataclass(frozen=True)
class Typed:
    """What came of a line that was typed: the exit code, what was printed, and the error if there
    was one."""

    exit_code: int
    output: str
    error: str = ""


def typed(line: str) -> Typed:
    """Run a line of the command line within this process, as far as a file that `>` names."""
    words = shlex.split(line, comments=True)
    assert "patchkit" == words[0], line
    words = words[1 : words.index(">") if ">" in words else None]
    done = CliRunner().invoke(cli, words, prog_name="patchkit", standalone_mode=False)
    match done.exception:
        case None:
            code = done.return_value if isinstance(done.return_value, int) else 0
            return Typed(code, done.output)
        case PatchkitError() as error:
            return Typed(error.exit_code, done.output, str(error))
        case click.UsageError() as error:
            return Typed(2, done.output, error.format_message())
        case error:
            raise error


def commands() -> Iterator[click.Context]:
    """The program and each of its commands, with the words that call it."""
    yield from _below(click.Context(cli, info_name="patchkit"))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    command = context.command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _below(click.Context(found, parent=context, info_name=name))


def examples(context: click.Context) -> tuple[str, ...]:
    """The examples of a command."""
    assert isinstance(context.command, Command | Group), context.command_path
    return context.command.examples


def make_packaged(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the repository and its surroundings below `root`; gives the identity of a decision.

    There is an upstream, a branch of the stack in it, a source folder, a port with a held region,
    and the answer to that.
    """
    root.mkdir()
    upstream = new_repository(root / "upstream")
    (upstream / "rr-cache").mkdir()
    for version, files in (("2.5.1", OLD), ("3.2.0", NEW)):
        git(upstream, "tag", version, commit(upstream, files))
    write_files(root / "kata-containers-2.5.1", OLD)
    (root / "fix.patch").write_bytes(diff("fix.txt", None, b"fixed\n"))
    package = root / NAME
    for folder in (package, root / "packages" / "demo"):
        (folder / "patches").mkdir(parents=True)
        for name, content in PATCHES.items():
            (folder / "patches" / name).write_bytes(content)
        (folder / "series.conf").write_text("".join(f"{name}\n" for name in PATCHES))
    (package / f"{NAME}.spec").write_text(SPEC)
    (package / "patchkit.yaml").write_text(SETTINGS)
    monkeypatch.chdir(package)
    for line, code in (
        ("patchkit rebase --to 3.2.0 --no-siblings -q", 1),
        ("patchkit branch -q", 0),
        ("patchkit resolve 0004 --take ours --by me -q", 0),
    ):
        done = typed(line)
        assert code == done.exit_code, done
    (decision,) = json.loads(typed("patchkit resolutions list --json").output)["decisions"]
    return str(decision["identity"])
