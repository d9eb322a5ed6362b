"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
import re
import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.port_quality.processes import attempt
from tests.bench.speed.tools import TOOLS, is_installed, patchkit

STARTS = 20
_PROGRAMS = ("git", "patch", "quilt", "rapidquilt")


def machine() -> Mapping[str, str]:
    """The machine and the versions of what ran on it, by name."""
    programs = {tool.program: tool for tool in TOOLS.values()}
    versions = {
        name: _version(name) if is_installed(programs[name]) else "not installed"
        for name in _PROGRAMS
    }
    return {
        "CPU": f"{_cpu()}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **versions,
    }


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found[1] if found else platform.machine()


def _read(place: str) -> str:
    file = Path(place)
    return file.read_text() if file.is_file() else ""


def _version(program: str) -> str:
    said = attempt([program, "--version"]).stdout.decode(errors="replace")
    found = re.search(r"\d+\.[\w.]+", said)
    return found[0] if found else "unknown"


def start_up() -> float:
    """The median seconds of `patchkit --version`."""
    taken = []
    for _ in range(STARTS):
        started = time.monotonic()
        attempt(list(patchkit("--version")))
        taken.append(time.monotonic() - started)
    return statistics.median(taken)
