"""What `python -m tests.mutation` does, step by step."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import click
import pytest

from tests.mutation.equivalent import reason_of
from tests.mutation.mutants import ROOT, Mutant, lines_with, sample
from tests.mutation.plugin import QUICK_EXAMPLES, Children, Recording, Told, Trying, run_alone

PLACES = (
    "tests/model", "tests/engine", "tests/diffing", "tests/lint",
    *(f"tests/jobs/test_{name}.py" for name in ("branch_laws", "convert", "learning")),
    "tests/jobs/test_series_laws.py",
    *(f"tests/render/test_{name}.py" for name in ("report_json", "report_text")),
    *(f"tests/siblings/test_{name}.py" for name in ("commits", "rewording")),
    *(f"tests/workspace/test_{name}.py" for name in ("loading", "settings")),
)  # fmt: skip
"""The tests of the two packages, and those of whole jobs that run in this process."""
_MOST_ALONE = 150
"""So many tests are run against a fault at import: each such process imports them all anew."""
_Command = Callable[..., None]
_MUTATED = ("patchkit/model/", "patchkit/engine/")
_KEPT = ROOT / ".mutation"
_PYTEST = ("-q", "-p", "no:cacheprovider")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Try whether the tests notice small faults in patchkit/model and patchkit/engine.

    `record` runs the tests once; `run` draws mutants of mutmut by chance and runs against each the
    tests that run its lines, until one fails. What was found is kept in the folder .mutation.
    """
    os.chdir(ROOT)
    os.environ["CI"] = "true"


@cli.command()
@click.argument("places", nargs=-1)
def record(places: tuple[str, ...]) -> None:
    """Note which lines each test of PLACES runs, and for how long, beside what is noted already."""
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    recording = Recording()
    arguments = ["-q", "-p", "no:cacheprovider", *(places or PLACES)]
    pytest.main(arguments, plugins=[recording])
    _KEPT.mkdir(exist_ok=True)
    lines = {path: tests for path, tests in recording.lines().items() if path.startswith(_MUTATED)}
    found = {
        "seconds": recording.seconds, "failed": recording.failed,
        "laws": recording.laws, "lines": lines,
    }  # fmt: skip
    place = _KEPT / "record.json"
    if place.exists():
        known = json.loads(place.read_text("utf-8"))
        found["seconds"] = {**known["seconds"], **recording.seconds}
        for path, old in known["lines"].items():
            new = lines.setdefault(path, {})
            for line, tests in old.items():
                new[int(line)] = sorted({*tests, *new.get(int(line), ())})
        for key in ("failed", "laws"):
            found[key] = sorted({*known[key], *found[key]})
    place.write_text(json.dumps(found), "utf-8")
    sys.stdout.flush()
    os._exit(int(bool(recording.failed)))


