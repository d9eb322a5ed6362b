"""Which upstream commit a patch comes from; the repositories are real, git-patch-id an oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchkit.diffing.unified import parse_patch
from patchkit.engine.policy import Policy
from patchkit.engine.provenance import (
    Provenance,
    explain_dropped,
    has_change_of,
    provenance_of,
    upstream_commit_of,
)
from patchkit.engine.rebasing import port_stack
from patchkit.model.history import History
from patchkit.model.report import Status, UpstreamCommit
from patchkit.model.series import Entry
from patchkit.model.stack import StackedPatch
from patchkit.sources.upstream import Upstream, open_upstream

from ..sources.commits import Made
from ..sources.made import git
from .making import numbered, plain_diff, stack_of

ID = "0123456789abcdef0123456789abcdef01234567"
TEXT = numbered(30)
FIX = b"the line that fixes it\nand another one of it\n"
FIXED = TEXT.replace(b"line 9\n", FIX)
DIFF = plain_diff("f", TEXT, FIXED)

NAMING = [
    f"From {ID} Mon Sep 17 00:00:00 2001\n",
    f"(cherry picked from commit {ID})\n",
    f"(cherry-picked from {ID[:12]})\n",
    f"(backported from commit {ID})\n",
    f"commit {ID} upstream.\n",
    f"[ Upstream commit {ID} ]\n",
    f"Upstream-commit: {ID}\n",
    f"Upstream: {ID}\n",
    f"Origin: upstream, commit:{ID}\n",
    f"Origin: backport, https://example.org/p/commit/{ID}\n",
    f"origin: https://example.org/p/commits/{ID}\n",
    f"Origin: upstream, https://example.org/?p=x.git;a=commitdiff;h={ID}\n",
    f"Origin: upstream, {ID[:9]}\n",
    f"Applied-Upstream: 1.2, https://example.org/p/commit/{ID}\n",
    f"Applied-Upstream: commit:{ID}\n",
]
NOT_NAMING = [
    f"Fixes: {ID[:12]} (the commit that broke it)\n",
    f"This reverts commit {ID}.\n",
    f"Bug: https://example.org/p/commit/{ID}\n",
    f"Change-Id: I{ID}\n",
    "Origin: vendor\n",
    "Origin: upstream, 1.2.3\n",
]


def patch_with(prologue: str, body: bytes = DIFF) -> StackedPatch:
    """A patch with this text before its diff."""
    return StackedPatch(Entry("p.patch"), parse_patch("p.patch", prologue.encode() + body))


@pytest.mark.parametrize("text", NAMING)
def test_notations_that_name_a_commit(text: str) -> None:
    """Each is found, in the middle of other text, in whatever case."""
    for shown in (text, f"Subject: a\n\nText.\n{text}More.\n"):
        (found,) = provenance_of(patch_with(shown).patch).commits
        assert ID.startswith(found)
        assert len(found) >= 9


@pytest.mark.parametrize("text", NOT_NAMING)
def test_notations_that_name_another_thing(text: str) -> None:
    """What a patch fixes or reverts is not what it comes from."""
    assert provenance_of(patch_with(text).patch).commits == ()


def test_other_names() -> None:
    """CVE ids and pull requests, each once and in order."""
    text = (
        "Subject: [PATCH] Mend it (#77)\n\nFixes CVE-2024-1234 and cve-2023-0001, CVE-2024-1234.\n"
        "See https://example.org/a/b/pull/12 and PR #13; issue #14 is another thing.\n"
    )
    expected = Provenance((), ("CVE-2024-1234", "CVE-2023-0001"), ("77", "12", "13"))
    assert expected == provenance_of(patch_with(text).patch)


def test_a_format_patch_header_comes_first() -> None:
    """Several commits keep the order of the text."""
    other = "f" * 40
    text = (
        f"From {ID} Mon Sep 17 00:00:00 2001\nSubject: a\n\n(cherry picked from commit {other})\n"
    )
    assert provenance_of(patch_with(text).patch).commits == (ID, other)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A repository with one commit, tagged `old`."""
    made = Made(tmp_path / "upstream.git")
    made.tag("old", made.commit({b"f": TEXT, b"g": TEXT}))
    return made


def history_to(made: Made, new: str) -> History:
    """The range from `old` on."""
    made.tag("new", new)
    history = opened(made).history("old", "new")
    assert history is not None
    return history


def opened(made: Made) -> Upstream:
    """The repository as an upstream."""
    return open_upstream(str(made.git_dir))


def grown(made: Made, *steps: tuple[str, dict[bytes, bytes]]) -> list[str]:
    """Commits on top of `old`; the ids."""
    old = git(made.git_dir, "rev-parse", "old").decode().strip()
    return made.line(old, *steps)


def found_in(history: History, stacked: StackedPatch) -> str | None:
    """The id of the commit that a patch comes from."""
    commit = upstream_commit_of(stacked, history, 1)
    return None if commit is None else commit.identity


