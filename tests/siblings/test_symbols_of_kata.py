"""The real kata-containers with the shipped stack, of which one file is taken away.

Needs a git directory of the project in PATCHKIT_UPSTREAM, with the tags 2.5.1 and 3.2.0. What the
Go compiler says without each of the files was written down once, with all errors asked for
(`go build -gcflags=-e`, and the tests of the packages compiled)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path as FilePath

import pytest

from patchkit import find_project
from patchkit.engine.rebasing import port_stack
from patchkit.jobs.inputs import read_stack, resolutions_of
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import upstream_of
from patchkit.model.siblings import Finding, FindingKind, Rank
from patchkit.model.tree import File, Overlay, Path
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.owncode import OwnCode
from patchkit.siblings.scene import Scene
from patchkit.siblings.symbolfindings import symbol_findings
from patchkit.sources.progress import silent

UPSTREAM = os.environ.get("PATCHKIT_UPSTREAM", "")
PROJECT = FilePath(__file__).parents[2] / "series" / "kata-containers"
RUNTIME = "src/runtime/"

pytestmark = pytest.mark.skipif(
    not UPSTREAM, reason="PATCHKIT_UPSTREAM names no git directory of kata-containers"
)

UNDEFINED: Mapping[str, frozenset[str]] = {
    "cmd/kata-runtime/kata-check_data_riscv64_test.go": frozenset({"testCPUInfoTemplate"}),
    "cmd/kata-runtime/kata-check_riscv64.go": frozenset(
        {
            "archCPUModelField",
            "archCPUVendorField",
            "archHostCanCreateVMContainer",
            "archKernelParamHandler",
            "archRequiredCPUAttribs",
            "archRequiredCPUFlags",
            "archRequiredKernelModules",
            "cpuFlagsTag",
            "getCPUDetails",
            "hostIsVMContainerCapable",
            "kvmIsUsable",
            "setCPUtype",
            "unknownUarch",
        }
    ),
    "cmd/kata-runtime/kata-check_riscv64_test.go": frozenset(
        {"setupCheckHostIsVMContainerCapable"}
    ),
    "cmd/kata-runtime/kata-env_riscv64_test.go": frozenset({"getExpectedHostDetails"}),
    # Go says that no file of the package is built, and with another one there this name.
    "pkg/govmm/vmm_riscv64.go": frozenset({"MaxVCPUs"}),
    "virtcontainers/factory/template/template_riscv64.go": frozenset({"templateDeviceStateSize"}),
    "virtcontainers/hypervisor_linux_riscv64.go": frozenset({"availableGuestProtection"}),
    "virtcontainers/hypervisor_linux_riscv64_test.go": frozenset(),
    "virtcontainers/qemu_riscv64.go": frozenset(
        {"newQemuArch", "qemuRiscv64", "qmpMigrationWaitTimeout"}
    ),
    "virtcontainers/qemu_riscv64_test.go": frozenset(),
}


@cache
def scene(*, is_decided: bool = True) -> Scene:
    """The stack on both versions, ported with the recorded decisions or without any."""
    project = find_project(PROJECT)
    folder, stack = read_stack(project, "2.5.1")
    source = upstream_of(project, UPSTREAM, None, silent)
    old, new = source.tree("2.5.1"), source.tree("3.2.0")
    policy = policy_of(project, folder, None)
    before = port_stack(stack, old, old, policy)
    if is_decided:
        decided = resolutions_of(project, folder).for_version("3.2.0")
        policy = replace(policy, resolutions=decided)
    ported = port_stack(stack, old, new, policy)
    variant = ARCHITECTURES.variant("riscv64")
    assert variant is not None
    return Scene(
        ARCHITECTURES,
        variant,
        OwnCode(Overlay(old, before.result)),
        OwnCode(Overlay(new, ported.result)),
        {},
        {},
    )


def changed(path: str, content: bytes | None) -> Scene:
    """The scene with one file of the new version changed or taken away."""
    whole = scene()
    file = None if content is None else File(content)
    return replace(whole, new=Overlay(whole.new, {path.encode(): file}))


@cache
def stable() -> frozenset[tuple[Path, str]]:
    """What is found with the whole stack."""
    return frozenset((one.path, one.symbol) for one in symbol_findings(scene()))


def fresh(of: Scene) -> list[Finding]:
    """What is found beyond that."""
    return [one for one in symbol_findings(of) if (one.path, one.symbol) not in stable()]


@pytest.mark.parametrize("name", UNDEFINED)
def test_a_file_less_names_what_the_compiler_misses(name: str) -> None:
    """Exactly the names that the compiler calls undefined, all under the file taken away."""
    found = [one for one in fresh(changed(RUNTIME + name, None)) if one.rank is Rank.BUILD]
    assert {one.symbol for one in found} == UNDEFINED[name]
    assert {one.path for one in found} <= {(RUNTIME + name).encode()}


def test_the_options_of_the_makefile() -> None:
    """What the makefile uses of its options, and what it lists."""
    found = fresh(changed(RUNTIME + "arch/riscv64-options.mk", None))
    assert {(one.rank, one.symbol) for one in found} == {
        (Rank.BUILD, "KERNELPARAMS"),
        (Rank.BUILD, "QEMUCMD"),
        (Rank.BEHAVIOUR, "CPUFEATURES"),
        (Rank.BEHAVIOUR, "MACHINEACCELERATORS"),
        (Rank.BEHAVIOUR, "MACHINETYPE"),
    }


def test_the_finished_port_lacks_nothing_in_go() -> None:
    """The shipped stack builds, and does as the siblings do; its contract is only counted."""
    found = [one for one in symbol_findings(scene()) if one.path.endswith(b".go")]
    assert [(one.kind, one.rank, one.symbol) for one in found] == [
        (FindingKind.CONTRACT, Rank.NOTHING, "qemuArch")
    ]
    assert "went from 42 to 46 members (4 added, 2 changed)" in found[0].note


def test_a_port_without_decisions() -> None:
    """The error that siblings check now, and the tests whose build lines leave ours out."""
    found: dict[tuple[bytes, Rank, str], Finding] = {
        (one.path.rpartition(b"/")[2], one.rank, one.symbol): one
        for one in symbol_findings(scene(is_decided=False))
        if one.path.endswith(b".go") and one.rank is not Rank.NOTHING
    }
    call: tuple[bytes, Rank, str] = (b"qemu_riscv64.go", Rank.BEHAVIOUR, "handleImagePath")
    assert found.keys() == {
        call,
        (b"kata-check_generic_test.go", Rank.BUILD, "testSetCPUTypeGeneric"),
        (b"kata-env_generic_test.go", Rank.BUILD, "testEnvGetEnvInfoSetsCPUTypeGeneric"),
    }
    assert found[call].is_new
    assert [one.variant for one in found[call].siblings] == ["arm64", "ppc64le", "x86_64"]


def test_it_is_quick() -> None:
    """It takes about a second; a slow machine may take five."""
    of = scene()
    symbol_findings(of)
    start = time.process_time()
    symbol_findings(of)
    assert time.process_time() - start < 5
