"""`patchkit upgrade`: a packaging repository in place, proved with rpm where it is there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.cli.demo import HELD, NEW, PORTED, Demo, make_demo
from tests.cli.folders import contents_of
from tests.cli.running import assert_done, assert_refused, run
from tests.sources.made import write_files

pytest.importorskip("specfile", reason="the rpm bindings of the system are not there")

SPEC = """\
%global upstream_version 1.0
Name:           demo
Version:        %{upstream_version}
Release:        4%{?dist}
Summary:        A package of our own making
License:        Apache-2.0
Source0:        demo-%{version}.tar.gz
Source1:        series.conf
Source2:        apply-patches
Source3:        patches
BuildArch:      noarch

%description
It runs apply-patches in its prep, as openEuler's packages do.

%prep
cd %{_builddir}
rm -rf demo && mkdir demo && cd demo
cp -r %{_sourcedir}/patches %{_sourcedir}/series.conf %{_sourcedir}/apply-patches .
cp %{_sourcedir}/demo-%{version}.tar.gz .
sh apply-patches

%files

%changelog
* Mon Mar 06 2023 Somebody <somebody@example.invalid> - 1.0-4
- First version
"""
BY = {
    "GIT_AUTHOR_NAME": "A Maintainer",
    "GIT_AUTHOR_EMAIL": "maintainer@example.invalid",
    "SOURCE_DATE_EPOCH": "1795564800",
}


def package(root: Path, patches: dict[str, bytes]) -> Demo:
    """The made project as a packaging repository, with a spec."""
    demo = make_demo(root, patches)
    (demo.stack / "demo.spec").write_text(SPEC)
    return demo


def test_the_whole_package_is_upgraded(tmp_path: Path) -> None:
    """Patches, series, script and spec are for the new version; of the spec only what must change
    does."""
    demo = package(tmp_path, PORTED)
    done = run(
        *("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream),
        changes=BY,
    )
    assert_done(done)
    assert (
        SPEC.replace("upstream_version 1.0", "upstream_version 2.0")
        .replace("4%{?dist}", "1%{?dist}")
        .replace(
            "%changelog\n",
            "%changelog\n* Wed Nov 25 2026 A Maintainer <maintainer@example.invalid> - 2.0-1\n"
            "- Update to 2.0\n\n",
        )
        == (demo.stack / "demo.spec").read_text()
    )
    assert (demo.stack / "apply-patches").is_file()
    assert not list(demo.stack.glob("report.*"))
    checked = run(*("check", "--stack", demo.stack, "--at", "2.0", "--upstream", demo.upstream))
    assert_done(checked)
    assert "no fuzz, no offset" in checked.stdout


@pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="rpmbuild is not there")
def test_rpm_builds_what_was_upgraded(tmp_path: Path) -> None:
    """rpmspec and the %prep of a real rpmbuild accept the package, and the tree is the ported
    one."""
    demo = package(tmp_path, PORTED)
    assert_done(
        run(
            *("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream),
            changes=BY,
        )
    )
    source = tmp_path / "demo-2.0"
    write_files(source, NEW)
    with tarfile.open(demo.stack / "demo-2.0.tar.gz", "w:gz") as archive:
        archive.add(source, "demo-2.0")
    spec = demo.stack / "demo.spec"
    shown = subprocess.run(["rpmspec", "-P", spec], capture_output=True, check=True, text=True)
    assert "Version:        2.0" in shown.stdout
    top = tmp_path / "rpm"
    defines = {"_topdir": top, "_sourcedir": demo.stack, "_builddir": top / "BUILD"}
    words = [word for name, value in defines.items() for word in ("--define", f"{name} {value}")]
    (top / "BUILD").mkdir(parents=True)
    subprocess.run(["rpmbuild", "-bp", "--nodeps", *words, spec], check=True, capture_output=True)
    built = top / "BUILD" / "demo"
    assert b"our twenty\n" in (built / "util.c").read_bytes()
    assert b"one\ntwo\n" == (built / "new.txt").read_bytes()


def test_a_dry_run_shows_the_whole_change(tmp_path: Path) -> None:
    """--dry-run prints one diff that GNU patch can apply, and writes nothing."""
    demo = package(tmp_path, PORTED)
    twin = tmp_path / "twin"
    shutil.copytree(demo.stack, twin)
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    before = contents_of(demo.stack)
    done = run(*command, "--dry-run", changes=BY)
    assert_done(done)
    assert before == contents_of(demo.stack)
    subprocess.run(["patch", "-p1", "-s"], cwd=twin, input=done.stdout.encode(), check=True)
    assert_done(run(*command, changes=BY))
    assert contents_of(demo.stack) == contents_of(twin)


def test_what_is_held_stops_it(tmp_path: Path) -> None:
    """Where a person has to decide, nothing is written, and the reports say what."""
    demo = package(tmp_path, HELD)
    before = contents_of(demo.stack)
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    done = run(*command, "--reports", demo.out, changes=BY)
    assert_done(done, 1)
    assert before == contents_of(demo.stack)
    listing, rebase = re.findall(r"`(patchkit (?:resolve|rebase) .*?)`", done.stdout)
    assert 1 == run(*shlex.split(rebase)[1:], changes=BY).exit_code
    listed = run(*shlex.split(listing)[1:])
    assert 1 == listed.exit_code
    assert "0004-main.patch" in listed.stdout
    assert before == contents_of(demo.stack)
    assert "0004-main.patch" in (demo.out / "report.txt").read_text()
    document = json.loads(run(*command, "--json", changes=BY).stdout)
    assert ("patchkit-upgrade/1", 1, []) == (
        document["schema"],
        document["held_regions"],
        document["changed"],
    )


def test_it_is_for_that_version_already(tmp_path: Path) -> None:
    """A second upgrade is refused; the spec says which version the package is for."""
    demo = package(tmp_path, PORTED)
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    assert_done(run(*command, changes=BY))
    assert_refused(run(*command, changes=BY), "is for 2.0 already")


def test_two_specs(tmp_path: Path) -> None:
    """Which of two specs is meant is for a person to say."""
    demo = package(tmp_path, PORTED)
    (demo.stack / "other.spec").write_text(SPEC)
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    assert_refused(run(*command), "several spec files: demo.spec, other.spec")


def test_a_spec_that_rpm_refuses(tmp_path: Path) -> None:
    """A damaged spec is refused with rpm's own words."""
    demo = package(tmp_path, PORTED)
    (demo.stack / "demo.spec").write_text("%if\nName: demo\n")
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    assert_refused(run(*command), "demo.spec: rpm does not understand it")


