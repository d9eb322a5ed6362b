"""The workloads, and how one lies on disk.

WORK/NAME/repository.git   the upstream: a version each as a tag, the stack's commits as tag `stack`
WORK/NAME/series/          the stack as its distribution has it: `series` and the patches
WORK/NAME/mails/           the stack as `git format-patch` writes it: `series`, patches, `all.mbox`
WORK/NAME/workload.json    what it is; written last
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from tests.bench.port_quality.cases import Case, Entry, read_cases, read_series
from tests.bench.port_quality.debian import prepare
from tests.bench.port_quality.processes import SURROUNDINGS, BenchError, run
from tests.bench.port_quality.stock import clone, commit_stack, repository_of
from tests.bench.speed.synthetic import (
    Content,
    Ledger,
    Shape,
    SyntheticPatch,
    new_files,
    old_files,
    patches,
)

UPSTREAM_VARIABLE = "PATCHKIT_UPSTREAM"
"""The environment variable with the git repository of kata-containers."""
STACK = "stack"
"""The tag of the last patch's commit."""

_FORMAT = 1
_PROJECT = Path(__file__).parents[3] / "series" / "kata-containers"
_KATA = ("2.5.1", "3.2.0")
_FROM_PORT_QUALITY = ("ppp", "qemu")
_LONG_STACK = Case("grub2", "2.06-13+deb12u2", "2.12-9+deb13u2", "real")
_FILES = {"5k": 5_000, "50k": 50_000}
_PATCHES = {"100": 100, "1000": 1_000, "10000": 10_000, "30000": 30_000}
_WHO = b"bench <bench@invalid> 946684800 +0000"


@dataclass(frozen=True, slots=True)
class Workload:
    """A stack with the two upstream versions between which it is ported, laid out in `folder`.

    `files` counts those of the older version. `project` is what patchkit is given as the stack.
    """

    name: str
    title: str
    folder: Path
    project: Path
    old: str
    new: str
    patches: int
    files: int

    @property
    def repository(self) -> Path:
        """The bare git repository with both versions and the stack."""
        return self.folder / "repository.git"

    @property
    def series(self) -> Path:
        """The folder with the stack as its distribution has it."""
        return self.folder / "series"

    @property
    def mails(self) -> Path:
        """The folder with the stack for git."""
        return self.folder / "mails"


class LeftOut(Exception):  # noqa: N818 (no error: the run goes on without it)
    """A workload that cannot be had here, and why."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What a maker of a workload knows when it is done."""

    title: str
    old: str = "old"
    new: str = "new"
    project: Path | None = None


_Maker = Callable[[Path, Path], _Draft]


def synthetic_shapes() -> Mapping[str, Shape]:
    """The synthetic workloads by name."""
    return {
        f"{tree}-{count}": Shape(files, many)
        for tree, files in _FILES.items()
        for count, many in _PATCHES.items()
    }


def names() -> tuple[str, ...]:
    """Every workload, the real ones first, from the smallest."""
    return tuple(_makers())


def _makers() -> Mapping[str, _Maker]:
    known = {case.package: case for cases in read_cases().values() for case in cases}
    packages = [known[name] for name in _FROM_PORT_QUALITY]
    debian = {case.package: _debian_maker(case) for case in (*packages, _LONG_STACK)}
    synthetic = {name: _synthetic_maker(shape) for name, shape in synthetic_shapes().items()}
    return {"ppp": debian.pop("ppp"), "kata": _make_kata, **debian, **synthetic}


def lay_out(name: str, work: Path) -> Workload:
    """The workload of that name in a folder of `work`, at once where it is there already.

    Raises `LeftOut` when it cannot be had on this machine, `BenchError` when a program fails.
    """
    folder = work / name
    record = folder / "workload.json"
    if record.is_file():
        stored = json.loads(record.read_text())
        if stored.pop("format") == _FORMAT:
            return Workload(**{**stored, "folder": folder, "project": Path(stored["project"])})
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    draft = _makers()[name](folder, work)
    tree = run(["git", "ls-tree", "-r", "--name-only", draft.old], folder / "repository.git")
    workload = Workload(
        name, draft.title, folder, draft.project or folder / "series", draft.old, draft.new,
        len(read_series(folder / "mails")),
        len(tree.splitlines()),
    )  # fmt: skip
    fields = {**asdict(workload), "folder": "", "project": str(workload.project)}
    record.write_text(json.dumps({"format": _FORMAT, **fields}, indent=1) + "\n")
    return workload


def _synthetic_maker(shape: Shape) -> _Maker:
    def make(folder: Path, work: Path) -> _Draft:
        write_synthetic(shape, folder)
        return _Draft(f"synthetic, seed {shape.seed}")

    return make


