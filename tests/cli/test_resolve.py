"""`patchkit resolve` from the held region to the next rebase, through the real program."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from patchkit.model.tree import File
from tests.cli.demo import CONFLICTED, NEW, OLD, PORTED, Demo, diff, make_demo, numbered
from tests.cli.folders import state_of
from tests.cli.programs import put_before
from tests.cli.running import PATCHKIT, Run, assert_done, assert_refused, environment, run
from tests.sources.made import write_files

_NAME = "0004-main.patch"
_REGION = f"{_NAME}:main.c:1"


def _resolve(demo: Demo, *options: str | Path, **changes: str) -> Run:
    return run(
        "resolve", "--stack", demo.stack, "--out", demo.out, "--by", "A <a@b>", *options,
        changes=changes,
    )  # fmt: skip


def _record(demo: Demo) -> str:
    return (demo.stack / "patchkit.resolutions").read_text()


def _main(demo: Demo) -> str:
    return (demo.out / "patches" / _NAME).read_text()


@pytest.fixture
def held(demo: Demo) -> Demo:
    """The made project after a rebase that holds one region."""
    assert 1 == demo.rebase().exit_code
    return demo


def _two_held(demo: Demo) -> Demo:
    """A rebase that holds two regions of one patch, in two files."""
    content = OLD[b"docs/notes.txt"].content
    ours = content.replace(b"note 25\n", b"our twenty-five\n")
    demo.put(_NAME, CONFLICTED + diff("docs/notes.txt", content, ours))
    demo.put("0003-notes.patch", diff("more.txt", None, b"more\n"))
    assert 1 == demo.rebase().exit_code
    return demo


# --- the list


def test_the_list_has_every_held_region_and_its_command(held: Demo) -> None:
    """Patch, file and line, cause, and a command that works as it is printed; exit code 1."""
    listed = _resolve(held)
    assert_done(listed, 1)
    assert f"1. {_NAME}, main.c:10: overlap" in listed.stdout
    assert "1 held region, 0 with an answer, in the port from 1.0 to 2.0" in listed.stdout
    (line,) = (line for line in listed.stdout.splitlines() if line.startswith("   patchkit"))
    _, *words = shlex.split(line)
    assert ["resolve", _REGION] == words[:2]
    assert_done(run(*words, "--take", "theirs"))


def test_the_list_says_what_has_an_answer(held: Demo) -> None:
    """A recorded answer shows before the next rebase, and the exit code is 0."""
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    listed = _resolve(held)
    assert_done(listed)
    assert "1 held region, 1 with an answer" in listed.stdout
    assert "Has an answer" in listed.stdout


def test_the_list_as_json(held: Demo) -> None:
    """One entry per region, with all that the text says."""
    document = json.loads(_resolve(held, "--json").stdout)
    assert "patchkit-resolve/1" == document["schema"]
    (region,) = document["regions"]
    assert (_REGION, "main.c", 1, 10, "overlap", None, False) == tuple(
        region[key]
        for key in ("name", "file", "region", "line", "cause", "consequence_of", "answered")
    )


def test_a_quiet_list_is_an_exit_code(held: Demo) -> None:
    """`--quiet` prints nothing."""
    assert Run(1, "", "") == _resolve(held, "--quiet")


def test_the_only_port_is_found_by_itself(demo: Demo, tmp_path: Path) -> None:
    """Without --out: where a rebase puts its output, from the folder of the stack."""
    assert_refused(run("resolve", "--stack", demo.stack), "no report.json", "patchkit rebase")
    assert 1 == demo.rebase("--out", tmp_path / "demo-2.0").exit_code
    (tmp_path / "other").mkdir()
    (tmp_path / "other/report.json").write_text('{"another": "program"}\n')
    found = run("resolve", cwd=demo.stack)
    assert_done(found, 1)
    assert f": {tmp_path / 'demo-2.0'}.\n" in found.stdout
    write_files(demo.upstream / "3.0", NEW)
    assert 1 == demo.rebase("--to", "3.0", "--out", tmp_path / "demo-3.0").exit_code
    assert_refused(run("resolve", cwd=demo.stack), "several ports", "--from and --to")
    assert_done(run("resolve", "--to", "3.0", cwd=demo.stack), 1)
    assert_done(run("resolve", "--from", "1.0", "--to", "2.0", cwd=demo.stack), 1)


def test_a_report_of_other_versions_is_refused(held: Demo) -> None:
    """What --from and --to say must be what the report says."""
    wrong = _resolve(held, "--from", "0.9", "--to", "2.0")
    assert_refused(wrong, "from 1.0 to 2.0")


def test_the_output_is_not_the_stack(held: Demo) -> None:
    """In the ported stack nothing says which stack it came from, and where to record."""
    assert_refused(run("resolve", cwd=held.out), "which stack was ported", "--stack")


# --- answers without an editor


@pytest.mark.parametrize(
    ("take", "text"),
    [("theirs", "our ten"), ("-", "a third ten"), ("answer.txt", "a third ten")],
)
def test_the_next_rebase_goes_by_the_answer(
    held: Demo, tmp_path: Path, take: str, text: str
) -> None:
    """What was taken is in the ported patch, the exit code is 0, and running it again changes
    nothing, neither in the output nor in the record."""
    (tmp_path / "answer.txt").write_text("a third ten\n")
    done = subprocess.run(
        [*PATCHKIT, "resolve", _NAME, "--stack", held.stack, "--out", held.out, "--take", take],
        cwd=tmp_path, env=environment(), input=b"a third ten", capture_output=True, check=False,
    )  # fmt: skip
    assert (0, b"") == (done.returncode, done.stderr)
    assert b"Next: patchkit rebase --from 1.0 --to 2.0 --stack" in done.stdout
    assert_done(held.rebase())
    assert f"-upstream's ten\n+{text}\n" in _main(held)
    before = state_of(held.root)
    assert "Nothing changed" in held.rebase().stdout
    assert before == state_of(held.root)


def test_taking_ours_leaves_the_change_out(held: Demo) -> None:
    """The patch is dropped for this version, as a comment that says who decided."""
    assert_done(_resolve(held, "0004", "--take", "ours", "--why", "Upstream has its own."))
    assert_done(held.rebase())
    assert "dropped for 2.0, as a person decided" in (held.out / "series.conf").read_text()
    assert "Upstream has its own." in (held.out / "report.txt").read_text()


def test_the_record_says_who_when_and_why(held: Demo) -> None:
    """--by, --why, the day and the versions stand in the record, on a line each."""
    done = _resolve(held, _REGION, "--take", "theirs", "--why", "One\n  line.")
    assert_done(done)
    for line in ("for: 1.0 -> 2.0", "by: A <a@b>", "why: One line.", "result: theirs"):
        assert f"\n{line}\n" in _record(held)


def test_git_says_who_decides(held: Demo) -> None:
    """Without --by: GIT_AUTHOR_NAME and so on, else git's configuration, else nobody."""
    names = {"GIT_AUTHOR_NAME": "Some One", "GIT_AUTHOR_EMAIL": "some@one"}
    plain = ("resolve", _NAME, "--stack", held.stack, "--out", held.out, "--take")
    assert_done(run(*plain, "theirs", changes=names))
    assert "\nby: Some One <some@one>\n" in _record(held)
    subprocess.run(["git", "init", "-q", held.stack], check=True)
    for key, value in (("user.name", "Git User"), ("user.email", "git@user")):
        subprocess.run(["git", "-C", held.stack, "config", key, value], check=True)
    assert_done(run(*plain, "ours"))
    assert "\nby: Git User <git@user>\n" in _record(held)
    assert 1 == _record(held).count("\nresolution\n")


