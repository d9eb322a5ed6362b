"""Which variants a stack has, what is stacked of them, and what is left on purpose."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from patchkit import SiblingChoices, find_project, ignore_finding, plan_rebase
from patchkit.errors import PatchkitError, StackError
from patchkit.jobs.rebase import RebasePlan
from patchkit.jobs.siblingchoices import Proposals, Reach
from patchkit.jobs.siblings import axes_of
from patchkit.model.ignores import parse_ignores
from patchkit.model.siblings import EditState, SiblingReport
from patchkit.workspace.settings import Settings
from tests.cli.demo import diff, make_stack
from tests.cli.ports import CHECKED, COMMON, NEW, UNRELATED, Port, make_port, text
from tests.engine.gnupatch import read_tree, run_patch, write_tree
from tests.sources.commits import Made, tree_of

STACKED = SiblingChoices(proposals=Proposals.STACKED)


def plan(port: Port, choices: SiblingChoices = STACKED, upstream: str = "") -> RebasePlan:
    """Port the stack, and prove it; `upstream` is where to fetch from, else the folder on disk."""
    return plan_rebase(
        find_project(port.stack),
        "1.0",
        "2.0",
        upstream=upstream or str(port.upstream),
        out=port.out,
        siblings=choices,
    )


def variants(made: RebasePlan) -> list[str]:
    """Whose siblings were looked at."""
    return [one.variant for one in made.report.siblings]


def states(report: SiblingReport) -> list[EditState]:
    """How the siblings' edits stand to ours."""
    return [one.edit.state for one in report.findings if one.edit is not None]


