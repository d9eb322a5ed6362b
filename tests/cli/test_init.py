"""`patchkit init`: what it finds in packaging repositories of all kinds, and that the next commands
work."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from patchkit.errors import OutputError
from patchkit.jobs.init import plan_init
from patchkit.model.tree import File
from patchkit.render.settingstext import KEYS, examples
from patchkit.workspace.settings import Settings, load_settings
from patchkit.workspace.settingsreading import _READERS
from tests.cli.demo import HELD, NEW, OLD, PORTED, make_demo, make_stack
from tests.cli.dialects import (
    Written,
    in_openwrt,
    in_quilt,
    in_rpm,
    in_rpm_at_once,
    in_suse,
    in_yocto,
    make_demo_in,
)
from tests.cli.folders import contents_of, names_in, state_of
from tests.cli.packaged import typed
from tests.cli.running import assert_done, assert_refused, run
from tests.sources.made import write_files

_SAYS_VERSION = {
    "suse": {"rpm/config.sh": "# The version\nSRCVERSION=1.0\n"},
    "quilt": {"debian/changelog": "demo (1:1.0-3) unstable; urgency=low\n\n  * A change.\n"},
    "openwrt": {"Makefile": "PKG_NAME:=demo\nPKG_VERSION:=1.0\nPKG_RELEASE:=1\n"},
}
_PLACES = {
    "suse": "SRCVERSION in rpm/config.sh",
    "quilt": "debian/changelog",
    "openwrt": "PKG_VERSION in Makefile",
    "rpm": "Version of demo.spec",
    "yocto": "the name of demo_1.0.bb",
}


def _put(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def _packed(place: Path, top: str, files: Mapping[bytes, File]) -> None:
    """A tarball of an upstream version."""
    write_files(place.parent / "unpacked" / top, files)
    with tarfile.open(place, "w:gz") as archive:
        archive.add(place.parent / "unpacked" / top, top)
    shutil.rmtree(place.parent / "unpacked")


def _next(output: str) -> list[str]:
    """The commands that are said to come next."""
    told = output.partition("\nNext:\n")[2].splitlines()
    return [line.strip() for line in told if line.startswith("  patchkit ")]


def _follow(output: str, *exit_codes: int) -> list[str]:
    """Type each of the commands that come next, as it stands; what each printed."""
    lines = _next(output)
    assert ["show", "check", "rebase"] == [line.split()[1] for line in lines]
    done = [typed(line) for line in lines]
    assert list(exit_codes) == [one.exit_code for one in done], done
    return [one.output for one in done]


@pytest.mark.parametrize("write", [in_suse, in_quilt, in_openwrt, in_rpm, in_rpm_at_once, in_yocto])
def test_each_dialect(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Mapping[str, bytes]], Written],
) -> None:
    """List, patches, version and upstream are found, and what comes next needs no option."""
    demo, written = make_demo_in(tmp_path, write, PORTED)
    package = demo.stack.rename(tmp_path / "demo")
    _put(package, _SAYS_VERSION.get(written.dialect, {}))
    monkeypatch.chdir(package)
    done = typed("patchkit init")
    assert 0 == done.exit_code, done
    count = 4 if written.dialect in ("suse", "yocto") else 3
    assert f"{count} patches in {written.series} ({written.dialect})" in done.output
    assert f"version   1.0 ({_PLACES[written.dialect]})" in done.output
    assert "upstream  ../upstream (archives on this machine with 1.0, newest 2.0)" in done.output
    settings = load_settings(package / "patchkit.yaml")
    assert ("demo", str(tmp_path / "upstream")) == (settings.name, settings.upstream)
    assert "patchkit rebase --to 2.0" == _next(done.output)[-1]
    shown, checked, ported = _follow(done.output, 0, 0, 0)
    assert all(name in shown for name in PORTED)
    assert "All 3 patches apply" in checked
    assert f"Written to {tmp_path / 'demo-2.0'}" in ported


def test_openeuler_with_its_tarball_in_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git repository with spec, series.conf, patches and the tarball: the upstream is itself."""
    package = make_stack(tmp_path / "demo", HELD)
    _packed(package / "demo-1.0.tar.gz", "demo-1.0", OLD)
    _put(package, {"demo.spec": "%define V 1.0\nName: demo\nVersion: %{V}\nSource0: demo.tar.gz\n"})
    subprocess.run(["git", "init", "-q", package], check=True)
    monkeypatch.chdir(package)
    done = typed("patchkit init")
    assert "upstream  . (archives on this machine with 1.0)" in done.output
    assert "patchkit rebase --to VERSION" == _next(done.output)[-1]
    checked = typed("patchkit check")
    assert 0 == checked.exit_code, checked
    # The new tarball comes to the old one, as a maintainer puts it.
    _packed(package / "demo-2.0.tar.gz", "demo-2.0", NEW)
    ported = typed("patchkit rebase --to 2.0")
    assert 1 == ported.exit_code, ported
    assert "1 region held" in ported.output


