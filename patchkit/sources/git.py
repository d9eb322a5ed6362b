"""Runs git (sources floor); the only module that imports GitPython. Needs git 2.30 or newer.

GitPython runs what uses the network. It takes as long to import as a small stack to port, and asks
git for its version: what only reads is run without it.

Reading and fetching are kept apart. Offline, git uses no network, no replace refs and no
configuration but the repository's own, of which what could run a program is overruled: so it may
read a repository that belongs to somebody else (docs/explanation/security.md). Online is for a
person's own repository and for URLs: with the person's git configuration (proxies, credentials),
and never asking on the terminal.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from patchkit.errors import UpstreamError

if TYPE_CHECKING:
    from git import Git

_ALWAYS = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}
_OFFLINE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_PARAMETERS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    # Before 2.32 git knows no GIT_CONFIG_GLOBAL, and looks in these two.
    "HOME": os.devnull,
    "XDG_CONFIG_HOME": os.devnull,
}
_OFFLINE_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    f"core.attributesFile={os.devnull}",
    "core.untrackedCache=false",
    "log.showSignature=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
"""Against what the repository's own configuration says: all that reading could run."""
_ONLINE = {"GIT_TERMINAL_PROMPT": "0"}
_ONLINE_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
)
_OLDEST = (2, 30)
_VERSION = re.compile(rb"git version (\d+)\.(\d+)[.\w]*")
_TAIL_SIZE = 1 << 16
_PIPE_SIZE = 1 << 20
_WEB_USER = re.compile(r"\b(https?://)[^/\s']*@")
_PASSWORD = re.compile(r"(://[^/:@\s']*):[^/\s']*@")


@dataclass(frozen=True, slots=True)
class Ran:
    """A git command that has ended. `complaint` is git's own word on why it failed, or None."""

    stdout: bytes
    complaint: str | None


def run_offline(command: Sequence[str], location: Mapping[str, str], stdin: bytes = b"") -> Ran:
    """Run a git command without network and without configuration from outside of the repository.

    `location` is that of the repository, from `location_of`. Raises `UpstreamError` without git.
    """
    _require_version()
    try:
        ended = subprocess.run(
            ("git", *_with_settings(command, _OFFLINE_SETTINGS)),
            input=stdin,
            capture_output=True,
            env=_environment(location),
            check=False,
        )
    except OSError as problem:
        raise _no_git() from problem
    return _ran(ended.returncode, ended.stdout, ended.stderr)


def stream_offline(
    command: Sequence[str],
    location: Mapping[str, str],
    end: bytes,
    refused: Callable[[str], UpstreamError],
) -> Iterator[list[bytes]]:
    """What a git command as for `run_offline` says, in pieces, while it runs: the parts that are
    ended by this byte. Raises what `refused` makes of git's own word where it fails, and
    `UpstreamError` without git."""
    running = Running(command, location)
    rest = b""
    try:
        while piece := os.read(running.stdout.fileno(), _PIPE_SIZE):
            *parts, rest = (rest + piece).split(end)
            yield parts
    finally:
        complaint = running.end()
    if running.status != 0:
        raise refused(complaint_in(complaint))


def run_online(command: Sequence[str], location: Mapping[str, str], stdin: bytes = b"") -> Ran:
    """Run a git command that uses the network, with the person's own git configuration.

    `location` is that of the repository, from `location_of`. Raises `UpstreamError` without git.
    """
    process = _started(
        _with_settings(command, _ONLINE_SETTINGS), {**_ALWAYS, **location, **_ONLINE}
    )
    assert process.proc is not None
    stdout, stderr = process.proc.communicate(stdin)
    return _ran(process.proc.returncode, stdout, stderr)


def _environment(location: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **_ALWAYS, **location, **_OFFLINE}


def _ran(status: int, stdout: bytes, stderr: bytes) -> Ran:
    return Ran(stdout, complaint_in(stderr) if status else None)


def _with_settings(command: Sequence[str], settings: Sequence[str]) -> tuple[str, ...]:
    return (*(word for setting in settings for word in ("-c", setting)), *command)