def test_a_named_commit_of_the_range(made: Made) -> None:
    """It is believed; one that is not in the range says nothing."""
    first, second = grown(
        made, ("one", {b"f": TEXT, b"g": b"1\n"}), ("two", {b"f": TEXT, b"g": b"2\n"})
    )
    history = history_to(made, second)
    old = git(made.git_dir, "rev-parse", "old").decode().strip()
    assert found_in(history, patch_with(f"Origin: upstream, commit:{first}\n")) == first
    assert found_in(history, patch_with(f"(cherry picked from commit {old})\n")) is None
    assert found_in(history, patch_with(f"commit {ID} upstream\n")) is None


def test_the_same_change_in_other_context(made: Made) -> None:
    """The very same change is found whatever stands around it; git's patch id finds it as well
    where the context is the same."""
    shifted = numbered(5, "new") + FIXED
    *_, fix, after = grown(
        made,
        ("unlike", {b"f": numbered(5, "new") + TEXT, b"g": TEXT}),
        ("the fix", {b"f": shifted, b"g": TEXT}),
        ("rewritten", {b"f": b"nothing of it\n", b"g": TEXT}),
    )
    stacked = patch_with("Subject: no commit is named\n")
    assert found_in(history_to(made, after), stacked) == fix
    shown = git(made.git_dir, "diff-tree", "-p", fix)
    ids = [
        git(made.git_dir, "patch-id", "--stable", stdin=one).split()[:1]
        for one in (shown, b"diff --git a/f b/f\n" + DIFF)
    ]
    assert ids[0] == ids[1] != []


def test_most_of_the_added_lines(made: Made) -> None:
    """A commit with most of the change is taken, with less it is not; of several the one with
    most."""
    lines = [b"fixing line number %d\n" % at for at in range(10)]
    body = plain_diff("f", TEXT, TEXT.replace(b"line 9\n", b"line 9\n" + b"".join(lines)))
    stacked = patch_with("", body)

    def with_lines(count: int) -> dict[bytes, bytes]:
        return {b"f": TEXT.replace(b"line 9\n", b"line 9\n" + b"".join(lines[:count]))}

    few, most = grown(made, ("few", with_lines(1)), ("most", with_lines(9)))
    history = history_to(made, most)
    assert found_in(history, stacked) == most
    commits = [history.commit(few), history.commit(most)]
    shares = [has_change_of(one, stacked, history, 1) for one in commits if one is not None]
    assert shares == [0.1, 0.8]
    (half,) = grown(made, ("half", with_lines(5)))
    assert found_in(history_to(made, half), stacked) is None


def test_a_message_that_names_the_same_thing(made: Made) -> None:
    """A commit that names the CVE is taken if it has the change, also in another file."""
    unlike, fix = grown(
        made,
        ("CVE-2024-1234: a test for it", {b"f": TEXT, b"g": TEXT, b"test": b"test\n"}),
        ("Mend CVE-2024-1234 too", {b"f": TEXT, b"g": FIXED, b"test": b"test\n"}),
    )
    history = history_to(made, fix)
    assert found_in(history, patch_with("Subject: CVE-2024-1234\n")) == fix
    assert found_in(history, patch_with("Subject: another\n")) is None
    assert found_in(history_to(made, unlike), patch_with("Subject: CVE-2024-1234\n")) is None


def test_a_patch_that_is_taken_back(made: Made) -> None:
    """Of a line `-R` in the series the reverse is looked for."""
    made.tag("old", made.commit({b"f": FIXED}))
    (new,) = grown(made, ("revert", {b"f": TEXT}))
    stacked = StackedPatch(Entry("p.patch", is_reversed=True), parse_patch("p.patch", DIFF))
    assert found_in(history_to(made, new), stacked) == new


def test_a_pure_removal_is_not_found_in_other_files(made: Made) -> None:
    """Lines that a commit never had count as nothing, not as removed by it."""
    (new,) = grown(made, ("elsewhere", {b"f": TEXT, b"g": b"1\n"}))
    history = history_to(made, new)
    commit = history.commit(new)
    assert commit is not None
    removal = plain_diff("h", FIX + b"x1\nx2\n", b"x1\nx2\n")
    assert has_change_of(commit, patch_with("", removal), history, 1) == 0.0


def test_dropped_patches_get_a_note(made: Made) -> None:
    """The commit stands in the notes of a patch that is dropped, and of no other."""
    (new,) = grown(made, ("the fix", {b"f": FIXED, b"g": TEXT}))
    history = history_to(made, new)
    other = plain_diff("g", TEXT, TEXT.replace(b"line 3\n", b"ours\n"))
    stack = stack_of(DIFF, other)
    upstream = opened(made)
    ported = port_stack(stack, upstream.tree("old"), upstream.tree("new"), Policy())
    dropped, kept = explain_dropped(ported.patches, stack, history, 1)
    assert (dropped.status, kept.status) == (Status.UPSTREAMED, Status.UNCHANGED)
    (note,) = set(dropped.notes) - set(ported.patches[0].notes)
    assert new[:12] in note
    assert "100 %" in note
    assert kept == ported.patches[1]
    unknown = UpstreamCommit(new, "A", "2020", "s")
    assert has_change_of(unknown, stack.patches[0], history, 1) == 1.0
    upstream.close()
