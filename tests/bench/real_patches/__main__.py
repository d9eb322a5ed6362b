"""Reads every patch of real stacks with patchkit, git and GNU patch, and says what differs.

    python -m tests.bench.real_patches PLACE... [--apply TREE]

PLACE is a folder (all files of its series, or all that end in .patch or .diff), or a bare git
repository (those of every branch, each content once). With --apply the patches of the one PLACE are
also applied to a copy of TREE by GNU patch and by patchkit: in the order of its series, and each by
itself with every fuzz from 0 to 3, which rejects much and puts much elsewhere.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.bench.port_quality.cases import read_series
from tests.bench.port_quality.processes import run
from tests.bench.real_patches.applying import apply_everywhere, check_alone
from tests.bench.real_patches.reading import Reading, read_everywhere

_ENDINGS = (".patch", ".diff")


@click.command(help=__doc__, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--apply", "tree", type=click.Path(path_type=Path, exists=True), metavar="TREE")
def main(places: tuple[Path, ...], tree: Path | None) -> None:
    """Print a line for all that differs, and a table."""
    rows = []
    for place in places:
        with TemporaryDirectory() as folder:
            found = [
                (name, read_everywhere(name, raw, Path(folder))) for name, raw in _patches(place)
            ]
        for name, reading in found:
            for problem in reading.problems:
                click.echo(f"{place.name}: {name}: {problem}")
        rows.append(_row(place, [reading for _, reading in found]))
        if tree is not None:
            _apply(place, tree)
    click.echo("| stack | patches | hunks | refused | by git | by GNU patch | that differ |")
    click.echo("|---|---|---|---|---|---|---|")
    click.echo("\n".join(rows))


def _row(place: Path, readings: list[Reading]) -> str:
    figures = (
        len(readings),
        sum(one.hunks for one in readings),
        sum(one.is_refused for one in readings),
        sum(one.is_refused_by_git for one in readings),
        sum(one.is_refused_by_patch for one in readings),
        sum(bool(one.problems) for one in readings),
    )
    return f"| {place} | {' | '.join(map(str, figures))} |"


def _apply(place: Path, tree: Path) -> None:
    with TemporaryDirectory() as folder:
        copy = Path(folder, "tree")
        shutil.copytree(tree, copy, symlinks=True)
        _tell("in order", apply_everywhere(place, copy))
        for fuzz in range(4):
            _tell(f"each alone, fuzz {fuzz}", check_alone(place, tree, fuzz))


def _tell(how: str, found: Iterator[tuple[str, int, str]]) -> None:
    patches = hunks = differing = 0
    for name, count, problem in found:
        patches, hunks, differing = patches + 1, hunks + count, differing + bool(problem)
        if problem:
            click.echo(f"{name}: applied {how}: {problem}")
    click.echo(f"applied {how}: {patches} patches, {hunks} hunks; {differing} differ")


def _patches(place: Path) -> Iterator[tuple[str, bytes]]:
    if (place / "HEAD").is_file():
        yield from _of_repository(place)
    elif (place / "series").is_file():
        for entry in read_series(place):
            yield entry.name, (place / entry.name).read_bytes()
    else:
        for one in sorted(place.rglob("*")):
            if one.is_file() and one.name.endswith(_ENDINGS):
                yield str(one.relative_to(place)), one.read_bytes()


def _of_repository(place: Path) -> Iterator[tuple[str, bytes]]:
    git = ["git", "-C", str(place), "-c", "safe.directory=*"]
    seen: set[bytes] = set()
    for branch in run([*git, "for-each-ref", "--format=%(refname)"]).split():
        for line in run([*git, "ls-tree", "-r", "-z", branch.decode()]).split(b"\0"):
            facts, _, name = line.partition(b"\t")
            if not name.endswith((b".patch", b".diff")) or facts.split()[2] in seen:
                continue
            seen.add(facts.split()[2])
            yield (
                name.decode(errors="replace"),
                run([*git, "cat-file", "blob", facts.split()[2].decode()]),
            )


if __name__ == "__main__":
    sys.exit(main())
