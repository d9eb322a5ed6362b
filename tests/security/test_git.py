"""No configuration, attribute, hook or ref of a repository makes patchkit run a program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.demo import NEW, OLD, PORTED, make_stack
from tests.cli.running import Run, run
from tests.security.canaries import Canary, canary, state
from tests.sources.made import write_files

_HOOKS = (
    *("reference-transaction", "post-index-change", "post-checkout", "pre-commit", "post-commit"),
    *("pre-auto-gc", "post-rewrite", "update", "post-update", "proc-receive", "pre-push"),
)
_SETTINGS = """\
[core]
\trepositoryformatversion = 0
\tfsmonitor = {0}
\thooksPath = {1}
\tsshCommand = {0}
\tpager = {0}
\teditor = {0}
\taskPass = {0}
\tgitProxy = {0}
\talternateRefsCommand = {0}
\tattributesFile = {1}/attributes
[log]
\tshowSignature = true
[gpg]
\tprogram = {0}
[diff]
\texternal = {0}
[diff "evil"]
\ttextconv = {0}
\tcommand = {0}
[filter "evil"]
\tclean = {0}
\tsmudge = {0}
\tprocess = {0}
\trequired = true
[merge "evil"]
\tdriver = {0}
[credential]
\thelper = !{0}
[uploadpack]
\tpackObjectsHook = {0}
[pager]
\tlog = {0}
\tblame = {0}
[interactive]
\tdiffFilter = {0}
[alias]
\tcat-file = !{0}
\tls-tree = !{0}
[sequence]
\teditor = {0}
[trailer "x"]
\tcommand = {0}
[notes]
\tdisplayRef = refs/notes/*
"""
_ATTRIBUTES = "* filter=evil diff=evil merge=evil text eol=crlf ident\n"


def git(folder: Path, *command: str) -> str:
    """Run git in a folder, as somebody."""
    who = {f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in _WHO}
    done = subprocess.run(
        ["git", "-c", "core.fsmonitor=false", *command],
        cwd=folder, env={**os.environ, **who}, capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode()


_WHO = ("NAME", "EMAIL")


@pytest.fixture
def bait(tmp_path: Path) -> Canary:
    """The program that every setting and every hook names."""
    return canary(tmp_path / "bait")


@pytest.fixture
def hostile(tmp_path: Path, bait: Canary) -> Path:
    """A repository with both versions as tags, that would run the bait at every turn."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    git(folder, "init", "-q")
    for version, files in (("1.0", OLD), ("2.0", NEW)):
        write_files(folder, files)
        (folder / ".gitattributes").write_text(_ATTRIBUTES)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", version)
        git(folder, "tag", f"v{version}")
    arm(folder, bait)
    return folder


def arm(repository: Path, bait: Canary) -> None:
    """Give a repository settings, attributes and hooks that run the bait."""
    hooks = repository / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in _HOOKS:
        (hooks / name).write_bytes(bait.program.read_bytes())
        (hooks / name).chmod(0o755)
    (hooks / "attributes").write_text(_ATTRIBUTES)
    (repository / ".git" / "info" / "attributes").write_text(_ATTRIBUTES)
    config = repository / ".git" / "config"
    config.write_text(_SETTINGS.format(bait.program, hooks))


def test_the_bait_is_taken(hostile: Path, bait: Canary) -> None:
    """git by itself does run the program: the tests below can fail."""
    subprocess.run(["git", "status"], cwd=hostile, capture_output=True, check=False)
    assert bait.has_run


def _commands(stack: Path, upstream: Path, out: Path) -> dict[str, tuple[str | Path, ...]]:
    at = ("--stack", stack, "--at", "1.0", "--upstream", upstream)
    return {
        "rebase": (
            *("rebase", "--from", "1.0", "--to", "2.0", "--stack", stack),
            *("--upstream", upstream, "--out", out, "--report", "html"),
        ),
        "check": ("check", *at),
        "deps": ("deps", *at),
        "branch": ("branch", *at, "--branch", "patches"),
        "refresh": ("refresh", *at),
    }


@pytest.mark.parametrize("command", ["rebase", "check", "deps", "branch", "refresh"])
def test_a_hostile_upstream(hostile: Path, bait: Canary, tmp_path: Path, command: str) -> None:
    """Every command that reads a repository, and the one that writes a branch into it."""
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    done = run(*_commands(stack, hostile, tmp_path / "out")[command])
    assert (0, "") == (done.exit_code, done.stderr)
    assert not bait.has_run


def test_a_hostile_package(bait: Canary, tmp_path: Path) -> None:
    """The repository that the stack lies in is a stranger's as well: a pull request."""
    folder = tmp_path / "package"
    stack = make_stack(folder / "demo-1.0", PORTED)
    (folder / "demo.spec").write_text("Name: demo\nVersion: 1.0\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")
    arm(folder, bait)
    for command in (("lint", folder), ("lint", stack), ("show", "--stack", stack)):
        done = run(*command)
        assert done.exit_code in (0, 1), done
    assert not bait.has_run


def test_replaced_objects_are_not_read(hostile: Path, tmp_path: Path) -> None:
    """refs/replace/ would show another content for the same commit."""
    first, other = (
        git(hostile, "rev-parse", f"v{version}:util.c").strip() for version in ("1.0", "2.0")
    )
    place = hostile / ".git" / "refs" / "replace" / first
    place.parent.mkdir()
    place.write_text(f"{other}\n")
    assert b"one more line" in git(hostile, "cat-file", "blob", first).encode()
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    done = run(*_commands(stack, hostile, tmp_path / "out")["check"])
    assert "All 3 patches apply exactly" in done.stdout


@pytest.mark.parametrize(
    "key", ["core.sshCommand", "credential.helper", "remote.origin.uploadpack"]
)
def test_a_partial_clone_that_would_run_a_program(
    hostile: Path, bait: Canary, tmp_path: Path, key: str
) -> None:
    """Objects are fetched only where the repository's own configuration names no program."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--bare", str(hostile), str(clone))
    blob = git(hostile, "rev-parse", "v1.0:util.c").strip()
    for pack in (clone / "objects" / "pack").glob("*.pack"):
        moved = tmp_path / "moved.pack"
        pack.rename(moved)
        with moved.open("rb") as stream:
            subprocess.run(["git", "unpack-objects", "-q"], cwd=clone, stdin=stream, check=True)
    (clone / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialclone": "origin",
        "remote.origin.url": f"ssh://nowhere.invalid{hostile}",
        "remote.origin.promisor": "true",
        key: str(bait.program),
    }.items():
        git(clone, "config", name, value)
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    done = run(*_commands(stack, clone, tmp_path / "out")["check"])
    assert (2, True) == (done.exit_code, key.lower() in done.stderr), done
    assert not bait.has_run


_SOURCES = {
    "ext": "ext::{0}",
    "a transport of its own": "evil::{0}",
    "fd": "fd::0",
    "an option": "--upload-pack={0}",
    "an option for ssh": "ssh://-oProxyCommand={0}/x",
    "an option for ssh, short": "-oProxyCommand={0}:x",
    "a newline": "https://x.invalid/\n{0}",
}


def _with_upstream(tmp_path: Path, upstream: str, version: str = "1.0") -> Run:
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    return run(
        *("check", "--stack", stack, "--at", version, f"--upstream={upstream}"),
        changes={"XDG_CACHE_HOME": str(tmp_path / "cache")},
    )


@pytest.mark.parametrize("source", _SOURCES.values(), ids=_SOURCES)
def test_urls(bait: Canary, tmp_path: Path, source: str) -> None:
    """A URL that is a command, or an option for one, is refused."""
    done = _with_upstream(tmp_path, source.format(bait.program))
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
    assert not bait.has_run


@pytest.mark.parametrize(
    "version", ["--output=canary", "-x", "--upload-pack=x", "v1.0:util.c", "@{-1}"]
)
@pytest.mark.parametrize("kind", ["path", "url"])
def test_versions(hostile: Path, tmp_path: Path, version: str, kind: str) -> None:
    """A tag or branch that begins with a hyphen, or is an expression, is a name and no option."""
    upstream = str(hostile) if kind == "path" else f"file://{hostile}"
    before = {name for name in state(tmp_path) if "cache" not in name}
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    done = run(
        *("check", "--stack", stack, f"--at={version}", f"--upstream={upstream}"),
        changes={"XDG_CACHE_HOME": str(tmp_path / "cache")},
    )
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
    added = {name for name in state(tmp_path) if "cache" not in name} - before
    assert all(name.startswith("demo-1.0") for name in added)


@pytest.mark.parametrize(
    "branch", ["-d", "--force", "../x", "x..y", "a b", "x.lock", "@{1}", "x\ny"]
)
def test_branches(hostile: Path, tmp_path: Path, branch: str) -> None:
    """A name of a branch that git would read otherwise, or that leads elsewhere, is refused."""
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    before = state(hostile)
    at = ("--stack", stack, "--at", "1.0", "--upstream", hostile)
    done = run("branch", *at, f"--branch={branch}")
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
    done = run("export", *at[:2], *at[4:], f"--branch={branch}")
    assert (2, "patchkit: error: ") == (done.exit_code, done.stderr[:17])
    assert before == state(hostile)


def test_submodules_are_not_entered(hostile: Path, bait: Canary, tmp_path: Path) -> None:
    """A submodule whose URL is a command is an entry of the tree, and no more."""
    (hostile / ".git" / "config").unlink()
    git(hostile, "-c", f"core.hooksPath={os.devnull}", "update-index", "--add", "--cacheinfo",
        f"160000,{'1' * 40},sub")  # fmt: skip
    (hostile / ".gitmodules").write_text(
        f'[submodule "sub"]\n\tpath = sub\n\turl = ext::{bait.program}\n'
        f"\tupdate = !{bait.program}\n"
    )
    git(hostile, "-c", f"core.hooksPath={os.devnull}", "add", ".gitmodules")
    git(hostile, "-c", f"core.hooksPath={os.devnull}", "commit", "-q", "-m", "sub")
    git(hostile, "-c", f"core.hooksPath={os.devnull}", "tag", "-f", "v2.0")
    stack = make_stack(tmp_path / "demo-1.0", PORTED)
    for upstream in (str(hostile), f"file://{hostile}"):
        done = run(
            *("rebase", "--from", "1.0", "--to", "2.0", "--stack", stack, "--force"),
            *("--upstream", upstream, "--out", tmp_path / "out"),
            changes={"XDG_CACHE_HOME": str(tmp_path / "cache")},
        )
        assert (0, "") == (done.exit_code, done.stderr)
    assert not bait.has_run
