"""`.ci/release` and the locks: the same bytes, and what each is to have."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import patchkit
from tests.cli.folders import contents_of
from tests.cli.running import REPOSITORY
from tests.release.building import EPOCH, copy_source

_LOCK, _RUN = (REPOSITORY / ".ci" / name for name in ("lock.txt", "lock-run.txt"))
_LOCKED = re.compile(r"^([a-z0-9-]+)==(\S+?)(?: ; (.*?))? \\$", re.MULTILINE)


def _locked(lock: Path) -> dict[str, str]:
    return {name: version for name, version, _ in _LOCKED.findall(lock.read_text())}


def _released(source: Path, **changes: str) -> dict[str, bytes]:
    """What `.ci/release` makes of the one commit of a repository, with what is installed here."""
    dated = {"GIT_AUTHOR_DATE": f"{EPOCH} +0000", "GIT_COMMITTER_DATE": f"{EPOCH} +0000"}
    person = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (["init", "-q"], ["add", "-A"], [*person, "commit", "-qm", "all"]):
        subprocess.run(["git", *command], cwd=source, env={**os.environ, **dated}, check=True)
    here = {"PATCHKIT_TOOLS": sys.prefix, "PATCHKIT_RUN": sys.prefix}
    ran = subprocess.run(
        [source / ".ci" / "release"],
        env={**os.environ, **here, **changes},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, (ran.stdout, ran.stderr)
    return dict(contents_of(source / "dist"))


@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="this is no virtual environment")
def test_a_release_is_the_same_anywhere(tmp_path: Path) -> None:
    """Wheel, sdist, SBOM and checksums, made twice; the SBOM names what patchkit runs with."""
    first = _released(copy_source(tmp_path / "one"))
    second = _released(
        copy_source(tmp_path / "an other" / "two", backwards=True, when=10**9),
        TZ="<-12>+12",
        LC_ALL="C",
        HOME=str(tmp_path),
        PYTHONHASHSEED="3",
    )
    stem = f"patchkit-{patchkit.__version__}"
    archives = {f"{stem}-py3-none-any.whl", f"{stem}.tar.gz", f"{stem}.cdx.json"}
    assert archives | {"SHA256SUMS"} == set(first)
    assert first == second
    sums = dict(line.split("  ")[::-1] for line in first["SHA256SUMS"].decode().splitlines())
    assert {name: hashlib.sha256(first[name]).hexdigest() for name in archives} == sums
    sbom = json.loads(first[f"{stem}.cdx.json"])
    assert ("CycloneDX", patchkit.__version__) == (
        sbom["bomFormat"], sbom["metadata"]["component"]["version"],
    )  # fmt: skip
    listed = {canonicalize_name(one["name"]): one["version"] for one in sbom["components"]}
    for requirement in _run_time():
        assert version(requirement.name) == listed[canonicalize_name(requirement.name)]
    for raw in first.values():
        assert os.fsencode(tmp_path) not in raw


def test_the_locks_are_for_this_project() -> None:
    """Every dependency is locked in a version that it allows, and each file has its hashes."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    whole, run = _locked(_LOCK), _locked(_RUN)
    everything = [
        Requirement(text)
        for texts in (project["dependencies"], *project["optional-dependencies"].values())
        for text in texts
    ]
    for requirement in everything:
        assert whole[canonicalize_name(requirement.name)] in requirement.specifier, requirement
    for requirement in _run_time():
        assert canonicalize_name(requirement.name) in run
    assert run.items() <= whole.items()
    for lock in (_LOCK, _RUN):
        text = lock.read_text()
        blocks = re.split(
            r"^(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE
        )
        for block in filter(None, blocks):
            assert "--hash=sha256:" in block, block


def test_no_registry_is_named() -> None:
    """Where packages come from is for the settings of pip."""
    for place in (REPOSITORY / ".ci").iterdir():
        text = place.read_text()
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text), place


def _run_time() -> list[Requirement]:
    """The dependencies of this Python."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    found = map(Requirement, project["dependencies"])
    return [one for one in found if one.marker is None or one.marker.evaluate()]
