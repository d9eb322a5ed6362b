"""An apt of its own: the lists of source packages of the suites, beside the system's."""

from __future__ import annotations

import os
from pathlib import Path

from tests.bench.port_quality.processes import run

MIRROR = "http://deb.debian.org"
_SUITES = (
    "debian bookworm",
    "debian bookworm-updates",
    "debian trixie",
    "debian forky",
    "debian-security bookworm-security",
    "debian-security trixie-security",
)
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def use_own_apt(folder: Path, mirror: str = MIRROR) -> None:
    """Let `apt-get` of this process and its children use lists in `folder`, fetched if they are not
    there. Nothing of the system's apt is changed. Raises `BenchError`."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    lines = [f"deb-src [signed-by={_KEYRING}] {mirror}/{suite} main\n" for suite in _SUITES]
    sources.write_text("".join(lines))
    configuration = folder / "apt.conf"
    configuration.write_text(
        f'Dir::State "{folder}/state";\n'
        f'Dir::Cache "{folder}/cache";\n'
        f'Dir::Etc::sourcelist "{sources}";\n'
        'Dir::Etc::sourceparts "-";\n'
        'Dir::State::status "/var/lib/dpkg/status";\n'
        'Acquire::Languages "none";\n'
    )
    os.environ["APT_CONFIG"] = str(configuration)
    if not list((folder / "state/lists").glob("*Sources*")):
        run(["apt-get", "update", "-qq"])
