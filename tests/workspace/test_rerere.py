"""Reading a cache of git rerere: what is clear is taken, and nothing else."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.report import Lines
from patchkit.workspace.rerere import SettledConflict, read_rerere

_line = st.sampled_from((b"a\n", b"}\n", b"\n", b"if\n", b"x = 1\n"))
_text = st.lists(_line, max_size=4).map(tuple)
_conflict = st.tuples(_text, _text, _text)


def _cached(root: Path, preimage: bytes, postimage: bytes | None, variant: str = "") -> Path:
    cache = root / "rr-cache"
    folder = cache / "0123456789abcdef"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"preimage{variant}").write_bytes(preimage)
    if postimage is not None:
        (folder / f"postimage{variant}").write_bytes(postimage)
    return cache


def _preimage(
    between: list[Lines], conflicts: list[tuple[Lines, Lines, Lines]], size: int
) -> bytes:
    parts = [b"".join(between[0])]
    for (one, other, _), behind in zip(conflicts, between[1:], strict=True):
        marks = [mark * size + b"\n" for mark in (b"<", b"=", b">")]
        parts += [marks[0], *one, marks[1], *other, marks[2], *behind]
    return b"".join(parts)


@given(st.lists(st.tuples(_conflict, _text), min_size=1, max_size=4), _text, st.integers(7, 9))
def test_an_answer_is_never_a_wrong_one(
    pieces: list[tuple[tuple[Lines, Lines, Lines], Lines]],
    head: Lines, size: int,
) -> None:  # fmt: skip
    """Where the cache gives answers they are the ones that were given; else it says unclear."""
    conflicts, behind = [piece[0] for piece in pieces], [piece[1] for piece in pieces]
    between = [head, *behind]
    resolved = [*head, *(line for (_, _, result), text in pieces for line in (*result, *text))]
    with TemporaryDirectory() as folder:
        preimage = _preimage(between, conflicts, size)
        found = read_rerere(_cached(Path(folder), preimage, b"".join(resolved)))
    if found.conflicts:
        expected = tuple(SettledConflict((one, other), result) for one, other, result in conflicts)
        assert (expected, 0) == (found.conflicts, found.unclear)
    else:
        assert len(conflicts) == found.unclear
    if len(conflicts) == 1:
        assert found.conflicts


def _one(root: Path, variant: str = "") -> Path:
    return _cached(root, b"a\n<<<<<<<\nx\n=======\ny\n>>>>>>>\nb\n", b"a\nx and y\nb\n", variant)


def test_variants_of_one_conflict(tmp_path: Path) -> None:
    """git numbers the files of conflicts that look alike: preimage.1 goes with postimage.1."""
    _one(tmp_path)
    found = read_rerere(_one(tmp_path, ".1"))
    assert 2 * (SettledConflict(((b"x\n",), (b"y\n",)), (b"x and y\n",)),) == found.conflicts


def test_what_is_not_settled(tmp_path: Path) -> None:
    """A preimage alone, text changed before the conflict, and a conflict within a conflict."""
    preimage = b"a\n<<<<<<<\nx\n=======\ny\n>>>>>>>\nb\n"
    assert 1 == read_rerere(_cached(tmp_path / "1", preimage, None)).unclear
    assert 1 == read_rerere(_cached(tmp_path / "2", preimage, b"A\nx\nb\n")).unclear
    nested = b"<<<<<<<\n" + preimage + b"=======\ny\n>>>>>>>\n"
    found = read_rerere(_cached(tmp_path / "3", nested, b"x\n"))
    assert () == found.conflicts
