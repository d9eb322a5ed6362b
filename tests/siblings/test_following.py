"""What the siblings changed, and what of it is proposed: stories and laws, with GNU patch."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.siblings import EditState, Finding, Rank
from patchkit.model.tree import File, MemoryTree, split_lines
from patchkit.siblings.comparing import Comparison

from .making import compared, files, patched, scene

BODY = b"""// setup of {w}
func setup{C}(config Config) error {
	first(config)
	start(config, "{w}")
	last(config)
	return nil
}
"""
CHECKED = BODY.replace(
    b"	first(config)\n",
    b"	if err := first(config); err != nil {\n		return err\n	}\n",
)
OURS = "setup_riscv64.go"


def text(body: bytes, word: str) -> bytes:
    """The file of a variant."""
    return body.replace(b"{w}", word.encode()).replace(b"{C}", word.capitalize().encode())


def siblings(body: bytes, *words: str) -> dict[str, bytes]:
    """A file for each variant."""
    return {f"setup_{word}.go": text(body, word) for word in words}


def edits(comparison: Comparison) -> list[Finding]:
    """The findings that are edits of siblings."""
    return [one for one in comparison.report.findings if one.edit is not None]


def states(comparison: Comparison) -> list[EditState]:
    """How each edit stands to ours."""
    return [one.edit.state for one in edits(comparison) if one.edit is not None]


def follow(old: dict[str, bytes], new: dict[str, bytes], ours: bytes) -> Comparison:
    """Compare our file with these siblings."""
    return compared(scene(old, new, {OURS: ours}))


def result_of(comparison: Comparison, ours: bytes) -> bytes:
    """Our file as GNU patch leaves it with the proposal."""
    with tempfile.TemporaryDirectory() as folder:
        tree = files({OURS: ours})
        return patched(Path(folder), tree, comparison.report.proposal)[OURS.encode()]


def test_what_all_siblings_did_is_proposed() -> None:
    """All check an error now: the edit is merged into ours, with the siblings and their lines."""
    old, new = siblings(BODY, "amd64", "arm64"), siblings(CHECKED, "amd64", "arm64")
    found = follow(old, new, text(BODY, "riscv64"))
    (one,) = edits(found)
    assert one.edit is not None
    assert one.edit.state is EditState.PROPOSED
    assert (b"\tfirst(config)\n",) == one.edit.removed
    assert [("x86_64", 3), ("arm64", 3)] == [(at.variant, at.line) for at in one.siblings]
    assert ("setup_riscv64.go", 3) == (one.path.decode(), one.line)
    assert text(CHECKED, "riscv64") == result_of(found, text(BODY, "riscv64"))
    assert text(CHECKED, "riscv64") == found.proposed[OURS.encode()].content


def test_what_ours_has_already() -> None:
    """An edit that ours has is no open finding, and nothing is proposed."""
    old, new = siblings(BODY, "amd64", "arm64"), siblings(CHECKED, "amd64", "arm64")
    found = follow(old, new, text(CHECKED, "riscv64"))
    assert [EditState.THERE] == states(found)
    assert found.report.proposal == b""
    assert found.report.open == 0


def test_what_only_some_did_is_divided() -> None:
    """A sibling with the same text left it: then it is nothing for all, and never proposed."""
    old = siblings(BODY, "amd64", "arm64", "s390x")
    new = {**siblings(CHECKED, "amd64", "arm64"), **siblings(BODY, "s390x")}
    found = follow(old, new, text(BODY, "riscv64"))
    assert [EditState.DIVIDED] == states(found)
    assert found.report.proposal == b""


def test_ours_has_other_text_there() -> None:
    """Where ours differs in the very lines, a person has to look."""
    old, new = siblings(BODY, "amd64", "arm64"), siblings(CHECKED, "amd64", "arm64")
    body = text(BODY, "riscv64").replace(b"first(config)", b"prime(config, 3)")
    found = follow(old, new, body)
    assert set(states(found)) <= {EditState.CONFLICT, EditState.ELSEWHERE}
    assert found.report.proposal == b""


def test_comments_are_of_no_consequence() -> None:
    """An edit of comments alone is counted, not shown, and not proposed."""
    old = siblings(BODY, "amd64", "arm64")
    new = siblings(BODY.replace(b"// setup of", b"// The setup of"), "amd64", "arm64")
    found = follow(old, new, text(BODY, "riscv64"))
    assert [Rank.NOTHING] == [one.rank for one in edits(found)]
    assert found.report.proposal == b""


def test_one_siblings_own_business() -> None:
    """What one sibling did to what ours has not is folded away."""
    own = BODY.replace(b"	last(config)\n", b"	sgx(config)\n	last(config)\n")
    more = BODY.replace(b"	last(config)\n", b"	sgx(config, twice)\n	last(config)\n")
    old = {**siblings(own, "amd64"), **siblings(BODY, "arm64")}
    new = {**siblings(more, "amd64"), **siblings(BODY, "arm64")}
    found = follow(old, new, text(BODY, "riscv64"))
    assert [(EditState.ELSEWHERE, Rank.NOTHING)] == [
        (one.edit.state, one.rank) for one in edits(found) if one.edit is not None
    ]


IMPORTING = b'package setup\n\nimport (\n\t"fmt"\n\t"time"\n)\n\n' + BODY


def test_an_import_comes_with_what_uses_it() -> None:
    """An import that a proposed edit uses is proposed as well; one that nothing uses is not."""
    used = IMPORTING.replace(b'\t"time"\n', b'\t"log"\n\t"time"\n').replace(
        b"	first(config)\n", b'	log.Print("first")\n	first(config)\n'
    )
    unused = IMPORTING.replace(b'\t"time"\n', b'\t"log"\n\t"time"\n')
    old = siblings(IMPORTING, "amd64", "arm64")
    ours = text(IMPORTING, "riscv64")
    found = follow(old, siblings(used, "amd64", "arm64"), ours)
    assert text(used, "riscv64") == result_of(found, ours)
    assert follow(old, siblings(unused, "amd64", "arm64"), ours).report.proposal == b""


def test_no_name_that_ours_has_not() -> None:
    """An edit that would use a name of our variant which does not exist is held back, and said."""
    new = BODY.replace(b"	last(config)\n", b"	use({C}Register)\n	last(config)\n")
    found = follow(
        siblings(BODY, "amd64", "arm64"), siblings(new, "amd64", "arm64"), text(BODY, "riscv64")
    )
    (one,) = edits(found)
    assert one.edit is not None
    assert one.edit.state is EditState.CONFLICT
    assert "Riscv64Register, which nothing of ours has" in one.note


def test_half_of_a_change_is_not_proposed() -> None:
    """Of what one sibling alone changed nothing is proposed where a part of it does not merge."""
    ours = text(BODY, "riscv64").replace(b"start(config,", b"begin(config,")
    new = BODY.replace(b"first(config)", b"primary(config)").replace(
        b"	start(config, ", b"	launch(config, now, "
    )
    mine = ours.replace(b'begin(config, "riscv64")', b'start(config, "riscv64") // ours')
    found = follow(siblings(BODY, "arm64"), siblings(new, "arm64"), mine)
    assert EditState.PROPOSED not in states(found)


lines = st.lists(
    st.one_of(
        st.integers(0, 60).map(lambda number: b"\tstep%d(config, {w})\n" % number),
        st.sampled_from((b"\n", b"}\n", b"\tcall{C}(x)\n")),
    ),
    min_size=1,
    max_size=14,
)
variants = st.lists(
    st.sampled_from(("amd64", "arm64", "ppc64le", "s390x", "loong64")),
    min_size=1,
    max_size=4,
    unique=True,
)


@given(lines, lines, variants)
def test_a_proposal_brings_nothing_but_the_siblings_lines(
    old: list[bytes], more: list[bytes], words: list[str]
) -> None:
    """However repetitive the files are, what GNU patch makes of ours by a proposal, without fuzz
    or offset, has lines of ours and of the siblings' new text only, and is what the plan says."""
    before = b"".join(old)
    at = len(old) // 2
    after = b"".join((*old[:at], *more, *old[at + 1 :]))
    ours = text(before, "riscv64")
    found = follow(siblings(before, *words), siblings(after, *words), ours)
    if not found.report.proposal:
        return
    result = result_of(found, ours)
    assert found.proposed[OURS.encode()].content == result
    wanted = set(split_lines(text(after, "riscv64")))
    assert set(split_lines(result)) <= wanted | set(split_lines(ours))


