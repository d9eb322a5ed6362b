"""The process that has packages ported in children of its own, one after the other (jobs floor).

    python -m patchkit.jobs.fleetnursery

It reads jobs from standard input and writes an answer for each to standard output, as lines of
JSON. All that a port needs is imported before the first job, so that a child starts at once. It
ends a child that takes more time or memory than it may; when its standard input is closed, because
whoever started it has ended, it ends the child and itself.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import patchkit.jobs.making
import patchkit.render.html  # noqa: F401  (for the children, which have both then)
from patchkit.errors import PatchkitError
from patchkit.jobs.fleetpackage import Inputs, port_package
from patchkit.model.fleet import Ending, Limits, PackageOutcome
from patchkit.model.shown import shown_text
from patchkit.render.fleetjson import outcome_document, read_package

ANSWER = "answer.json"
"""What a child writes beside the folder of its result."""
_INPUTS = "inputs.json"
"""What it writes before the port, which may not come to an end."""
_ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_TRACEBACK = "PATCHKIT_TRACEBACK"
PORTED = "ported"
"""The folder of the new stack, beside them."""
_LOOK_SECONDS = 0.1
"""How often the memory of a child is looked at."""
_HEADROOM = 1.25
"""A child is refused memory at so many times of its limit: before that, it is seen."""


@dataclass(frozen=True, slots=True)
class _Watched:
    """How a child ended, and what it took; `over` is the limit that it went over."""

    status: int
    seconds: float
    memory: int
    over: Ending | None = None


class _Abandoned(Exception):  # noqa: N818  (nobody made an error)
    """Whoever gave the job is gone."""


def main() -> None:
    """Work until standard input ends."""
    waker, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGCHLD, *_ENDING_SIGNALS):
        signal.signal(number, lambda *_: None)  # what it is, the pipe says
    # Ctrl-C reaches the whole group; it is for the one who gives the jobs to say what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    try:
        while line := _line(waker):
            answer = _answer(json.loads(line), waker)
            os.write(1, json.dumps(answer).encode() + b"\n")
    except (_Abandoned, BrokenPipeError):
        return


def _line(waker: int) -> bytes:
    """The next job; empty at the end."""
    found = b""
    while not found.endswith(b"\n"):
        readable, _, _ = select.select([0, waker], [], [])
        if waker in readable and _is_to_end(waker):
            return b""
        if 0 not in readable:
            continue
        part = os.read(0, 1 << 16)
        if not part:
            return b""
        found += part
    return found


def _answer(job: Mapping[str, Any], waker: int) -> Mapping[str, Any]:
    package = read_package(job["package"])
    folder = Path(job["folder"])
    place = folder / ANSWER
    child = os.fork()
    if not child:
        _work(job, folder, package.limits)
    watched = _watch(child, package.limits, waker)
    if watched.over is None and watched.status == 0 and place.is_file():
        answer: dict[str, Any] = json.loads(place.read_bytes())
    else:
        ending = watched.over or Ending.CRASHED
        message = "" if watched.over else _how_it_ended(watched.status)
        outcome = PackageOutcome(
            package.name, ending, package.old or "", package.new or "", message,
            limits=package.limits,
        )  # fmt: skip
        answer = {"outcome": outcome_document(outcome)}
        if (folder / _INPUTS).is_file():
            answer["outcome"] |= json.loads((folder / _INPUTS).read_bytes())
    if answer["outcome"] is not None:
        answer["outcome"] |= {"seconds": round(watched.seconds, 2), "memory": watched.memory}
    return answer | {"killed": os.WIFSIGNALED(watched.status) and watched.over is None}


def _how_it_ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"Its process was ended by {signal.Signals(number).name} (signal {number})."
    return f"Its process ended with exit code {os.waitstatus_to_exitcode(status)}, and no answer."


def _work(job: Mapping[str, Any], folder: Path, limits: Limits) -> NoReturn:
    """What the child does: it ends with 0 when it has written an answer."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, *_ENDING_SIGNALS):
        signal.signal(number, signal.SIG_DFL)
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    if os.environ.get(_TRACEBACK) != "1":
        os.dup2(nothing, 2)
    if limits.memory is not None:
        most = int(limits.memory * _HEADROOM)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    code = 0
    try:
        _write(folder / ANSWER, {"outcome": _outcome(job, folder)})
    except BaseException:  # whatever it is, the child must not go on as its parent
        traceback.print_exc()
        code = 70
    os._exit(code)


