"""A patch changes text inside of the source tree, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patchkit.render.applyscript import apply_script
from tests.cli.demo import OLD, Demo, make_demo
from tests.cli.running import run
from tests.security.canaries import state
from tests.sources.made import write_files


def made(path: str, *lines: str, mode: str = "100644", is_cut: bool = False) -> bytes:
    """A git diff that creates a file; `is_cut`: its last line has no newline."""
    body = "".join(f"+{line}\n" for line in lines)
    end = "\\ No newline at end of file\n" if is_cut else ""
    name = f'"b/{path}"' if "\\" in path or path.endswith(" ") else f"b/{path}"
    return (
        f"diff --git {name.replace('b/', 'a/', 1)} {name}\nnew file mode {mode}\n"
        f"index 0000000..1111111\n--- /dev/null\n+++ {name}\n"
        f"@@ -0,0 +1,{len(lines)} @@\n{body}{end}"
    ).encode()


def link(path: str, target: str) -> bytes:
    """A git diff that creates a symbolic link."""
    return made(path, target, mode="120000", is_cut=True)


def plain(path: str) -> bytes:
    """A plain diff that puts a line into a new file."""
    return f"--- {path}\n+++ {path}\n@@ -0,0 +1 @@\n+evil\n".encode()


def moved(word: str, old: str, new: str) -> bytes:
    """A git diff that renames or copies a file."""
    return (
        f"diff --git a/{old} b/{new}\nsimilarity index 100%\n{word} from {old}\n{word} to {new}\n"
    ).encode()


OUTSIDE = {
    "dots": made("../canary", "evil"),
    "dots in the middle": plain("a/docs/../../canary"),
    "a rename out": moved("rename", "main.c", "../canary"),
    "a rename out that its header hides": moved("rename", "main.c", "new.c").replace(
        b"rename to new.c", b"rename to ../canary"
    ),
    "a copy out": moved("copy", "main.c", "../canary"),
    "a NUL byte": made("docs/x\\000y", "evil"),
    "a newline": made("docs/x\\ny", "evil"),
    "an empty part": plain("b/docs//./x"),
    "a long name": plain("b/" + "n" * 250),
    "a long path": plain("b/" + "d/" * 1024 + "x"),
    "a blank at the end": made("docs/x", "evil").replace(b"docs/x", b"docs/x "),
}
INTO_GIT = {
    "a hook": made(".git/hooks/pre-commit", "#!/bin/sh", mode="100755"),
    "its configuration": plain("b/.git/config"),
    "a folder's own": plain("b/docs/.git/config"),
    "a .git file": plain("b/docs/.git"),
    "in capitals": plain("b/.GIT/config"),
    "with marks that do not show": made(".g\u200cit/config", "evil"),
    "as Windows shortens it": plain("b/git~1/config"),
    "with dots behind": plain("b/.git. ./config").replace(b". .", b".."),
    "by a rename": moved("rename", "main.c", ".git/config"),
    "by a copy": moved("copy", "main.c", ".git/config"),
}
LINKS = {
    "absolute": link("docs/l", "/etc/passwd"),
    "upwards": link("docs/l", "../../canary"),
    "upwards in the middle": link("docs/l", "notes.txt/../../../canary"),
    "into .git": link("docs/l", "../.git/config"),
    "and a file through it": link("l", "/tmp") + made("l/canary", "evil"),
}
MODES = {
    "set-uid": made("x", "#!/bin/sh", mode="104755"),
    "set-gid and sticky": made("x", "#!/bin/sh", mode="103755"),
    "a character device": made("x", "evil", mode="020666"),
    "a block device": made("x", "evil", mode="060666"),
    "a pipe": made("x", "evil", mode="010666"),
    "a socket": made("x", "evil", mode="140666"),
    "a folder": made("x", "evil", mode="040755"),
    "of a file that is there": b"diff --git a/main.c b/main.c\nold mode 100644\nnew mode 104755\n",
    "in four digits": made("x", "#!/bin/sh", mode="4755"),
    "a submodule": made("x", "Subproject commit " + "1" * 40, mode="160000"),
}
HIDDEN = {
    "ed": b"--- a/main.c\n+++ b/main.c\n1c\nevil\n.\n",
    "ed with blanks": b"  --- a/main.c\n  +++ b/main.c\n  1c\n  evil\n  .\n",
    "ed by an index line": b"Index: a/main.c\n1i\nevil\n.\n",
    "a diff with blanks": b"  --- a/main.c\n  +++ b/main.c\n  @@ -1 +1 @@\n  -main 1\n  +evil\n",
    "a hunk by an index line": b"Index: a/main.c\n@@ -1 +1 @@\n-main 1\n+evil\n",
    "a normal diff": b"Index: a/main.c\n1c1\n< main 1\n---\n> evil\n",
    "a context diff": (
        b"Index: a/main.c\n***************\n*** 1,2 ****\n! main 1\n  main 2\n"
        b"--- 1,2 ----\n! evil\n  main 2\n"
    ),
}
_REFUSED = {**OUTSIDE, **INTO_GIT, **LINKS, **MODES}


def _demo(tmp_path: Path, patch: bytes) -> Demo:
    return make_demo(tmp_path / "in", {"0001-evil.patch": patch})


@pytest.mark.parametrize("patch", _REFUSED.values(), ids=_REFUSED)
def test_refused_by_every_command(tmp_path: Path, patch: bytes) -> None:
    """The patch counts as broken; nothing is written but the new stack, with its report."""
    demo = _demo(tmp_path, patch)
    subprocess.run(["git", "init", "-q", demo.upstream / "1.0"], check=True)
    before = state(tmp_path)
    assert 1 == demo.check().exit_code
    applied = run("apply", "--stack", demo.stack, demo.upstream / "1.0")
    said = applied.stdout + applied.stderr
    assert (1, True) == (applied.exit_code, "nothing was written" in said)
    assert before == state(tmp_path)
    done = demo.rebase()
    assert (1, True) == (done.exit_code, "1 broken" in done.stdout)
    written = {name for name in state(tmp_path) if name not in before}
    assert all(name.startswith("in/out") for name in written)


@pytest.mark.parametrize("patch", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("where", ["before", "behind"])
def test_no_change_hides_in_the_text(tmp_path: Path, patch: bytes, where: str) -> None:
    """What git takes for a message and GNU patch for a diff, or for commands, is refused."""
    seen = made("docs/seen", "seen")
    text = b"Subject: x\n\n" + patch + b"\n" + seen if where == "before" else seen + b"\n" + patch
    demo = _demo(tmp_path, text)
    before = state(tmp_path)
    for done in (demo.check(), demo.rebase(), run("apply", "--stack", demo.stack, demo.upstream)):
        assert 2 == done.exit_code
        assert "0001-evil.patch:" in done.stderr
    assert before == state(tmp_path)


def test_no_link_is_moved_out(tmp_path: Path) -> None:
    """A link of upstream's may not be moved to where it leads out of the tree."""
    demo = _demo(tmp_path, moved("rename", "a/b/l", "l"))
    for version in ("1.0", "2.0"):
        (demo.upstream / version / "a" / "b").mkdir(parents=True)
        (demo.upstream / version / "a" / "b" / "l").symlink_to("../../main.c")
    done = demo.check()
    said = done.stderr + done.stdout
    assert (1, True) == (done.exit_code, "leads out of the source tree" in said)