telling = st.lists(
    st.integers(0, 999).map(lambda number: b"\tstep%d(config, {w})\n" % number),
    min_size=8,
    max_size=14,
    unique=True,
)


@given(telling, st.integers(1, 6), st.integers(1000, 1999), variants)
def test_a_plain_edit_of_all_is_made(
    old: list[bytes], at: int, number: int, words: list[str]
) -> None:
    """One replaced line among lines that all differ is proposed, and gives exactly the text that
    the siblings have."""
    new = [*old[:at], b"\tstep%d(config)\n" % number, *old[at + 1 :]]
    before, after = b"".join(old), b"".join(new)
    ours = text(before, "riscv64")
    found = follow(siblings(before, *words), siblings(after, *words), ours)
    assert [EditState.PROPOSED] == states(found)
    result = result_of(found, ours)
    assert text(after, "riscv64") == result
    again = follow(siblings(before, *words), siblings(after, *words), result)
    assert [EditState.THERE] == states(again)


@given(telling, st.integers(1, 6), st.permutations(["amd64", "arm64", "s390x"]))
def test_the_order_of_siblings_does_not_matter(old: list[bytes], at: int, words: list[str]) -> None:
    """The same findings come out whatever order the siblings are read in."""
    new = [*old[:at], b"\tother(config)\n", *old[at + 1 :]]
    before, after = b"".join(old), b"".join(new)
    ours = text(before, "riscv64")
    plain = follow(
        siblings(before, "amd64", "arm64", "s390x"),
        siblings(after, "amd64", "arm64", "s390x"),
        ours,
    )
    other = follow(siblings(before, *words), siblings(after, *words), ours)
    assert plain.report.proposal == other.report.proposal
    assert states(plain) == states(other)