def write_synthetic(shape: Shape, folder: Path) -> None:
    """Lay out a synthetic workload in a folder that is there and empty."""
    repository, series = folder / "repository.git", folder / "series"
    run(["git", "init", "-q", "--bare", str(repository)])
    series.mkdir()
    process = subprocess.Popen(
        ["git", "fast-import", "--quiet"],
        cwd=repository, env={**os.environ, **SURROUNDINGS}, stdin=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    with process.stdin as stream:
        _import(stream, shape, series)
    if process.wait() != 0:
        raise BenchError(f"{repository}: git fast-import could not write it.")
    run(["git", "repack", "-a", "-d", "-q"], repository)
    (folder / "mails").symlink_to("series")
    _write_mailbox(series)


def _import(stream: IO[bytes], shape: Shape, series: Path) -> None:
    """Both versions and the stack as a stream of `git fast-import`; its patches into `series`."""
    ledger = Ledger()
    _commit(stream, "refs/tags/old", "old", "", old_files(shape))
    listed = []
    parent = "refs/tags/old"
    for patch in patches(shape, ledger):
        (series / patch.name).write_bytes(patch.text)
        listed.append(f"{patch.name}\n")
        _commit_patch(stream, patch, parent)
        parent = ""
    (series / "series").write_text("".join(listed))
    _commit(stream, "refs/tags/new", "new", "refs/tags/old", new_files(shape, ledger))


def _commit_patch(stream: IO[bytes], patch: SyntheticPatch, parent: str) -> None:
    _begin(stream, f"refs/tags/{STACK}", patch.subject, parent)
    _put(stream, patch.changed)


def _commit(
    stream: IO[bytes], ref: str, subject: str, parent: str, files: Iterable[Content]
) -> None:
    _begin(stream, ref, subject, parent)
    stream.write(b"deleteall\n")
    _put(stream, files)


def _begin(stream: IO[bytes], ref: str, subject: str, parent: str) -> None:
    """A commit that goes on `ref`; on top of another one only where `parent` names it."""
    message = f"{subject}\n".encode()
    stream.write(b"commit %s\ncommitter %s\ndata %d\n" % (ref.encode(), _WHO, len(message)))
    stream.write(message)
    if parent:
        stream.write(b"from %s\n" % parent.encode())


def _put(stream: IO[bytes], files: Iterable[Content]) -> None:
    for path, content in files:
        stream.write(b"M 100644 inline %s\ndata %d\n" % (path.encode(), len(content)))
        stream.write(content + b"\n")


def _debian_maker(case: Case) -> _Maker:
    def make(folder: Path, work: Path) -> _Draft:
        prepared = prepare(case, work / "debian", work / "debian" / "dl")
        shutil.copytree(prepared.stack, folder / "series")
        _add_stack(folder, repository_of(prepared), "old")
        versions = f"{_upstream_of(case.old)} → {_upstream_of(case.new)}"
        return _Draft(f"{case.package} {versions}")

    return make


def _upstream_of(version: str) -> str:
    return version.rpartition(":")[2].rpartition("-")[0]


def _make_kata(folder: Path, work: Path) -> _Draft:
    named = os.environ.get(UPSTREAM_VARIABLE)
    if not named:
        raise LeftOut(f"kata: {UPSTREAM_VARIABLE} names no git repository of kata-containers.")
    old, new = _KATA
    series = folder / "series"
    series.mkdir()
    stack = _PROJECT / old
    shutil.copyfile(stack / "series.conf", series / "series")
    for entry in read_series(series):
        shutil.copyfile(stack / "patches" / entry.name, series / entry.name)
    _add_stack(folder, Path(named).resolve(), old)
    project = folder / "project"
    project.mkdir()
    for settings in _PROJECT.glob("patchkit.*"):
        shutil.copy(settings, project)
    shutil.copytree(stack, project / old)
    return _Draft(f"kata-containers {old} → {new}", old, new, project)


def _add_stack(folder: Path, upstream: Path, old: str) -> None:
    """Lay a real stack out for git: `repository.git` with its commits, and `mails`."""
    repository, mails, series = folder / "repository.git", folder / "mails", folder / "series"
    run(["git", "clone", "-q", "--bare", "--shared", str(upstream), str(repository)])
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        tree = clone(repository, Path(scratch, "tree"))
        commit_stack(tree, series, read_series(series), old)
        tree.git("tag", STACK)
        tree.git("push", "-q", "origin", f"refs/tags/{STACK}")
    mails.mkdir()
    told = run(
        ["git", "format-patch", "-q", "--full-index", "--binary", "--always",
         "-o", str(mails), f"{old}..{STACK}"],
        repository,
    )  # fmt: skip
    assert not told
    written = sorted(place.name for place in mails.glob("*.patch"))
    (mails / "series").write_text("".join(f"{name}\n" for name in written))
    _write_mailbox(mails)


def _write_mailbox(mails: Path) -> None:
    with (mails / "all.mbox").open("wb") as box:
        for entry in read_series(mails):
            box.write((mails / entry.name).read_bytes())
            box.write(b"\n")


def listed(entries: Sequence[Entry]) -> Iterator[str]:
    """The lines of a list that a shell loop reads: strip level and name."""
    for entry in entries:
        yield f"{entry.strip} {entry.name}\n"