def test_no_patch_writes_through_a_link_of_upstream(tmp_path: Path) -> None:
    """Neither through a link to a folder nor through one to a file."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret\n")
    through = made("folder/canary", "evil")
    changed = b"--- a/file\n+++ b/file\n@@ -1 +1 @@\n-secret\n+evil\n"
    for patch in (through, changed):
        demo = make_demo(tmp_path / str(len(patch)), {"0001-evil.patch": patch})
        for version in ("1.0", "2.0"):
            (demo.upstream / version / "folder").symlink_to(outside)
            (demo.upstream / version / "file").symlink_to(outside / "secret")
        before = state(outside)
        assert [1, 1] == [demo.check().exit_code, demo.rebase().exit_code]
        done = run("apply", "--stack", demo.stack, demo.upstream / "1.0")
        assert 1 == done.exit_code
        assert before == state(outside)


def test_links_and_attributes_inside_are_text(tmp_path: Path) -> None:
    """A link to somewhere in the tree, `.gitattributes`, `.gitmodules` are files like others: they
    are ported, and git is never run where they would count."""
    patch = (
        link("docs/l", "../main.c")
        + made(".gitattributes", "* filter=evil diff=evil")
        + made(".gitmodules", '[submodule "x"]', "\turl = ext::false")
    )
    demo = _demo(tmp_path, patch)
    done = demo.rebase()
    assert (0, "") == (done.exit_code, done.stderr)


def test_names_that_a_file_system_may_take_for_one(tmp_path: Path) -> None:
    """Names are bytes: those that differ only in case or in Unicode's form are two files."""
    names = ("Readme", "README", "caf\u00e9", "cafe\u0301")
    demo = _demo(tmp_path, b"".join(made(name, name) for name in names))
    assert 0 == demo.rebase().exit_code
    assert 0 == run("apply", "--stack", demo.stack, demo.upstream / "1.0").exit_code
    for name in names:
        assert f"{name}\n" == (demo.upstream / "1.0" / name).read_text()