def test_the_same_answer_again_changes_nothing(held: Demo) -> None:
    """A record keeps its bytes, its day and its author when the same is decided again."""
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    before = state_of(held.stack)
    assert_done(_resolve(held, _NAME, "--take", "theirs", "--why", "Another reason."))
    assert before == state_of(held.stack)


def test_another_answer_takes_the_place_of_the_first(held: Demo) -> None:
    """One question has one answer; comments of other records stay."""
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    assert_done(_resolve(held, _NAME, "--take", "ours"))
    assert 1 == _record(held).count("resolution\npatch:")
    assert "result: ours\n" in _record(held)


def test_resolutions_in_another_file(held: Demo, tmp_path: Path) -> None:
    """--resolutions names the file; it is made when it is not there, and rebase is told."""
    place = tmp_path / "decided"
    done = _resolve(held, _NAME, "--take", "theirs", "--resolutions", place)
    assert_done(done)
    assert f"--resolutions {place}" in done.stdout
    assert not (held.stack / "patchkit.resolutions").exists()
    assert_done(held.rebase("--resolutions", place))


# --- several regions


def test_several_regions_need_a_name_or_all(demo: Demo) -> None:
    """--take for a patch with two held regions names both; --all answers them together."""
    held = _two_held(demo)
    both = (_REGION, f"{_NAME}:docs/notes.txt:1")
    assert_refused(_resolve(held, _NAME, "--take", "theirs"), *both, "--all")
    assert not (held.stack / "patchkit.resolutions").exists()
    done = _resolve(held, _NAME, "--take", "theirs", "--all")
    assert_done(done)
    assert all(name in done.stdout for name in both)
    assert_done(held.rebase())


