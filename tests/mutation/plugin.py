"""Runs tests against mutants in children of one pytest process, which has collected them already.

A function that is mutated gets the code of its mutant in the child, wherever it was imported to and
whatever decorates it. What runs at import needs a process of its own, which imports the mutant.
"""

from __future__ import annotations

import gc
import importlib.machinery
import os
import resource
import shutil
import signal
import tempfile
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Never

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import ROOT, Mutant

QUICK_EXAMPLES = 6
"""What a law may try in the first stage."""
_MOST_MEMORY = 6 << 30
_KILLED, _SURVIVED = 0, 7


class Recording:
    """A plugin that runs each test once, and notes its time, and the lines of patchkit it runs."""

    def __init__(self) -> None:
        from coverage import Coverage

        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.laws: list[str] = []
        self._coverage = Coverage(data_file=None, source=["patchkit"], config_file=False)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let the laws be brief."""
        for item in items:
            if limit_law(item, QUICK_EXAMPLES):
                self.laws.append(item.nodeid)

    def pytest_runtestloop(self) -> None:
        """Take no notice of what ran at import."""
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what the test runs."""
        self._coverage.switch_context(item.nodeid)
        started = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - started
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails without any mutant."""
        if report.failed:
            self.failed.append(report.nodeid)

    def lines(self) -> dict[str, dict[int, list[str]]]:
        """Which tests run which line of which file."""
        self._coverage.stop()
        data = self._coverage.get_data()
        return {
            str(Path(name).relative_to(ROOT)): {
                line: [test for test in tests if test]
                for line, tests in data.contexts_by_lineno(name).items()
            }
            for name in data.measured_files()
        }


def limit_law(item: pytest.Item, most: int | None) -> bool:
    """Whether the test is a law; it then may try so many examples, the same ones each time."""
    test = getattr(item, "obj", None)
    given = getattr(test, "_hypothesis_internal_use_settings", None)
    if given is not None:
        # Where the attribute was found, there is a test.
        test._hypothesis_internal_use_settings = settings(  # type: ignore[union-attr]
            given,
            max_examples=given.max_examples if most is None else min(given.max_examples, most),
            phases=(Phase.explicit, Phase.generate),
            database=None,
            derandomize=True,
        )
    return given is not None


Items = Sequence[pytest.Item]
Plan = Mapping[str, Sequence[str]]
"""For each mutant the tests to run, in order."""


Told = Callable[[str, str], None]
"""Hears of a mutant what killed it; "" where nothing did."""


class Children:
    """Processes that each try one mutant, so many at a time."""

    def __init__(self, most: int, told: Told) -> None:
        self._most, self._told = most, told
        self._started: dict[int, tuple[str, int, str]] = {}

    def start(self, name: str, work: Callable[[int], Never]) -> None:
        """Do the work in a child; it gets a pipe for the name of the test that fails."""
        while len(self._started) >= self._most:
            self._wait()
        reading, writing = os.pipe()
        place = tempfile.mkdtemp(prefix="patchkit-mutant-")
        child = os.fork()
        if child:
            os.close(writing)
            self._started[child] = (name, reading, place)
            return
        os.close(reading)
        try:
            _settle_in(place)
            work(writing)
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(_KILLED)

    def wait(self) -> None:
        """Until all have ended."""
        while self._started:
            self._wait()

    def _wait(self) -> None:
        child, status = os.waitpid(-1, 0)
        name, reading, place = self._started.pop(child)
        with os.fdopen(reading, "rb") as pipe:
            text = pipe.read().decode("utf-8", "replace")
        shutil.rmtree(place, ignore_errors=True)
        if os.WIFSIGNALED(status):
            text = f"{signal.Signals(os.WTERMSIG(status)).name} in {text}"
        elif os.WEXITSTATUS(status) == _SURVIVED:
            text = ""
        self._told(name, text)


class Trying:
    """A plugin that runs for each mutant its tests, until one fails: many in one session."""

    def __init__(
        self, mutants: Sequence[Mutant], plan: Plan, seconds: Mapping[str, float],
        most: int | None, children: Children,
    ) -> None:  # fmt: skip
        self._mutants, self._plan, self._seconds = mutants, plan, seconds
        self._most, self._children = most, children

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Give each mutant a child of its own."""
        for item in session.items:
            limit_law(item, self._most)
        items = {item.nodeid: item for item in session.items}
        functions = _functions()
        gc.freeze()
        for mutant in self._mutants:
            tests = [items[name] for name in self._plan[mutant.name] if name in items]

            def work(writing: int, mutant: Mutant = mutant, tests: Items = tests) -> Never:
                _swap(mutant, functions)
                _run(tests, self._seconds, writing)

            self._children.start(mutant.name, work)
        self._children.wait()
        return True