def test_a_patch_does_not_replace_the_stack(tmp_path: Path) -> None:
    """A file of the tree that is called like one of the stack is refused before the proof."""
    for name in ("apply-patches", "series.conf", "patches/0001-evil.patch"):
        demo = _demo(tmp_path / name.replace("/", "-"), made(name, "evil"))
        done = demo.rebase()
        assert (2, True) == (done.exit_code, name in done.stderr)
        assert not demo.out.exists()


def _by_hand(tmp_path: Path, patch: bytes, *links: tuple[str, str]) -> tuple[int, str, Path]:
    """Run apply-patches in a git repository with a tarball of version 1.0."""
    upstream = tmp_path / "demo-1.0"
    write_files(upstream, OLD)
    for name, target in links:
        (upstream / name).symlink_to(target)
    folder = tmp_path / "package"
    (folder / "patches").mkdir(parents=True)
    (folder / "series.conf").write_text("0001-evil.patch\n")
    (folder / "patches" / "0001-evil.patch").write_bytes(patch)
    script = apply_script(package="demo", strip=1, fuzz=0, flags=frozenset())
    (folder / "apply-patches").write_bytes(script)
    pack = ["tar", "-czf", str(folder / "demo-1.0.tar.gz"), "-C", str(tmp_path), "demo-1.0"]
    subprocess.run(pack, check=True)
    subprocess.run(["git", "init", "-q", folder], check=True)
    done = subprocess.run(["sh", "apply-patches"], cwd=folder, capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode("utf-8", "surrogateescape")
    return done.returncode, said, folder


_NOT_BY_HAND = (
    # GNU patch reads another name or mode in these, a harmless one.
    *("a NUL byte", "an empty part", "a blank at the end", "as Windows shortens it"),
    *("with dots behind", "with marks that do not show", "a rename out that its header hides"),
    *MODES,
)
_BY_HAND = {name: patch for name, patch in _REFUSED.items() if name not in _NOT_BY_HAND}


@pytest.mark.parametrize("patch", _BY_HAND.values(), ids=_BY_HAND)
def test_refused_by_hand(tmp_path: Path, patch: bytes) -> None:
    """apply-patches refuses by itself what patchkit refuses, and leaves its folder as it was."""
    code, said, folder = _by_hand(tmp_path, patch)
    assert 1 == code, said
    assert {".git", "series.conf", "patches", "apply-patches", "demo-1.0.tar.gz"} == {
        place.name for place in folder.iterdir()
    }
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("name", _NOT_BY_HAND)
def test_harmless_by_hand(tmp_path: Path, name: str) -> None:
    """What GNU patch itself reads otherwise makes regular files inside of the folder only."""
    before = set(state(tmp_path))
    _, _, folder = _by_hand(tmp_path, _REFUSED[name])
    assert not any((mode & 0o7000) for mode, _ in state(folder / "docs").values())
    assert {"demo-1.0", "package"} == {place.name for place in tmp_path.iterdir()} - before
    for place in (folder / "x", folder / "main.c"):
        if place.exists():
            assert place.is_file()
            assert not place.stat().st_mode & 0o7000
    config = (folder / ".git" / "config").read_text()
    assert "evil" not in config


@pytest.mark.parametrize("patch", HIDDEN.values(), ids=HIDDEN)
def test_hidden_by_hand(tmp_path: Path, patch: bytes) -> None:
    """apply-patches refuses a change in the text of a patch, or passes over it; a hunk below an
    `Index:` line is one for GNU patch, and is said to be."""
    code, said, folder = _by_hand(tmp_path, b"Subject: x\n\n" + patch + b"\n" + made("new", "new"))
    place = folder / "main.c"
    is_changed = place.exists() and place.read_bytes() != OLD[b"main.c"].content
    assert is_changed is (patch == HIDDEN["a hunk by an index line"])
    assert not is_changed or "patching file main.c" in said
    assert code in (0, 1)


def test_the_tarball_brings_no_git_folder(tmp_path: Path) -> None:
    """A `.git` in a tarball would change what git does in the folder of the package."""
    upstream = tmp_path / "demo-1.0"
    (upstream / ".git" / "hooks").mkdir(parents=True)
    (upstream / ".git" / "hooks" / "pre-commit").write_text("#!/bin/sh\n")
    code, said, folder = _by_hand(tmp_path, made("new", "new"))
    assert (0, True) == (code, "is no part of the tree" in said)
    assert not (folder / ".git" / "hooks" / "pre-commit").exists()
    assert (folder / "new").exists()


def test_links_of_the_tarball_stay(tmp_path: Path) -> None:
    """What upstream links to is upstream's: only what a patch makes is refused."""
    code, said, folder = _by_hand(tmp_path, link("docs/l", "../main.c"), ("out", "/nowhere"))
    assert 0 == code, said
    assert "/nowhere" == str((folder / "out").readlink())
    assert "../main.c" == str((folder / "docs" / "l").readlink())


def test_a_stage_that_came_with_a_folder_is_not_carried_out(tmp_path: Path) -> None:
    """`.patchkit-stage` in a tarball or a pull request changes nothing, even with a right plan."""
    demo = _demo(tmp_path, made("new", "new"))
    source = demo.upstream / "1.0"
    subprocess.run(["git", "init", "-q", source], check=True)
    stage = source / ".patchkit-stage"
    (stage / "files").mkdir(parents=True)
    (stage / "files" / "0").write_text("evil\n")
    for file in ("main.c", ".git/hooks/pre-commit"):
        for identity in ("", ', "stage": [1, 2]'):
            plan = f'{{"files": ["{file}"], "removals": ["util.c"], "folders": []{identity}}}'
            (stage / "commit.json").write_text(plan)
            before = state(source)
            done = run("apply", "--stack", demo.stack, source)
            assert 2 == done.exit_code
            assert ".patchkit-stage" in done.stderr or "leads into .git" in done.stderr
            before[".patchkit-stage/lock"] = state(source)[".patchkit-stage/lock"]
            assert before == state(source)