@pytest.mark.parametrize("name", ["0004:docs/notes.txt", "0004:notes.txt", "0004:notes.txt:1"])
def test_one_answer_leaves_the_other_region_held(demo: Demo, name: str) -> None:
    """A recorded answer makes its region pass and no other; a file goes by the end of its path."""
    held = _two_held(demo)
    done = _resolve(held, name, "--take", "theirs")
    assert_done(done)
    assert "Left without an answer: 1 region" in done.stdout
    assert 1 == held.rebase().exit_code
    assert "+our twenty-five\n" in _main(held)
    assert "+our ten\n" not in _main(held)
    listed = _resolve(held)
    assert _REGION in listed.stdout
    assert "1 held region," in listed.stdout


def test_all_passes_over_what_has_an_answer(demo: Demo) -> None:
    """--all does not touch an answer that was given for one region."""
    held = _two_held(demo)
    assert_done(_resolve(held, _REGION, "--take", "theirs"))
    assert_done(_resolve(held, "--all", "--take", "ours"))
    assert_done(held.rebase())
    assert "+our ten\n" in _main(held)
    assert "our twenty-five" not in _main(held)


def test_names_that_mean_nothing_held(held: Demo) -> None:
    """An unknown patch, an ambiguous beginning, a patch with nothing held, an unknown region."""
    for name, words in (
        ("0009", ("0009", "no patch of this port")),
        ("000", ("several patches begin so",)),
        ("0001", ("0001-util.patch", "nothing of this patch is held")),
        (f"{_NAME}:main.c:2", ("no held region", _REGION)),
        (f"{_NAME}:other.c", ("no held region", _REGION)),
    ):
        assert_refused(_resolve(held, name, "--take", "ours"), *words)


def test_no_such_file_and_no_suggestion(held: Demo) -> None:
    """What --take names must be there."""
    assert_refused(_resolve(held, _NAME, "--take", "thiers"), "thiers: no such file", "theirs")
    assert_refused(_resolve(held, "--take", "ours"), "Name a patch, or say --all")


# --- editing


