"""Tries a fault on a story, and looks at what is left: the old state or the new, and it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchkit.errors import OutputError
from patchkit.workspace.writing import recover

from .layer import Call, Fault
from .running import Ran, run_in_child
from .stories import NOT_AGAIN, State, Story, leftovers_in, state_of_project

_ADMITTED = ("is decided but not yet finished", "is written, but ")
"""What an error says when the new state is there, or will be."""


@dataclass(frozen=True)
class Ready:
    """A story whose project is laid out in `template`, with its two states, and the calls that its
    command makes."""

    story: Story
    template: Path
    old: State
    new: State
    calls: Sequence[Call]


def ready(story: Story, folder: Path) -> Ready:
    """Lay a story out, and run its command once without a fault."""
    template, work = folder / "template", folder / "work"
    template.mkdir(parents=True)
    # The same path each time: some files say where they are.
    work.mkdir()
    story.make(work)
    shutil.copytree(work, template, symlinks=True, dirs_exist_ok=True)
    old = state_of_project(work)
    ran = run_in_child(work, story.arguments)
    new = state_of_project(work)
    assert (story.exit_code, "") == (ran.exit_code, ran.stderr)
    assert old != new
    assert [] == leftovers_in(work)
    return Ready(story, template, old, new, ran.calls)


def tried(one: Ready, faults: Sequence[Fault]) -> Iterator[tuple[int, Fault]]:
    """Every call with every fault that makes sense there."""
    for at, call in enumerate(one.calls):
        for fault in faults:
            if call.name == "write" or fault not in (Fault.HALF, Fault.KILL_HALF):
                yield at, fault


def try_fault(one: Ready, at: int, fault: Fault) -> str | None:
    """What is wrong after this fault; None: nothing."""
    work = one.template.with_name("work")
    shutil.rmtree(work)
    shutil.copytree(one.template, work, symlinks=True)
    ran = run_in_child(work, one.story.arguments, at, fault)
    problem = _wrong_ending(one, ran, fault)
    if problem is not None:
        return problem
    # Half of the time the same command has to recover itself.
    looked_at = at % 2 == 0
    if looked_at:
        for folder in one.story.folders:
            try:
                recover(work / folder)
            except OutputError as error:
                return f"cannot be recovered: {error}"
        problem = _wrong_state(one, ran, state_of_project(work))
        if problem is not None:
            return problem
    is_new = state_of_project(work) == one.new
    if is_new and one.story.again == NOT_AGAIN:
        return None
    wanted = {one.story.code_again()} if is_new else {one.story.exit_code}
    if not looked_at:
        wanted.add(one.story.code_again())
    again = run_in_child(work, one.story.arguments)
    if again.exit_code not in wanted:
        return f"the next run ends with {again.exit_code}: {again.stderr}"
    if state_of_project(work) != one.new and NOT_AGAIN != one.story.again:
        return f"the next run gives another state: {_difference(one.new, state_of_project(work))}"
    # Where there is nothing to be done there is nothing to be proved, and nothing is swept.
    done = again.exit_code == one.story.exit_code
    if left := [path for path in leftovers_in(work) if done or not path.startswith("tmp/")]:
        return f"left behind after the next run: {left}"
    return None


def _wrong_ending(one: Ready, ran: Ran, fault: Fault) -> str | None:
    if ran.exit_code is None:
        return None if fault.is_kill else "killed"
    if ran.exit_code == one.story.exit_code:
        return None
    if ran.exit_code != 2:
        return f"exit code {ran.exit_code}: {ran.stderr}"
    first, *rest = ran.stderr.splitlines()
    if not first.startswith("patchkit: error: ") or not rest or "Traceback" in ran.stderr:
        return f"does not say what to do: {ran.stderr}"
    return None


def _wrong_state(one: Ready, ran: Ran, state: State) -> str | None:
    allowed: tuple[State, ...]
    if ran.exit_code is None:
        allowed = (one.old, one.new)
    elif ran.exit_code != 2 or any(word in ran.stderr for word in _ADMITTED):
        allowed = (one.new,)
    else:
        allowed = (one.old,)
    for folder in one.story.folders:
        # Where a command writes into two folders, it does so one after the other.
        now = part_of(state, folder)
        meant = ran.exit_code == 2 and f"error: {folder}:" in first_line_of(ran.stderr)
        choices = allowed if len(one.story.folders) == 1 or meant else (one.old, one.new)
        if not any(now == part_of(choice, folder) for choice in choices):
            told = _difference(part_of(choices[0], folder), now)
            return f"{folder}: neither old nor new: {told} ({ran.exit_code} {ran.stderr})"
    return None


def first_line_of(text: str) -> str:
    """The line that says what is wrong."""
    return text.partition("\n")[0]


def part_of(state: State, folder: str) -> State:
    """What is in one folder of a project."""
    inside = f"{folder}/"
    return {
        path: what
        for path, what in state.items()
        if folder in (".", path) or path.startswith(inside)
    }


def _difference(wanted: State, state: State) -> list[str]:
    paths = wanted.keys() | state.keys()
    return sorted(path for path in paths if wanted.get(path, "") != state.get(path, ""))