def test_debian_as_apt_source_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The original tarball lies beside the unpacked folder, which has the patches in it already;
    the version is Debian's, repacked."""
    root = tmp_path / "demo-1.0+dfsg"
    make_stack(root, PORTED, "debian/patches/series")
    _put(root, {"debian/changelog": "demo (1.0+dfsg-3) unstable; urgency=low\n"})
    write_files(root, NEW)
    _packed(tmp_path / "demo_1.0+dfsg.orig.tar.gz", "demo-1.0", OLD)
    _packed(tmp_path / "demo_2.0.orig.tar.gz", "demo-2.0", NEW)
    monkeypatch.chdir(root)
    done = typed("patchkit init")
    assert "package   demo (debian/changelog)" in done.output
    assert "version   1.0+dfsg (debian/changelog)" in done.output
    assert "upstream  .. (archives on this machine with 1.0+dfsg, newest 2.0)" in done.output
    _follow(done.output, 0, 0, 0)
    assert "dpkg-source" not in done.output
    _put(root, {"debian/source/format": "3.0 (quilt)\n"})
    (advice,) = plan_init(root).advice()
    command = advice.partition("lets it be: ")[2]
    subprocess.run(["sh", "-c", command], check=True)
    assert 'extend-diff-ignore = "^patchkit\\."\n' == (root / "debian/source/options").read_text()
    assert () == plan_init(root).advice()


def test_gbp_has_upstream_in_its_own_tags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository of git-buildpackage is its own upstream."""
    root = tmp_path / "demo"
    write_files(root, OLD)
    git = ("git", "-C", str(root), "-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", "init", "-q", root], check=True)
    for version, files in (("1.0", OLD), ("2.0", NEW)):
        write_files(root, files)
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", f"Upstream {version}"], check=True)
        subprocess.run([*git, "tag", f"upstream/{version}"], check=True)
    make_stack(tmp_path / "made", PORTED, "debian/patches/series")
    shutil.copytree(tmp_path / "made", root, dirs_exist_ok=True)
    _put(root, {"debian/changelog": "demo (1.0-3) unstable; urgency=low\n"})
    monkeypatch.chdir(root)
    done = typed("patchkit init")
    assert "upstream  . (a git repository on this machine with 1.0, newest 2.0)" in done.output
    _follow(done.output, 0, 0, 0)


def test_tarballs_of_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package may be called otherwise than what it packages: then no name is set, by which the
    tarball would not be found."""
    package = make_stack(tmp_path / "golang-demo", PORTED)
    _put(package, {"golang-demo.spec": "Name: golang-demo\nVersion: 1.0\n"})
    _packed(package / "demo-1.0.tar.gz", "demo-1.0", OLD)
    monkeypatch.chdir(package)
    done = typed("patchkit init")
    assert "package   golang-demo (golang-demo.spec)" in done.output
    assert "upstream  . (archives on this machine with 1.0)" in done.output
    assert load_settings(package / "patchkit.yaml").name is None
    assert 0 == typed("patchkit check").exit_code


def test_plain_quilt_says_what_must_be_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing tells the version and no upstream is there, the lines have the options."""
    package = make_stack(tmp_path / "demo", PORTED, "patches/series")
    monkeypatch.chdir(package)
    done = typed("patchkit init")
    assert 0 == done.exit_code
    assert "version   not found" in done.output
    assert "upstream  not found" in done.output
    assert [
        "patchkit show",
        "patchkit check --tree SOURCE",
        "patchkit rebase --from VERSION --to VERSION --upstream SRC",
    ] == _next(done.output)
    assert 0 == typed("patchkit show").exit_code
    write_files(tmp_path / "source", OLD)
    assert 0 == typed("patchkit check --tree ../source").exit_code
    settings = (package / "patchkit.yaml").read_text()
    assert "\n# upstream: https://example.org/my-package.git\n" in settings


def test_a_folder_for_each_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pattern of their names is set where it is not the usual one."""
    for version in ("1.0", "1.10", "1.9"):
        make_stack(tmp_path / "demo" / f"demo-{version}", PORTED)
    write_files(tmp_path / "upstream" / "1.10", OLD)
    write_files(tmp_path / "upstream" / "2.0", NEW)
    monkeypatch.chdir(tmp_path / "demo")
    done = typed("patchkit init")
    settings = load_settings(tmp_path / "demo" / "patchkit.yaml")
    assert ("demo-{version}", "demo-{version}") == (settings.stack, settings.output)
    assert "patchkit rebase --from 1.10 --to 2.0" == _next(done.output)[-1]
    _follow(done.output, 0, 0, 0)
    assert (tmp_path / "demo" / "demo-2.0" / "series.conf").is_file()


