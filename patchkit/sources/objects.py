"""Objects of a git repository, read by their ids (sources floor)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from patchkit.limits import how_to_raise, limits
from patchkit.sources.git import Running, complaint_in

_ASKED_AT_ONCE = 60
"""So many ids of 64 digits are sure to fit into a pipe, even one of a single page: git may be busy
answering, and must not be waited for while it waits for us."""


@dataclass(frozen=True, slots=True)
class GitObject:
    """An object of a repository: its kind (`blob`, `tree`, `commit` or `tag`) and its bytes."""

    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NotRead:
    """An object that is missing or cannot be read, with git's own word on it."""

    complaint: str


class ObjectReader:
    """One `git cat-file --batch` process that gives objects by their full ids.

    It is started when first asked. git reads on while its answers wait: what was said to be
    `expect`ed behind an object is asked for with it, and handed to `keep` when it has come. Names
    never reach it, so gitrevisions(7) has no say. The format: git-cat-file(1), "BATCH OUTPUT". Not
    to be shared between threads, nor across a fork.
    """

    def __init__(self, location: Mapping[str, str], keep: Callable[[str, GitObject], None]) -> None:
        self._location = location
        self._keep = keep
        self._process: Running | None = None
        self._asked: dict[str, None] = {}
        self._expected: list[str] = []
        self._place_of: dict[str, int] = {}
        self._stopped_at: list[int] = []

    def expect(self, object_ids: Iterable[str]) -> None:
        """Say what will be read, about in this order."""
        for object_id in object_ids:
            if object_id not in self._place_of and object_id not in self._asked:
                self._place_of[object_id] = len(self._expected)
                self._expected.append(object_id)

    def read(self, object_id: str) -> GitObject | NotRead:
        """The object with this id, hexadecimal. Raises `UpstreamError` where there is no git."""
        found: GitObject | NotRead | None = None
        if object_id in self._asked:
            found = self._take(object_id)
        if found is None:
            self._take(None)
            found = self._take(object_id) if self._ask(self._window(object_id)) else self._died()
        assert found is not None
        return found

    def _window(self, object_id: str) -> list[str]:
        """An object and what is expected behind it, in turn with what is expected where reading
        went on elsewhere: two versions of a tree are read at the same time."""
        place = self._place_of.get(object_id)
        if place is None:
            return [object_id]
        half = _ASKED_AT_ONCE // 2
        elsewhere = [one for one in self._stopped_at if not -half <= place - one <= half][-1:]
        runs = [self._expected[one : one + half] for one in (place, *elsewhere)]
        self._stopped_at = [one + half for one in (*elsewhere, place)]
        in_turn = (one for both in zip_longest(*runs) for one in both if one is not None)
        window = [one for one in in_turn if self._place_of.pop(one, None) is not None]
        if not self._place_of:
            self._expected, self._stopped_at = [], []
        return window

    def _take(self, object_id: str | None) -> GitObject | NotRead | None:
        """Take the answers that are still to come, up to this object; None when git has ended
        before."""
        while self._asked:
            one = next(iter(self._asked))
            del self._asked[one]
            found = self._answer(one)
            if self._process is None:
                self._asked = {}
            if one == object_id:
                return found
            if isinstance(found, GitObject):
                self._keep(one, found)
        return None

    def _ask(self, object_ids: Sequence[str]) -> bool:
        """Ask for objects; whether the process still listens."""
        if self._process is None:
            self._process = Running(("cat-file", "--batch"), self._location)
        try:
            self._process.stdin.write("".join(f"{one}\n" for one in object_ids).encode("ascii"))
            self._process.stdin.flush()
        except BrokenPipeError:
            return False
        self._asked = dict.fromkeys(object_ids)
        return True

    def _answer(self, object_id: str) -> GitObject | NotRead:
        assert self._process is not None
        stdout = self._process.stdout
        header = stdout.readline()
        if header.endswith(b" missing\n"):
            return NotRead(f"object {object_id} is missing or damaged (git fsck tells).")
        words = header.split()
        # Another id: somebody was interrupted between a question and its answer.
        if len(words) != 3 or words[0] != object_id.encode("ascii"):
            return self._died()
        size = int(words[2])
        most = limits().file_bytes
        if size > most:
            self._died()
            return NotRead(
                f"object {object_id} has {size} bytes; {most} is the limit. "
                + how_to_raise("file_bytes")
            )
        content = stdout.read(size + 1)
        if len(content) != size + 1:
            return self._died()
        return GitObject(words[1].decode("ascii"), content[:-1])

    def close(self) -> None:
        """End the process, and expect nothing; it is started again when needed."""
        self._asked, self._expected, self._place_of, self._stopped_at = {}, [], {}, []
        if self._process is not None:
            self._died()

    def _died(self) -> NotRead:
        assert self._process is not None
        complaint = complaint_in(self._process.end())
        self._process = None
        return NotRead(complaint)
