"""What is wrong with a page is found, told with its line, and mended where a run says how."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.docs.checking import complaints
from tests.docs.commandwords import unknown_words
from tests.docs.comparing import fitted, is_as_expected, lines_of
from tests.docs.rewrite import rewrite

_RIGHT = """\
# A page

<!-- setup:
printf 'one\\ntwo\\nthree\\n' > counted

cd series
-->

```console
$ cat ../counted
one
...
$ cat ../counted; false
o[...]
two
three
$ echo $?
1
$ cat <<'END' |
> for it
> END
> cat; echo "$HOME" >&2
for it
/[...]home
```

1. In a list:

   ```python
   from pathlib import Path
   print(Path.cwd().name)
   ```

   ```text
   series
   ```

```python
assert Path("../counted").is_file()
```

<!-- there is no patchkit push -->
What quilt calls `push` is no command: `patchkit push` says so.

<!-- not run: needs a network -->
```sh
patchkit rebase --from 1 --to 2 --upstream https://example.invalid/x
```

```yaml
# patchkit.yaml
name: demo
```
"""

_WRONG = """\
# A page

    indented

```
no language
```

```sh
no reason
```

```yaml
# patchkit.yaml
nmae: demo
```

Say `patchkit rebase --form 1`, or `patchkit rebbase`.

```console
no command
```

```console
$ printf '1\\n2\\n3\\n4\\n5\\n'
1
...
4
6
$ echo said
```

```python
print("more")
```

```python
print("other")
```

```text
another
```

<!-- setup: false -->
"""


def _told(text: str, tmp_path: Path) -> list[tuple[int, str]]:
    (tmp_path / "page.md").write_text(text)
    (tmp_path / "run").mkdir(exist_ok=True)
    found = complaints(tmp_path / "page.md", tmp_path / "run")
    return [(one.line, one.message) for one in found]


def test_a_page_that_is_right(tmp_path: Path) -> None:
    """Every kind of block, with what stands for any text."""
    assert [] == _told(_RIGHT, tmp_path)


def test_every_fault_is_told(tmp_path: Path) -> None:
    """Each with its line; of an output what was expected and what came."""
    told = sorted(_told(_WRONG, tmp_path))
    lines = [3, 5, 9, 14, 18, 18, 21, 25, 30, 34, 38, 45]
    assert lines == [line for line, _ in told]
    words = (
        *("indented", "no language", "not run", "Did you mean name?"),
        *("rebase --form", "rebbase", "begins with a command"),
        *("-6\n+5", "+said", "+more", "-another\n+other", "ends the session"),
    )
    for word, (_, message) in zip(words, told, strict=True):
        assert word in message


def test_a_page_is_rewritten(tmp_path: Path) -> None:
    """Its outputs become those of the run, what stands for any lines stays, the rest is told."""
    page = tmp_path / "page.md"
    page.write_text(_WRONG)
    left = rewrite(page, tmp_path / "run")
    assert [3, 5, 9, 14, 18, 18, 21, 45] == sorted(one.line for one in left)
    text = page.read_text()
    assert "$ printf '1\\n2\\n3\\n4\\n5\\n'\n1\n...\n4\n5\n$ echo said\nsaid\n```\n" in text
    assert 'print("more")\n```\n\n```text\nmore\n```\n' in text
    assert 'print("other")\n```\n\n```text\nother\n```\n' in text


@pytest.mark.parametrize(
    ("expected", "output", "outcome"),
    [
        ("", "", True),
        ("a", "a  ", True),
        ("a", "a\n", True),
        ("a", "a\n\n", False),
        ("a\nb", "b\na", False),
        ("...", "", True),
        ("a\n...\nb", "a\nb", True),
        ("a\n...\na", "a", False),
        ("a\n...\nb\nc\n...", "a\nb\nb\nc", True),
        ("a\n...\nb\n...\nb", "a\nb", False),
        ("...\nb\n...\nb", "a\nb\nb", True),
        ("x [...] y", "x 1 y", True),
        ("x [...] y", "x\ny", False),
        ("[...]", "", False),
    ],
)
def test_what_is_as_expected(expected: str, output: str, outcome: bool) -> None:
    """`...` is any number of lines, `[...]` any text in one; the rest is what it is."""
    assert outcome is is_as_expected(lines_of(expected), lines_of(output))


_LINES = st.lists(st.sampled_from(["a", "b", "c", "ab"]), max_size=6).map(tuple)
_EXPECTED = st.lists(st.sampled_from(["a", "b", "c", "...", "a[...]"]), max_size=6).map(tuple)


@given(_EXPECTED, _LINES)
def test_what_is_fitted_fits(expected: tuple[str, ...], actual: tuple[str, ...]) -> None:
    """Whatever was expected, what is to be expected instead is as the run gave it, and stays so."""
    instead = fitted(expected, actual)
    assert is_as_expected(instead, actual)
    assert instead == fitted(instead, actual)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("patchkit rebase --from A --to B --out=x", []),
        ("patchkit series move 0018 --before 4", []),
        ("patchkit series mvoe 0018", ["patchkit series mvoe"]),
        ("patchkit rebase --from A \\\n  --too B | head --lines", ["patchkit rebase --too"]),
        ("(patchkit --versoin)", ["patchkit --versoin"]),
        ("# patchkit origin 1, `patchkit check`, patchkit", []),
        ("x; .venv/bin/patchkit chekc --at 1", ["patchkit chekc"]),
    ],
)
def test_commands_that_there_are_not(text: str, unknown: list[str]) -> None:
    """Subcommands and options that no command has are found in any text."""
    assert unknown == list(unknown_words(text))
