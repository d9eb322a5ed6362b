"""Tries every fault that the tests try a few of, and prints a table.

    python -m tests.bench.faults calls [EVERY [WORD]]
    python -m tests.bench.faults power [EVERY [WORD]]
    python -m tests.bench.faults kills [COUNT]

`calls`: for each command that writes, every call that changes a file, a name or a mode fails in
each of ten ways. `power`: for each of these commands, the power goes off before every call, and
what was not synced is lost. `kills`: a rebase of the stack of kata-containers is killed (SIGKILL)
at COUNT random moments, 200 by default; needs PATCHKIT_UPSTREAM. WORD: only the commands with this
word. EVERY: of all tries only each so-manieth, 1 by default.
A line ends with the number of tries after which something was wrong; what it was stands above it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from patchkit.workspace.writing import recover
from tests.faults.kata import kill_at_random
from tests.faults.layer import Fault
from tests.faults.powerloss import key_of, put_down, states_after
from tests.faults.stories import OWN, STORIES, State, Story, state_of_project
from tests.faults.trying import Ready, part_of, ready, tried, try_fault

_KILLS = 200
_SEED = 20261129
_ELSEWHERE = ((), ("repo.git",))


def main() -> None:
    """Do what the arguments say; ends with 1 where anything was wrong."""
    what, *rest = sys.argv[1:] or ["help"]
    if what == "kills":
        wrong = kill_at_random(int(rest[0]) if rest else _KILLS, _SEED, _say)
    elif what in _BY_STORY:
        every, word = int(rest[0]) if rest else 1, rest[1] if rest[1:] else ""
        chosen = [one for one in STORIES if word in one.name]
        # What git and the processes of a fleet write does not come through the layer.
        chosen = [one for one in chosen if what == "calls" or one.folders not in _ELSEWHERE]
        wrong = sum(_row(one, what, every) for one in chosen)
    else:
        _say(__doc__ or "")
        wrong = 0
    sys.exit(bool(wrong))


def _row(story: Story, what: str, every: int) -> int:
    """Try one story, print its row; how much was wrong."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        one = ready(story, folder)
        tries, wrong = 0, 0
        for problem in _BY_STORY[what](one, every):
            tries += 1
            if problem is not None:
                wrong += 1
                _say(f"    {problem}")
        _say(f"| {story.name} | {len(one.calls)} calls | {tries} tries | {wrong} wrong |")
    finally:
        shutil.rmtree(folder)
    return wrong


def _calls(one: Ready, every: int) -> Iterator[str | None]:
    for at, fault in islice(tried(one, tuple(Fault)), None, None, every):
        problem = try_fault(one, at, fault)
        call = one.calls[at]
        yield problem and f"{fault.value} at {at}, {call.name} {call.path}: {problem}"


def _power(one: Ready, every: int) -> Iterator[str | None]:
    seen = set()
    place = one.template.with_name("work")
    calls = [call for call in one.calls if call.name != "run" and not call.path.startswith(OWN)]
    for stop in range(0, len(calls) + 1, every):
        for state in states_after(one.template, calls, stop):
            is_end = stop == len(calls)
            if (key := (key_of(state), is_end)) in seen:
                continue
            seen.add(key)
            shutil.rmtree(place)
            put_down(state, place)
            for folder in one.story.folders:
                recover(place / folder)
            now = state_of_project(place)
            # A command that writes into two folders does so one after the other.
            fine = all(_is_one_of(one, now, folder, is_end=is_end) for folder in one.story.folders)
            yield None if fine else f"off before call {stop}: {calls[stop - 1]}"


def _is_one_of(one: Ready, now: State, folder: str, *, is_end: bool) -> bool:
    part = part_of(now, folder)
    return part == part_of(one.new, folder) or (not is_end and part == part_of(one.old, folder))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a report on standard output)


_BY_STORY: dict[str, Callable[[Ready, int], Iterator[str | None]]] = {
    "calls": _calls,
    "power": _power,
}

if __name__ == "__main__":
    main()
