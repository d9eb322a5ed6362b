"""Tests of `patchkit.workspace.settings`: patchkit.yaml, format version 1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchkit.errors import SettingsError
from patchkit.workspace.settings import (
    Settings,
    find_settings,
    load_settings,
    settings_beside,
)

from .stacks import is_one_line, make

FULL = """\
# what we port
name: kata-containers
upstream: https://example.invalid/kata.git
upstream-note: >
  the reduced one,
  for want of a network
tag: "v{version}"
fuzz: 0
strip: 2
flags: [virt, x-y]
stack: stacks/{version}
output: ../out/{version}-ported
"""


def load(tmp_path: Path, text: str | bytes) -> Settings:
    """The settings in a file of this text."""
    make(tmp_path, {"patchkit.yaml": text})
    return load_settings(tmp_path / "patchkit.yaml")


def problem_of(tmp_path: Path, text: str | bytes) -> SettingsError:
    """The error with which a text is refused; it is one line and names the file."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    assert is_one_line(caught.value)
    assert caught.value.message.startswith(f"{tmp_path}/patchkit.yaml:")
    return caught.value


# --- the format -------------------------------------------------------------------------


def test_every_key(tmp_path: Path) -> None:
    """Every key that is documented is read."""
    expected = Settings(
        path=tmp_path / "patchkit.yaml",
        name="kata-containers",
        upstream="https://example.invalid/kata.git",
        upstream_note="the reduced one, for want of a network",
        tag="v{version}",
        fuzz=0,
        strip=2,
        flags=frozenset({"virt", "x-y"}),
        stack="stacks/{version}",
        output="../out/{version}-ported",
    )
    assert expected == load(tmp_path, FULL)
    assert expected == load(tmp_path, b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "{}\n", "--- # c\n...\n"])
def test_an_empty_file_is_all_defaults(tmp_path: Path, text: str) -> None:
    """Without a word in it the file still says: there is a folder for each version here."""
    place = tmp_path / "patchkit.yaml"
    assert Settings(path=place, stack="{version}", output="{version}") == load(tmp_path, text)


def test_the_documentation_has_every_key(tmp_path: Path) -> None:
    """The reference lists the keys that are known, in their order, and its examples are valid."""
    reference = Path(__file__).parents[2] / "docs/reference/patchkit-yaml.md"
    text = reference.read_text("utf-8")
    documented = re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    hint = problem_of(tmp_path, "unknown: 1\n").hints[-1]
    assert f"Known are {', '.join(documented)}." == hint
    examples = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert {"kata-containers"} == {load(tmp_path, example).name for example in examples}


def test_folders_for_a_version(tmp_path: Path) -> None:
    """Stack and output are relative to the file, and the version is filled in everywhere."""
    read = load(tmp_path, "stack: '{version}/of-{version}'\n")
    assert tmp_path / "2.5.1/of-2.5.1" == read.stack_folder("2.5.1")
    assert tmp_path / "3.2.0" == read.output_folder("3.2.0")
    assert Settings().stack_folder("1") is None
    assert Settings().output_folder("1") is None


@pytest.mark.parametrize(
    "remote",
    ["https://h.invalid/x", "file:///x/y", "git@h.invalid:x/y.git", "h:x", "git+ssh://h.invalid/x"],
)
def test_an_upstream_elsewhere(tmp_path: Path, remote: str) -> None:
    """What git takes for an address is left as it is."""
    assert remote == load(tmp_path, f"upstream: {remote}\n").upstream


@pytest.mark.parametrize(
    ("text", "expected"),
    [("upstream", "s/upstream"), ("../u", "u"), ("./a:b", "s/a:b"), ("~/x", "s/~/x")],
)
def test_an_upstream_in_a_folder(tmp_path: Path, text: str, expected: str) -> None:
    """A path is relative to the file that it stands in, wherever the command runs."""
    assert str(tmp_path / expected) == load(tmp_path / "s", f"upstream: {text}\n").upstream
    assert load(tmp_path, "upstream: /srv/kata\n").upstream == "/srv/kata"


