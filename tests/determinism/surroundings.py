"""What may be around a run of patchkit: place, variables, umask, processors, locale, clock, git.

Each field is something that another machine, or another person's account, has otherwise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.running import REPOSITORY

EPOCH = "1795564800"
BY = {
    "GIT_AUTHOR_NAME": "A Maintainer",
    "GIT_AUTHOR_EMAIL": "maintainer@example.invalid",
    "SOURCE_DATE_EPOCH": EPOCH,
}
"""Who ports, and the day that goes into changelogs and records: inputs, the same everywhere."""

GIT_CONFIGURATION = """\
[core]
    autocrlf = true
    eol = crlf
    safecrlf = true
    quotePath = false
    abbrev = 5
    fileMode = false
    ignoreCase = true
    symlinks = false
    whitespace = cr-at-eol
    commentChar = "%"
    pager = false
    bigFileThreshold = 1
    attributesFile = ~/attributes
[diff]
    algorithm = histogram
    noprefix = true
    mnemonicPrefix = true
    renames = copies
    context = 1
    interHunkContext = 9
    indentHeuristic = false
    orderFile = ~/order
    suppressBlankEmpty = true
    external = false
[color]
    ui = always
[i18n]
    commitEncoding = ISO-8859-9
    logOutputEncoding = UTF-16
[log]
    date = relative
    decorate = full
    follow = true
    showRoot = false
    mailmap = true
[merge]
    conflictStyle = diff3
    renames = false
[apply]
    whitespace = fix
[commit]
    gpgSign = true
[tag]
    sort = -version:refname
[format]
    pretty = raw
[user]
    name = Somebody Else
    email = else@example.invalid
    useConfigOnly = true
[init]
    defaultBranch = other
    defaultObjectFormat = sha256
[extensions]
    worktreeConfig = false
[pack]
    compression = 9
    threads = 1
[notes]
    displayRef = refs/notes/*
"""
"""The settings of a person who has changed whatever can be."""

_OF_GIT = {
    "GIT_DIFF_OPTS": "-u0",
    "GIT_EXTERNAL_DIFF": "false",
    "GIT_COMMITTER_NAME": "Somebody Else",
    "GIT_COMMITTER_DATE": "2001-02-03T04:05:06+0700",
    "GIT_AUTHOR_DATE": "2001-02-03T04:05:06+0700",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ICASE_PATHSPECS": "1",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_DEFAULT_REF_FORMAT": "reftable",
}
_OF_OTHER_PROGRAMS = {
    "POSIXLY_CORRECT": "1",
    "VERSION_CONTROL": "numbered",
    "SIMPLE_BACKUP_SUFFIX": ".kept",
    "PATCH_GET": "1",
    "TAR_OPTIONS": "--numeric-owner --mode=777",
    "GZIP_OPT": "-1",
    "QUILT_PATCH_OPTS": "-R",
    "CDPATH": "/",
    "LS_COLORS": "di=01",
    "GREP_OPTIONS": "-v",
}
_OF_PYTHON = {"PYTHONHASHSEED": "4711", "PYTHONOPTIMIZE": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@dataclass(frozen=True)
class Surroundings:
    """One machine and account. `root` is where the inputs are put and the commands are run.

    Nothing of the environment of the tests gets in but PATH and what `variables` has.
    """

    root: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    umask: int = 0o022
    backwards: bool = False
    """Whether the inputs are made in another order, which the listing of a folder may show."""
    before: tuple[str, ...] = ()
    """What starts the program: sets a clock, takes processors away."""
    git: Path | None = None
    """Another git, the program."""
    python: str = sys.executable

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every process."""
        path = os.environ.get("PATH", os.defpath)
        if self.git is not None:
            path = f"{self.git.parent}{os.pathsep}{path}"
        return {"PATH": path, "PYTHONPATH": str(REPOSITORY), **BY, **self.variables}

    def run(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a program in the root."""
        return subprocess.run(
            [*self.before, *command],
            cwd=self.root,
            env=self.environment,
            umask=self.umask,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )


def plain(root: Path, home: Path, python: str = sys.executable) -> Surroundings:
    """A usual account."""
    variables = {"HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    return Surroundings(root, variables, python=python)


def another_country(root: Path, home: Path) -> Surroundings:
    """A Turkish account on another day, in an old encoding, with every setting changed."""
    (home / ".gitconfig").write_text(GIT_CONFIGURATION)
    (home / "attributes").write_text("* text eol=crlf ident working-tree-encoding=UTF-16\n")
    (home / "order").write_text("*.txt\n*.c\n")
    variables = {
        "HOME": str(home),
        "TMPDIR": str(home),
        **language_in(home, "tr_TR", "ISO-8859-9"),
        "TZ": "<+14>-14",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "COLUMNS": "37",
        "LINES": "5",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "USER": "else",
        "LOGNAME": "else",
        "HOSTNAME": "elsewhere",
        **_OF_GIT,
        **_OF_OTHER_PROGRAMS,
        **_OF_PYTHON,
    }
    return Surroundings(
        root, variables, 0o077, backwards=True, before=(*_one_processor(), *_other_day())
    )


def hardly_anything(root: Path) -> Surroundings:
    """A build service: no home, no locale, no time zone, files for everybody."""
    return Surroundings(root, umask=0o000)


def elsewhere_in_asia(root: Path, home: Path) -> Surroundings:
    """A Japanese account, where a backslash may be half of a letter, twelve hours behind."""
    variables = {
        "HOME": str(home),
        **language_in(home, "ja_JP", "EUC-JP"),
        "TZ": "<-12>+12",
        "LANGUAGE": "ja",
        "PYTHONHASHSEED": "99",
        "COLUMNS": "400",
    }
    return Surroundings(root, variables, umask=0o027, backwards=True)


def language_in(home: Path, language: str, charset: str) -> dict[str, str]:
    """A locale of glibc that this machine need not have: it is made in the home."""
    made = home / "locales" / f"{language}.{charset}"
    made.parent.mkdir()
    if shutil.which("localedef") is not None:
        # It warns of what the old encodings lack, and then makes the locale all the same.
        command = ["localedef", "-c", "-i", language, "-f", charset, str(made)]
        subprocess.run(command, capture_output=True, check=False)
    return {"LOCPATH": str(made.parent), "LC_ALL": made.name, "LANG": made.name}


def _one_processor() -> tuple[str, ...]:
    taskset = shutil.which("taskset")
    return () if taskset is None else (taskset, "-c", str(min(os.sched_getaffinity(0))))


def _other_day() -> tuple[str, ...]:
    faketime = shutil.which("faketime")
    return () if faketime is None else (faketime, "2001-02-03 04:05:06")
