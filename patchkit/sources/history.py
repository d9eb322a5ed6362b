"""The history of a git repository between two commits, read on demand (sources floor).

Three processes whatever is asked: one lists the commits of the range with their parents, one logs
the expected files along the trunk, one logs them in all commits. One more follows each rename.
Contents come from the repository's own reader; a partial clone fetches them in one go.
"""

from __future__ import annotations

import bisect
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from patchkit.errors import UpstreamError
from patchkit.model.history import MOST_TOUCHES, Stored, Touch, Walk
from patchkit.model.report import UpstreamCommit
from patchkit.model.tree import SUBMODULE, File, Path, split_lines
from patchkit.sources.additions import Additions
from patchkit.sources.commitlog import (
    FORMAT,
    FORMAT_WITH_MESSAGE,
    RAW,
    LoggedCommit,
    read_log,
    read_messages,
    read_raw,
)
from patchkit.sources.gittree import GitTree
from patchkit.sources.repository import GitRepository

_PLAIN = ("--no-show-signature", "--no-mailmap", "--no-notes", "--encoding=UTF-8", "--no-color")
_SEPARATE = ("-c", "log.diffMerges=separate")
"""What `-m` means; older versions of git know nothing else."""
_MOST_MESSAGES = 2000
_MOST_CANDIDATES = 40
_MOST_COUNTED = 2 * _MOST_CANDIDATES
_LEAST_ALIKE = 0.5
_MOST_HOPS = 16
_NUMBERED = re.compile(r"[#-]\d+$")
_MOST_READ_WHOLE = 16
"""Commits of a range so short that all that they did is read at once."""


