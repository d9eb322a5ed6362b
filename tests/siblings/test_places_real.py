"""Places of the real kata-containers, where PATCHKIT_UPSTREAM names a clone of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchkit.model.siblings import CellState, Family, Finding, Rank
from patchkit.model.tree import MemoryTree
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.moves import moved_files
from patchkit.siblings.place_findings import place_findings
from patchkit.siblings.scene import Scene
from patchkit.sources.upstream import open_upstream

_NAMED = os.environ.get("PATCHKIT_UPSTREAM", "")

pytestmark = pytest.mark.skipif(
    not _NAMED, reason="PATCHKIT_UPSTREAM names no clone of kata-containers"
)


@pytest.fixture(scope="module")
def told() -> tuple[tuple[Family, ...], tuple[Finding, ...]]:
    """The places of 2.5.1 and 3.2.0 as upstream has them, without a stack."""
    upstream = open_upstream(str(Path(_NAMED).absolute()), package="kata-containers")
    trees = []
    for version in ("2.5.1", "3.2.0"):
        tree = upstream.tree(version)
        paths = [path for path in tree.listing() if b"vendor" not in path.split(b"/")]
        tree.prefetch(paths)
        files = {path: file for path in paths if (file := tree.get(path)) is not None}
        trees.append(MemoryTree(files))
    upstream.close()
    old, new = trees
    ours = ARCHITECTURES.variant("riscv64")
    assert ours is not None
    moves = moved_files(old.listing(), new.listing(), ARCHITECTURES)
    return place_findings(Scene(ARCHITECTURES, ours, old, new, {}, moves))


def _at(findings: tuple[Finding, ...], path: str, title: str) -> Finding:
    (found,) = [one for one in findings if one.path == path.encode() and one.symbol == title]
    return found


def test_what_a_port_must_serve_breaks_the_build(
    told: tuple[tuple[Family, ...], tuple[Finding, ...]],
) -> None:
    """The PCI bus of the agent is an old place that has nothing for riscv64; the protection of
    guests and the Rust tool's architectures are new ones."""
    _, findings = told
    bus = _at(findings, "src/agent/src/linux_abi.rs", "cfg of fn create_pci_root_bus_path")
    assert (Rank.BUILD, False) == (bus.rank, bus.is_new)
    for path, title in (
        ("src/libs/kata-sys-util/src/protection.rs", "cfg of fn available_guest_protection"),
        ("src/tools/kata-ctl/src/arch/mod.rs", "cfg of mod …, use … as arch_specific"),
        ("src/tools/kata-ctl/src/arch/mod.rs", "cfg of compile_error!(unknown architecture)"),
    ):
        finding = _at(findings, path, title)
        assert (Rank.BUILD, True) == (finding.rank, finding.is_new)
        assert {"arm64", "ppc64le", "s390x", "x86_64"} <= {one.variant for one in finding.siblings}


def test_old_choices_of_scripts_are_behaviour(
    told: tuple[tuple[Family, ...], tuple[Finding, ...]],
) -> None:
    """The scripts that translate names of architectures die for riscv64 in both versions."""
    _, findings = told
    finding = _at(findings, "tools/packaging/scripts/lib.sh", 'case "$arch"')
    assert (Rank.BEHAVIOUR, False) == (finding.rank, finding.is_new)
    assert "ends with an error" in finding.note


def test_a_list_that_upstream_serves_is_no_finding(
    told: tuple[tuple[Family, ...], tuple[Finding, ...]],
) -> None:
    """Upstream's list of seccomp architectures names riscv64 in both versions."""
    families, findings = told
    (family,) = [one for one in families if one.name == b"src/libs/oci/src/lib.rs"]
    assert CellState.THERE is family.cell("riscv64").state
    assert not any(one.path == family.name for one in findings)


def test_how_many_there_are(told: tuple[tuple[Family, ...], tuple[Finding, ...]]) -> None:
    """More than sixty places that matter are new in 3.2.0; nothing is found in patches, lock files
    and files of one architecture."""
    _, findings = told
    new = [one for one in findings if one.is_new and one.rank is not Rank.NOTHING]
    assert 60 < len(new) < 80
    assert not [one for one in findings if one.path.endswith((b".patch", b".lock"))]
    assert not [one for one in findings if b"src/aarch64/" in one.path]
