"""What a person reads when a list or a file of decisions is refused: the place, what is wrong, what
to do; whole sentences, since this is all that they get."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from patchkit.errors import PatchkitError
from patchkit.model.entry import OFF, Entry, Guard
from patchkit.model.ignores import parse_ignores
from patchkit.model.numbered import NumberedFolder
from patchkit.model.origin import parse_origin
from patchkit.model.patchlist import PatchList
from patchkit.model.recipe import format_word, parse_recipe
from patchkit.model.resolutions import parse_resolutions
from patchkit.model.rewording import brought_up_to_date, reworded
from patchkit.model.saying import names_in, said_in
from patchkit.model.series import parse_series
from patchkit.model.specpatches import parse_spec
from patchkit.model.stack import Dialect

_FOLDER = NumberedFolder(("100-a.patch", "200-b.patch"))
_REVERSED = Entry("a.patch", is_reversed=True)
_DECISIONS = b"patchkit-resolutions/1\n"
_ANSWERED = _DECISIONS + b"\nresolution\nfile: f\nheld: overlap\n"
_SPEC = b"Name: demo\nPatch0: a.patch\n"
_LISTED = b"Name: demo\n%patchlist\na.patch\nb.patch\n%prep\n%patch -P1 -p1\n"
_PIPED = b"Name: demo\nPatch0: a.patch\n%prep\ncat \\\n  %{PATCH0} | patch -p1\n"


def _turned_round(listed: PatchList) -> PatchList:
    return brought_up_to_date(
        listed, listed.entries[::-1], kept=(), through=Dialect.QUILT, flags=frozenset(), strip=1
    )


def _said(dialect: Dialect, entry: Entry) -> Callable[[], object]:
    return partial(said_in, dialect, entry, frozenset())


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (
            partial(parse_ignores, b"x\n", "ignored"),
            "ignored:1: expected patchkit-siblings/1, found x. "
            "Use the patchkit that wrote it, or restore the file.",
        ),
        (
            partial(parse_ignores, b"patchkit-siblings/1\nignore: a", "ignored"),
            "ignored:2: the last line has no newline. Add it.",
        ),
        (
            partial(parse_ignores, b"patchkit-siblings/1\nignore: a\n", "ignored"),
            "ignored:2: a: no reason is given. Add a line `why: …` below it.",
        ),
        (
            partial(parse_ignores, b"patchkit-siblings/1\nbecause: a\n", "ignored"),
            "ignored:2: expected ignore:, kind:, symbol: or why:, found because: a. "
            "An entry is `ignore: PATTERN` and `why: REASON`, each with a text.",
        ),
        (
            partial(parse_ignores, b"patchkit-siblings/1\nwhy: a\n", "ignored"),
            "ignored:2: why: before any ignore:. An entry begins with `ignore:`.",
        ),
        (
            partial(parse_resolutions, b"x\n", "decisions"),
            "decisions:1: expected patchkit-resolutions/1, found x. "
            "Use the patchkit that wrote it, or restore the file.",
        ),
        (
            partial(parse_resolutions, _DECISIONS + b"# x", "decisions"),
            "decisions:2: the last line has no newline. Add it.",
        ),
        (
            partial(parse_resolutions, _DECISIONS + b"x\n", "decisions"),
            "decisions:2: expected a record or a comment, found x. "
            "A record begins with a line `resolution` or `amendment`.",
        ),
        (
            partial(parse_resolutions, _ANSWERED + b"held: overlap\n", "decisions"),
            "decisions:6: `held:` is given twice, first on line 5. Delete one of them.",
        ),
        (
            partial(parse_resolutions, _ANSWERED, "decisions"),
            "decisions:3: a record of this kind needs `patch:`.",
        ),
        (
            partial(parse_resolutions, _ANSWERED + b"patch: p\n", "decisions"),
            "decisions:3: a record of this kind needs the text `base:`.",
        ),
        (
            partial(parse_resolutions, _ANSWERED + b"patch: p\nfor: 1\n", "decisions"),
            "decisions:7: `for:` names two versions, as in `for: 2.5.1 -> 3.2.0`.",
        ),
        (
            partial(
                parse_resolutions,
                _ANSWERED + b"patch: p\nbase:\ntheirs:\nours:\nresult: mine\n",
                "decisions",
            ),
            "decisions:10: `result:` is ours, theirs or a text on the lines below, not mine.",
        ),
        (
            partial(_FOLDER.inserted_after, None, Entry("300-c.patch", 0)),
            "300-c.patch: OpenWrt applies every file of the folder with -p1. "
            "Rewrite the patch to that, or leave it out.",
        ),
        (
            partial(_FOLDER.inserted_after, None, Entry(".300-c.patch")),
            ".300-c.patch: no name that OpenWrt would take. "
            "No folder before it, and no dot at its start.",
        ),
        (
            partial(_FOLDER.inserted_after, None, Entry("150-c.patch")),
            "The names would put the patches into another order. "
            "Begin the name with a number that comes between its neighbours'.",
        ),
        (
            partial(_FOLDER.renamed, "nothing.patch", "300-c.patch"),
            "nothing.patch: the series has no such patch.",
        ),
        (
            partial(parse_origin, b"# patchkit origin 2\n\n", "origin"),
            "origin:1: expected '# patchkit origin 1', and an empty line later on. "
            "Delete the file to convert without it.",
        ),
        (
            partial(parse_origin, b"# patchkit origin 1\npatch: a\n\n", "origin"),
            "origin:2: not understood. Delete the file to convert without it.",
        ),
        (
            partial(parse_origin, b"# patchkit origin 1\ndialect: suse\nlist: s\n\n", "origin"),
            "origin:1: dialect, list and folder must be there, each once and known. "
            "Delete the file to convert without it.",
        ),
        (
            partial(format_word, _REVERSED),
            "a.patch: SRC_URI cannot say that a patch is applied in reverse. "
            "Reverse the patch itself: interdiff -q PATCH /dev/null.",
        ),
        (
            partial(format_word, Entry("a.patch", guards=(Guard("+", "x"),))),
            "a.patch: SRC_URI has no guards.",
        ),
        (
            partial(format_word, Entry("a b.patch")),
            "a b.patch: this name cannot stand in SRC_URI. Rename the patch: "
            "no blank, quote, backslash, `;`, `$` or `%`, no `/` at its start.",
        ),
        (
            partial(parse_recipe, b'SRC_URI = "file://${A}.patch"\n', "x.bb"),
            "x.bb:1: the variable in file://${A}.patch is not known. "
            "Name the file in full, with striplevel and apply only.",
        ),
        (
            partial(parse_recipe(b'SRC_URI = "file://a.patch"\n', "x.bb").renamed, "a.patch", "a"),
            "a: cannot be named in x.bb.",
        ),
        (
            partial(reworded, parse_series(b"a b\n"), Dialect.QUILT, {"a b": Entry("a b")}, "s"),
            "s:1: a b: quilt ends a name at a blank. Rename the patch.",
        ),
        (
            partial(_turned_round, parse_series(b"a\nb\n")),
            "The order of the patches was changed, and the list they come from has another one. "
            "Delete patchkit.origin to make a new list.",
        ),
        (
            _said(Dialect.OPENWRT, Entry("a.patch", 0)),
            "a.patch: applied with -p0; openwrt has -p1 only. Rewrite the paths in the patch.",
        ),
        (
            _said(Dialect.YOCTO, _REVERSED),
            "a.patch: applied in reverse, which yocto cannot say. "
            "Reverse the patch itself: interdiff -q PATCH /dev/null.",
        ),
        (
            partial(names_in, Dialect.RPM, ["one/a.patch", "two/a.patch"]),
            "one/a.patch and two/a.patch would both be a.patch. Rename one of them.",
        ),
        (
            partial(parse_series, b"a\xff\n\0", "series"),
            "series:2: a NUL byte in a series file. Save it as UTF-8.",
        ),
        (
            partial(parse_series, b"\xff\xfea\0", "series"),
            "series:1: the file is in UTF-16. Convert it with `iconv -f UTF-16 -t UTF-8`.",
        ),
        (
            partial(parse_series, b"a -x\nb\n+virt\nc -y\n", "series"),
            "series:1: option not understood in: a -x Not understood either: line 4. "
            "Known are -pN, -R, guards (+flag, -flag) before the name, and # comments.",
        ),
        (
            partial(parse_series(b"a\n").renamed, "a", "b #c"),
            "b #c: this name cannot stand in a series file. "
            "Rename the patch: no line end, no ` #`, no ` -`, no blank at either end.",
        ),
        (
            partial(parse_spec(b"Name: demo\n", "x.spec").inserted_after, None, Entry("a.patch")),
            "x.spec: has no Patch tag to put another one after.",
        ),
        (
            partial(
                parse_spec(_SPEC + b"%prep\n%autosetup -p1\n", "x.spec").inserted_after,
                None,
                Entry("b.patch", 0),
            ),
            "b.patch: x.spec applies all patches in the same way. "
            "Write the %patch lines out first.",
        ),
        (
            partial(parse_spec(_SPEC, "x.spec").renamed, "a.patch", "b/c.patch"),
            "b/c.patch: this name cannot stand in a Patch tag. "
            "Rename the patch: no folder, no blank, quote, backslash, `%` or `#`.",
        ),
        (
            partial(parse_spec(_PIPED, "x.spec").removed, "a.patch"),
            "x.spec:5: applies a.patch in a way that cannot be taken out. "
            "Write %patch -P 0 on a line of its own.",
        ),
        (
            partial(parse_spec(_LISTED, "x.spec").removed, "a.patch"),
            "x.spec:3: the numbers of the patches behind it would shift, and %prep names them. "
            "Number them: PatchN: in place of %patchlist.",
        ),
        (
            partial(parse_spec, _SPEC + b"Patch00: b.patch\n", "x.spec"),
            "x.spec:3: patch 0 is declared twice, which rpm refuses. "
            "Give one of the two another number.",
        ),
        (
            partial(parse_spec, b"Patch0: %{x}.patch\n", "x.spec"),
            "x.spec:1: a macro is not known in the name of a patch: %{x}.patch "
            "Write the name of the file in full.",
        ),
        (
            partial(parse_spec, _SPEC + b"%prep\n%patch -P0 -P0\n", "x.spec"),
            "x.spec:4: a patch is applied twice here: it does not apply the second time. "
            "Name each number once.",
        ),
        (
            partial(parse_spec, _SPEC + b"%prep\n%autosetup\n", "x.spec"),
            "x.spec:4: %autosetup without -p: patch takes the last part of a path only. "
            "Write -p1.",
        ),
        (
            partial(parse_spec, _SPEC + b"%prep\n%patch -P %{x}\n", "x.spec"),
            "x.spec:4: a macro of %patch is not known. Write its options in full.",
        ),
        (
            partial(parse_spec, _SPEC + b"%prep\n%patch -P0 -d src\n", "x.spec"),
            "x.spec:4: %patch -d is not understood. Put the folder into the patch.",
        ),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_what_to_do(refused: Callable[[], object], message: str) -> None:
    """One sentence on what is wrong, one on what to do."""
    with pytest.raises(PatchkitError) as caught:
        refused()
    assert message == str(caught.value)


def test_a_patch_that_is_off_has_a_word_all_the_same() -> None:
    """It is no guard, but what BitBake calls `apply=no`."""
    assert b"file://a.patch;apply=no" == format_word(Entry("a.patch", guards=(OFF,)))
    assert b"file://a.txt;striplevel=2;apply=yes" == format_word(Entry("a.txt", 2))