# --- what is refused --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("name: x\nfuz: 1\n", ":2:1: fuz: unknown key.", "Did you mean fuzz?"),
        ("upstream_note: x\n", ":1:1: upstream_note: unknown key.", "Did you mean upstream-note?"),
        ("zzz: 1\n", ":1:1: zzz: unknown key.", "Known are name, upstream, "),
        ("<<: {}\n", ":1:1: <<: unknown key.", "Known are "),
        ("1: x\n", ":1:1: 1: unknown key.", "Known are "),
        ("[a]: x\n", ":1:1: a list or mapping: unknown key.", "Known are "),
        ("name: x\n\nname: x\n", ":3:1: name: given twice, first on line 1.", "Delete one"),
        ("- name\n", ":1:1: the file: must be keys with values", ""),
        ("name\n", ":1:1: the file: must be keys with values", ""),
        ("name: [x]\n", ":1:7: name: must be a text, not a list", "Quote a text"),
        ("tag: {version}\n", ":1:6: tag: must be a text, not a list or a mapping.", "Quote a text"),
        ("name: 2.5\n", ":1:7: name: must be a text, but YAML reads 2.5", 'Write it as "2.5".'),
        ("name: yes\n", ":1:7: name: must be a text, but YAML reads yes", 'Write it as "yes".'),
        ("name:\n", ":1:6: name: has no value.", "delete the line"),
        ('name: ""\n', ":1:7: name: must be a text on one line.", ""),
        ('upstream: "a\\nb"\n', ":1:11: upstream: must be a text on one line.", ""),
        ("name: a b\n", ":1:7: name: a package name has letters", ""),
        ("name: ../x\n", ":1:7: name: a package name has letters", ""),
        ("fuzz: -1\n", ":1:7: fuzz: must be a whole number", ""),
        ("fuzz: 1.0\n", ":1:7: fuzz: must be a whole number", ""),
        ("fuzz: '1'\n", ":1:7: fuzz: must be a whole number", ""),
        ("fuzz: 010\n", ":1:7: fuzz: must be a whole number", ""),
        (f"fuzz: {'9' * 5000}\n", ":1:7: fuzz: must be a whole number", ""),
        ("strip: [1]\n", ":1:8: strip: must be a whole number", ""),
        ("strip:\n", ":1:7: strip: must be a whole number", ""),
        ("flags: virt\n", ":1:8: flags: must be a list", ""),
        (
            "flags:\n  - virt\n  - 2024\n",
            ":3:5: flags: must be a text, but YAML reads 2024",
            "2024",
        ),
        ("flags: [a b]\n", ":1:9: flags: a b is not a flag.", "one word"),
        ("flags: ['+virt']\n", ":1:9: flags: +virt is not a flag.", "one word"),
        ("tag: v1\n", ":1:6: tag: must contain {version}.", "For instance v{version}."),
        ('tag: "v{Version}"\n', ":1:6: tag: only {version} may stand in braces.", ""),
        ("output: out/{name}\n", ":1:9: output: only {version} may stand in braces.", ""),
        ("name: 'x\n", ":2:1: not YAML: found unexpected end of stream.", ""),
        ("name: x\n\ttag: y\n", ":2:1: not YAML: ", "indent by spaces"),
        ("name: a: b\n", ":1:8: not YAML: mapping values are not allowed here.", "Quote"),
        ("--- {}\n--- {}\n", ":2:1: not YAML: but found another document.", ""),
        ("name: *x\n", ":1:7: not YAML: found undefined alias 'x'.", ""),
        ("\nname: \x01\n", ":2: not YAML: a control character.", ""),
        (b"\nname: caf\xe9\n", ":2: not UTF-8.", "Save the file as UTF-8."),
        ("name: x\n".encode("utf-16"), ":1: not UTF-8.", "Save the file as UTF-8."),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str | bytes, place: str, hint: str) -> None:
    """Each mistake is one line with file, line and, where there is one, column."""
    error = problem_of(tmp_path, text)
    assert error.message.startswith(f"{tmp_path}/patchkit.yaml{place}")
    assert hint in " ".join(error.hints)


