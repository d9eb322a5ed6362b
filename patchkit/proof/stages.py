"""Proves a stack stage by stage, on all cores, while other work goes on (proof floor).

A stage is a run of patches with the files that they touch, as they are before it and after it. The
script has to turn the one into the other, for every stage; and since each begins with what the one
before it ends with, the stages together turn the pristine tree into the result. The series of the
stages, one after the other, are the series of the stack, line by line.

Where a stage fails, the whole stack is proved in one go: that decides, and says what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType

from patchkit.engine.stages import Stage
from patchkit.engine.versions import Version
from patchkit.errors import ProofError
from patchkit.model.series import parse_series
from patchkit.model.stack import Layout
from patchkit.model.tree import File, Path
from patchkit.proof.script import Way, prove
from patchkit.proof.together import together
from patchkit.proof.trial import Halt

MANY_PATCHES = 100
"""So many that a process for each is more work than all else."""


@dataclass(frozen=True)
class Statement:
    """What is to be proved: that the script puts this stack onto these files and gives those."""

    series: bytes
    layout: Layout
    patches: Mapping[str, bytes]
    pristine: Mapping[Path, File | Version | None]
    expected: Mapping[Path, File | Version | None]
    strip: int
    flags: frozenset[str]
    package: str

    def prove(self, halt: Halt | None = None, way: Way | None = None) -> None:
        """Run the script, in this way, which `halt` ends. Raises what
        `patchkit.proof.script.prove` raises."""
        prove(
            series=self.series,
            layout=self.layout,
            patches=self.patches,
            pristine=_files(self.pristine),
            expected=_files(self.expected),
            strip=self.strip,
            flags=self.flags,
            package=self.package,
            way=way,
            halt=halt,
        )

    def prove_together(self, halt: Halt | None = None) -> None:
        """As `prove`, with a process of GNU patch for each run of patches where that is as good."""
        # Whatever it is that does not fit: patch by patch decides.
        with suppress(ProofError):
            self.prove(halt, together(self.patches))
            return
        self.prove(halt)


@dataclass(frozen=True, slots=True)
class _Running:
    """A proof that another thread works at."""

    statement: Statement
    outcome: Future[None]
    halt: Halt


class ProofInStages:
    """A proof that goes on while other work is done; to be used as a context.

    Leaving the context without `finish` gives up what is left of the proof.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._running: list[_Running] = []
        self._whole: Statement | None = None
        self._parts: list[_Running] = []

    def __enter__(self) -> ProofInStages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._give_up(self._running)
        self._pool.shutdown(cancel_futures=True)

    def foresee(self, part: Statement) -> None:
        """Begin to prove what is likely to be a part of the statement that is to come. Only what
        turns out to be one, byte for byte, is taken for proved."""
        self._begun(part)

    def begin(self, whole: Statement, stages: Sequence[Stage]) -> None:
        """Begin to prove a statement, of which these are the stages; none: in one go."""
        self._whole = whole
        foreseen = self._running[:]
        for part in statements_of(whole, stages) if stages else (whole,):
            known = next((one for one in foreseen if one.statement == part), None)
            self._parts.append(known or self._begun(part))
        used = set(map(id, self._parts))
        self._give_up(one for one in foreseen if id(one) not in used)

    def finish(self) -> None:
        """Wait for the end of what was begun. Raises what `patchkit.proof.script.prove` raises."""
        assert self._whole is not None
        try:
            for one in self._parts:
                one.outcome.result()
        except ProofError:
            if [one.statement for one in self._parts] == [self._whole]:
                raise
            self._give_up(self._parts)
            self._whole.prove()

    def _begun(self, part: Statement) -> _Running:
        halt = Halt()
        way = part.prove if len(part.patches) < MANY_PATCHES else part.prove_together
        running = _Running(part, self._pool.submit(way, halt), halt)
        self._running.append(running)
        return running

    @staticmethod
    def _give_up(those: Iterable[_Running]) -> None:
        for one in those:
            one.outcome.cancel()
            one.halt.ask()


def statements_of(whole: Statement, stages: Sequence[Stage]) -> Iterator[Statement]:
    """One statement for each stage, which together say as much as the whole."""
    files: dict[Path, File | Version | None] = dict(whole.pristine)
    for stage, series in zip(stages, _series_of(whole, stages), strict=True):
        yield statement_of(stage, series, whole.patches, files, whole)
        files |= stage.changes


def statement_of(
    stage: Stage,
    series: bytes,
    patches: Mapping[str, bytes],
    before: Mapping[Path, File | Version | None],
    like: Statement,
) -> Statement:
    """What is to be proved of a stage, with the part of the series that is about it. `before` are
    the files as the stages before leave them; `like` says how the script is to be run."""
    listed = [entry.name for entry in parse_series(series).entries]
    pristine = {path: before.get(path) for path in stage.paths}
    return replace(
        like,
        series=series,
        patches={name: patches[name] for name in listed if name in patches},
        pristine=pristine,
        expected={**pristine, **stage.changes},
    )


def _files(standing: Mapping[Path, File | Version | None]) -> Mapping[Path, File | None]:
    """Only now as bytes: all stages at once would take up much room."""
    return {path: one.file if isinstance(one, Version) else one for path, one in standing.items()}


def _series_of(whole: Statement, stages: Sequence[Stage]) -> list[bytes]:
    """The lines of the series for each stage: those of its patches, with what stands before
    them."""
    stage_of = {one.name: at for at, stage in enumerate(stages) for one in stage.patches}
    parts: list[list[bytes]] = [[] for _ in stages]
    at = 0
    for line in parse_series(whole.series).lines:
        if line.entry is not None:
            at = stage_of.get(line.entry.name, at)
        parts[at].append(line.raw)
    return [b"".join(part) for part in parts]