class _Record:
    """What `record` has noted."""

    def __init__(self) -> None:
        place = _KEPT / "record.json"
        if not place.exists():
            raise click.ClickException("Nothing is recorded; run `record` first.")
        found = json.loads(place.read_text("utf-8"))
        self.seconds: dict[str, float] = found["seconds"]
        self.failed = set(found["failed"])
        self.laws = set(found["laws"])
        self.lines: dict[str, dict[str, list[str]]] = found["lines"]
        self._sources = {path: (ROOT / path).read_text("utf-8") for path in self.lines}

    def running(self, path: str, lines: Iterable[int]) -> set[str]:
        """The tests that run one of these lines."""
        known = self.lines.get(path, {})
        return {test for line in lines for test in known.get(str(line), ())} - self.failed

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that run the statement of a mutant, the quickest first."""
        if mutant.function is not None:
            first, last = mutant.span
            return self._in_order(self.running(mutant.path, range(first, last + 1)))
        importing = self._in_order(self._importing(mutant))[: _MOST_ALONE // 2]
        others = self._in_order(self._tests_of_names(mutant) - {*importing})
        return [*importing, *others[: _MOST_ALONE - len(importing)]]

    def laws_of(self, mutant: Mutant) -> list[str]:
        """The laws that run the function of a mutant."""
        if mutant.function_lines is not None:
            first, last = mutant.function_lines
            found = self.running(mutant.path, range(first, last + 1))
        else:
            found = self._tests_of_names(mutant)
        return self._in_order(found & self.laws)

    def _tests_of_names(self, mutant: Mutant) -> set[str]:
        found: set[str] = set()
        if mutant.names:
            for path, source in self._sources.items():
                found |= self.running(path, lines_with(mutant.names, source))
        return found or self.running(mutant.path, range(1, 10_000))

    def _importing(self, mutant: Mutant) -> set[str]:
        """The tests of the files that import a module by its name."""
        module = mutant.path.removesuffix(".py").replace("/", ".")
        places = {name.partition("::")[0] for name in self.seconds}
        found = {
            place
            for place in places
            if (ROOT / place).is_file()
            and f"from {module} import" in (ROOT / place).read_text("utf-8")
        }
        return {name for name in self.seconds if name.partition("::")[0] in found} - self.failed

    def _in_order(self, tests: set[str]) -> list[str]:
        return sorted(tests, key=lambda name: (self.seconds.get(name, 0.0), name))


def _sample_options(command: _Command) -> _Command:
    for option in (
        click.option("--engine", type=int, default=600, show_default=True, help="Of engine."),
        click.option("--model", type=int, default=400, show_default=True, help="Of model."),
        click.option("--seed", type=int, default=1, show_default=True),
    ):
        command = option(command)
    return command


_processes = click.option("--processes", type=int, default=2, show_default=True)


def _drawn(seed: int, model: int, engine: int) -> tuple[list[Mutant], dict[str, int]]:
    drawn: list[Mutant] = []
    totals = {}
    for package, count in (("model", model), ("engine", engine)):
        totals[package], some = sample(package, count, seed)
        drawn += some
    return drawn, totals


@cli.command()
@_sample_options
@_processes
@click.option(
    "--again", type=click.Choice(["survivors", "missing"]),
    help="Keep what the last run found, and try only those that survived it or that it did not "
    "get to, or the latter alone.",
)  # fmt: skip
@click.option("--brief", is_flag=True, help="Leave out the stage with all examples of laws.")
def run(seed: int, model: int, engine: int, processes: int, again: str | None, brief: bool) -> None:
    """Draw mutants by chance, run the tests against them, and print the table.

    First come the tests that run the line of a mutant, the quickest first, with few examples for
    laws; what survives them meets all examples of the laws that run its function.
    """
    record = _Record()
    place = _KEPT / f"seed-{seed}.json"
    drawn, totals = _drawn(seed, model, engine)
    killers: dict[str, str] = {}
    if again is not None:
        killers = json.loads(place.read_text("utf-8"))

    def told(name: str, killer: str) -> None:
        killers[name] = killer
        place.write_text(json.dumps(killers, indent=0), "utf-8")
        click.echo(f"{len(killers)}/{len(drawn)} {name} {killer or 'SURVIVES'}", err=True)

    left = [
        mutant
        for mutant in drawn
        if mutant.name not in killers or (again == "survivors" and not killers[mutant.name])
    ]
    plan = {mutant.name: record.tests_of(mutant) for mutant in left}
    _try(left, plan, record, QUICK_EXAMPLES, processes, told)
    if not brief:
        plan = {mutant.name: record.laws_of(mutant) for mutant in left if not killers[mutant.name]}
        left = [mutant for mutant in left if plan.get(mutant.name)]
        _try(left, plan, record, None, processes, told)
    print_table(drawn, killers, totals)


@cli.command()
@_sample_options
@_processes
def control(seed: int, model: int, engine: int, processes: int) -> None:
    """The same without any fault: a test that fails then would kill mutants for nothing."""
    record = _Record()
    drawn = [replace(mutant, is_harmless=True) for mutant in _drawn(seed, model, engine)[0]]
    failed = []

    def told(name: str, killer: str) -> None:
        if killer:
            failed.append(name)
            click.echo(f"{name} {killer}")

    plan = {mutant.name: record.tests_of(mutant) for mutant in drawn}
    _try(drawn, plan, record, QUICK_EXAMPLES, processes, told)
    click.echo(f"{len(failed)} of {len(drawn)} failed")
    sys.exit(int(bool(failed)))


def _try(
    mutants: Sequence[Mutant], plan: dict[str, list[str]], record: _Record, most: int | None,
    processes: int, told: Told,
) -> None:  # fmt: skip
    live = [mutant for mutant in mutants if mutant.function is not None and plan[mutant.name]]
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with os.fdopen(writing, "w", buffering=1) as pipe:
            children = Children(
                processes, lambda name, killer: print(json.dumps([name, killer]), file=pipe)
            )
            trying = Trying(live, plan, record.seconds, most, children)
            files = {test.partition("::")[0] for mutant in live for test in plan[mutant.name]}
            if files:
                pytest.main([*_PYTEST, *sorted(files)], plugins=[trying])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        for line in pipe:
            told(*json.loads(line))
    os.waitpid(child, 0)
    children = Children(processes, told)
    for mutant in mutants:
        tests = plan[mutant.name]
        if mutant not in live and tests:
            children.start(mutant.name, partial(run_alone, mutant, tests, record.seconds, most))
        elif mutant not in live:
            told(mutant.name, "")
    children.wait()


def print_table(drawn: Sequence[Mutant], killers: dict[str, str], totals: dict[str, int]) -> None:
    """A line for each module, and for each package: drawn, killed, equivalent."""
    click.echo(f"{'':32}{'drawn':>5}{'killed':>8}{'equivalent':>12}{'killed':>8}")
    for package, total in totals.items():
        ours = [mutant for mutant in drawn if mutant.package == package]
        for path in dict.fromkeys(mutant.path for mutant in ours):
            here = [mutant for mutant in ours if mutant.path == path]
            _print_row(path.removeprefix("patchkit/"), here, killers)
        _print_row(f"{package} ({total} mutants)", ours, killers)


def _print_row(name: str, mutants: Sequence[Mutant], killers: dict[str, str]) -> None:
    killed = sum(bool(killers.get(mutant.name)) for mutant in mutants)
    left = [mutant for mutant in mutants if not killers.get(mutant.name)]
    equivalent = sum(reason_of(mutant) is not None for mutant in left)
    share = killed / len(mutants)
    click.echo(f"{name:32}{len(mutants):5}{killed:8}{equivalent:12}{share:8.1%}")


@cli.command()
@_sample_options
def survivors(seed: int, model: int, engine: int) -> None:
    """Show the mutants that survived, in the form that `equivalent.txt` has."""
    killers = json.loads((_KEPT / f"seed-{seed}.json").read_text("utf-8"))
    for mutant in _drawn(seed, model, engine)[0]:
        if not killers.get(mutant.name):
            reason = reason_of(mutant)
            said = "" if reason is None else f" ({reason})"
            click.echo(f"# {mutant.name}{said}\n\n{mutant.path}\n{mutant.diff()}\n")
