"""Tests of `patchkit.jobs.project`: which stack, which version, which output folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.engine.policy import Policy
from patchkit.errors import PatchkitError, StackError, UpstreamError
from patchkit.jobs.inputs import source_tree
from patchkit.jobs.policies import policy_of
from patchkit.jobs.project import (
    Project,
    find_project,
    own_version,
    stack_version,
    upstream_note,
    upstream_of,
)
from patchkit.jobs.versions import start_version
from patchkit.workspace.settings import Settings
from tests.cli.demo import PORTED, make_demo, make_stack


def _named(folder: Path) -> Project:
    return Project(Settings(), folder)


def _with_settings(root: Path, text: str) -> Project:
    root.mkdir(exist_ok=True)
    (root / "patchkit.yaml").write_text(text)
    return find_project(root)


@pytest.mark.parametrize(
    ("folder", "old", "new", "expected"),
    [
        ("pkg-2.5.1", "2.5.1", "3.2.0", "pkg-3.2.0"),
        ("pkg_v2.5.1", "2.5.1", "3.2.0", "pkg_v3.2.0"),
        ("2.5.1", "2.5.1", "3.2.0", "3.2.0"),
        ("v2.5.1", "2.5.1", "3.2.0", "v3.2.0"),
        ("pkg", "2.5.1", "3.2.0", "pkg-3.2.0"),
        ("pkg-12.1", "2.1", "3", "pkg-12.1-3"),
        ("pkg-2x1", "2.1", "3", "pkg-2x1-3"),
        ("debian", "main", "origin/next", "debian-origin-next"),
    ],
)
def test_the_output_folder_of_a_named_stack(
    tmp_path: Path, folder: str, old: str, new: str, expected: str
) -> None:
    """The old version in the name is replaced if it stands there as a whole, else the new added."""
    assert tmp_path / expected == _named(tmp_path / folder).output_folder(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "3.2.0"),
        ("output: new/{version}\n", "new/3.2.0"),
        ("output: ../{version}-ported\n", "../3.2.0-ported"),
    ],
)
def test_the_output_folder_of_a_project(tmp_path: Path, text: str, expected: str) -> None:
    """The settings say where a new stack goes, relative to their own folder."""
    project = _with_settings(tmp_path / "project", text)
    expected_place = (tmp_path / "project" / expected).resolve()
    assert expected_place == project.output_folder("2.5.1", "3.2.0").resolve()


def test_the_output_does_not_go_into_the_stack(tmp_path: Path) -> None:
    """Settings beside a series file have a pattern that would lead into the stack."""
    stack = make_stack(tmp_path / "pkg", PORTED)
    project = _with_settings(stack, "name: pkg\n")
    assert tmp_path / "pkg-3" == project.output_folder("2", "3")


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("kata-containers-2.5.1", "kata-containers"),
        ("busybox_1.35.0", "busybox"),
        ("pkg-v2", "pkg"),
        ("libfoo2", "libfoo2"),
        ("-1.0", "-1.0"),
    ],
)
def test_the_package_of_a_named_stack(tmp_path: Path, folder: str, expected: str) -> None:
    """The name of the folder, without a version at its end."""
    assert expected == _named(tmp_path / folder).package


@pytest.mark.parametrize(
    ("pattern", "folders", "expected"),
    [
        ("{version}", ["2.5.1", "3.2.0", ".git", "docs"], ("2.5.1", "3.2.0")),
        ("stack-{version}", ["stack-1", "stack-2", "other-3"], ("1", "2")),
        ("{version}/pkg-{version}", ["1/pkg-1", "1/pkg-2"], ("1",)),
        ("./a[b]/{version}/", ["a[b]/1", "ab/2"], ("1",)),
        ("../beside/{version}", ["../beside/7"], ("7",)),
        ("only", ["only"], ()),
    ],
)
def test_the_versions_of_a_project(
    tmp_path: Path, pattern: str, folders: list[str], expected: tuple[str, ...]
) -> None:
    """Every folder that fits the pattern and has a series file is a version."""
    home = tmp_path / "project"
    home.mkdir()
    for folder in folders:
        if folder not in (".git", "docs"):
            make_stack(home / folder, PORTED)
        else:
            (home / folder).mkdir()
    project = _with_settings(home, f"stack: '{pattern}'\n")
    assert expected == project.versions()


def test_an_absolute_pattern(tmp_path: Path) -> None:
    """The stacks may stand somewhere else altogether."""
    make_stack(tmp_path / "elsewhere/1.0", PORTED)
    project = _with_settings(tmp_path / "project", f"stack: '{tmp_path}/elsewhere/{{version}}'\n")
    assert ("1.0",) == project.versions()


def test_the_version_of_a_stack(tmp_path: Path) -> None:
    """As given, else as the folder tells, else it has to be said."""
    named = _named(tmp_path / "pkg-1.0")
    assert "2.0" == own_version(named, "2.0")
    assert "1.0" == own_version(named)
    assert "" == stack_version(named)
    assert "2.0" == stack_version(named, "2.0")
    with pytest.raises(StackError, match="--at VERSION"):
        own_version(_named(tmp_path / "pkg"))
    with pytest.raises(StackError, match="--from VERSION"):
        own_version(_named(tmp_path / "pkg"), option="--from")


def test_the_packaging_goes_before_the_name_of_the_folder(tmp_path: Path) -> None:
    """An upgrade in place changes the spec and leaves the folder's name."""
    stack = make_stack(tmp_path / "pkg-1.0", PORTED)
    (stack / "pkg.spec").write_text("Version: 1.1\n")
    assert "1.1" == own_version(find_project(stack))