def _settle_in(place: str) -> None:
    """A temporary folder of one's own, and nothing said."""
    os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["TMPDIR"] = tempfile.tempdir = place
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(tests: Items, seconds: Mapping[str, float], writing: int) -> Never:
    """Run the tests until one fails; the pipe then has its name."""
    report = _Report(writing)
    if tests:
        tests[0].config.pluginmanager.register(report)
    for test, following in zip(tests, [*tests[1:], None], strict=True):
        report.begun = test.nodeid
        # What runs for much longer than it should is in an endless loop.
        usual = seconds.get(test.nodeid, 1.0)
        signal.setitimer(signal.ITIMER_PROF, 10 + 10 * usual)
        signal.setitimer(signal.ITIMER_REAL, 120 + 60 * usual)
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
    os._exit(_SURVIVED)


class _Report:
    begun = ""

    def __init__(self, writing: int) -> None:
        self._writing = writing

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The first failure is enough."""
        if report.failed:
            os.write(self._writing, report.nodeid.encode())
            os._exit(_KILLED)


def _functions() -> dict[tuple[str, str], list[types.FunctionType]]:
    """All functions of patchkit that live, by file and qualified name."""
    found: dict[tuple[str, str], list[types.FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType):
            code = one.__code__
            if code.co_filename.startswith(str(ROOT / "patchkit")):
                found.setdefault((code.co_filename, code.co_qualname), []).append(one)
    return found


def _swap(
    mutant: Mutant, functions: Mapping[tuple[str, str], Sequence[types.FunctionType]]
) -> None:
    name = str(ROOT / mutant.path)
    old = [code for code in _codes(_compiled(name)) if code.co_qualname == mutant.function]
    new = [
        code
        for code in _codes(compile(mutant.source(), name, "exec", dont_inherit=True))
        if code.co_qualname == mutant.function
    ]
    changed = False
    for before, after in zip(old, new, strict=True):
        for function in functions.get((name, before.co_qualname), ()):
            if function.__code__ == before:
                function.__code__ = after
                changed = True
    if not changed:
        # Nobody has the function: no test can tell.
        os._exit(_SURVIVED)


def _compiled(name: str) -> types.CodeType:
    return compile(Path(name).read_text("utf-8"), name, "exec", dont_inherit=True)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """The codes of the functions of a module and of its classes, not of functions in functions."""
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield one
            if not one.co_flags & 0x2:  # CO_NEWLOCALS: a class body has none.
                yield from _codes(one)


def import_mutant(mutant: Mutant) -> None:
    """See that the module is imported with its fault."""
    name = str(ROOT / mutant.path)
    source = mutant.source()
    get_code = importlib.machinery.SourceFileLoader.get_code

    def mutated(self: Any, fullname: str) -> types.CodeType | None:
        if self.path == name:
            return compile(source, name, "exec", dont_inherit=True)
        return get_code(self, fullname)

    # Every module of this child process is to come through it.
    importlib.machinery.SourceFileLoader.get_code = mutated  # type: ignore[method-assign]


def run_alone(
    mutant: Mutant, tests: Sequence[str], seconds: Mapping[str, float], most: int | None,
    writing: int,
) -> Never:  # fmt: skip
    """Import a mutant, in a child, and run its tests."""
    signal.setitimer(signal.ITIMER_PROF, 120)
    import_mutant(mutant)
    files = list(dict.fromkeys(name.partition("::")[0] for name in tests))
    if not files:
        os._exit(_SURVIVED)
    code: int | pytest.ExitCode = pytest.main(
        ["-q", "-p", "no:cacheprovider", *files], plugins=[_Alone(tests, seconds, most, writing)]
    )
    # Without the word of its plugin nothing ends: the run itself is at fault.
    raise RuntimeError(f"pytest ended with {code}")


class _Alone:
    def __init__(
        self, tests: Sequence[str], seconds: Mapping[str, float], most: int | None, writing: int
    ) -> None:
        self._tests, self._seconds, self._most, self._writing = tests, seconds, most, writing

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tests that cannot even be imported have noticed."""
        if report.failed:
            os.write(self._writing, f"import of {report.nodeid}".encode())
            os._exit(_KILLED)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what was asked for, in that order."""
        items = {item.nodeid: item for item in session.items}
        for item in session.items:
            limit_law(item, self._most)
        tests = [items[name] for name in self._tests if name in items]
        # A fault may have become a parameter of a test, which has another name then.
        known, alike = set(self._tests), {name.partition("[")[0] for name in self._tests}
        tests += [
            item
            for item in session.items
            if item.nodeid not in known and item.nodeid.partition("[")[0] in alike
        ]
        _run(tests, self._seconds, self._writing)