def _outcome(job: Mapping[str, Any], folder: Path) -> Mapping[str, Any] | None:
    package = read_package(job["package"])

    def learned(inputs: Inputs) -> None:
        told = {"from": inputs.old, "to": inputs.new, "identity": inputs.identity}
        _write(folder / _INPUTS, told)

    try:
        found = port_package(package, folder / PORTED, job["known"], learned)
    except MemoryError:
        found = PackageOutcome(package.name, Ending.MEMORY_LIMIT, limits=package.limits)
    except Exception as error:
        # One package is no reason to stop the others.
        traceback.print_exc()
        told = str(error)
        if not isinstance(error, PatchkitError):
            told = f"A fault of patchkit itself: {type(error).__name__}: {error}"
        found = PackageOutcome(
            package.name, Ending.CRASHED, package.old or "", package.new or "",
            shown_text(" ".join(told.split())), limits=package.limits,
        )  # fmt: skip
    return None if found is None else outcome_document(found)


def _write(place: Path, document: Mapping[str, Any]) -> None:
    unfinished = place.with_name(f"{place.name}.new")
    unfinished.write_text(json.dumps(document), encoding="utf-8")
    unfinished.replace(place)


def _watch(child: int, limits: Limits, waker: int) -> _Watched:
    started = time.monotonic()
    most = 0
    while True:
        readable, _, _ = select.select([0, waker], [], [], _LOOK_SECONDS)
        is_to_end = (waker in readable and _is_to_end(waker)) or 0 in readable
        if is_to_end:
            _end(child)
            raise _Abandoned
        ended, status, usage = os.wait4(child, os.WNOHANG)
        seconds = time.monotonic() - started
        if ended:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)  # what it started and left behind
            return _Watched(status, seconds, max(most, usage.ru_maxrss << 10))
        most = max(most, memory_of(child))
        over = _over(limits, seconds, most)
        if over is not None:
            return _Watched(_end(child), seconds, most, over)


def _is_to_end(waker: int) -> bool:
    """Whether one of the signals that have come is to end this process."""
    return any(number in _ENDING_SIGNALS for number in os.read(waker, 1 << 10))


def _end_with_parent() -> None:
    """On Linux the kernel ends the child when its parent is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _over(limits: Limits, seconds: float, memory: int) -> Ending | None:
    if limits.seconds is not None and seconds > limits.seconds:
        return Ending.TIME_LIMIT
    if limits.memory is not None and memory > limits.memory:
        return Ending.MEMORY_LIMIT
    return None


def _end(child: int) -> int:
    with suppress(ProcessLookupError):  # it has not come so far as to lead a group
        os.killpg(child, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def memory_of(process: int) -> int:
    """The bytes of memory that a process and those that it started have now; 0 where the system
    does not tell."""
    pending, total = [process], 0
    while pending:
        one = pending.pop()
        try:
            pages = Path(f"/proc/{one}/statm").read_bytes().split()[1]
            # Each thread has the processes that it started itself.
            threads = list(Path(f"/proc/{one}/task").iterdir())
            children = [
                child for thread in threads for child in (thread / "children").read_bytes().split()
            ]
        except (OSError, IndexError):
            continue  # it has just ended
        total += int(pages) * os.sysconf("SC_PAGE_SIZE")
        pending += map(int, children)
    return total


if __name__ == "__main__":
    main()