def put_on(tree: Path, made: RebasePlan, pristine: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    """The new upstream with every patch of the new stack, as GNU patch makes it."""
    write_tree(tree, tree_of(pristine).files)
    outputs = {one.path: one.content for one in made.outputs}
    for line in outputs["series.conf"].decode().splitlines():
        if not line.startswith("#"):
            name, *strip = line.split()
            level = int(strip[0].removeprefix("-p")) if strip else 1
            code, told = run_patch(tree, outputs[f"patches/{name}"], strip=level)
            assert 0 == code, told
            assert b"Hunk #" not in told, told
    return {path: file.content for path, file in read_tree(tree).items()}


@pytest.fixture
def port(tmp_path: Path) -> Port:
    """The made project: the stack adds the file of riscv64."""
    return make_port(tmp_path)


def test_a_variant_that_is_named_twice(port: Port) -> None:
    """By its name and by a word of it, it is one variant, and proposed once."""
    made = plan(port, SiblingChoices(("riscv64", "riscv", "RV64"), Proposals.STACKED))
    assert ["riscv64"] == variants(made)
    names = [one.path for one in made.outputs if "follow" in one.path]
    assert ["patches/0002-follow-the-siblings-of-riscv64.patch"] == names


def of_stores(body: bytes, *left_out: str) -> dict[bytes, bytes]:
    """A file for every store on every architecture."""
    return {
        f"start_{store}_{word}.go".encode(): text(body, word).replace(b"machine", store.encode())
        for store in ("mysql", "sqlite", "postgres")
        for word in ("amd64", "arm64", "riscv64")
        if f"{store}_{word}" not in left_out
    }


def test_one_file_that_is_of_two_variants(tmp_path: Path) -> None:
    """What siblings of both sorts changed is proposed by the first; for the second it is there."""
    upstream = Made(tmp_path / "upstream.git")
    first = upstream.commit(of_stores(COMMON, "postgres_riscv64"))
    second = upstream.commit(of_stores(CHECKED, "postgres_riscv64"), first)
    upstream.tag("1.0", first)
    upstream.tag("2.0", second)
    path = b"start_postgres_riscv64.go"
    added = diff(path.decode(), None, of_stores(COMMON)[path])
    stack = make_stack(tmp_path / "stores", {"0001-one.patch": added})
    (stack / "patchkit.yaml").write_text(
        "variants: {database: {mysql: [], sqlite: [], postgres: []}}\n"
    )
    port = Port(stack, upstream.git_dir, tmp_path / "out", "")
    made = plan(port)
    assert ["riscv64", "postgres"] == variants(made)
    assert [[EditState.PROPOSED], [EditState.THERE]] == list(map(states, made.report.siblings))
    pristine = of_stores(CHECKED, "postgres_riscv64")
    assert of_stores(CHECKED) == put_on(tmp_path / "tree", made, pristine)
    shown = plan(port, SiblingChoices())
    assert [[EditState.PROPOSED]] * 2 == list(map(states, shown.report.siblings))


def test_two_variants_in_one_stack(tmp_path: Path) -> None:
    """Each is followed by itself, none is the sibling of the other, and both proposals apply."""
    patches = {
        f"000{at}-{word}.patch": diff(f"start_{word}.go", None, text(COMMON, word))
        for at, word in enumerate(("riscv64", "loong64"), 1)
    }
    made = plan(make_port(tmp_path, patches))
    assert {"riscv64", "loong64"} == set(variants(made))
    for report in made.report.siblings:
        for finding in report.findings:
            assert {"x86_64", "arm64"} == {one.variant for one in finding.siblings}
    result = put_on(tmp_path / "tree", made, NEW)
    for word in ("riscv64", "loong64"):
        assert text(CHECKED, word) == result[f"start_{word}.go".encode()]


@pytest.mark.parametrize(
    ("names", "proposal"),
    [
        (("0001-a.patch",), "0002-follow-the-siblings-of-riscv64.patch"),
        (("009-a.patch", "010-b.patch"), "011-follow-the-siblings-of-riscv64.patch"),
        (("riscv64.patch",), "follow-the-siblings-of-riscv64.patch"),
        (("0001-a.patch", "b.patch"), "follow-the-siblings-of-riscv64.patch"),
        (
            ("follow-the-siblings-of-riscv64.patch",),
            "follow-the-siblings-of-riscv64-more.patch",
        ),
    ],
)
def test_the_name_of_a_proposal(tmp_path: Path, names: tuple[str, ...], proposal: str) -> None:
    """It is numbered where all others are, and never that of another patch."""
    added = diff("start_riscv64.go", None, text(COMMON, "riscv64"))
    others = {name: diff(f"{name}.txt", None, b"x\n") for name in names[1:]}
    made = plan(make_port(tmp_path, {names[0]: added, **others}))
    assert f"patches/{proposal}" in [one.path for one in made.outputs]


def test_another_strip_level(tmp_path: Path) -> None:
    """Where the stack's patches have no folder to strip, the proposal's line says that it has."""
    added = diff("start_riscv64.go", None, text(COMMON, "riscv64")).replace(b"b/start", b"start")
    port = make_port(tmp_path, {"0001-a.patch": added})
    (port.stack / "patchkit.yaml").write_text("strip: 0\n")
    made = plan(port)
    made.write()
    assert (port.out / "series.conf").read_text().endswith("-p1\n")
    tree = tmp_path / "tree"
    write_tree(tree, tree_of(NEW).files)
    for name, level in (("0001-a.patch", 0), ("0002-follow-the-siblings-of-riscv64.patch", 1)):
        code, told = run_patch(tree, (port.out / "patches" / name).read_bytes(), strip=level)
        assert (0, False) == (code, b"Hunk #" in told), told
    assert text(CHECKED, "riscv64") == (tree / "start_riscv64.go").read_bytes()


@pytest.mark.parametrize("variant", ["x86_64", "arm64"])
def test_a_variant_that_upstream_has(tmp_path: Path, variant: str) -> None:
    """A stack that adds one more file for what upstream supports is told of that file alone."""
    word = {"x86_64": "amd64"}.get(variant, variant)
    added = diff(f"arch/{word}-extra.mk", None, b"EXTRA := yes\n")
    upstream = Made(tmp_path / "upstream.git")
    files = {**NEW, b"arch/s390x-extra.mk": b"EXTRA := no\n", b"t_s390x.go": b"package demo\n"}
    commit = upstream.commit({**files, b"t_ppc64le.go": b"package demo\n"})
    upstream.tag("1.0", commit)
    upstream.tag("2.0", commit)
    stack = make_stack(tmp_path / "stack", {"0001-a.patch": added})
    made = plan(Port(stack, upstream.git_dir, tmp_path / "out", ""))
    (report,) = made.report.siblings
    assert variant == report.variant
    assert [b"arch/{}-extra.mk"] == [one.name for one in report.families]
    assert () == report.findings


LONELY = diff("riscv64/notes.txt", None, b"some notes\n")


@pytest.mark.parametrize("added", [UNRELATED, LONELY])
def test_a_stack_that_adds_what_has_no_siblings(tmp_path: Path, added: bytes) -> None:
    """Nothing is compared for a file that names no variant, nor for one that stands alone."""
    assert () == plan(make_port(tmp_path, {"0001-a.patch": added})).report.siblings


def test_a_variant_that_no_table_knows(tmp_path: Path) -> None:
    """What the files have in common tells it: an edit of all backends is proposed for ours."""
    body = b"".join(b"int {w}_call%d(struct {w} *it) { return it->f%d; }\n" % (at, at)
                    for at in range(9))  # fmt: skip
    after = body.replace(b"it->f4", b"checked(it->f4)")
    upstream = Made(tmp_path / "upstream.git")
    words = ("mysql", "sqlite", "redis")
    first = upstream.commit({f"db/{word}.c".encode(): text(body, word) for word in words})
    second = upstream.commit({f"db/{word}.c".encode(): text(after, word) for word in words}, first)
    upstream.tag("1.0", first)
    upstream.tag("2.0", second)
    added = diff("db/postgres.c", None, text(body, "postgres"))
    stack = make_stack(tmp_path / "stack", {"0001-a.patch": added})
    made = plan(Port(stack, upstream.git_dir, tmp_path / "out", ""))
    (report,) = made.report.siblings
    assert ("inferred", "postgres") == (report.axis, report.variant)
    pristine = {f"db/{word}.c".encode(): text(after, word) for word in words}
    result = put_on(tmp_path / "tree", made, pristine)
    assert text(after, "postgres") == result[b"db/postgres.c"]


def test_how_far_a_rebase_looks(port: Port) -> None:
    """Of an upstream that has to be fetched a rebase compares no more than the files of the stack,
    and says so; where everything is asked for, places in files are looked for as well."""
    far = f"file://{port.upstream}"
    reports = [
        plan(port, SiblingChoices(reach=reach), where).report.siblings[0]
        for where, reach in (("", Reach.AT_HAND), (far, Reach.AT_HAND), (far, Reach.WHOLE))
    ]
    told = ["Places inside of files were not looked for" in "".join(one.notes) for one in reports]
    assert [False, True, False] == told
    assert 1 == len({one.proposal for one in reports})


def test_an_unknown_variant(port: Port) -> None:
    """The message names those that are known, also those of patchkit.yaml."""
    (port.stack / "patchkit.yaml").write_text("variants: {database: {mysql: []}}\n")
    with pytest.raises(StackError, match="z80: no such variant") as caught:
        plan(port, SiblingChoices(("z80",)))
    assert "loong64" in caught.value.hints[0]
    assert "mysql" in caught.value.hints[0]


def test_axes_of_settings() -> None:
    """The architectures come first, with the words that the settings add; then the others."""
    given: dict[str, dict[str, tuple[str, ...]]] = {
        "database": {"mysql": ("mariadb",)},
        "architecture": {"e2k": (), "arm64": ("armv9",)},
    }
    architectures, databases = axes_of(Settings(variants=given))
    assert ("architecture", "database") == (architectures.name, databases.name)
    assert frozenset({"e2k", "arm64"}) == architectures.named_in(b"e2k and armv9")
    assert frozenset({"mysql"}) == databases.named_in(b"store_mariadb.c")
    assert 1 == len(axes_of(Settings()))


def ignore(port: Port, pattern: str, why: str, kind: str | None = None, symbol: str = "") -> bytes:
    """Record it; the bytes of the file."""
    ignore_finding(find_project(port.stack), port.stack, pattern, why, kind, symbol)
    return (port.stack / "patchkit.siblings").read_bytes()


def test_leaving_the_same_twice_records_it_once(port: Port) -> None:
    """A command that is run again changes nothing; another kind is another entry."""
    once = ignore(port, "arch/**", "Not ours.")
    assert once == ignore(port, " arch/** ", "Not \n ours.")
    assert 2 == len(parse_ignores(ignore(port, "arch/**", "Not ours.", "missing-file")).entries)


@pytest.mark.parametrize(
    ("pattern", "why", "kind", "symbol"),
    [
        ("x", "", None, ""),
        ("x", " \n ", None, ""),
        ("", "y", None, ""),
        ("a\nb", "y", None, ""),
        ("x", "y", None, "a\nb"),
        ("x", "y", "no-kind", ""),
    ],
)
def test_what_cannot_be_recorded(
    port: Port, pattern: str, why: str, kind: str | None, symbol: str
) -> None:
    """Without a reason, with an unknown kind, or with what would damage the file, it is refused,
    and nothing is written."""
    with pytest.raises(StackError):
        ignore_finding(find_project(port.stack), port.stack, pattern, why, kind, symbol)
    assert not (port.stack / "patchkit.siblings").exists()


def test_the_file_stands_beside_the_decisions(port: Port) -> None:
    """Where patchkit.yaml places the decisions, what is left on purpose is there, too."""
    folder = port.stack.parent / "decided"
    folder.mkdir()
    (port.stack / "patchkit.yaml").write_text("resolutions: ../decided/patchkit.resolutions\n")
    ignore_finding(find_project(port.stack), port.stack, "start_*.go", "So be it.", None, "")
    assert (folder / "patchkit.siblings").is_file()
    (report,) = plan(port).report.siblings
    assert b"" == report.proposal
    assert ["So be it."] == [one.ignored for one in report.findings if one.edit is not None]


def test_a_file_that_cannot_be_written(port: Port) -> None:
    """Where a folder stands in the place of the file, that is said."""
    (port.stack / "patchkit.siblings").mkdir()
    with pytest.raises(PatchkitError, match=r"patchkit\.siblings"):
        ignore_finding(find_project(port.stack), port.stack, "x", "y", None, "")


def test_git_takes_the_proposal_as_a_mail(port: Port, tmp_path: Path) -> None:
    """The proposal has a subject and a diff that `git apply` reads as well."""
    outputs = {one.path: one.content for one in plan(port).outputs}
    patch = outputs["patches/0002-follow-the-siblings-of-riscv64.patch"]
    assert patch.startswith(b"Subject: Follow what the siblings of riscv64 changed up to 2.0\n\n")
    tree = tmp_path / "tree"
    write_tree(tree, tree_of({b"start_riscv64.go": text(COMMON, "riscv64")}).files)
    subprocess.run(["git", "apply", "-"], cwd=tree, input=patch, check=True)
    assert text(CHECKED, "riscv64") == (tree / "start_riscv64.go").read_bytes()
