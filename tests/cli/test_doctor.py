"""`patchkit doctor`: what it finds, on a machine as it is and on one that lacks something."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from patchkit.jobs.doctor import how_to_get
from patchkit.jobs.needs import LIBRARIES, PROGRAMS
from patchkit.render.applyscript import apply_script
from tests.cli.demo import Demo
from tests.cli.running import REPOSITORY, assert_done, run
from tests.sources.commits import Made

_NEEDED = [need.name for need in PROGRAMS if need.is_needed]


def _folder_without(folder: Path, *left_out: str, **instead: str) -> dict[str, str]:
    """A PATH with all programs that patchkit needs but these; `instead` are scripts for some."""
    folder.mkdir()
    for name in _NEEDED:
        if name not in left_out and name not in instead:
            found = shutil.which(name)
            assert found is not None, name
            (folder / name).symlink_to(found)
    for name, script in instead.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": str(folder)}


def test_this_machine(tmp_path: Path) -> None:
    """The tests run here, so that a port has all that it needs; nothing is written."""
    done = run("doctor", cwd=tmp_path)
    assert_done(done)
    assert "A port has all that it needs." in done.stdout
    assert re.search(r"^  ok +git \d+\.\d+", done.stdout, re.MULTILINE)
    assert re.search(r"^  ok +GNU patch \d+\.\d+", done.stdout, re.MULTILINE)
    assert re.search(r"^  ok +GNU tar \d+\.\d+", done.stdout, re.MULTILINE)
    assert sys.executable in done.stdout
    assert "none here" in done.stdout
    assert [] == list(tmp_path.iterdir())
    quiet = run("doctor", "--quiet", cwd=tmp_path)
    assert (0, "", "") == (quiet.exit_code, quiet.stdout, quiet.stderr)


def test_what_is_missing_is_told_with_what_it_is_for(tmp_path: Path) -> None:
    """An old git, BusyBox's patch and no sed: each is named, and no port can be made."""
    found = _folder_without(
        tmp_path / "bin", "sed",
        git="echo git version 2.29.2", patch="echo 'patch: unrecognized option: version'",
    )  # fmt: skip
    done = run("doctor", cwd=tmp_path, changes=found)
    assert (2, "") == (done.exit_code, done.stderr)
    assert re.search(r"^  too old +git 2\.29\.2 +2\.30 is needed", done.stdout, re.MULTILINE)
    assert re.search(r"^  wrong +GNU patch", done.stdout, re.MULTILINE)
    assert "it says: patch: unrecognized option: version" in done.stdout
    assert re.search(r"^  missing +sed +the proof of every port", done.stdout, re.MULTILINE)
    assert re.search(r"(install|add|-S) sed$|the package sed of", done.stdout, re.MULTILINE)
    assert "No port can be made: git, GNU patch, sed." in done.stdout
    assert re.search(r"^Only for what is said above: .*\bxz\b", done.stdout, re.MULTILINE)
    document = json.loads(run("doctor", "--json", cwd=tmp_path, changes=found).stdout)
    assert ("patchkit-doctor/1", False, None) == tuple(
        document[key] for key in ("schema", "works", "project")
    )
    states = {part["name"]: part["state"] for part in document["parts"]}
    assert {"git": "too old", "GNU patch": "wrong", "sed": "missing"} == {
        name: states[name] for name in ("git", "GNU patch", "sed")
    }


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    """It is there and broken: no traceback, but the reason."""
    found = _folder_without(tmp_path / "bin", patch="")
    (tmp_path / "bin" / "patch").write_bytes(b"\x7fELF")
    done = run("doctor", cwd=tmp_path, changes=found)
    assert 2 == done.exit_code
    assert re.search(r"^  broken +GNU patch", done.stdout, re.MULTILINE)


