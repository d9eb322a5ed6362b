"""Laws of learning: what is recorded leads to what the person made; else nothing is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit import find_project, last_port, plan_apply, plan_learn, plan_rebase
from patchkit.engine.learning import amendments_learned
from patchkit.jobs.rebase import Overwrite, RebasePlan
from patchkit.model.report import Lines
from patchkit.model.resolutions import Provenance
from patchkit.model.tree import File
from tests.cli.demo import make_stack
from tests.engine.making import plain_diff
from tests.sources.made import write_files
from tests.strategies.stories import RANDOM

_FILES = ("a.c", "b.c")


@dataclass(frozen=True)
class _Project:
    root: Path

    def plan(self) -> RebasePlan:
        return plan_rebase(
            find_project(self.root / "stack"), "1", "2", upstream=str(self.root / "upstream")
        )

    @property
    def out(self) -> Path:
        return self.root / "stack-2"

    def applied(self, stack: Path) -> dict[str, bytes]:
        """The files that a ported stack changes, as it leaves them."""
        plan = plan_apply(find_project(stack), "", self.root / "upstream/2", fuzz=0)
        assert not plan.exit_code
        assert not plan.removals
        return {one.path: one.content for one in plan.outputs}


def _edited(rng: Random, content: bytes, word: str) -> bytes:
    """Some lines changed, removed or put in."""
    lines = content.splitlines(keepends=True)
    for number in range(rng.randint(1, 3)):
        at = rng.randint(0, len(lines))
        fresh = [f"{word} {number}\n".encode()] * rng.randint(0, 2)
        lines[at : at + rng.randint(0, 2)] = fresh
    return b"".join(lines)


def _versions(rng: Random) -> tuple[dict[str, bytes], dict[str, bytes]]:
    old = {
        name: b"".join(
            rng.choice((b"}\n", b"\n", b"%b %d\n" % (name.encode(), at))) for at in range(12)
        )
        for name in _FILES
    }
    return old, {name: _edited(rng, content, "upstream") for name, content in old.items()}


def _made(root: Path, rng: Random) -> _Project:
    """A stack of one to three patches, and an upstream that changed beside or in them."""
    old, new = _versions(rng)
    for version, files in (("1", old), ("2", new)):
        named = {name.encode(): File(content) for name, content in files.items()}
        write_files(root / "upstream" / version, named)
    patches, tree = {}, dict(old)
    for number in range(rng.randint(1, 3)):
        after = {name: _edited(rng, tree[name], f"patch {number}") for name in _FILES}
        diffs = [plain_diff(name, tree[name], after[name]) for name in _FILES]
        if any(diffs):
            patches[f"{number}.patch"], tree = b"".join(diffs), after
    make_stack(root / "stack", patches)
    return _Project(root)


def _work(project: _Project, rng: Random) -> None:
    """What a person may do to the ported stack: the first patch ported anew, the others taken out
    of the series (which no decision can say) where they were carried."""
    series = project.out / "series.conf"
    names = sorted(place.name for place in project.out.glob("patches/*"))
    if not names:
        return
    first = names[0]
    new = {name: (project.root / "upstream/2" / name).read_bytes() for name in _FILES}
    tree = {**new, **project.applied(_only(project, first))} if rng.random() < 0.7 else new
    wanted = {name: _edited(rng, tree[name], "person") for name in _FILES}
    patch = b"".join(plain_diff(name, new[name], wanted[name]) for name in _FILES)
    if not patch:
        return
    (project.out / "patches" / first).write_bytes(patch)
    lines = series.read_text().splitlines(keepends=True)
    series.write_text("".join(f"{first}\n" if first in line else line for line in lines))


def _only(project: _Project, name: str) -> Path:
    """A stack with just one of the ported patches, or none where it is held whole."""
    listed = f"\n{name}\n" in (project.out / "series.conf").read_text()
    patch = (project.out / "patches" / name).read_bytes()
    root = project.root / "only"
    return make_stack(root, {name: patch} if listed else {})


@settings(max_examples=60, deadline=None)
@given(RANDOM)
def test_what_is_learned_leads_there(rng: Random) -> None:
    """The first patch of the next rebase does what the person's does; where that cannot be, nothing
    is recorded and there is a sentence for it. Learning again finds nothing more."""
    with TemporaryDirectory() as folder:
        project = _made(Path(folder), rng)
        plan = project.plan()
        plan.write()
        _work(project, rng)
        port = last_port(find_project(project.root / "stack"))
        upstream = str(project.root / "upstream")
        learned = plan_learn(
            find_project(project.root / "stack"), port, Provenance("", ()), upstream=upstream
        )
        learned.write()
        record = project.root / "stack/patchkit.resolutions"
        if learned.problems:
            assert 1 == learned.exit_code
            assert () == learned.decisions
            assert not record.exists()
            return
        assert bool(learned.decisions) == record.exists()
        edited = {one.name: one.read_bytes() for one in sorted(project.out.glob("patches/*"))}
        first = min(edited, default=None)
        if first is None or first not in (project.out / "series.conf").read_text().split("\n"):
            return
        wanted = project.applied(make_stack(project.root / "wanted", {first: edited[first]}))
        project.plan().write(Overwrite.FORCE)
        patch = (project.out / "patches" / first).read_bytes()
        again = project.applied(make_stack(project.root / "again", {first: patch}))
        assert wanted == again
        nothing = plan_learn(
            find_project(project.root / "stack"),
            last_port(find_project(project.root / "stack")),
            Provenance("", ()),
            upstream=upstream,
        )
        assert ((), ()) == (nothing.decisions, nothing.problems)


_texts = st.lists(st.sampled_from((b"a\n", b"}\n", b"\n", b"b\n", b"c\n")), max_size=12)


@given(_texts, _texts)
def test_amendments_lead_from_one_text_to_the_other(
    ported: list[bytes], wanted: list[bytes]
) -> None:
    """Each pair stands once where it is laid, one after the other, and the last one gives the
    wanted text."""
    pairs = amendments_learned(ported, wanted, lambda *_: True)
    if pairs is None:
        assert not ported
        return
    lines: Lines = tuple(ported)
    for before, after in pairs:
        count = len(before)
        places = [at for at in range(len(lines)) if lines[at : at + count] == before]
        assert 1 == len(places)
        lines = (*lines[: places[0]], *after, *lines[places[0] + count :])
    assert tuple(wanted) == lines