def test_a_stack_in_a_folder_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only list of patches is in a folder without a version."""
    demo = make_demo(tmp_path, PORTED)
    (tmp_path / "project").mkdir()
    demo.stack.rename(tmp_path / "project" / "rpm")
    _put(tmp_path / "project" / "rpm", {"demo.spec": "Name: demo\nVersion: 1.0\n"})
    monkeypatch.chdir(tmp_path / "project")
    done = typed("patchkit init")
    assert "patches in rpm/series.conf" in done.output
    _follow(done.output, 0, 0, 0)


@pytest.mark.parametrize(
    ("files", "url", "place"),
    [
        (
            {"demo.spec": "Name: demo\nVersion: 1\nURL: https://github.com/a/demo\n"},
            "https://github.com/a/demo", "demo.spec",
        ),
        (
            {"demo.spec": "Name: demo\nVersion: 1\nSource0: https://gitee.com/a/%{name}/archive/%{version}.tar.gz\n"},
            "https://gitee.com/a/demo", "demo.spec",
        ),
        (
            {"demo.spec": "Name: demo\nURL: https://example.org\nVCS: git:https://example.org/demo.git\n"},
            "https://example.org/demo.git", "demo.spec",
        ),
        (
            {
                "demo.spec": "Name: demo\n",
                "_service": '<services><service name="obs_scm"><param name="url">'
                "https://gitlab.com/a/b/demo.git</param></service></services>",
            },
            "https://gitlab.com/a/b/demo.git", "_service",
        ),
        (
            {
                "demo.spec": "Name: demo\n",
                "demo.yaml": "version_control: github\nsrc_repo: a/demo\n",
            },
            "https://github.com/a/demo", "demo.yaml",
        ),
        (
            {
                "debian/changelog": "demo (1-1) unstable; urgency=low\n",
                "debian/watch": "version=4\nhttps://github.com/a/demo/tags .*/v?@ANY_VERSION@.gz\n",
            },
            "https://github.com/a/demo", "debian/watch",
        ),
        (
            {
                "debian/changelog": "demo (1-1) unstable; urgency=low\n",
                "debian/upstream/metadata": "Repository: https://salsa.debian.org/a/demo.git\n",
            },
            "https://salsa.debian.org/a/demo.git", "debian/upstream/metadata",
        ),
        (
            {"Makefile": "PKG_NAME:=demo\nPKG_SOURCE_PROTO:=git\nPKG_SOURCE_URL:=https://git.example.org/demo.git\n"},
            "https://git.example.org/demo.git", "Makefile",
        ),
    ],
)  # fmt: skip
def test_urls_that_the_packaging_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], url: str, place: str
) -> None:
    """A git repository that a file names is set, with the file, and is not asked."""
    is_debian = any(name.startswith("debian/") for name in files)
    layout = "debian/patches/series" if is_debian else "series.conf"
    package = make_stack(tmp_path / "demo", PORTED, layout)
    _put(package, files)
    monkeypatch.chdir(package)
    done = typed("patchkit init")
    assert f"upstream  {url} ({place}; it was not asked" in done.output
    assert url == load_settings(package / "patchkit.yaml").upstream


def test_a_recipe_names_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BitBake's word for a git repository is turned into a URL that git knows."""
    demo, _ = make_demo_in(tmp_path, in_yocto, PORTED)
    recipe = demo.stack / "demo_1.0.bb"
    text = recipe.read_text().replace(
        "https://example.org/demo-${PV}.tar.gz",
        "git://github.com/a/${BPN};protocol=https;branch=main",
    )
    recipe.write_text(text)
    monkeypatch.chdir(demo.stack)
    shutil.rmtree(demo.upstream)
    assert "upstream  https://github.com/a/demo.git (demo_1.0.bb; " in typed("patchkit init").output


def _refused(line: str, *words: str) -> None:
    """The line ends with 2, prints nothing, and the error has these words."""
    done = typed(line)
    assert (2, "") == (done.exit_code, done.output), done
    for word in words:
        assert word in done.error


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """Not by a second run, and not in a stack that the file above is for."""
    package = make_stack(tmp_path / "demo", PORTED)
    assert_done(run("init", cwd=package))
    before = state_of(package)
    assert_refused(run("init", cwd=package), "patchkit.yaml: is there already", "--print")
    above = tmp_path / "many"
    stack = make_stack(above / "1.0", PORTED)
    (above / "patchkit.yaml").write_text("name: demo\n")
    _refused(f"patchkit init {stack}", f"is one of the stacks of {above / 'patchkit.yaml'}")
    assert before == state_of(package)
    assert not (stack / "patchkit.yaml").exists()
    debian = make_stack(tmp_path / "deb", PORTED, "debian/patches/series")
    (debian / "debian" / "patchkit.yaml").write_text("name: demo\n")
    _refused(f"patchkit init {debian}", "debian/patchkit.yaml: is there already")