def test_a_region_written_out_and_taken_back(held: Demo, tmp_path: Path) -> None:
    """--write gives git's diff3 markers and an explanation; with a marker left it is refused; what
    stands above the scissors becomes the answer."""
    place = tmp_path / "region"
    assert_done(_resolve(held, _NAME, "--write", place))
    text = place.read_text()
    assert text.startswith(
        "<<<<<<< ours: upstream 2.0\nupstream's ten\n||||||| base: upstream 1.0\nmain 10\n"
        f"=======\nour ten\n>>>>>>> theirs: {_NAME}\n# ---"
    )
    assert_refused(_resolve(held, _NAME, "--take", place), f"{place}:1", "conflict marker")
    head, scissors, notes = text.partition("# ------------------------ >8")
    place.write_text("ten of all\n" + scissors + notes)
    assert head
    assert_refused(_resolve(held, _NAME, "--write", place), f"{place}: is there already")
    assert_done(_resolve(held, _NAME, "--take", place))
    assert_done(held.rebase())
    assert "+ten of all\n" in _main(held)


def _editor(tmp_path: Path, script: str) -> dict[str, str]:
    return {**put_before(tmp_path / "bin", "my-editor", script), "EDITOR": "my-editor --wait"}


def test_the_editor_gets_the_region(held: Demo, tmp_path: Path) -> None:
    """$EDITOR is a shell command; its file is named like the one in the patch, and is gone
    afterwards."""
    seen = tmp_path / "seen"
    script = f'echo "$1 $2" >> {seen}; sed -i -e "/^[<|=]/d" -e "/^>/d" -e /main/d "$2"'
    done = _resolve(held, _NAME, **_editor(tmp_path, script))
    assert_done(done)
    option, place = seen.read_text().split()
    assert ("--wait", "main.c") == (option, Path(place).name)
    assert not Path(place).exists()
    assert_done(held.rebase())
    assert " upstream's ten\n+our ten\n" in _main(held)


def test_editing_several_regions_one_after_the_other(demo: Demo, tmp_path: Path) -> None:
    """Each is recorded when its editor ends; where one is given up the ones before stay."""
    held = _two_held(demo)
    answer = tmp_path / "answer"
    answer.write_text("mine\n# ------------------------ >8 ------------------------\n")
    script = f'case "$2" in */main.c) cp {answer} "$2";; *) exit 1;; esac'
    done = _resolve(held, _NAME, **_editor(tmp_path, script))
    assert_refused(done, "The editor failed: my-editor --wait")
    assert "|mine\n" in _record(held)
    assert "1 with an answer" in _resolve(held).stdout


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("true", ("unchanged", "nothing was recorded")),
        (': > "$2"', ("empty", "scissors")),
        ("exit 3", ("my-editor", "exit code 3")),
    ],
)
def test_an_editor_that_answers_nothing(
    held: Demo, tmp_path: Path, script: str, words: tuple[str, ...]
) -> None:
    """The text unchanged, an empty file, an editor that fails: nothing is recorded."""
    assert_refused(_resolve(held, _NAME, **_editor(tmp_path, script)), *words)
    assert not (held.stack / "patchkit.resolutions").exists()


def test_a_marker_left_keeps_the_persons_text(held: Demo, tmp_path: Path) -> None:
    """The message names the file with the work, and the command that takes it."""
    done = _resolve(held, _NAME, **_editor(tmp_path, 'echo mine | cat - "$2" > x; mv x "$2"'))
    assert_refused(done, "conflict marker", "--take")
    (hint,) = (line for line in done.stderr.splitlines() if "Your text is still there" in line)
    place = Path(shlex.split(hint.partition("--take ")[2])[0])
    assert place.read_text().startswith("mine\n<<<<<<<")
    place.unlink()
    place.parent.rmdir()


# --- whole files


def _whole(tmp_path: Path, patch: bytes, changes: dict[bytes, bytes | None]) -> Demo:
    demo = make_demo(tmp_path, {**PORTED, _NAME: patch})
    for path, content in changes.items():
        place = demo.upstream / "2.0" / os.fsdecode(path)
        if content is None:
            place.unlink()
        else:
            place.write_bytes(content)
    assert 1 == demo.rebase().exit_code
    return demo


