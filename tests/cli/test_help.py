"""What a person who does not know patchkit reads: helps, examples, hints, pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from patchkit.cli.listed import SUMMARIES
from patchkit.cli.main import cli, usage_lines
from patchkit.cli.manual import manual_pages
from tests.cli.folders import contents_of
from tests.cli.packaged import NAME, commands, examples, make_packaged, typed
from tests.cli.running import REPOSITORY, assert_refused, run

_CONTEXTS = {one.command_path: one for one in commands()}
_PAGE = (REPOSITORY / "docs" / "reference" / "cli.md").read_text("utf-8")
_IDENTITY = "1f0c2ab94d7e"
"""What stands for the identity of a decision in an example: each stack has others."""


def test_every_help_ends_with_examples() -> None:
    """The lines of each command begin with it, and stand in its help as they are typed."""
    for path, context in _CONTEXTS.items():
        lines = examples(context)
        assert lines, path
        assert all(f"{line} ".startswith(f"{path} ") for line in lines), path
        told = context.command.get_help(context)
        assert "\nExamples:\n" + "".join(f"  {line}\n" for line in lines) in f"{told}\n"


def test_the_list_of_all_has_the_sentence_of_each() -> None:
    """What a command does is told in its own words, though none is loaded for the list."""
    for name, told in SUMMARIES.items():
        assert _CONTEXTS[f"patchkit {name}"].command.get_short_help_str(300) == told


def test_every_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typed in a packaging repository that was set up, none is refused; in another one each time,
    so that none needs what another did."""
    identity = make_packaged(tmp_path / "made", monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    refused = {}
    lines = [line for context in _CONTEXTS.values() for line in examples(context)]
    for number, line in enumerate(dict.fromkeys(lines)):
        place = tmp_path / str(number)
        shutil.copytree(tmp_path / "made", place, symlinks=True)
        monkeypatch.chdir(place / NAME)
        if " init" in line:
            Path("patchkit.yaml").unlink()
        done = typed(line.replace(_IDENTITY, identity))
        if done.exit_code not in (0, 1):
            refused[line] = done
    assert {} == refused


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["rebsae"], "Did you mean 'rebase' or"),
        (["res"], "Did you mean 'resolve' or 'resolutions'"),
        (["push"], "Did you mean 'apply'?"),
        (["import"], "Did you mean 'series add'"),
        (["series", "reorder"], "Try 'patchkit series --help'."),
        (["series", "mvoe"], "Did you mean 'move'"),
        (["resolutions", "lst"], "Did you mean 'list'?"),
        (["rebase", "--form", "1"], "Did you mean '--from'"),
        (["series", "add", "--ater", "x"], "'--after'"),
        (["--verison"], "Did you mean '--version'?"),
    ],
)
def test_what_was_probably_meant(arguments: list[str], hint: str) -> None:
    """A word that there is not is refused with the near one, for subcommands and options, too."""
    with pytest.raises(click.UsageError) as raised:
        cli.main(arguments, "patchkit", standalone_mode=False)
    told = usage_lines(raised.value)
    assert any(hint in line for line in told), told
    assert "--help'." in told[-1]


def test_what_was_meant_is_told_as_errors_are(tmp_path: Path) -> None:
    """On standard error, a line each, with the exit code of wrong usage."""
    assert_refused(run("rebsae", cwd=tmp_path), "'rebsae'", "Did you mean 'rebase'", "--help")


def _section(path: str) -> str:
    """What docs/reference/cli.md says of a command: its section, else that of its group."""
    words = path.split()[1:]
    headings = [found.start() for found in re.finditer(r"^## ", _PAGE, re.MULTILINE)]
    parts = [
        _PAGE[start:end] for start, end in zip(headings, [*headings[1:], len(_PAGE)], strict=True)
    ]
    named = [
        part for part in parts if re.search(rf"\bpatchkit {words[0]}\b", part.partition("\n")[0])
    ]
    assert 1 == len(named), path
    return named[0]


def test_every_option_is_on_the_page() -> None:
    """docs/reference/cli.md has each option of each command: in its section, or in what is said
    before for all of them."""
    before = _PAGE[: _PAGE.index("## patchkit ")]
    missing = [
        f"{path} {name}"
        for path, context in _CONTEXTS.items()
        if context.parent is not None
        for one in context.command.params
        if isinstance(one, click.Option)
        for name in one.opts
        if name.startswith("--") and not re.search(rf"{name}\b", before + _section(path))
    ]
    assert not missing, missing


def test_the_manual_pages_are_up_to_date() -> None:
    """docs/man is what `python -m patchkit.cli.manual docs/man` makes."""
    assert dict(manual_pages()) == contents_of(REPOSITORY / "docs" / "man")


def test_man_shows_the_pages_without_a_warning(tmp_path: Path) -> None:
    """Each is right for man, which shows every option and example; hyphens can be copied."""
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    texts = {}
    for name in ("patchkit.1", "patchkit-rebase.1", "patchkit-series-add.1"):
        page = REPOSITORY / "docs" / "man" / name
        command = ["man", "--warnings=w", "-E", "UTF-8", "-l", str(page)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True,
            env={"PATH": "/usr/bin:/bin", "MANWIDTH": "200", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert "" == done.stderr, name
        texts[name] = re.sub(r".\x08", "", done.stdout)
    for path in ("patchkit", "patchkit rebase", "patchkit series add"):
        context = _CONTEXTS[path]
        text = texts[f"{path.replace(' ', '-')}.1"]
        for line in examples(context):
            assert line in text
        for one in context.command.params:
            assert all(name in text for name in one.opts if name.startswith("-"))


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="mandoc is not installed")
def test_mandoc_finds_nothing() -> None:
    """No page is wrong for mandoc either; that they have no date is meant."""
    pages = sorted((REPOSITORY / "docs" / "man").iterdir())
    done = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", *pages], capture_output=True, text=True, check=False
    )
    told = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert [] == told