def test_what_comes_while_it_looks_is_not_overwritten(tmp_path: Path) -> None:
    """Somebody else was quicker: the plan is not written over their file."""
    package = make_stack(tmp_path / "demo", PORTED)
    plan = plan_init(package)
    (package / "patchkit.yaml").write_text("name: theirs\n")
    with pytest.raises(OutputError, match=r"patchkit\.yaml"):
        plan.write()
    assert "name: theirs\n" == (package / "patchkit.yaml").read_text()


def test_only_shown(tmp_path: Path) -> None:
    """`--print` is the file and nothing else, `--dry-run` tells all; both write nothing."""
    package = make_stack(tmp_path / "demo", PORTED)
    before = state_of(tmp_path)
    printed = typed(f"patchkit init --print {package}")
    dry = typed(f"patchkit init --dry-run {package}")
    assert (0, 0) == (printed.exit_code, dry.exit_code)
    assert dry.output.endswith(f"\n\n{printed.output}")
    assert "Dry run: would write" in dry.output
    assert before == state_of(tmp_path)
    assert (0, "") == (typed(f"patchkit init -q {package}").exit_code, "")
    assert printed.output == (package / "patchkit.yaml").read_text()
    assert ["patches", "patchkit.yaml", "series.conf"] == names_in(package)


def test_json(tmp_path: Path) -> None:
    """`--json` has all that was found, the file and the next commands."""
    package = make_stack(tmp_path / "demo-1.0", PORTED)
    write_files(tmp_path / "upstream" / "1.0", OLD)
    document = json.loads(typed(f"patchkit init --json {package}").output)
    assert ("patchkit-init/1", True, "demo", "1.0") == tuple(
        document[key] for key in ("schema", "written", "name", "version")
    )
    assert list(PORTED) == document["stacks"][0]["patches"]
    assert [
        {"value": "../upstream", "kind": "archives", "from": None, "version": "1.0", "newest": None}
    ] == document["upstreams"]
    assert contents_of(package)["patchkit.yaml"].decode() == document["settings"]
    assert "patchkit check" in document["next"]


def test_a_stack_that_cannot_be_read_yet(tmp_path: Path) -> None:
    """The settings are written all the same; what is wrong is told, and the exit code is 1."""
    package = make_stack(tmp_path / "demo", PORTED)
    (package / "patches" / "0002-new.patch").unlink()
    done = typed(f"patchkit init {package}")
    assert 1 == done.exit_code
    assert "problem: " in done.output
    assert "0002-new.patch: no such file" in done.output
    assert (package / "patchkit.yaml").is_file()


@pytest.mark.parametrize("within", ["debian", "debian/patches"])
def test_within_a_packaging_repository(tmp_path: Path, within: str) -> None:
    """Somebody who stands in the folder of the patches is told where to go."""
    root = make_stack(tmp_path / "demo", PORTED, "debian/patches/series")
    _refused(f"patchkit init {root / within}", "not the whole of it", f"patchkit init {root}")


def test_where_there_is_no_stack(tmp_path: Path) -> None:
    """An empty folder, one that is not there, and one with many packages."""
    _refused(f"patchkit init {tmp_path}", "no series file here", "Looked for")
    _refused(f"patchkit init {tmp_path / 'nowhere'}", "no such folder")
    for name in ("one", "two"):
        make_stack(tmp_path / "many" / name, PORTED)
    _refused(f"patchkit init {tmp_path / 'many'}", "several packages: one, two", "patchkit fleet")


def test_every_key_is_explained_and_its_example_is_read(tmp_path: Path) -> None:
    """All keys that there are stand in the file, and each example is one that can be used."""
    assert set(_READERS) == set(KEYS)
    package = make_stack(tmp_path / "demo", PORTED)
    text = typed(f"patchkit init --print {package}").output
    place = tmp_path / "patchkit.yaml"
    plain = Settings()
    for key, example in examples().items():
        if key != "name":
            assert f"\n# {example}\n" in text, key
        place.write_text(re.sub(rf"^# ({re.escape(example)})$", r"\1", text, flags=re.MULTILINE))
        field = key.replace("-", "_")
        is_default = key in ("stack", "strip")  # whose example is what they are anyway
        assert is_default or getattr(plain, field) != getattr(load_settings(place), field), key
