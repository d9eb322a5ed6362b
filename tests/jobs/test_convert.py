"""Converting a stack into another dialect and back gives the same stack."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings

from patchkit.errors import OutputError, SeriesFormatError, StackError
from patchkit.jobs.convert import Target, plan_convert
from patchkit.jobs.project import Project, find_project
from patchkit.model.entry import Entry, format_entry
from patchkit.model.stack import Dialect, Stack
from patchkit.workspace.loading import load_stack
from patchkit.workspace.settings import Settings
from tests.cli.demo import HELD, NEW, OLD
from tests.cli.dialects import ALL, Written
from tests.cli.folders import contents_of
from tests.cli.rpm import needs_rpm, prepared
from tests.sources.made import write_files
from tests.strategies.lists import entries, plain_entries, series_of

needs_quilt = pytest.mark.skipif(shutil.which("quilt") is None, reason="quilt is not installed")


def put(root: Path, lines: list[tuple[bytes, Entry]]) -> Path:
    """A stack of openEuler with these lines; every patch says its own name."""
    write_files(root, {})
    root.mkdir(parents=True, exist_ok=True)
    (root / "patches").mkdir(exist_ok=True)
    text = b""
    for before, entry in lines:
        text += before + format_entry(entry)
        (root / "patches" / entry.name).write_bytes(
            b"# %s\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n" % entry.name.encode()
        )
    (root / "series.conf").write_bytes(text + b"# the end\n")
    return root


def convert(stack: Path, target: Target, out: Path) -> Stack:
    """Convert and write; the new stack as it is read again."""
    plan_convert(find_project(stack), "", target, out).write()
    return load_stack(out)


def said(stack: Stack) -> list[tuple[bytes, int, bool]]:
    """What a stack applies: the patches, each with its level and direction."""
    return [
        (one.patch.raw, 1 if one.entry.strip is None else one.entry.strip, one.entry.is_reversed)
        for one in stack.patches
    ]


def without_script(root: Path) -> dict[str, bytes]:
    """Every file but the script, which belongs to the dialect and not to the stack."""
    return {path: raw for path, raw in contents_of(root).items() if path != "apply-patches"}


@pytest.mark.parametrize("target", Target)
@settings(max_examples=25, deadline=None)
@given(lines=series_of(plain_entries))
def test_there_and_back_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, target: Target, lines: list[tuple[bytes, Entry]]
) -> None:
    """Whatever the dialect in between, and it applies the same patches in the same order."""
    root = tmp_path_factory.mktemp("stack")
    stack = put(root / "stack", lines)
    if not lines and target.dialect not in (Dialect.SERIES_CONF, Dialect.QUILT):
        return  # what has no patches is not seen to be a stack of the others
    there = convert(stack, target, root / "there")
    assert target.dialect is there.layout.dialect
    assert said(load_stack(stack)) == said(there)
    convert(root / "there", Target.OPENEULER, root / "back")
    assert contents_of(stack) == without_script(root / "back")


@pytest.mark.parametrize("target", [Target.QUILT, Target.RPM])
@settings(max_examples=40, deadline=None)
@given(lines=series_of(entries))
def test_options_and_guards_come_back(
    tmp_path_factory: pytest.TempPathFactory, target: Target, lines: list[tuple[bytes, Entry]]
) -> None:
    """Levels and -R are said there; guards that select nothing leave a patch out."""
    root = tmp_path_factory.mktemp("stack")
    stack = put(root / "stack", lines)
    if not lines and target is Target.RPM:
        return
    there = convert(stack, target, root / "there")
    assert said(load_stack(stack)) == said(there)
    convert(root / "there", Target.OPENEULER, root / "back")
    assert contents_of(stack) == without_script(root / "back")


@pytest.mark.parametrize("target", [Target.SUSE, Target.YOCTO, Target.OPENWRT])
@settings(max_examples=40, deadline=None)
@given(lines=series_of(entries))
def test_what_would_be_applied_in_another_way_is_refused(
    tmp_path_factory: pytest.TempPathFactory, target: Target, lines: list[tuple[bytes, Entry]]
) -> None:
    """With the line of the patch; what is not refused is the same stack."""
    root = tmp_path_factory.mktemp("stack")
    stack = put(root / "stack", lines)
    wrong = {
        number
        for number, line in enumerate((stack / "series.conf").read_bytes().split(b"\n"), 1)
        for _, entry in lines
        if line == format_entry(entry).rstrip(b"\n")
        and (entry.is_reversed or (entry.strip in (0, 2) and target is not Target.YOCTO))
    }
    try:
        plan = plan_convert(find_project(stack), "", target, root / "there")
    except StackError as error:
        number = int(error.message.split(":")[1])
        assert min(wrong) == number
        return
    assert not wrong
    if any(one.is_listed for one in plan.patches):
        plan.write()
        assert said(load_stack(stack)) == said(load_stack(root / "there"))
        convert(root / "there", Target.OPENEULER, root / "back")
        assert contents_of(stack) == without_script(root / "back")


@pytest.mark.parametrize("write", ALL, ids=lambda one: one.__name__)
@pytest.mark.parametrize("target", Target)
def test_from_each_dialect_to_each(tmp_path: Path, write: object, target: Target) -> None:
    """A recipe or a spec comes back as it was, with all the text around its patches."""
    assert callable(write)
    written: Written = write(HELD)
    stack = tmp_path / "demo-1.0"
    for path, content in written.files.items():
        (stack / path).parent.mkdir(parents=True, exist_ok=True)
        (stack / path).write_bytes(content)
    before = load_stack(stack)
    there = convert(stack, target, tmp_path / "there")
    assert said(before) == said(there)
    home = next(one for one in Target if one.dialect is before.layout.dialect)
    home = Target.DEBIAN if home is Target.QUILT else home
    back = convert(tmp_path / "there", home, tmp_path / "back")
    assert said(before) == said(back)
    files = {path: raw for path, raw in written.files.items() if path != "Makefile"}
    assert files == {
        path: raw
        for path, raw in without_script(tmp_path / "back").items()
        if path != "patchkit.origin"
    }


def test_what_was_changed_in_between_comes_along(tmp_path: Path) -> None:
    """A patch less, one more, and another level: the list that comes back has just that."""
    lines = [(b"# %d\n" % at, Entry(f"{at}.patch")) for at in range(4)]
    stack = put(tmp_path / "stack", lines)
    convert(stack, Target.QUILT, tmp_path / "there")
    series = tmp_path / "there/patches/series"
    text = series.read_bytes().replace(b"1.patch\n", b"").replace(b"2.patch\n", b"2.patch -p0\n")
    series.write_bytes(text.replace(b"3.patch\n", b"new.patch -R\n3.patch\n"))
    (tmp_path / "there/patches/1.patch").unlink()
    patch = (tmp_path / "there/patches/3.patch").read_bytes()
    (tmp_path / "there/patches/new.patch").write_bytes(patch)
    convert(tmp_path / "there", Target.OPENEULER, tmp_path / "back")
    wanted = b"# 0\n0.patch\n2.patch -p0\nnew.patch -R\n# 1\n# 2\n# 3\n3.patch\n# the end\n"
    found = (tmp_path / "back/series.conf").read_bytes()
    assert sorted(wanted.split(b"\n")) == sorted(found.split(b"\n"))
    assert ["0.patch", "2.patch", "new.patch", "3.patch"] == list(
        load_stack(tmp_path / "back").names
    )


def test_another_order_in_between_is_refused(tmp_path: Path) -> None:
    """Nobody can say where the comments would go."""
    stack = put(tmp_path / "stack", [(b"", Entry("a.patch")), (b"", Entry("b.patch"))])
    convert(stack, Target.QUILT, tmp_path / "there")
    (tmp_path / "there/patches/series").write_text("b.patch\na.patch\n")
    with pytest.raises(StackError, match="order"):
        convert(tmp_path / "there", Target.OPENEULER, tmp_path / "back")


def test_the_level_of_the_settings_is_said(tmp_path: Path) -> None:
    """A stack whose settings say -p0 has no such settings in another place."""
    stack = put(tmp_path / "stack", [(b"", Entry("a.patch")), (b"", Entry("b.patch", 1))])
    project = Project(Settings(strip=0), stack)
    plan_convert(project, "", Target.QUILT, tmp_path / "there").write()
    assert (
        "a.patch -p0\nb.patch -p1\n# the end\n" == (tmp_path / "there/patches/series").read_text()
    )


def test_numbers_for_openwrt(tmp_path: Path) -> None:
    """Names that would sort in another way get a number; those that do not stay."""
    lines = [(b"", Entry(name)) for name in ("z.patch", "2-b.patch", "a.patch")]
    convert(put(tmp_path / "stack", lines), Target.OPENWRT, tmp_path / "there")
    names = sorted(path.name for path in (tmp_path / "there/patches").iterdir())
    assert ["100-z.patch", "110-b.patch", "120-a.patch"] == names


def test_two_of_the_same_name_are_refused(tmp_path: Path) -> None:
    """A spec knows no folders."""
    stack = put(tmp_path / "stack", [])
    for folder in ("a", "b"):
        (stack / "patches" / folder).mkdir()
        (stack / "patches" / folder / "x.patch").write_bytes(HELD["0001-util.patch"])
    (stack / "series.conf").write_text("a/x.patch\nb/x.patch\n")
    with pytest.raises(StackError, match=r"a/x\.patch and b/x\.patch would both be x\.patch"):
        convert(stack, Target.RPM, tmp_path / "there")


def test_nothing_of_a_person_is_replaced(tmp_path: Path) -> None:
    """Other files of these names are an error, and so is the stack itself as the output."""
    stack = put(tmp_path / "stack", [(b"", Entry("a.patch"))])
    (tmp_path / "there/patches").mkdir(parents=True)
    (tmp_path / "there/patches/series").write_text("mine.patch\n")
    with pytest.raises(OutputError, match="other files already: patches/series"):
        convert(stack, Target.QUILT, tmp_path / "there")
    assert {"patches/series": b"mine.patch\n"} == contents_of(tmp_path / "there")
    with pytest.raises(OutputError, match="the stack itself"):
        convert(stack, Target.QUILT, stack)


@pytest.mark.parametrize(
    "text",
    [b"", b"# patchkit origin 2\n\n", b"# patchkit origin 1\nodd\n\n", b"# patchkit origin 1\n\n"],
)
def test_a_broken_origin_is_an_error(tmp_path: Path, text: bytes) -> None:
    """With the file, the line, and what to do."""
    stack = put(tmp_path / "stack", [(b"", Entry("a.patch"))])
    (stack / "patchkit.origin").write_bytes(text)
    with pytest.raises(SeriesFormatError, match=r"patchkit\.origin:\d: "):
        convert(stack, Target.QUILT, tmp_path / "there")


@needs_quilt
@pytest.mark.parametrize("write", ALL, ids=lambda one: one.__name__)
def test_quilt_applies_what_was_converted(tmp_path: Path, write: object) -> None:
    """`quilt push -a --fuzz=0` gives what the stack gives, and `quilt series` names the same."""
    assert callable(write)
    written: Written = write(HELD)
    stack = tmp_path / "demo-1.0"
    for path, content in written.files.items():
        (stack / path).parent.mkdir(parents=True, exist_ok=True)
        (stack / path).write_bytes(content)
    there = convert(stack, Target.DEBIAN, tmp_path / "there")
    write_files(tmp_path / "there", OLD)

    def quilt(*arguments: str) -> str:
        done = subprocess.run(
            ["quilt", *arguments], cwd=tmp_path / "there", capture_output=True, check=True,
            env={"PATH": "/usr/bin:/bin", "QUILT_PATCHES": "debian/patches", "QUILTRC": "-"},
        )  # fmt: skip
        return done.stdout.decode()

    listed = quilt("series").split()
    assert list(there.names) == [name.removeprefix("debian/patches/") for name in listed]
    quilt("push", "-a", "--fuzz=0")
    assert b"our ten\n" in (tmp_path / "there/main.c").read_bytes()
    assert b"our five\n" in (tmp_path / "there/docs/notes.txt").read_bytes()
    assert b"one\ntwo\n" == (tmp_path / "there/new.txt").read_bytes()


@needs_rpm
@pytest.mark.parametrize("write", ALL, ids=lambda one: one.__name__)
def test_rpmbuild_applies_what_was_converted(tmp_path: Path, write: object) -> None:
    """The made spec is one that rpm takes, and gives the same tree as the stack."""
    assert callable(write)
    written: Written = write(HELD)
    stack = tmp_path / "demo-1.0"
    for path, content in written.files.items():
        (stack / path).parent.mkdir(parents=True, exist_ok=True)
        (stack / path).write_bytes(content)
    convert(stack, Target.RPM, tmp_path / "there")
    tree = prepared(tmp_path / "there", OLD, tmp_path / "rpmbuild")
    assert b"our ten\n" in tree["main.c"]
    assert b"one\ntwo\n" == tree["new.txt"]
    assert tree.keys() == {path.decode() for path in OLD} | {"new.txt"}
    assert NEW.keys() == OLD.keys()