def test_a_rebase_brings_the_spec_along(tmp_path: Path) -> None:
    """The ported stack has the spec for its version; on another day nothing changes; an edited one
    is a person's work."""
    demo = package(tmp_path, PORTED)
    assert_done(demo.rebase(changes=BY))
    spec = demo.out / "demo.spec"
    assert "%global upstream_version 2.0" in spec.read_text()
    assert "* Wed Nov 25 2026 A Maintainer" in spec.read_text()
    assert SPEC == (demo.stack / "demo.spec").read_text()
    before = contents_of(demo.out)
    again = demo.rebase(changes={**BY, "SOURCE_DATE_EPOCH": "1895564800"})
    assert "Nothing changed" in again.stdout
    assert before == contents_of(demo.out)
    spec.write_text(spec.read_text() + "- by hand\n")
    assert_refused(demo.rebase(changes=BY), "demo.spec")


def test_without_specfile(tmp_path: Path) -> None:
    """Where specfile is not there, all but the spec is done, and it is said what to install."""
    demo = package(tmp_path, PORTED)
    blocker = tmp_path / "blocked"
    blocker.mkdir()
    (blocker / "specfile.py").write_text("raise ImportError('not here')\n")
    root = Path(__file__).parents[2]
    without = {**BY, "PYTHONPATH": f"{blocker}:{root}"}
    ported = demo.rebase(changes=without)
    assert_done(ported)
    assert "pip install 'patchkit[spec]'" in " ".join(ported.stdout.split())
    assert not (demo.out / "demo.spec").exists()
    command = ("upgrade", "--to", "2.0", "--stack", demo.stack, "--upstream", demo.upstream)
    spec = demo.stack / "demo.spec"
    spec.write_text(SPEC.replace("%{upstream_version}", "%{lower:1.0}"))
    assert_refused(run(*command, changes=without), "specfile is not there", "--from")
    spec.write_text(SPEC)
    done = run(*command, changes=without)
    assert_done(done, 1)
    assert "The spec was not updated." in done.stdout
    assert SPEC == (demo.stack / "demo.spec").read_text()
