"""What patchkit runs with: programs of the system and libraries, what each is for, and the least
version (jobs floor; tables only).

docs/explanation/dependencies.md says why the libraries are what they are; a test holds the tables
to `pyproject.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Version = tuple[int, ...]

_MODULES = {"GitPython": "git", "PyYAML": "yaml"}
_ANY = re.compile(r"")


@dataclass(frozen=True, slots=True)
class ProgramNeed:
    """A program: `features` are what it is for. Without it the main job, a port, does not work
    where `is_needed`.

    `question` makes it say its version, `answer` is how a line begins by which it is the right one,
    with the version as its first group; `called` is that one's name. `packages` are those of the
    families of distributions where they are not called like the program.
    """

    name: str
    features: str
    is_needed: bool
    question: tuple[str, ...] = ()
    answer: re.Pattern[str] = _ANY
    called: str = ""
    least: Version = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    package: str = ""


@dataclass(frozen=True, slots=True)
class LibraryNeed:
    """A library: its name as pip knows it, and the least version.

    `extra` is the extra of patchkit that brings it, "" where every installation has it.
    """

    name: str
    least: Version
    features: str
    is_needed: bool = False
    extra: str = ""

    @property
    def module(self) -> str:
        """What is imported of it."""
        return _MODULES.get(self.name, self.name.lower().replace("-", "_"))


_SCRIPT = "the proof of every port by apply-patches"
_TARBALL = "apply-patches with a {} (patchkit itself reads it without)"

PROGRAMS = (
    ProgramNeed(
        "git", "upstreams in git, branch and export", is_needed=True,
        question=("version",), answer=re.compile(r"git version (\d+(?:\.\d+)*)"), called="git",
        least=(2, 30),
    ),
    ProgramNeed(
        "patch", _SCRIPT, is_needed=True,
        question=("--version",), answer=re.compile(r"GNU patch (\d+(?:\.\d+)*)"),
        called="GNU patch", least=(2, 7),
    ),
    ProgramNeed(
        "tar", _SCRIPT, is_needed=True,
        question=("--version",), answer=re.compile(r"tar \(GNU tar\) (\d+(?:\.\d+)*)"),
        called="GNU tar",
    ),
    ProgramNeed("sh", _SCRIPT, is_needed=True, package="dash"),
    ProgramNeed("gzip", _SCRIPT, is_needed=True),
    ProgramNeed("sed", _SCRIPT, is_needed=True),
    ProgramNeed("find", _SCRIPT, is_needed=True, package="findutils"),
    ProgramNeed("xargs", _SCRIPT, is_needed=True, package="findutils"),
    *(
        ProgramNeed(name, _SCRIPT, is_needed=True, package="coreutils")
        for name in ("chmod", "cksum", "mkdir", "mktemp", "mv", "readlink", "rm", "tr")
    ),
    ProgramNeed("xz", _TARBALL.format(".tar.xz"), is_needed=False, packages={"debian": "xz-utils"}),
    ProgramNeed("bzip2", _TARBALL.format(".tar.bz2"), is_needed=False),
    ProgramNeed("zstd", _TARBALL.format(".tar.zst"), is_needed=False),
    ProgramNeed(
        "ssh", "upstreams by ssh (git@host:path)", is_needed=False,
        packages={"debian": "openssh-client", "fedora": "openssh-clients"}, package="openssh",
    ),
)  # fmt: skip

_GRAMMAR = "siblings: {} is compared as code, not as text"

LIBRARIES = (
    LibraryNeed("click", (8, 1), "the command line", is_needed=True),
    LibraryNeed("PyYAML", (6,), "patchkit.yaml", is_needed=True),
    LibraryNeed("rich", (13,), "tables on the terminal", is_needed=True),
    LibraryNeed("unidiff", (0, 7, 5), "reading patches", is_needed=True),
    LibraryNeed("GitPython", (3, 1, 41), "upstreams by URL"),
    LibraryNeed("Jinja2", (3, 1), "HTML reports"),
    LibraryNeed("Pygments", (2, 17), "HTML reports"),
    LibraryNeed("tree-sitter", (0, 23), "siblings: files are compared as code, not as text"),
    LibraryNeed("tree-sitter-bash", (0, 23), _GRAMMAR.format("shell")),
    LibraryNeed("tree-sitter-c", (0, 23), _GRAMMAR.format("C")),
    LibraryNeed("tree-sitter-go", (0, 23), _GRAMMAR.format("Go")),
    LibraryNeed("tree-sitter-make", (1,), _GRAMMAR.format("make")),
    LibraryNeed("tree-sitter-rust", (0, 23), _GRAMMAR.format("Rust")),
    LibraryNeed("zstandard", (0, 22), "upstreams in tarballs .tar.zst"),
    LibraryNeed(
        "specfile", (0, 30), "rebase and upgrade: bring a spec to the new version",
        extra="spec",
    ),
    LibraryNeed(
        "distributed", (2024, 5), "fleet --scheduler: a fleet on a Dask cluster",
        extra="fleet",
    ),
    LibraryNeed("fsspec", (2024, 2), "fleet --out URL", extra="fleet"),
)  # fmt: skip

INSTALLERS = {
    "debian": "apt install",
    "fedora": "dnf install",
    "suse": "zypper install",
    "arch": "pacman -S",
    "alpine": "apk add",
}
"""The command of a family of distributions that installs a package."""

FAMILIES = {
    **dict.fromkeys(("debian", "ubuntu"), "debian"),
    **dict.fromkeys(("fedora", "rhel", "centos", "openeuler", "anolis"), "fedora"),
    **dict.fromkeys(("suse", "opensuse", "sles"), "suse"),
    "arch": "arch",
    "alpine": "alpine",
}
"""The family of a distribution by a word of ID or ID_LIKE in os-release(5), up to its first `-`."""


def version_of(text: str) -> Version:
    """The numbers at the beginning of a version, for comparing.

    >>> version_of("2.39.5-rc1") < version_of("2.40")
    True
    """
    found = re.match(r"\d+(?:\.\d+)*", text)
    return tuple(map(int, found[0].split("."))) if found else ()
