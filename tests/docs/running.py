"""The folder of a reader, with one shell and one Python for all that a page runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.cli.running import REPOSITORY

_SHELL = """\
while read -r script output; do
    source "$script" </dev/null >"$output" 2>&1
    printf '%s %s\\n' "$?" "$PWD"
done
"""
_PYTHON = """\
import json, os, sys, traceback
told = os.fdopen(os.dup(1), "w")
names = {"__name__": "__main__"}
for line in sys.stdin:
    asked = json.loads(line)
    os.chdir(asked["folder"])
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    try:
        exec(compile(asked["code"], "page", "exec"), names)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    print("done", file=told, flush=True)
"""


ROOT = "/home/you/patchkit"
"""The reader's folder, as pages show it."""


class SessionEndedError(Exception):
    """The shell or the Python of a page is gone; the message is what it said."""


@dataclass
class Session:
    """A shell, and a Python that follows it through folders. Give either something to run."""

    root: Path
    scratch: Path
    shell: subprocess.Popen[str]
    python: subprocess.Popen[str]
    code: int = 0
    folder: str = ""
    _outputs: Iterator[Path] = field(init=False)

    def __post_init__(self) -> None:
        self._outputs = (self.scratch / str(number) for number in range(10**6))
        self.folder = str(self.root)

    def run(self, commands: str) -> str:
        """Run them in the shell; what they say on both streams. Raises `SessionEndedError`."""
        script, output = next(self._outputs), next(self._outputs)
        script.write_text(f"(exit {self.code})\n{commands}\n", "utf-8")
        told = _ask(self.shell, f"{script} {output}", output)
        code, self.folder = told.split(" ", 1)
        self.code = int(code)
        return self._shown(output)

    def prepare(self, commands: str) -> None:
        """Run them in the shell, each has to end well. Raises `SessionEndedError`."""
        before = self.code
        self.run(f"set -e\n{commands}\nset +e")
        self.code = before

    def interpret(self, code: str) -> str:
        """Run lines of Python; what they print, and the error that ends them. Raises
        `SessionEndedError`."""
        output = next(self._outputs)
        asked = {"folder": self.folder, "output": str(output), "code": code}
        _ask(self.python, json.dumps(asked), output)
        return self._shown(output)

    def _shown(self, output: Path) -> str:
        return _said(output).replace(str(self.root), ROOT)


@contextmanager
def session(folder: Path) -> Iterator[Session]:
    """A session in a new folder `folder`, with the stacks that ship."""
    root, home, scratch = (folder.resolve() / one for one in ("patchkit", "home", "scratch"))
    shutil.copytree(REPOSITORY / "series", root / "series")
    home.mkdir()
    scratch.mkdir()
    commands = (["bash", "--norc", "--noprofile", "-c", _SHELL], [sys.executable, "-c", _PYTHON])
    processes = [
        subprocess.Popen(
            command,
            cwd=root,
            env=_environment(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for command in commands
    ]
    try:
        shell, python = processes
        yield Session(root, scratch, shell, python)
    finally:
        for process in processes:
            process.communicate()


def _environment(home: Path) -> dict[str, str]:
    """What a reader's shell has, and nothing of this one's but where programs are."""
    here = Path(sys.executable).parent
    who = {"NAME": "A Maintainer", "EMAIL": "maintainer@example.invalid"}
    git = {
        f"GIT_{role}_{key}": said for role in ("AUTHOR", "COMMITTER") for key, said in who.items()
    }
    return {
        "PATH": f"{here}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "COLUMNS": "100",
        "TERM": "xterm",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        # What a page shows today it shows tomorrow.
        "SOURCE_DATE_EPOCH": "1795953600",
        **git,
    }


def _ask(process: subprocess.Popen[str], line: str, output: Path) -> str:
    try:
        _pipe(process.stdin).write(f"{line}\n")
        _pipe(process.stdin).flush()
        told = _pipe(process.stdout).readline()
    except BrokenPipeError:
        told = ""
    if not told:
        raise SessionEndedError(_said(output))
    return told.removesuffix("\n")


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def _said(output: Path) -> str:
    return output.read_text("utf-8", "backslashreplace") if output.exists() else ""