def test_objects_are_never_made(tmp_path: Path) -> None:
    """A tag that would make YAML run code is a value of the wrong type."""
    text = f"name: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n"
    assert "name: must be a text" in problem_of(tmp_path, text).message
    assert not (tmp_path / "made").exists()


def test_a_file_that_is_nested_too_deeply(tmp_path: Path) -> None:
    """A hostile file ends in an error, not in a crash."""
    error = problem_of(tmp_path, "[" * 100_000)
    assert error.message.endswith("nested too deeply to be settings.")


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder called patchkit.yaml is said to be one."""
    (tmp_path / "patchkit.yaml").mkdir()
    with pytest.raises(SettingsError, match=r"patchkit\.yaml: cannot be read: Is a directory"):
        load_settings(tmp_path / "patchkit.yaml")


@given(st.text("namefuzstrip: 12{}[]'\"\n#&*!|>-%\t,?", max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_settings_or_an_error(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file, the outcome is settings or one line that says what is wrong."""
    try:
        outcome: Settings | SettingsError = load(tmp_path, text)
    except SettingsError as error:
        outcome = error
    assert isinstance(outcome, Settings) or is_one_line(outcome)


# --- which file counts ------------------------------------------------------------------


def test_the_nearest_file_above_counts(tmp_path: Path) -> None:
    """The search goes up from the start, and only then down."""
    make(tmp_path, {"a/patchkit.yaml": "", "a/b/c/d/patchkit.yaml": ""})
    above = tmp_path / "a/patchkit.yaml"
    assert above == find_settings(tmp_path / "a")
    assert above == find_settings(tmp_path / "a/b/c")
    assert tmp_path / "a/b/c/d/patchkit.yaml" == find_settings(tmp_path / "a/b/c/d")


def test_the_only_file_below_counts(tmp_path: Path) -> None:
    """At most three levels below, and not in hidden folders or behind symbolic links."""
    make(
        tmp_path, {"a/b/c/patchkit.yaml": "", ".git/patchkit.yaml": "", "a/b/c/d/patchkit.yaml": ""}
    )
    (tmp_path / "link").symlink_to("a/b/c")
    assert tmp_path / "a/b/c/patchkit.yaml" == find_settings(tmp_path)


def test_several_files_below_are_ambiguous(tmp_path: Path) -> None:
    """All of them are listed, and the way to choose."""
    make(tmp_path, {"b/patchkit.yaml": "", "a/patchkit.yaml": ""})
    with pytest.raises(SettingsError) as caught:
        find_settings(tmp_path)
    files = f"{tmp_path}/a/patchkit.yaml, {tmp_path}/b/patchkit.yaml"
    assert f"{tmp_path}: several patchkit.yaml below: {files}." == caught.value.message
    assert "--stack" in caught.value.hints[0]


def test_no_file_at_all(tmp_path: Path) -> None:
    """Too far below is nowhere; so is a folder that is not there."""
    make(tmp_path, {"a/b/c/d/patchkit.yaml": ""})
    assert find_settings(tmp_path) is None
    assert find_settings(tmp_path / "gone") is None


def test_a_file_that_cannot_be_used_still_counts(tmp_path: Path) -> None:
    """A broken link or a folder of that name is found, so that it is complained about."""
    (tmp_path / "patchkit.yaml").symlink_to("gone")
    assert tmp_path / "patchkit.yaml" == find_settings(tmp_path)


def test_settings_beside_a_stack(tmp_path: Path) -> None:
    """A named stack has the settings in its folder, else those in the one above, else defaults."""
    make(tmp_path, {"kata/2.5.1/series.conf": "", "kata/patchkit.yaml": "name: kata\n"})
    root = tmp_path / "kata/2.5.1"
    assert settings_beside(root).name == "kata"
    make(root, {"patchkit.yaml": "name: own\n"})
    assert settings_beside(root).name == "own"
    assert Settings() == settings_beside(tmp_path / "kata/x/y")
