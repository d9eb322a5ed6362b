"""Stacks on disk and branches in real git, for the tests of branch and export."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random

from patchkit.jobs.branching import ground_for, plan_branch, repository_at
from patchkit.jobs.exporting import ExportPlan, plan_export
from patchkit.jobs.project import Project, find_project
from patchkit.model.series import format_entry
from patchkit.model.stack import Stack
from patchkit.model.tree import File
from patchkit.sources.branches import MadeBranch, Replace
from patchkit.sources.commits import commit_named
from patchkit.sources.gittree import GitTree

BRANCH = "work"
VERSION = "1.0"
HEADERS = (
    b"",
    b"Subject: fix %d\n\nbody\n\n",
    b"From: A B <a@b.invalid>\nDate: Mon, 23 Nov 2026 10:18:00 +0100\nSubject: [PATCH] caf\xe9 %d\n"
    b"\nSigned-off-by: x <y@z.invalid>\n---\n a | 1\n\n",
    b"Description: long %d\n more\n .\n text\nAuthor: Z <z@z.invalid>\nForwarded: no\n\n",
    b"## dpatch %d\n## DP: # hash\n#foo\n\n",
)


def git(folder: Path, *arguments: str, data: bytes = b"") -> str:
    """What git says, in a repository or a work tree."""
    environment = {**os.environ, "LC_ALL": "C"}
    for who in ("GIT_AUTHOR", "GIT_COMMITTER"):
        environment |= {f"{who}_NAME": "A Person", f"{who}_EMAIL": "person@example.invalid"}
    command = ["git", "-C", str(folder), *arguments]
    ran = subprocess.run(command, env=environment, input=data, capture_output=True, check=False)
    assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)
    return os.fsdecode(ran.stdout).rstrip("\n")


def put_stack(root: Path, stack: Stack, rng: Random) -> Project:
    """Write a stack in quilt's layout, with headers of all forms and comments in its series."""
    folder = root / "patches"
    folder.mkdir(parents=True)
    series = b"# top\n\n"
    for one in stack.patches:
        header = rng.choice(HEADERS)
        header = header % rng.randint(0, 3) if b"%d" in header else header
        (folder / one.name).write_bytes(header + one.patch.raw)
        line = format_entry(one.entry).removesuffix(b"\n")
        series += line + rng.choice((b"", b" # c")) + b"\n" + rng.choice((b"", b"# n\n", b"\n"))
    (folder / "series").write_bytes(series.rstrip(b"\n") if rng.random() < 0.3 else series)
    return find_project(root)


def branch_in(
    repository: Path, project: Project, upstream: Path | None, fuzz: int | None = None
) -> MadeBranch:
    """Make the branch."""
    source = None if upstream is None else str(upstream)
    with (
        repository_at(project, repository) as opened,
        ground_for(project, VERSION, opened, source) as ground,
    ):
        return plan_branch(project, "", ground, branch=BRANCH, fuzz=fuzz).write(Replace.FORCE)


def export_of(
    repository: Path, project: Project, *, base: str | None = None, fuzz: int | None = None,
    branch: str = BRANCH,
) -> ExportPlan:  # fmt: skip
    """Plan the export; with `write` it can be carried out as well."""
    with repository_at(project, repository) as opened:
        return plan_export(project, "", opened, branch=branch, base=base, fuzz=fuzz)


def files_of(repository: Path, project: Project, commit: str) -> Mapping[bytes, File | None]:
    """Every file of a commit."""
    with repository_at(project, repository) as opened:
        found = commit_named(opened.repository, commit)
        assert found is not None
        tree = GitTree(opened.repository, opened.repository.tree_of(found))
        return {path: tree.get(path) for path in tree.paths()}
