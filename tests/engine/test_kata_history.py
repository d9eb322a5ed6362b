"""The conflicts of the kata-containers stack, followed through upstream's real history.

Needs a git directory of the project in PATCHKIT_UPSTREAM, with the tags 2.5.1 and 3.2.0 and the
commits between them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import port_stack
from patchkit.engine.replaying import explain
from patchkit.engine.rules import CERTAIN_RULES, IDENTICAL
from patchkit.model.report import Held
from patchkit.sources.upstream import open_upstream
from patchkit.workspace.loading import load_stack

UPSTREAM = os.environ.get("PATCHKIT_UPSTREAM", "")
STACK = Path(__file__).parents[2] / "series" / "kata-containers" / "2.5.1"

pytestmark = pytest.mark.skipif(
    not UPSTREAM, reason="PATCHKIT_UPSTREAM names no git directory of kata-containers"
)

GO_FIX = "1dfd845f51e0"
CULPRITS = {
    ("0007", b"src/runtime/Makefile"): "c5a59caca142",
    ("0008", b"src/runtime/cmd/kata-runtime/kata-check_generic_test.go"): GO_FIX,
    ("0008", b"src/runtime/cmd/kata-runtime/kata-env_generic_test.go"): GO_FIX,
    ("0011", b"src/agent/src/linux_abi.rs"): "db89c88f4fcb",
    ("0013", b"tools/osbuilder/README.md"): "74ec38cf0216",
    ("0014", b"versions.yaml"): "532755ce31d0",
}
"""What `git log -S` and `-L` find for the lines of each region: the commits that dropped the case
of ppc64le, removed the `+build` lines, began the s390x block with `cfg_if`, gave the table another
column, and put aliases into the list of images."""


def culprits(policy: Policy) -> dict[tuple[str, bytes], tuple[str, bytes]]:
    """For every held region the id of the commit that made it, and its diff."""
    upstream = open_upstream(UPSTREAM, package="kata-containers")
    old, new = upstream.tree("2.5.1"), upstream.tree("3.2.0")
    stack = load_stack(STACK)
    ported = port_stack(stack, old, new, policy)
    history = upstream.history("2.5.1", "3.2.0")
    assert history is not None
    found = {}
    for patch in explain(ported, stack, old, history, policy):
        for file in patch.files:
            for region in file.held:
                assert isinstance(region.settlement, Held)
                commit = region.settlement.made_by
                assert commit is not None, (patch.name, file.old_path)
                assert file.old_path is not None
                found[patch.name[:4], file.old_path] = (commit.identity[:12], commit.diff)
    upstream.close()
    return found


def test_every_conflict_has_its_commit() -> None:
    """With nothing but the rule of identical changes all six are held. That of the Makefile meets
    an earlier commit first, which only touches it."""
    found = culprits(Policy(rules=(IDENTICAL,)))
    expected = CULPRITS | {("0007", b"src/runtime/Makefile"): "e84af6a6205e"}
    assert {key: identity for key, (identity, _) in found.items()} == expected
    assert all(diff.startswith(b"--- a/") for _, diff in found.values())


def test_what_rules_settle_is_gone_past() -> None:
    """With the certain rules it is the commit that dropped the case of ppc64le."""
    found = culprits(Policy(rules=CERTAIN_RULES))
    assert found
    for key, (identity, _) in found.items():
        assert identity == CULPRITS[key]
    assert b"-ifeq ($(ARCH),ppc64le)" in found["0007", b"src/runtime/Makefile"][1]
