"""The pages that promise something say what is there: library, formats, dependencies."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import patchkit
from tests.cli.running import REPOSITORY
from tests.release.api import api_page

_REFERENCE = REPOSITORY / "docs" / "reference"
_EXPLANATION = REPOSITORY / "docs" / "explanation"
_PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
_PACKAGE = Path(patchkit.__file__).parent
_FORMAT = re.compile(r"patchkit-[a-z-]+/\d+|patchkit (?:origin|apply-patches) \d+")
_NOT_OURS = {
    *("Callable", "Collection", "Iterable", "Mapping", "None", "Path", "Sequence"),
    *("Answer", "Done", "Progress", "Watcher"),
}
"""Python's own, what a watcher is given, and names for a form: a function of a sentence, one of a
number and a name, and what `taken` gives or lines."""
_IMPORT_NAMES = {
    "GitPython": "git",
    "Jinja2": "jinja2",
    "Pygments": "pygments",
    "PyYAML": "yaml",
    "tree-sitter": "tree_sitter",
}


def test_the_library_is_as_its_page_says() -> None:
    """A change of a public name or signature is a change of docs/reference/api.md, made by
    `python -m tests.release.api`, and so a deliberate one."""
    assert (_REFERENCE / "api.md").read_text("utf-8") == api_page()
    assert sorted(patchkit.__all__) == patchkit.__all__


def test_every_format_is_on_the_page_and_leads_to_its_own() -> None:
    """Each number of a format that the code knows is in the table, which names no other."""
    page = (_REFERENCE / "stability.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and ".md)" in line]
    told = {found: row for row in rows for found in _FORMAT.findall(row)}
    written = {
        found
        for place in _PACKAGE.rglob("*")
        if place.suffix in (".py", ".in", ".json")
        for found in _FORMAT.findall(place.read_text("utf-8"))
    }
    assert written == set(told)
    for found, row in told.items():
        for name in re.findall(r"\]\(([a-z-]+\.md)\)", row):
            assert (_REFERENCE / name).is_file(), found


def test_the_pythons_are_those_that_are_tried() -> None:
    """The oldest Python of pyproject.toml, of its classifiers, and of the page are one."""
    project = _PROJECT["project"]
    listed = [
        Version(one.rpartition(" ")[2])
        for one in project["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", one)
    ]
    assert f">={min(listed)}" == project["requires-python"]
    page = (_REFERENCE / "stability.md").read_text("utf-8")
    assert f"({min(listed)} to {max(listed)})" in page


def _rows(heading: str) -> dict[str, list[str]]:
    page = (_EXPLANATION / "dependencies.md").read_text("utf-8")
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [
        line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")
    ]
    return {one[0]: one for one in cells[1:]}


def test_every_dependency_is_justified() -> None:
    """The two tables have each dependency of an installation, and of the extras, and no other."""
    project = _PROJECT["project"]
    needed = [Requirement(one).name for one in project["dependencies"]]
    assert needed == sorted(needed, key=str.lower)
    assert set(needed) == set(_rows("Needed by every installation"))
    extras = {
        Requirement(one).name: name
        for name, texts in project["optional-dependencies"].items()
        for one in texts
        if name not in ("docs", "test")
    }
    told = _rows("Asked for by name")
    assert extras == {name: cells[1].strip("`") for name, cells in told.items()}


def _imported(code: str) -> set[str]:
    """The packages that a module imports when it runs, those of grammars by their names too."""
    found: set[str] = set()
    aside: set[ast.AST] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            aside.update(one for part in node.body for one in ast.walk(part))
        elif node in aside:
            continue
        elif isinstance(node, ast.Import):
            found.update(one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Constant) and str(node.value).startswith("tree_sitter_"):
            found.add(str(node.value))
    return found


@pytest.mark.parametrize("heading", ["Needed by every installation", "Asked for by name"])
def test_the_doors_are_those_of_the_code(heading: str) -> None:
    """Only the modules of the column import the package, types aside, and each of them does."""
    rows = _rows(heading)
    assert rows
    importing: dict[str, set[str]] = {}
    for place in _PACKAGE.rglob("*.py"):
        module = ".".join(place.relative_to(_PACKAGE.parent).with_suffix("").parts)
        for name in _imported(place.read_text("utf-8")):
            importing.setdefault(name, set()).add(module)
    for package, cells in rows.items():
        doors = re.findall(r"`(patchkit[\w.]*)`", " ".join(cells[3:]))
        modules = importing[_IMPORT_NAMES.get(package, package.replace("-", "_"))]
        within = {
            door: {one for one in modules if f"{one}.".startswith(f"{door}.")} for door in doors
        }
        assert all(within.values()), (package, within)
        assert modules == set().union(*within.values()), (package, modules)


@pytest.mark.parametrize("heading", ["Needed by every installation", "Asked for by name"])
def test_the_licences_are_those_that_the_packages_declare(heading: str) -> None:
    """What is installed says of itself what the page says."""
    for package, cells in _rows(heading).items():
        try:
            about = metadata(package)
        except PackageNotFoundError:
            continue  # another Python needs it, or another machine
        keys = ("License-Expression", "License", "Classifier")
        declared = " ".join(one for key in keys for one in about.get_all(key, []))
        told = cells[-2].partition("-")[0]
        assert told in declared, (package, declared)


def test_what_a_function_takes_can_be_imported() -> None:
    """Whoever calls a public function gets each value for it from `patchkit` as well, or from what
    another public function gives."""
    page = api_page()
    for name in patchkit.__all__:
        function = getattr(patchkit, name)
        if not inspect.isfunction(function):
            continue
        for parameter in inspect.signature(function).parameters.values():
            for word in re.findall(r"\b[A-Z]\w+", str(parameter.annotation)):
                known = word in patchkit.__all__ or f"\n### {word}\n" in page
                assert known or word in _NOT_OURS, (name, parameter)