class Running:
    """A git command that runs without network; `status` is its exit code when it has ended."""

    def __init__(self, command: Sequence[str], location: Mapping[str, str]) -> None:
        _require_version()
        self.status: int | None = None
        try:
            self._process = subprocess.Popen(
                ("git", *_with_settings(command, _OFFLINE_SETTINGS)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(location),
            )
        except OSError as problem:
            raise _no_git() from problem
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self.stdin, self.stdout, self._stderr = stdin, stdout, stderr
        _widen(stdout.fileno())
        self._tail = _Tail(stderr.fileno())

    def end(self) -> bytes:
        """End it; gives the end of what it wrote on stderr."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        self.stdout.close()
        self.status = self._process.wait()
        complaint = self._tail.wait()
        self._stderr.close()
        return complaint


def _widen(pipe: int) -> None:
    """Let a pipe hold so much that git need not wait for us; as much as the system has to give."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)


class _Tail:
    """Takes what a process writes on stderr, so that it is never held up; keeps the end of it.

    On a damaged pack git may write megabytes before it gives up.
    """

    def __init__(self, stderr: int) -> None:
        self._end = b""
        self._thread = threading.Thread(target=self._take, args=(os.dup(stderr),), daemon=True)
        self._thread.start()

    def wait(self) -> bytes:
        """The end of what was written, when the process has ended."""
        self._thread.join()
        return self._end

    def _take(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "rb", buffering=0) as stderr:
            while piece := stderr.read(_TAIL_SIZE):
                self._end = (self._end + piece)[-_TAIL_SIZE:]


def location_of(git_dir: pathlib.Path) -> dict[str, str]:
    """The variables that name a repository, so that none of the caller's environment leaks in."""
    common = git_dir
    shared = git_dir / "commondir"
    if shared.is_file():
        common = git_dir / os.fsdecode(shared.read_bytes().rstrip(b"\n"))
    return {
        "GIT_DIR": str(git_dir.absolute()),
        "GIT_COMMON_DIR": str(common.absolute()),
        "GIT_OBJECT_DIRECTORY": str(common.absolute() / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_NAMESPACE": "",
    }


def complaint_in(stderr: bytes) -> str:
    """git's own last word in what it wrote on stderr, without credentials."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines()]
    verdicts = [line for line in lines if line.startswith(("fatal:", "error:"))]
    last = (verdicts or [line for line in lines if line] or ["git gave no reason."])[-1]
    return without_credentials(last)


def without_credentials(text: str) -> str:
    """The text without the passwords in its URLs; in web addresses also without the user.

    >>> without_credentials("https://token@example.org/x ssh://git:secret@example.org/x")
    'https://example.org/x ssh://git@example.org/x'
    """
    return _PASSWORD.sub(r"\1@", _WEB_USER.sub(r"\1", text))


def _started(command: Sequence[str], environment: Mapping[str, str]) -> Git.AutoInterrupt:
    try:
        import git
    except ImportError as problem:  # raised by GitPython itself where there is no git to run
        raise _no_git() from problem
    _require_version()
    try:
        return git.Git().execute(
            [git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *command],
            istream=subprocess.PIPE,
            as_process=True,
            env=environment,
        )
    except (git.GitCommandNotFound, OSError) as problem:
        raise _no_git() from problem


@functools.cache
def _require_version() -> None:
    """Raise `UpstreamError` where git is too old to do as it is told; asked once a process."""
    try:
        asked = subprocess.run(
            ("git", "version"), capture_output=True, env=_environment({}), check=False
        )
    except OSError as problem:
        raise _no_git() from problem
    found = _VERSION.match(asked.stdout)
    if found is None:
        raise _no_git()
    if tuple(map(int, found.groups())) < _OLDEST:
        said = found[0].split()[-1].decode("ascii")
        raise UpstreamError(f"git is version {said}; patchkit needs 2.30.", "Install a newer git.")


def _no_git() -> UpstreamError:
    return UpstreamError("git cannot be run.", "Install git 2.30 or newer.")