class GitHistory:
    """The commits that `new` has and `old` has not, as a `model.history.History`.

    Both are full ids of commits. Where the clone is shallow the range ends at what it has.
    """

    def __init__(self, repository: GitRepository, old: str, new: str) -> None:
        self._repository = repository
        self._old = old
        self._new = new
        self._expected: set[Path] = set()
        self._trunk_touches: dict[Path, list[Touch]] = {}
        self._side_touches: dict[Path, list[Touch]] = {}
        self._old_touches: dict[Path, list[Touch]] = {}
        self._walks: dict[Path, Walk] = {}
        self._whole: dict[str, tuple[Touch, ...]] = {}
        self._added: dict[str, Additions] = {}
        self._counts: dict[str, Counter[bytes]] = {}
        self._known: dict[str, UpstreamCommit] = {}
        self._mentions: dict[str, tuple[UpstreamCommit, ...]] = {}

    def expect(self, paths: Iterable[Path]) -> None:
        """Read the logs of the paths that are not known yet."""
        wanted = sorted(set(paths) - self._expected)
        if not wanted:
            return
        if self._is_short:
            for path in wanted:
                self._trunk_touches[path] = list(self._all_on_trunk.get(path, ()))
                self._side_touches[path] = list(self._all_on_sides.get(path, ()))
            self._expected.update(wanted)
            return
        self._expected.update(wanted)
        trunk = self._log(wanted, ("--first-parent", "-m"), self._range)
        self._trunk_touches |= self._touches(trunk, wanted)
        sides = self._log(wanted, ("--no-merges",), self._range)
        self._side_touches |= self._touches(sides, wanted)

    def walk(self, path: Path) -> Walk:
        """See `model.history.History`."""
        if path not in self._walks:
            self._walks[path] = self._walked(path)
        return self._walks[path]

    def _walked(self, path: Path) -> Walk:
        found: list[Touch] = []
        is_cut = False
        after = -1
        for _ in range(_MOST_HOPS):
            self.expect([path])
            touches = [
                touch
                for touch in self._trunk_touches[path]
                if self._at_trunk.get(touch.commit.identity, -1) > after
            ]
            is_cut = is_cut or len(self._trunk_touches[path]) >= MOST_TOUCHES
            moved = None
            for touch in touches:
                moved = self._moved(touch) if touch.after is None else None
                found.append(moved or touch)
                if moved is not None:
                    break
            if moved is None or moved.after is None:
                break
            path, after = moved.after.path, self._at_trunk[moved.commit.identity]
        return Walk(tuple(found[-MOST_TOUCHES:]), is_cut or len(found) > MOST_TOUCHES)

    def inside(self, merge: str, path: Path) -> tuple[Touch, ...]:
        """See `model.history.History`."""
        self.expect([path])
        return tuple(
            touch
            for touch in self._side_touches[path]
            if self._came_with.get(touch.commit.identity) == merge
        )

    def on_old_side(self, path: Path) -> tuple[Touch, ...]:
        """See `model.history.History`."""
        if path not in self._old_touches:
            backwards = f"{self._new}..{self._old}"
            log = self._log([path], ("--no-merges",), backwards)
            self._old_touches |= self._touches(log, [path])
        return tuple(self._old_touches[path])

    def touching(self, paths: Iterable[Path]) -> tuple[Touch, ...]:
        """See `model.history.History`."""
        wanted = list(dict.fromkeys(paths))
        self.expect(wanted)
        return tuple(touch for path in wanted for touch in self._side_touches[path])

    def touches_of(self, identity: str) -> tuple[Touch, ...]:
        """See `model.history.History`."""
        if identity not in self._whole:
            parents = self._parents.get(identity, ())
            trees = [parents[0], identity] if parents else ["--root", identity]
            options = (*RAW, "-r", "--no-commit-id", "--no-ext-diff")
            changes = read_raw(self._repository.query(("diff-tree", *options, *trees)))
            commit = self._known[identity]
            self._whole[identity] = tuple(Touch(commit, one.before, one.after) for one in changes)
        return self._whole[identity]

    def commit(self, identity: str) -> UpstreamCommit | None:
        """See `model.history.History`."""
        start = bisect.bisect_left(self._sorted_ids, identity)
        found = self._sorted_ids[start : start + 2]
        matching = [one for one in found if one.startswith(identity)]
        if len(matching) != 1:
            return None
        (full,) = matching
        if full not in self._known:
            command = ("log", "--no-walk", "-z", FORMAT, *_PLAIN, full)
            self._remember(self._repository.query(command))
        return self._known[full]

    def mentioning(self, texts: Iterable[str]) -> Mapping[str, tuple[UpstreamCommit, ...]]:
        """See `model.history.History`. Upper and lower case are the same; the number at the end of
        `#12` or `CVE-2022-1234` must end there."""
        asked = list(dict.fromkeys(text for text in texts if text))
        wanted = [text for text in asked if text not in self._mentions]
        if wanted:
            patterns = [f"--grep={text}" for text in wanted]
            options = ("--fixed-strings", "--regexp-ignore-case", f"--max-count={_MOST_MESSAGES}")
            command = ("log", "-z", FORMAT_WITH_MESSAGE, *_PLAIN, *options, *patterns, self._range)
            messages = list(read_messages(self._repository.query((*command, "--"))))[::-1]
            self._known |= {commit.identity: commit for commit, _ in messages}
            for text in wanted:
                found = (commit for commit, message in messages if _says(message, text))
                self._mentions[text] = tuple(found)
        return {text: self._mentions[text] for text in asked}

    def content(self, stored: Stored) -> bytes:
        """See `model.history.History`."""
        return b"" if stored.mode == SUBMODULE else self._repository.blob(stored.identity)

    def version(self, identity: str, path: Path) -> File | None:
        """See `model.history.History`."""
        return GitTree(self._repository, self._repository.tree_of(identity)).get(path)

    def prefetch(self, files: Iterable[Stored]) -> None:
        """See `model.history.History`."""
        self._repository.read_ahead(stored.identity for stored in files if stored.mode != SUBMODULE)

    @property
    def _range(self) -> str:
        return f"{self._old}..{self._new}"

    @cached_property
    def _parents(self) -> Mapping[str, tuple[str, ...]]:
        """Every commit of the range with its parents; those a shallow clone is cut at are left
        out."""
        listed = self._repository.query(("rev-list", "--parents", self._range, "--"))
        rows = (line.split() for line in listed.decode("ascii").splitlines())
        cut = self._cut
        return {commit: tuple(parents) for commit, *parents in rows if commit not in cut}

    @cached_property
    def _cut(self) -> frozenset[str]:
        """The commits whose parents a shallow clone has not: what they changed cannot be told."""
        shallow = self._repository.git_dir / "shallow"
        try:
            listed = shallow.read_text("ascii") if shallow.is_file() else ""
            return frozenset(listed.split())
        except OSError as problem:
            raise UpstreamError(
                f"{self._repository.name}: {shallow.name} cannot be read: {problem.strerror}."
            ) from problem

    @cached_property
    def _sorted_ids(self) -> Sequence[str]:
        return sorted(self._parents)

    @cached_property
    def _trunk(self) -> Sequence[str]:
        """The commits of the trunk, oldest first."""
        found = []
        commit: str | None = self._new
        while commit is not None and commit in self._parents:
            found.append(commit)
            commit = next(iter(self._parents[commit]), None)
        return found[::-1]

    @cached_property
    def _at_trunk(self) -> Mapping[str, int]:
        return {commit: at for at, commit in enumerate(self._trunk)}

    @cached_property
    def _came_with(self) -> Mapping[str, str]:
        """For every commit of the range the commit of the trunk that first has it."""
        came_with: dict[str, str] = {}
        for merge in self._trunk:
            todo = [merge]
            while todo:
                commit = todo.pop()
                if commit not in came_with and commit in self._parents:
                    came_with[commit] = merge
                    todo.extend(self._parents[commit])
        return came_with

    def _log(
        self, paths: Sequence[Path], options: Sequence[str], commits: str
    ) -> Iterator[LoggedCommit]:
        """The commits that touched the paths, or any where none is given, newest first."""
        limit = (f"--max-count={MOST_TOUCHES * len(paths)}",) if paths else ()
        words = (
            "log",
            FORMAT,
            *RAW,
            *_PLAIN,
            "--no-ext-diff",
            "--no-follow",
            "--topo-order",
            *limit,
        )
        command = (
            *_SEPARATE,
            "--literal-pathspecs",
            *words,
            *options,
            commits,
            "--",
            *map(os.fsdecode, paths),
        )
        for logged in self._remember(self._repository.query(command)):
            if logged.commit.identity not in self._cut:
                yield logged

    def _remember(self, output: bytes) -> tuple[LoggedCommit, ...]:
        try:
            log = read_log(output)
        except ValueError as problem:
            raise UpstreamError(f"{self._repository.name}: {problem}.") from problem
        self._known |= {logged.commit.identity: logged.commit for logged in log}
        return log

    @cached_property
    def _is_short(self) -> bool:
        """Whether one look at all that the range did is cheaper than a look for each question."""
        return len(self._parents) <= _MOST_READ_WHOLE

    @cached_property
    def _all_on_trunk(self) -> Mapping[Path, Sequence[Touch]]:
        log = self._log((), ("--first-parent", "-m"), self._range)
        return self._touches(log, None)

    @cached_property
    def _all_on_sides(self) -> Mapping[Path, Sequence[Touch]]:
        if all(
            len(parents) <= 1 and one in self._at_trunk for one, parents in self._parents.items()
        ):
            return self._all_on_trunk
        return self._touches(self._log((), ("--no-merges",), self._range), None)

    def _touches(
        self, log: Iterable[LoggedCommit], paths: Iterable[Path] | None
    ) -> dict[Path, list[Touch]]:
        """The newest touches of each path, of every one for None, oldest first. A path may have
        been a folder."""
        found: dict[Path, list[Touch]] = {path: [] for path in paths or ()}
        for logged in log:
            whole = tuple(Touch(logged.commit, one.before, one.after) for one in logged.changes)
            if paths is None:
                self._whole[logged.commit.identity] = whole
            for touch in whole:
                stored = touch.after or touch.before
                assert stored is not None  # it was there before or after, or was not touched
                if paths is None:
                    found.setdefault(stored.path, [])
                touches = found.get(stored.path)
                if touches is not None and len(touches) < MOST_TOUCHES:
                    touches.append(touch)
        return {path: touches[::-1] for path, touches in found.items()}

    def _moved(self, touch: Touch) -> Touch | None:
        """The touch as a rename, where the commit that took the file away put it elsewhere."""
        gone = touch.before
        if gone is None:
            return None
        added = self._added_in(touch.commit.identity)
        same = added.of_content(gone.identity)
        name = gone.path.rpartition(b"/")[2]
        if same:
            best = max(same, key=lambda one: (one.path.endswith(name), one.path))
            return Touch(touch.commit, gone, best)
        candidates = added.named_like(name, _MOST_CANDIDATES)
        self.prefetch([gone, *candidates])
        lines = self._counted(gone)
        scores = [(_similarity(lines, self._counted(one)), one.path, one) for one in candidates]
        score, _, best = max(scores, default=(0.0, b"", gone))
        return Touch(touch.commit, gone, best) if score >= _LEAST_ALIKE else None

    def _added_in(self, commit: str) -> Additions:
        """The files that a commit added."""
        if commit not in self._added:
            touches = self.touches_of(commit)
            self._added[commit] = Additions(
                one.after for one in touches if one.before is None and one.after is not None
            )
        return self._added[commit]

    def _counted(self, stored: Stored) -> Counter[bytes]:
        """How often a file has each line; the same files are asked for again and again."""
        found = self._counts.get(stored.identity)
        if found is None:
            if len(self._counts) == _MOST_COUNTED:
                self._counts.clear()
            found = self._counts[stored.identity] = Counter(split_lines(self.content(stored)))
        return found


def _similarity(lines: Counter[bytes], others: Counter[bytes]) -> float:
    """The share of the lines of the longer file that both have."""
    longer = max(lines.total(), others.total())
    # `&` of two counters asks for every line of the one, and most are only there.
    shared = sum(min(lines[one], others[one]) for one in lines.keys() & others.keys())
    return shared / longer if longer else 0.0


def history_between(
    repository: GitRepository, old: str | None, new: str | None
) -> GitHistory | None:
    """The commits between two commits; None where one of the ids is."""
    return None if old is None or new is None else GitHistory(repository, old, new)


def _says(message: str, text: str) -> bool:
    end = r"(?!\d)" if _NUMBERED.search(text) else ""
    return re.search(re.escape(text) + end, message, re.IGNORECASE) is not None