def test_a_file_that_upstream_deleted(tmp_path: Path) -> None:
    """ours leaves the patch's change out; a text has no place to go, and the message says so."""
    demo = _whole(tmp_path, CONFLICTED, {b"main.c": None})
    listed = _resolve(demo)
    assert "file-gone" in listed.stdout
    assert f"{_REGION} --take ours" in listed.stdout
    assert_refused(_resolve(demo, _NAME, "--take", "theirs"), "No text can be the answer")
    assert_refused(_resolve(demo, _NAME), "No text can be the answer", "--take ours")
    assert_done(_resolve(demo, _NAME, "--take", "ours"))
    assert_done(demo.rebase())


@pytest.mark.parametrize("take", ["ours", "theirs", "-"])
def test_a_file_that_upstream_made_too(tmp_path: Path, take: str) -> None:
    """All answers go: theirs makes the file what the patch has, a text makes it that."""
    demo = _whole(tmp_path, diff("made.txt", None, b"a\nb\n"), {b"made.txt": b"a\nc\n"})
    assert "file-exists" in _resolve(demo).stdout
    done = subprocess.run(
        [*PATCHKIT, "resolve", _NAME, "--stack", demo.stack, "--out", demo.out, "--take", take],
        env=environment(), input=b"a\nb and c\n", capture_output=True, check=False,
    )  # fmt: skip
    assert (0, b"") == (done.returncode, done.stderr)
    assert_done(demo.rebase())
    tree = tmp_path / "tree"
    subprocess.run(["cp", "-r", demo.upstream / "2.0", tree], check=True)
    assert_done(run("apply", tree, "--stack", demo.out))
    expected = {"ours": "a\nc\n", "theirs": "a\nb\n", "-": "a\nb and c\n"}[take]
    assert expected == (tree / "made.txt").read_text()


@pytest.mark.parametrize("take", ["ours", "theirs"])
def test_a_file_that_the_patch_deletes_and_upstream_changed(tmp_path: Path, take: str) -> None:
    """theirs deletes it as it is now, ours keeps it, no text can be the answer."""
    demo = _whole(tmp_path, diff("main.c", OLD[b"main.c"].content, None), {})
    assert "file-changed" in _resolve(demo).stdout
    assert_refused(_resolve(demo, _NAME), "the file goes or stays")
    assert_done(_resolve(demo, _NAME, "--take", take))
    assert_done(demo.rebase())
    assert (take == "theirs") == ("\n0004" in (demo.out / "series.conf").read_text())


def test_a_patch_that_does_not_apply_cannot_be_resolved(tmp_path: Path) -> None:
    """A rejected hunk needs its patch mended; --all passes over it."""
    broken = diff("util.c", numbered("other"), numbered("other").replace(b"other 5\n", b""))
    demo = make_demo(tmp_path, {**PORTED, _NAME: CONFLICTED, "0005-broken.patch": broken})
    assert 1 == demo.rebase().exit_code
    assert "mend the patch" in _resolve(demo).stdout
    assert_refused(_resolve(demo, "0005", "--take", "ours"), "no answer can help", "Mend the patch")
    assert_done(_resolve(demo, "--all", "--take", "ours"))
    assert 1 == demo.rebase().exit_code
    assert _REGION not in _resolve(demo).stdout


# --- another pair of versions


def test_a_use_for_other_versions_is_noted(held: Demo) -> None:
    """The same question at 3.0 is answered, and the record gets the two versions and the day; the
    rest of it keeps its bytes, and the second run changes nothing."""
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    record = held.stack / "patchkit.resolutions"
    record.write_text(record.read_text().replace("\nresolution", "\n# Mind this one.\nresolution"))
    before = record.read_text()
    assert_done(held.rebase())
    assert before == record.read_text()
    write_files(held.upstream / "3.0", {**NEW, b"more": OLD[b"util.c"]})
    third = ("--to", "3.0", "--out", held.root / "third")
    assert_done(held.rebase(*third, "--dry-run"))
    assert before == record.read_text()
    assert_done(held.rebase(*third))
    added = [line for line in record.read_text().splitlines() if line not in before.splitlines()]
    assert "for: 1.0 -> 3.0" == added[0]
    assert added[1].startswith("used: 20")
    assert 2 == len(added)
    state = state_of(held.root)
    assert_done(held.rebase(*third))
    assert state == state_of(held.root)