@pytest.mark.parametrize("odd", [b"\r\n", b" caf\xe9\n"])
def test_odd_bytes_survive(odd: bytes) -> None:
    """Line ends of DOS and Latin-1 go into the proposal as they are."""
    body, checked = (one.replace(b"\n", odd) for one in (BODY, CHECKED))
    ours = text(body, "riscv64")
    found = follow(siblings(body, "amd64", "arm64"), siblings(checked, "amd64", "arm64"), ours)
    assert text(checked, "riscv64") == result_of(found, ours)


def test_a_last_line_without_newline() -> None:
    """Lines are not put behind a last line that does not end; the finding says so."""
    old = siblings(BODY.rstrip(b"\n"), "amd64", "arm64")
    new = siblings(BODY + b"// more\nfunc more() {}\n", "amd64", "arm64")
    found = follow(old, new, text(BODY.rstrip(b"\n"), "riscv64"))
    assert found.report.proposal == b""


def test_a_binary_sibling_is_left_alone() -> None:
    """A binary file is no sibling whose lines could be followed."""
    old, new = {"setup_arm64.go": b"\0old"}, {"setup_arm64.go": b"\0new"}
    assert [] == edits(follow(old, new, text(BODY, "riscv64")))


def test_our_file_is_looked_at_where_the_stack_put_it() -> None:
    """A tree without our file has nothing to follow."""
    made = scene(siblings(BODY, "arm64"), siblings(CHECKED, "arm64"), {})
    assert isinstance(made.new, MemoryTree)
    assert File(text(CHECKED, "arm64")) == made.new.get(b"setup_arm64.go")
    assert [] == edits(compared(made))


def test_alike_is_not_alone() -> None:
    """Two siblings gain the same setting with other values: each is worth a look, and says who."""
    settings = b"MACHINE := {w}\n"
    old = {f"arch/{word}-options.mk": text(settings, word) for word in ("amd64", "arm64", "s390x")}
    new = {
        **old,
        "arch/amd64-options.mk": old["arch/amd64-options.mk"] + b"\nSTATIC_MANAGEMENT := false\n",
        "arch/arm64-options.mk": old["arch/arm64-options.mk"] + b"\nSTATIC_MANAGEMENT := true\n",
    }
    made = scene(old, new, {"arch/riscv64-options.mk": text(settings, "riscv64")})
    found = [one for one in edits(compared(made)) if one.rank is Rank.BEHAVIOUR]
    assert ["x86_64", "arm64"] == [one.siblings[0].variant for one in found]
    assert "arm64 did alike" in found[0].note
    alone = {**old, "arch/amd64-options.mk": new["arch/amd64-options.mk"]}
    made = scene(old, alone, {"arch/riscv64-options.mk": text(settings, "riscv64")})
    assert [Rank.NOTHING] == [one.rank for one in edits(compared(made))]


ALONE = b'package setup\n\nimport "fmt"\n\n' + BODY


@pytest.mark.parametrize(
    ("ours", "is_proposed"),
    [
        (ALONE, False),
        (ALONE.replace(b'"fmt"', b'"log"'), True),
        (ALONE.replace(b'import "fmt"', b'import log "example.org/log"'), True),
        (IMPORTING.replace(b'\t"fmt"\n', b'\t"log"\n'), True),
    ],
)
def test_what_ours_does_not_import_is_not_used(ours: bytes, *, is_proposed: bool) -> None:
    """An edit that uses what siblings import is proposed only where ours imports it as well."""
    logging = (b"	first(config)\n", b'	log.Print("first")\n	first(config)\n')
    old = IMPORTING.replace(b'\t"time"\n', b'\t"log"\n\t"time"\n')
    mine = text(ours, "riscv64")
    found = follow(
        siblings(old, "amd64", "arm64"), siblings(old.replace(*logging), "amd64", "arm64"), mine
    )
    if is_proposed:
        assert mine.replace(*logging) == result_of(found, mine)
    else:
        (one,) = edits(found)
        assert found.report.proposal == b""
        assert "it would use log, which our file does not import" in one.note


def test_an_import_that_cannot_be_merged_holds_back_what_uses_it() -> None:
    """Where siblings import it in a block that ours has not, ours would not build."""
    used = IMPORTING.replace(b'\t"time"\n', b'\t"log"\n\t"time"\n').replace(
        b"	first(config)\n", b'	log.Print("first")\n	first(config)\n'
    )
    old, new = (siblings(body, "amd64", "arm64") for body in (IMPORTING, used))
    assert follow(old, new, text(ALONE, "riscv64")).report.proposal == b""
