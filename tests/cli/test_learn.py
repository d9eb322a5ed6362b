"""`patchkit learn`: what a person edits in a ported stack comes back in the next rebase."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.demo import CONFLICTED, NEW, OLD, Demo, diff, numbered
from tests.cli.folders import contents_of, state_of
from tests.cli.running import Run, assert_done, assert_refused, run

_MAIN = "0004-main.patch"
_UTIL = "0001-util.patch"


@pytest.fixture
def held(demo: Demo) -> Demo:
    """The made project after a rebase that holds one region."""
    assert 1 == demo.rebase().exit_code
    return demo


def _learn(demo: Demo, *options: str | Path) -> Run:
    return run(
        "learn", "--stack", demo.stack, "--out", demo.out, "--upstream", demo.upstream,
        "--by", "A", *options,
    )  # fmt: skip


def _edit(demo: Demo, name: str, *changes: tuple[str, str]) -> None:
    place = demo.out / "patches" / name
    text = place.read_text()
    for before, after in changes:
        assert 1 == text.count(before), before
        text = text.replace(before, after)
    place.write_text(text)


def _put_back(demo: Demo, name: str, patch: bytes) -> None:
    """Port a patch that is held whole by hand: its file, and its line in the series."""
    series = demo.out / "series.conf"
    lines = series.read_text().splitlines(keepends=True)
    series.write_text("".join(f"{name}\n" if name in line else line for line in lines))
    (demo.out / "patches" / name).write_bytes(patch)


def _applied(demo: Demo, tree: Path) -> dict[str, bytes]:
    """The new version with the ported stack as it is now."""
    subprocess.run(["cp", "-r", demo.upstream / "2.0", tree], check=True)
    assert_done(run("apply", tree, "--stack", demo.out))
    return dict(contents_of(tree))


def _learned(demo: Demo, tmp_path: Path, expected: Run | None = None) -> Run:
    """Learn, throw the ported stack away, rebase: it does what the edited one did."""
    wanted = _applied(demo, tmp_path / "wanted")
    done = _learn(demo)
    assert_done(done)
    subprocess.run(["rm", "-r", demo.out], check=True)
    assert_done(demo.rebase(), 0 if expected is None else expected.exit_code)
    assert wanted == _applied(demo, tmp_path / "again")
    return done


def _records(demo: Demo) -> list[str]:
    text = (demo.stack / "patchkit.resolutions").read_text()
    return [line for line in text.splitlines() if line in ("resolution", "amendment")]


def test_nothing_edited_is_nothing_to_learn(held: Demo) -> None:
    """Exit code 0, and no file of decisions."""
    done = _learn(held)
    assert_done(done)
    assert "Nothing to learn" in done.stdout
    assert not (held.stack / "patchkit.resolutions").exists()


def test_a_held_patch_that_was_ported_by_hand(held: Demo, tmp_path: Path) -> None:
    """What stands in the place of the region becomes its resolution, and nothing else."""
    new = NEW[b"main.c"].content
    ported = new.replace(b"upstream's ten\n", b"upstream's and our ten\nand more\n")
    _put_back(held, _MAIN, diff("main.c", new, ported))
    done = _learned(held, tmp_path)
    assert f"resolution of {_MAIN}, main.c" in done.stdout
    assert "--force" in done.stdout
    assert ["resolution"] == _records(held)


def test_an_edit_where_nothing_was_held(held: Demo, tmp_path: Path) -> None:
    """Another text in a carried hunk is an amendment."""
    _edit(held, _UTIL, ("+our twenty\n", "+our 20\n+our 20 and a half\n"))
    _fix_count(held, _UTIL)
    _put_back(held, _MAIN, CONFLICTED.replace(b"-main 10\n", b"-upstream's ten\n"))
    _learned(held, tmp_path)
    assert ["amendment", "resolution"] == _records(held)


def test_lines_far_from_any_hunk(held: Demo, tmp_path: Path) -> None:
    """A hunk that the person added to a file of the patch is an amendment, too."""
    new = NEW[b"util.c"].content
    ours = new.replace(b"util 20\n", b"our twenty\n").replace(b"util 2\n", b"")
    (held.out / "patches" / _UTIL).write_bytes(diff("util.c", new, ours))
    _put_back(held, _MAIN, CONFLICTED.replace(b"-main 10\n", b"-upstream's ten\n"))
    _learned(held, tmp_path)


def test_an_answer_and_more_in_one_patch(held: Demo, tmp_path: Path) -> None:
    """The region gets a resolution, the lines around it an amendment."""
    new = NEW[b"main.c"].content
    ported = new.replace(b"upstream's ten\n", b"our ten\n").replace(b"main 9\n", b"main nine\n")
    _put_back(held, _MAIN, diff("main.c", new, ported.replace(b"main 20\n", b"")))
    _learned(held, tmp_path)
    assert set(_records(held)) == {"resolution", "amendment"}


def test_a_patch_taken_out_for_good(held: Demo, tmp_path: Path) -> None:
    """One that was held whole, without its file: its regions stay as upstream has them."""
    (held.out / "patches" / _MAIN).unlink()
    series = held.out / "series.conf"
    lines = series.read_text().splitlines(keepends=True)
    series.write_text("".join(line for line in lines if _MAIN not in line))
    _learned(held, tmp_path)
    assert "result: ours\n" in (held.stack / "patchkit.resolutions").read_text()


def test_a_later_patch_goes_by_what_was_learned(demo: Demo, tmp_path: Path) -> None:
    """A patch that was held because of the one before needs no edit: it is ported now."""
    first = numbered("main").replace(b"main 10\n", b"our ten\n")
    demo.put("0005-more.patch", diff("main.c", first, first.replace(b"our ten\n", b"ten ten\n")))
    assert 1 == demo.rebase().exit_code
    new = NEW[b"main.c"].content
    _put_back(demo, _MAIN, diff("main.c", new, new.replace(b"upstream's ten\n", b"our ten\n")))
    done = _learn(demo)
    assert_done(done)
    assert "0005-more.patch: will be " in done.stdout
    assert_done(demo.rebase("--force"))
    assert b"ten ten\n" in _applied(demo, tmp_path / "tree")["main.c"]


def test_dry_run_and_json(held: Demo) -> None:
    """--dry-run writes nothing; --json has what was learned."""
    _edit(held, _UTIL, ("+our twenty\n", "+our 20\n"))
    before = state_of(held.root)
    dry = _learn(held, "--dry-run")
    assert_done(dry)
    assert "Dry run: would be recorded" in dry.stdout
    document = json.loads(_learn(held, "--dry-run", "--json").stdout)
    assert before == state_of(held.root)
    (learned,) = document["learned"]
    assert ("patchkit-learn/1", [], "amendment", _UTIL, ["util.c"]) == (
        document["schema"],
        document["problems"],
        *(learned[key] for key in ("kind", "patch", "files")),
    )
    assert Run(0, "", "") == _learn(held, "--quiet")
    assert ["amendment"] == _records(held)


def test_the_same_is_learned_once(held: Demo) -> None:
    """After the rebase there is nothing to learn; learning twice before it changes nothing."""
    _edit(held, _UTIL, ("+our twenty\n", "+our 20\n"))
    assert_done(_learn(held))
    before = state_of(held.stack)
    assert_done(_learn(held))
    assert before == state_of(held.stack)
    assert 1 == held.rebase("--force").exit_code
    assert "Nothing to learn" in _learn(held).stdout
    _edit(held, _UTIL, ("+our 20\n", "+our twentieth\n"))
    assert_done(_learn(held))
    assert 1 == held.rebase("--force").exit_code
    assert "+our twentieth\n" in (held.out / "patches" / _UTIL).read_text()


def test_another_answer_replaces_the_one_before(held: Demo, tmp_path: Path) -> None:
    """Editing what a resolution gave changes that resolution."""
    resolve = ("resolve", _MAIN, "--stack", held.stack, "--out", held.out, "--take", "theirs")
    assert_done(run(*resolve))
    assert_done(held.rebase())
    _edit(held, _MAIN, ("+our ten\n", "+our better ten\n"))
    _learned(held, tmp_path)
    assert ["resolution"] == _records(held)


def test_a_half_finished_port_is_told(held: Demo) -> None:
    """A region that stands as upstream has it is not taken for an answer: it stays held."""
    new = NEW[b"main.c"].content
    _put_back(held, _MAIN, diff("main.c", new, new.replace(b"main 20\n", b"main twenty\n")))
    before = state_of(held.stack)
    done = _learn(held)
    assert 1 == done.exit_code
    assert f"{_MAIN}: what you made of main.c" in done.stdout
    assert "Nothing was recorded." in done.stdout
    assert before == state_of(held.stack)


def _new_file(demo: Demo) -> None:
    _put_back(demo, _MAIN, diff("elsewhere.c", None, b"ported to here\n"))


def _new_patch(demo: Demo) -> None:
    (demo.out / "patches/0009-mine.patch").write_bytes(diff("mine", None, b"mine\n"))
    (demo.out / "series.conf").write_text(
        (demo.out / "series.conf").read_text() + "0009-mine.patch\n"
    )


def _carried_patch_removed(demo: Demo) -> None:
    series = demo.out / "series.conf"
    series.write_text(series.read_text().replace("0002-new.patch\n", ""))


def _other_order(demo: Demo) -> None:
    series = demo.out / "series.conf"
    text = series.read_text().replace("0002-new.patch\n", "")
    series.write_text(text.replace("0001-util", "0002-new.patch\n0001-util"))


def _does_not_apply(demo: Demo) -> None:
    _edit(demo, _UTIL, (" util 19\n", " util nineteen\n"))


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_new_file, (_MAIN, "elsewhere.c")),
        (_new_patch, ("0009-mine.patch: a new patch",)),
        (_carried_patch_removed, ("0002-new.patch: taken out of the series",)),
        (_other_order, ("another order",)),
        (_does_not_apply, (_UTIL, "does not apply")),
    ],
)
def test_what_no_decision_can_say(held: Demo, edit: object, words: tuple[str, ...]) -> None:
    """Exit code 1, it says where, and nothing is recorded, not even what could be."""
    assert callable(edit)
    if edit is not _does_not_apply:
        _edit(held, _UTIL, ("+our twenty\n", "+our 20\n"))
    edit(held)
    before = state_of(held.root)
    done = _learn(held)
    assert (1, "") == (done.exit_code, done.stderr)
    assert "Nothing was recorded." in done.stdout
    for word in words:
        assert word in done.stdout
    assert before == state_of(held.root)


def test_only_the_patches_that_are_named(held: Demo) -> None:
    """What cannot be learned of one patch does not stand in the way of another."""
    _edit(held, _UTIL, ("+our twenty\n", "+our 20\n"))
    _new_file(held)
    assert 1 == _learn(held).exit_code
    assert_refused(_learn(held, "000"), "several patches begin so")
    assert_refused(_learn(held, f"{_UTIL}:util.c"), "no patch of this port is called so")
    done = _learn(held, "0001")
    assert_done(done)
    assert _MAIN not in done.stdout
    assert ["amendment"] == _records(held)


def test_what_is_left_alone_is_told(held: Demo) -> None:
    """A held patch that was edited but is still a comment, and an edited header."""
    _edit(held, _MAIN, ("+our ten\n", "+our 10\n"))
    place = held.out / "patches" / _UTIL
    place.write_bytes(b"Subject: a better one\n\n" + place.read_bytes())
    done = _learn(held)
    assert_done(done)
    assert f"{_MAIN}: edited, but still a comment" in done.stdout
    assert f"{_UTIL}: the text around its diffs" in done.stdout


def test_a_stack_that_changed_since(held: Demo) -> None:
    """The report must be of this stack."""
    held.put("0009-new.patch", diff("nine", None, b"nine\n"))
    assert_refused(_learn(held), "the stack has other patches now")


def _fix_count(demo: Demo, name: str) -> None:
    """The header of the one hunk, after a line was added to it."""
    place = demo.out / "patches" / name
    place.write_text(place.read_text().replace("-18,7 +18,7", "-18,7 +18,8"))


def test_the_old_stack_is_as_it_was(held: Demo) -> None:
    """Learning writes the file of decisions and no other."""
    _edit(held, _UTIL, ("+our twenty\n", "+our 20\n"))
    before = state_of(held.root)
    assert_done(_learn(held))
    record = "demo-1.0/patchkit.resolutions"
    after = {path: what for path, what in state_of(held.root).items() if path != record}
    assert before == after
    assert OLD[b"util.c"].content


def test_the_port_of_kata_is_learned_back(clone: Path) -> None:
    """Without its decisions the shipped stack has held regions; from the finished patches alone
    they are found again, and the rebase that goes by them writes these patches, byte for byte."""
    project = clone / "series/kata-containers"
    finished = contents_of(project / "3.2.0")
    (project / "patchkit.resolutions").unlink()
    port = ("rebase", "--from", "2.5.1", "--to", "3.2.0", "--force")
    assert 1 == run(*port, cwd=project).exit_code
    for place in (project / "3.2.0/patches").iterdir():
        place.unlink()
    for path, content in finished.items():
        if path.startswith(("patches/", "series.conf")):
            (project / "3.2.0" / path).write_bytes(content)
    assert_done(run("learn", cwd=project))
    assert_done(run(*port, cwd=project))
    again = contents_of(project / "3.2.0")
    names = {path for path in (*finished, *again) if path.startswith(("patches/", "series.conf"))}
    assert {path: finished.get(path) for path in names} == {path: again.get(path) for path in names}
