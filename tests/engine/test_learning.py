"""What a person made of held regions, read from the file that they left."""

from __future__ import annotations

import pytest

from patchkit.engine.learning import amendments_learned, answers_learned
from patchkit.model.report import Lines
from patchkit.model.resolutions import Answer, Side
from patchkit.model.tree import split_lines

from .making import Files, diff, edited, file, numbered, only_file, port_one

TEXT = numbered(30)
OLD: Files = {b"f": file(TEXT)}
PATCH_LINES = ((b"line 5\n", b"five\n"), (b"line 15\n", b"ours\n"), (b"line 25\n", b"25\n"))
NEW = edited(TEXT, (b"line 15\n", b"upstream\n"))
PORTED = edited(NEW, (b"line 5\n", b"five\n"), (b"line 25\n", b"25\n"))


def answers(wanted: bytes) -> list[Answer]:
    """What is learned of the one held region, in which both changed line 15."""
    ported, whole = port_one(
        diff(OLD, {b"f": file(edited(TEXT, *PATCH_LINES))}), OLD, {b"f": file(NEW)}
    )
    made = whole.result[b"f"]
    assert made == file(PORTED)
    found = answers_learned(
        only_file(ported), split_lines(NEW), split_lines(PORTED), split_lines(wanted)
    )
    return [answer for _, answer in found]


@pytest.mark.parametrize(
    "beside",
    [
        (),
        ((b"line 10\n", b""),),
        ((b"line 10\n", b"ten\nand more\n"),),
        ((b"line 20\n", b"line 20\nand more\n"),),
        ((b"line 20\n", b""), (b"line 21\n", b"")),
        ((b"line 1\n", b"zero\nline 1\n"), (b"line 30\n", b"")),
    ],
)
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (b"both\n", (b"both\n",)),
        (b"both\nof them\n", (b"both\n", b"of them\n")),
        (b"upstream\nand ours\n", (b"upstream\n", b"and ours\n")),
        (b"ours and\nupstream\n", (b"ours and\n", b"upstream\n")),
        (b"ours\n", Side.THEIRS),
        (b"", ()),
        (b"upstream\n", None),
    ],
)
def test_the_answer_is_what_stands_there(
    beside: tuple[tuple[bytes, bytes], ...], text: bytes, answer: Answer | None
) -> None:
    """Whatever else the person changed above or below; what they left alone is no answer."""
    wanted = edited(PORTED, (b"upstream\n", text), *beside)
    assert ([] if answer is None else [answer]) == answers(wanted)


@pytest.mark.parametrize(
    ("ported", "wanted", "pairs"),
    [
        (b"a\nb\nc\n", b"a\nx\nc\n", [(b"b\n", b"x\n")]),
        (b"a\nb\nc\nd\n", b"a\nb\nx\nc\nd\n", [(b"b\nc\n", b"b\nx\nc\n")]),
        (b"}\na\n}\n", b"}\na\nx\n", [(b"a\n}\n", b"a\nx\n")]),
        (b"a\n}\n}\n}\n", b"a\n}\n}\n", [(b"}\n}\n}\n", b"}\n}\n")]),
        (b"", b"x\n", None),
    ],
)
def test_an_amendment_has_the_lines_that_make_its_place_the_only_one(
    ported: bytes, wanted: bytes, pairs: list[tuple[bytes, bytes]] | None
) -> None:
    """And no more: what is around may change before the next port."""

    def is_free(before: Lines, after: Lines) -> bool:
        return before != after

    found = amendments_learned(split_lines(ported), split_lines(wanted), is_free)
    joined = found and [(b"".join(before), b"".join(after)) for before, after in found]
    assert pairs == joined
