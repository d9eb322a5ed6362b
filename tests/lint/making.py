"""Packaging repositories out of nothing, and what lint finds in them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace

import pytest

from patchkit.lint.checking import lint_scene
from patchkit.lint.scene import Scene
from patchkit.model.lint import Finding, LintChoices
from patchkit.model.tree import File, MemoryTree
from patchkit.render.applyscript import apply_script
from tests.cli.demo import diff

HEAD = b"""\
Name:           demo
Version:        1.0
Release:        3%{?dist}
Summary:        A demo
License:        MIT
Source0:        demo-%{version}.tar.gz

%description
A demo.

%prep
sh apply-patches
"""
ENTRY = b"\n%changelog\n* Mon Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"
SPEC = HEAD + ENTRY
PATCH = b"Subject: a change\n\nWhy it is made.\n---\n" + diff("f", b"one\n", b"two\n")

OURS = apply_script(package="demo", strip=1, fuzz=0, flags=frozenset())

needs_rpmspec = pytest.mark.skipif(shutil.which("rpmspec") is None, reason="needs rpmspec")


def scene_of(files: Mapping[str, bytes]) -> Scene:
    """A repository that has these files."""
    tree = {path.encode("utf-8", "surrogateescape"): File(raw) for path, raw in files.items()}
    return Scene(MemoryTree(tree), tuple(sorted(tree)))


def found_in(
    files: Mapping[str, bytes] | Scene, select: str = "", **scene: object
) -> list[Finding]:
    """What the selected rules find in it."""
    made = files if isinstance(files, Scene) else scene_of(files)
    made = replace(made, **scene)  # type: ignore[arg-type]  # fields by their names
    return list(lint_scene(made, LintChoices((select,) if select else ())))


def codes_in(files: Mapping[str, bytes] | Scene, select: str = "", **scene: object) -> list[str]:
    """The codes of what is found, in order."""
    return [one.rule.code for one in found_in(files, select, **scene)]


def clean(**more: bytes) -> dict[str, bytes]:
    """A repository in which nothing is wrong, with further files."""
    return {
        "demo.spec": SPEC,
        "demo-1.0.tar.gz": b"",
        "apply-patches": OURS,
        "series.conf": b"0001-change.patch\n",
        "patches/0001-change.patch": PATCH,
        **more,
    }