def test_the_version_to_port_from(tmp_path: Path) -> None:
    """Not the one that is ported to, though there is a stack for it already."""
    for version in ("1.0", "2.0"):
        make_stack(tmp_path / version, PORTED)
    (tmp_path / "patchkit.yaml").write_text("")
    project = find_project(None, tmp_path)
    assert "1.0" == start_version(project, "2.0")
    assert "0.9" == start_version(project, "2.0", "0.9")
    with pytest.raises(StackError, match=r"1\.0, 2\.0.*--from"):
        start_version(project, "3.0")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (None, 2),
        (b"#!/bin/sh\npatch -p1 -F1 -s < x\n", 1),
        (b"patch -p1 -F 3 < x\n", 3),
        (b"patch --fuzz=0 -p1 < x\n", 0),
        (b"patch --fuzz 4 -p1 < x\n", 4),
        (b"patch -p1 < x\n", 2),
        (b"# patch what?\nsort -F1 x\n", 2),
        (b'    patch -d "$tree" -p"$level" ${reverse:+"$reverse"} -F 0 -f \\\n', 0),
    ],
)
def test_the_fuzz_limit_of_a_script(tmp_path: Path, script: bytes | None, expected: int) -> None:
    """What an apply-patches beside the stack gives to patch is the limit, where nothing is set."""
    if script is not None:
        (tmp_path / "apply-patches").write_bytes(script)
    project = _named(tmp_path)
    assert Policy(max_fuzz=expected, strip=1) == policy_of(project, tmp_path)
    assert 7 == policy_of(project, tmp_path, 7).max_fuzz
    set_one = Project(Settings(fuzz=5, strip=0), tmp_path)
    assert Policy(max_fuzz=5, strip=0) == policy_of(set_one, tmp_path)


def test_the_upstream_and_its_note(tmp_path: Path) -> None:
    """The settings' upstream has the settings' note, another one has none."""
    demo = make_demo(tmp_path)
    project = Project(Settings(upstream=str(demo.upstream), upstream_note="Small."), demo.stack)
    assert ("Small.", "") == (upstream_note(project, None), upstream_note(project, "other"))
    assert str(demo.upstream) == upstream_of(project).description
    with source_tree(project, None) as tree:
        assert tree.get(b"main.c") is not None
    with pytest.raises(UpstreamError, match="no version 7"), source_tree(project, "7"):
        pass
    with pytest.raises(UpstreamError, match="No upstream is named"):
        upstream_of(_named(demo.stack))


def test_finding_a_project(tmp_path: Path) -> None:
    """A stack that is named counts, then the nearest settings, then a series file here."""
    demo = make_demo(tmp_path / "demo")
    assert demo.stack == find_project(demo.stack).stack
    assert demo.stack == find_project(start=demo.stack).stack
    with pytest.raises(StackError, match="--stack"):
        find_project(start=demo.upstream)
    (demo.root / "patchkit.yaml").write_text("name: found\n")
    below = find_project(start=demo.stack)
    assert ("found", None) == (below.settings.name, below.stack)
    named = find_project(demo.stack)
    assert ("found", demo.stack) == (named.settings.name, named.stack)
    (demo.stack / "patchkit.yaml").write_text("nonsense: 1\n")
    with pytest.raises(PatchkitError, match="unknown key"):
        find_project(demo.stack)
