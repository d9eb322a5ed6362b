"""The mutants of a module, as mutmut's operators make them, and samples of them.

mutmut itself passes over properties, other decorated functions and all that runs at import; here
they are mutated as well. Passed over are annotations, decorators, docstrings, calls of `len` and
`isinstance` (as mutmut does), and aliases of types, which nothing reads when the program runs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parents[2]
_NEVER_CALLED_WRONGLY = {"len", "isinstance", "cast", "TypeVar", "NewType"}


@dataclass(frozen=True)
class Mutant:
    """One small fault in one module."""

    name: str
    """The path, the line, and the number among all mutants of the file."""
    path: str
    line: int
    span: tuple[int, int]
    """The lines of the statement it stands in, up to the fault where that is a compound one."""
    function: str | None
    """The qualified name of the outermost function around it; None for what runs at import."""
    function_lines: tuple[int, int] | None
    names: tuple[str, ...]
    """What a statement that runs at import gives a value to."""
    is_harmless: bool = False
    """Whether the fault is left out: no test may notice then."""

    def source(self) -> str:
        """The whole module with the fault in it."""
        if self.is_harmless:
            return (ROOT / self.path).read_text("utf-8")
        module, places = _places(self.path)
        place = places[int(self.name.rpartition(":")[2])]
        changed = module.deep_replace(place.old, place.new)
        assert isinstance(changed, cst.Module)
        code: str = changed.code
        return code

    @property
    def package(self) -> str:
        """`model` or `engine`."""
        return self.path.split("/")[1]

    def diff(self) -> str:
        """The fault as changed lines."""
        old = (ROOT / self.path).read_text("utf-8").splitlines()
        lines = difflib.unified_diff(old, self.source().splitlines(), lineterm="", n=0)
        return "\n".join(line for line in [*lines][2:] if not line.startswith("@@"))


def modules_of(package: str) -> list[str]:
    """The paths of the modules of a package of patchkit, in order."""
    places = sorted((ROOT / "patchkit" / package).glob("*.py"))
    return [str(place.relative_to(ROOT)) for place in places]


def sample(package: str, count: int, seed: int) -> tuple[int, list[Mutant]]:
    """How many mutants the package has, and `count` of them, of each module its share."""
    numbers = {path: len(_places(path)[1]) for path in modules_of(package)}
    total = sum(numbers.values())
    shares = {path: count * number / total for path, number in numbers.items()}
    drawn = {path: int(share) for path, share in shares.items()}
    by_rest = sorted(shares, key=lambda path: drawn[path] - shares[path])
    for path in by_rest[: count - sum(drawn.values())]:
        drawn[path] += 1
    found: list[Mutant] = []
    for path, many in drawn.items():
        rng = Random(f"{seed} {path}")
        chosen = sorted(rng.sample(range(numbers[path]), many))
        found.extend(mutants(path, chosen))
    return total, found


def mutants(path: str, chosen: Sequence[int]) -> Iterator[Mutant]:
    """The mutants of a module with these numbers."""
    places = _places(path)[1]
    for number in chosen:
        place = places[number]
        yield Mutant(
            f"{path}:{place.line}:{number}", path, place.line, place.span,
            place.function, place.function_lines, place.names,
        )  # fmt: skip


@dataclass(frozen=True)
class _Place:
    old: cst.CSTNode
    new: cst.CSTNode
    line: int
    span: tuple[int, int]
    function: str | None
    function_lines: tuple[int, int] | None
    names: tuple[str, ...]


_READ: dict[str, tuple[cst.Module, list[_Place]]] = {}


def _places(path: str) -> tuple[cst.Module, list[_Place]]:
    if path not in _READ:
        wrapper = MetadataWrapper(
            cst.parse_module((ROOT / path).read_text("utf-8")), unsafe_skip_copy=True
        )
        visitor = _Visitor()
        wrapper.visit(visitor)
        _READ[path] = (wrapper.module, visitor.places)
    return _READ[path]


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self._above: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        passed_over = self._is_passed_over(node)
        if not passed_over:
            self._mutate(node)
        self._above.append(node)
        return not passed_over

    def on_leave(self, original_node: cst.CSTNode) -> None:  # noqa: ARG002 (libcst names it)
        self._above.pop()

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        found = self.get_metadata(PositionProvider, node, None)
        if not isinstance(found, CodeRange):
            return (0, 0)
        return found.start.line, found.end.line

    def _is_passed_over(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom():
                return True
            case cst.Call(func=cst.Name(value=name)) if name in _NEVER_CALLED_WRONGLY:
                return True
            case cst.Assign() if not self._is_in_a_function():
                return _is_alias(node.value)
        return False

    def _is_in_a_function(self) -> bool:
        return any(isinstance(node, cst.FunctionDef) for node in self._above)

    def _mutate(self, node: cst.CSTNode) -> None:
        first, last = self._lines(node)
        if not first:
            return
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for new in operator(node):
                    self._add(node, new, first, last)

    def _add(self, node: cst.CSTNode, new: cst.CSTNode, first: int, last: int) -> None:
        above = [*self._above, node]
        span = first, last
        for one in above:
            match one:
                case cst.BaseSmallStatement():
                    span = self._lines(one)
                    break
                case cst.BaseCompoundStatement():
                    span = self._lines(one)[0], last
        outer = next((at for at, one in enumerate(above) if isinstance(one, cst.FunctionDef)), None)
        # `outer` is the place of a FunctionDef, which has a body.
        if outer is None or above[outer + 1] is not above[outer].body:  # type: ignore[attr-defined]
            names = tuple(_given_names(above))
            self.places.append(_Place(node, new, first, span, None, None, names))
            return
        classes = [one.name.value for one in above[:outer] if isinstance(one, cst.ClassDef)]
        function = above[outer]
        assert isinstance(function, cst.FunctionDef)
        name = ".".join([*classes, function.name.value])
        lines = self._lines(function)
        self.places.append(_Place(node, new, first, span, name, lines, ()))


def _is_alias(value: cst.BaseExpression) -> bool:
    match value:
        case cst.Subscript() | cst.Name():
            return True
        case cst.BinaryOperation(operator=cst.BitOr()):
            return True
    return False


def _given_names(above: Sequence[cst.CSTNode]) -> Iterator[str]:
    for node in above:
        match node:
            case cst.Assign(targets=targets):
                yield from (one.target.value for one in targets if isinstance(one.target, cst.Name))
            case cst.AnnAssign(target=cst.Name(value=name)):
                yield name
            case cst.FunctionDef(name=cst.Name(value=name)):
                yield name


def lines_with(names: Sequence[str], source: str) -> Iterator[int]:
    """The numbers of the lines that have one of the names as a word."""
    words = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    for number, line in enumerate(source.splitlines(), 1):
        if words.search(line):
            yield number
