"""A small made fleet on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from patchkit.model.fleet import Fleet, FleetReport, Limits
from patchkit.workspace.fleet import load_fleet
from tests.cli.demo import HELD, NEW, OLD, PORTED, diff, make_stack
from tests.sources.made import write_files

GOOD, HELD_BACK, BROKEN, NO_UPSTREAM = "good", "held", "broken", "lost"

DEADLY = {"0000-deadly.patch": diff("deadly.txt", None, b"here\n"), **PORTED}
"""Patches of which the first makes a file by which a program on PATH knows the package."""


@dataclass(frozen=True)
class MadeFleet:
    """The file of the fleet, the folder of its stacks, and a place for results."""

    file: Path
    stacks: Path
    out: Path

    @property
    def fleet(self) -> Fleet:
        """What the file says."""
        return load_fleet(self.file)


def make_fleet(root: Path, packages: Mapping[str, Mapping[str, bytes]]) -> MadeFleet:
    """Packages by name with the patches of each, all for version 1.0 of the same upstream."""
    write_files(root / "upstream" / "1.0", OLD)
    write_files(root / "upstream" / "2.0", NEW)
    for name, patches in packages.items():
        make_stack(root / "stacks" / name, patches)
    lines = [f"  - name: {name}\n" for name in packages]
    head = 'fleet: 1\nstack: "stacks/{name}"\nupstream: upstream\nfrom: "1.0"\nto: "2.0"\n'
    file = root / "FLEET.yaml"
    file.write_text(f"{head}packages:\n{''.join(lines)}")
    return MadeFleet(file, root / "stacks", root / "out")


def make_mixed_fleet(root: Path) -> MadeFleet:
    """One package that ports, one with a conflict, one that is broken, one without its upstream."""
    made = make_fleet(root, {GOOD: PORTED, HELD_BACK: HELD, BROKEN: PORTED, NO_UPSTREAM: PORTED})
    (made.stacks / BROKEN / "patches" / "0001-util.patch").unlink()
    text = made.file.read_text()
    made.file.write_text(text.replace("- name: lost\n", '- {name: lost, to: "3.0"}\n'))
    return made


def with_limit(fleet: Fleet, name: str, limits: Limits) -> Fleet:
    """The fleet with limits for one of its packages."""
    return replace(
        fleet,
        packages=tuple(
            replace(one, limits=limits) if one.name == name else one for one in fleet.packages
        ),
    )


def endings(report: FleetReport) -> Sequence[tuple[str, str]]:
    """Each package with how it ended."""
    return [(one.name, one.ending.value) for one in report.outcomes]