def test_without_libraries(tmp_path: Path) -> None:
    """It tells of rich, PyYAML and Jinja2 where they are not there, and what each is for."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(
        "import sys\nsys.modules.update(dict.fromkeys(['rich', 'yaml', 'jinja2']))\n"
    )
    (tmp_path / "patchkit.yaml").write_text("name: demo\n")
    changes = {"PYTHONPATH": f"{blocked}:{REPOSITORY}"}
    done = run("doctor", cwd=tmp_path, changes=changes)
    assert (2, "") == (done.exit_code, done.stderr)
    for name, feature in (("rich", "tables"), ("PyYAML", "patchkit.yaml"), ("Jinja2", "HTML")):
        assert re.search(rf"^  missing +{name} .*{feature}", done.stdout, re.MULTILINE)


def test_a_project(clean_demo: Demo, tmp_path: Path) -> None:
    """Its settings, stack, version and upstream; then an upstream without that version."""
    stack = clean_demo.stack
    (stack / "demo.spec").write_text("Name: demo\nVersion: 1.0\n")
    (stack / "patchkit.yaml").write_text("upstream: ../upstream\n")
    done = run("doctor", cwd=stack)
    assert_done(done)
    assert f"settings  {stack / 'patchkit.yaml'}\n" in done.stdout
    assert "3 patches in series.conf (series.conf)\n" in done.stdout
    assert "version   1.0 (Version of demo.spec)\n" in done.stdout
    assert f"upstream  {clean_demo.upstream} (has the version of the stack)\n" in done.stdout
    made = Made(tmp_path / "up.git")
    made.tag("v7.1", made.commit({b"a": b"a\n"}))
    (stack / "patchkit.yaml").write_text("upstream: ../up.git\n")
    project = json.loads(run("doctor", "--json", cwd=stack).stdout)["project"]
    assert "does not have the version of the stack" == project["upstream_state"]
    assert "there is no tag, branch or commit for version 1.0" in project["problem"]


def test_a_url_is_not_asked_and_shows_no_password(clean_demo: Demo) -> None:
    """What would take a network is only told."""
    settings = clean_demo.stack / "patchkit.yaml"
    settings.write_text("upstream: https://me:secret@example.invalid/demo.git\n")
    done = run("doctor", cwd=clean_demo.stack)
    assert_done(done)
    assert "upstream  https://example.invalid/demo.git (not asked, it is a URL)" in done.stdout


def test_broken_settings_are_told(tmp_path: Path) -> None:
    """The machine is looked at all the same."""
    (tmp_path / "patchkit.yaml").write_text("upstraem: x\n")
    done = run("doctor", cwd=tmp_path)
    assert_done(done)
    assert "Did you mean upstream?" in done.stdout
    assert "A port has all that it needs." in done.stdout


def test_how_to_get_a_library(tmp_path: Path) -> None:
    """By pip in an environment, by pipx in one of pipx's; rpm's bindings come from elsewhere."""
    needs = {need.name: need for need in LIBRARIES}
    assert "pip install 'patchkit[fleet]'" == how_to_get(needs["fsspec"], tmp_path)
    assert "pip install patchkit" == how_to_get(needs["rich"], tmp_path)
    (tmp_path / "pipx_metadata.json").write_text("{}")
    assert "pipx inject patchkit fsspec" == how_to_get(needs["fsspec"], tmp_path)
    told = how_to_get(needs["specfile"], tmp_path)
    assert told.startswith("pipx inject patchkit specfile; ")
    assert "python3-rpm" in told


def test_the_libraries_are_those_of_the_project() -> None:
    """Each dependency and each extra of pyproject.toml is looked for, in the least version that it
    allows."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        (Requirement(text).name, extra): str(Requirement(text).specifier)
        for extra, texts in (
            ("", project["dependencies"]),
            *project["optional-dependencies"].items(),
        )
        for text in texts
        if extra not in ("test", "docs")
    }
    told = {(need.name, need.extra): f">={'.'.join(map(str, need.least))}" for need in LIBRARIES}
    assert declared == told


def test_the_programs_are_those_that_are_run() -> None:
    """What the proof and the generated script look for themselves is in the table."""
    script = apply_script(package="demo", strip=1, fuzz=0, flags=frozenset()).decode()
    (looked_for,) = re.findall(r"for program in (.*); do", script)
    assert set(looked_for.split()) <= set(_NEEDED)
    assert {"sh", "patch", "tar", "gzip", "git"} <= set(_NEEDED)


def test_a_port_needs_no_other_program(clean_demo: Demo, tmp_path: Path) -> None:
    """With those that are said to be needed, and nothing else, a stack is ported and proved."""
    found = _folder_without(tmp_path / "bin")
    assert_done(clean_demo.rebase(changes=found))


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    """It is told, and no port needs it."""
    (tmp_path / "file").write_bytes(b"")
    for place, state in ((tmp_path / "file" / "cache", "broken"), (Path("relative"), "missing")):
        done = run("doctor", changes={"XDG_CACHE_HOME": str(place), "HOME": "nowhere"})
        assert_done(done)
        assert re.search(rf"^  {state} +cache folder", done.stdout, re.MULTILINE)
