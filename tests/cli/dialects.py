"""The made project's stack in each dialect, as a person would have written it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cli.demo import HELD, NEW, OLD, Demo
from tests.sources.made import write_files

SPEC = """\
Name:           demo
Version:        1.0
Release:        1%{?dist}
Summary:        A demonstration
License:        MIT
Source0:        %{name}-%{version}.tar.gz
# The patches of demo.
"""
PREP = """
%description
A demonstration, 100% made.

%prep
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A stack of one dialect: its word, its list, and the file of a patch by name."""

    dialect: str
    series: str
    files: Mapping[str, bytes]
    place: Callable[[str], str]

    def listed(self, name: str) -> str:
        """The name of a patch as the list has it: SUSE's has the folder."""
        return self.place(name) if self.dialect == "suse" else name


def in_suse(patches: Mapping[str, bytes]) -> Written:
    """SUSE's kernel-source: a sorted section with its markers, a guarded patch behind it."""
    first, *rest = patches
    line = "\t" + "#" * 56
    text = [
        "# Kernel patches configuration file", "", line, "\t# sorted patches", line,
        f"\tpatches.suse/{first}", "", "\t# out-of-tree patches",
        *(f"\tpatches.suse/{name}" for name in rest[:-1]),
        line, "\t# end of sorted patches", line, "",
        *(f"+demo\tpatches.suse/{name}" for name in ["guarded.patch"]),
        *(f"\tpatches.suse/{name}" for name in rest[-1:]),
    ]  # fmt: skip
    files = {f"patches.suse/{name}": raw for name, raw in patches.items()}
    files["patches.suse/guarded.patch"] = b""
    return Written(
        "suse", "series.conf", {"series.conf": "\n".join([*text, ""]).encode(), **files},
        lambda name: f"patches.suse/{name}",
    )  # fmt: skip


def in_yocto(patches: Mapping[str, bytes]) -> Written:
    """A recipe with continued lines, an `:append`, and a patch that is switched off."""
    *most, last = patches
    lines = "".join(f" \\\n           file://{name}" for name in most)
    text = (
        'SUMMARY = "A demonstration"\nLICENSE = "MIT"\n\n'
        f'SRC_URI = "https://example.org/demo-${{PV}}.tar.gz{lines} \\\n'
        '           file://off.patch;apply=no"\n'
        f'SRC_URI:append = " file://{last};striplevel=1"\n\ninherit autotools\n'
    )
    files = {f"demo/{name}": raw for name, raw in patches.items()}
    return Written(
        "yocto", "demo_1.0.bb",
        {"demo_1.0.bb": text.encode(), **files, "demo/off.patch": b""},
        lambda name: f"demo/{name}",
    )  # fmt: skip


def in_openwrt(patches: Mapping[str, bytes]) -> Written:
    """A Makefile and numbered patches."""
    files = {f"patches/{name}": raw for name, raw in patches.items()}
    return Written(
        "openwrt", "patches", {"Makefile": b"PKG_NAME:=demo\n", **files},
        lambda name: f"patches/{name}",
    )  # fmt: skip


def in_rpm(patches: Mapping[str, bytes]) -> Written:
    """A spec that applies its patches one by one, one of them under a condition."""
    *most, last = patches
    tags = "".join(f"Patch{number}:         {name}\n" for number, name in enumerate(most))
    tags += f"%if 0%{{!?without_last:1}}\nPatch:          {last}\n%endif\n"
    steps = "".join(f"%patch -P {number} -p1\n" for number in range(len(patches)))
    text = SPEC + tags + PREP + "%setup -q\n" + steps
    return Written("rpm", "demo.spec", {"demo.spec": text.encode(), **patches}, lambda name: name)


def in_rpm_at_once(patches: Mapping[str, bytes]) -> Written:
    """A spec with a %patchlist and %autosetup."""
    listed = "\n%patchlist\n" + "".join(f"{name}\n" for name in patches)
    text = SPEC + listed + PREP + "%autosetup -p1\n"
    return Written("rpm", "demo.spec", {"demo.spec": text.encode(), **patches}, lambda name: name)


def in_quilt(patches: Mapping[str, bytes]) -> Written:
    """Debian: comments and options in the series."""
    text = "# The patches of demo.\n\n" + "".join(f"{name} -p1  # why\n" for name in patches)
    files = {f"debian/patches/{name}": raw for name, raw in patches.items()}
    return Written(
        "quilt", "debian/patches/series", {"debian/patches/series": text.encode(), **files},
        lambda name: f"debian/patches/{name}",
    )  # fmt: skip


ALL = (in_suse, in_yocto, in_openwrt, in_rpm, in_rpm_at_once, in_quilt)


def make_demo_in(
    root: Path,
    write: Callable[[Mapping[str, bytes]], Written],
    patches: Mapping[str, bytes] = HELD,
) -> tuple[Demo, Written]:
    """The made project with its stack in another dialect."""
    written = write(patches)
    write_files(root / "upstream/1.0", OLD)
    write_files(root / "upstream/2.0", NEW)
    stack = root / "demo-1.0"
    for path, content in written.files.items():
        place = stack / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return Demo(root, stack, root / "upstream", root / "out"), written