def test_a_doubtful_place_is_confirmed(tmp_path: Path) -> None:
    """Where nothing conflicts, but upstream has copied the lines of the hunk, the suggestion is the
    place that the merge found; taking it ports the patch."""
    demo = make_demo(tmp_path)
    util = OLD[b"util.c"].content
    write_files(demo.upstream / "2.0", {b"util.c": File(util + b"again\n" + util[60:160])})
    demo.put("0001-util.patch", diff("more.txt", None, b"more\n"))
    inserted = util.replace(b"util 14\n", b"util 14\nextra\n")
    demo.put("0005-doubt.patch", diff("util.c", util, inserted))
    demo.rebase()
    (region,) = (
        one for one in json.loads(_resolve(demo, "--json").stdout)["regions"]
        if one["patch"].startswith("0005")
    )  # fmt: skip
    assert ("doubtful", "as-placed") == (region["cause"], region["suggestion"])
    assert_done(_resolve(demo, "0005", "--take", "suggestion"))
    demo.rebase()
    assert "+extra\n" in (demo.out / "patches/0005-doubt.patch").read_text()
    assert "0005" not in _resolve(demo).stdout


def test_a_suggestion_is_taken(demo: Demo) -> None:
    """Both insert at the same place: the list says that a rule suggests an answer, `--take
    suggestion` records it, and with --all what has none is passed over."""
    content = OLD[b"docs/notes.txt"].content
    write_files(
        demo.upstream / "2.0",
        {b"docs/notes.txt": File(content.replace(b"note 9\n", b"note 9\nupstream's\n"))},
    )
    inserted = content.replace(b"note 9\n", b"note 9\nours\n")
    demo.put("0003-notes.patch", diff("docs/notes.txt", content, inserted))
    assert 1 == demo.rebase().exit_code
    assert "The rule both-insert suggests an answer." in _resolve(demo).stdout
    done = _resolve(demo, "--all", "--take", "suggestion")
    assert_done(done)
    assert "Left without an answer: 1 region" in done.stdout
    assert_refused(_resolve(demo, _NAME, "--take", "suggestion"), "no rule suggests anything")
    assert 1 == demo.rebase().exit_code
    assert " upstream's\n+ours\n" in (demo.out / "patches/0003-notes.patch").read_text()


def test_a_record_without_versions_is_not_touched(held: Demo) -> None:
    """Whoever leaves the versions out of a record does not want them noted."""
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    record = held.stack / "patchkit.resolutions"
    record.write_text(record.read_text().replace("for: 1.0 -> 2.0\n", ""))
    before = state_of(held.stack)
    assert_done(held.rebase())
    assert before == state_of(held.stack)


def test_a_record_that_cannot_be_written_stops_no_rebase(held: Demo) -> None:
    """A stack whose decisions may only be read is ported all the same; they stay as they are."""
    record = held.root / "decided" / "decisions"
    record.parent.mkdir()
    (held.root / "patchkit.yaml").write_text("resolutions: decided/decisions\n")
    assert_done(_resolve(held, _NAME, "--take", "theirs"))
    before = record.read_text()
    (record.parent / ".patchkit-stage").write_text("in the way\n")
    write_files(held.upstream / "3.0", NEW)
    assert_done(held.rebase("--to", "3.0", "--out", held.root / "third"))
    assert before == record.read_text()
    refused = run("resolve", _NAME, "--stack", held.stack, "--out", held.out, "--take", "ours")
    assert_refused(refused, ".patchkit-stage")
    assert before == record.read_text()
