"""Files, versions, services and series of a repository."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchkit.lint.mending import mended
from patchkit.lint.scene import Scene
from patchkit.lint.stack import SERIES_FILES
from patchkit.model.lint import LintChoices, LintIgnore
from patchkit.model.series import decode_name
from patchkit.model.tree import SYMLINK, File, MemoryTree
from patchkit.workspace import layout
from tests.cli.demo import diff
from tests.lint.cases import BY_HAND, CASES, SERVICE
from tests.lint.making import HEAD, PATCH, SPEC, clean, codes_in, found_in, scene_of

DOWNLOAD = b"<services><service name='download_files'/></services>"
ENTITY = b"<!DOCTYPE a [<!ENTITY b 'c'>]><services>&b;</services>"
TWO = b"Subject: two\n\n" + diff("g", b"one\n", b"two\n")


def with_head(text: str, **more: bytes) -> dict[str, bytes]:
    """The clean repository with further lines in its spec."""
    raw = SPEC.replace(b"License:", text.encode() + b"\nLicense:")
    return clean(**more) | {"demo.spec": raw}


@pytest.mark.parametrize(
    ("line", "more", "codes"),
    [
        ("Source1: a.txt", {"a.txt": b""}, []),
        ("Source1: https://example.org/%{name}/a.txt", {"a.txt": b""}, []),
        ("Source1: %(date).txt", {}, []),
        ("Source1: %{unknown}.txt", {}, []),
        ("#Source1: a.txt", {}, []),
        ("Source1: a.txt", {"files/a.txt": b""}, ["PK111"]),
        ("Source1: https://example.org/a.txt", {"_service": b"<services/>"}, ["PK111"]),
        ("Source1: https://example.org/a.txt", {"_service": DOWNLOAD}, []),
        ("Source1: a.txt", {"sources": b"SHA512 (a.txt) = 00\n"}, []),
        ("Source1: a.txt", {"sources": b"0123456789abcdef0123456789abcdef  a.txt\n"}, []),
        ("%if 0\nSource1: a.txt\n%endif", {}, ["PK111"]),
    ],
)  # fmt: skip
def test_sources(line: str, more: Mapping[str, bytes], codes: list[str]) -> None:
    """What rpmbuild or the build service would find is there."""
    assert codes == codes_in(with_head(line, **more), "PK111")


def test_a_folder_that_must_be_packed() -> None:
    """openEuler packs `patch/` as `patch.tar.gz`; that is said, and the folder is named by it."""
    files = with_head("Source1: patch.tar.gz", **{"patch/0002.patch": TWO})
    (found,) = found_in(files, "PK11")
    assert "There is the folder patch/: it must be packed" in found.message
    (found,) = found_in(with_head("Source1: a.txt", **{"files/a.txt": b""}), "PK111")
    assert "There is files/a.txt, but rpmbuild sees no folders." in found.message


@pytest.mark.parametrize(
    ("path", "said", "is_found"),
    [
        ("helper.sh", b"", True),
        ("helper.sh", b"sh helper.sh", False),
        ("helper.sh", b"sh helper.shx my-helper.sh", True),
        ("README.md", b"", False),
        ("LICENSE", b"", False),
        ("demo.yaml", b"", False),
        (".gitignore", b"", False),
        ("patchkit.yaml", b"", False),
        ("report.html", b"", False),
        ("demo-2.0.tar.gz", b"", True),
        ("demo-extra.tar.gz", b"pkg=demo-extra", False),
        ("%{x}-1.0.patch.txt", b"", True),
        ("demo-1.0.conf", b"install %{name}-%{version}.conf", False),
        ("misc/a.txt", b"", True),
        ("misc/a.txt", b"cp misc/a.txt .", False),
    ],
)
def test_files_that_nothing_names(path: str, said: bytes, *, is_found: bool) -> None:
    """A name is a whole word somewhere; what people and tools look for needs none."""
    spec = SPEC.replace(b"sh apply-patches\n", b"sh apply-patches\n" + said + b"\n")
    files = clean(**{path: b"text"}) | {"demo.spec": spec}
    assert (["PK113"] if is_found else []) == codes_in(files, "PK113")


def test_without_a_spec_nothing_needs_a_name() -> None:
    """A bare stack, and a Debian source package."""
    assert [] == codes_in({"series": b"a.patch\n", "a.patch": PATCH, "x": b"", "f/y": b""})
    debian = {"debian/patches/series": b"a.patch\n", "debian/patches/a.patch": PATCH}
    upstream = {"main.c": b"", "rpm/demo.spec": CASES["PK101"].files["demo.spec"]}
    assert [] == codes_in({**debian, "debian/changelog": b"demo (1.0-1)\n", **upstream})


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ({"demo-1.0.tar.xz": b""}, False),
        ({"demo-0.9.tar.gz": b""}, True),
        ({"demo-v1.0.tar.xz": b""}, False),
        ({"other-0.9.tar.gz": b""}, False),
        ({"apply-patches": BY_HAND}, False),
        ({"apply-patches": BY_HAND.replace(b"1.0", b"0.9")}, True),
        ({"apply-patches": BY_HAND + b"# for 0.9\ntar -xf vendor-0.9.tar.gz\n"}, False),
        ({"series.conf": b"# demo 0.9\n0001-change.patch\n"}, True),
        ({"series.conf": b"# demo 1.0\n0001-change.patch\n"}, False),
        ({"series.conf": b"0001-change.patch\n# demo 0.9\n"}, False),
        ({"report.json": b"not JSON"}, False),
        ({"report.json": b'{"schema": "patchkit-report/1", "to": "1.0"}'}, False),
        ({"report.json": b'{"schema": "of others", "to": "0.9"}'}, False),
    ],
)
def test_versions(more: Mapping[str, bytes], *, is_found: bool) -> None:
    """All that is of the package's own name is for the version of the spec."""
    assert (["PK121"] if is_found else []) == codes_in(clean() | dict(more), "PK121")


def test_the_version_in_a_source() -> None:
    """A source that is written out and was left behind when Version rose."""
    files = clean(**{"v0.9.tar.gz": b""})
    for name in ("demo-0.9.tar.gz", "https://example.org/archive/v0.9.tar.gz"):
        spec = HEAD.replace(b"demo-%{version}.tar.gz", name.encode())
        assert "PK121" in codes_in(files | {"demo.spec": spec}, "PK121")
    spec = HEAD.replace(b"demo-%{version}.tar.gz", b"v1.0.tar.gz")
    assert [] == codes_in(files | {"demo.spec": spec}, "PK121")


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (b"series.conf", []),
        (b"patches/*", []),
        (b"*.conf", []),
        (b"demo-*/series.conf", []),
        (b"demo-1.0/patches/0001-change.patch", []),
        (b"patches", ["PK202"]),
        (b"./patches/", ["PK202"]),
        (b"patch*", ["PK202"]),
        (b"demo-*/patches", ["PK202"]),
        (b"gone.conf", ["PK203"]),
        (b"series.conf gone.conf patches", ["PK202", "PK203"]),
    ],
)
def test_what_a_service_extracts(asked: bytes, codes: list[str]) -> None:
    """Files, also behind the folder of an archive, but no folders."""
    assert codes == codes_in(clean(_service=SERVICE % asked), "PK2")
    other = (SERVICE % asked).replace(b"tar_scm", b"set_version")
    assert [] == codes_in(clean(_service=other), "PK2")


def test_a_service_for_another_repository() -> None:
    """What is asked of upstream is not looked for here."""
    raw = (SERVICE % b"gone.conf").replace(b"demo.spec", b"src/main.c")
    assert [] == codes_in(clean(_service=raw), "PK2")


@pytest.mark.parametrize(
    ("url", "is_found"),
    [
        (b"https://example.org/a.git", False),
        (b"git://example.org/a.git", False),
        (b"git@example.org:a.git", True),
        (b"ssh://git@example.org/a.git", True),
        (b"https://user:word@example.org/a.git", True),
    ],
)
def test_urls_that_need_a_key(url: bytes, *, is_found: bool) -> None:
    """ssh does, and so does a URL with a login; the login is not printed."""
    raw = (SERVICE % b"series.conf").replace(b"https://example.org/demo.git", url)
    found = found_in(clean(_service=raw), "PK204")
    assert is_found == bool(found)
    assert not any("word" in one.message for one in found)


@pytest.mark.parametrize(
    "raw",
    [b"", b"text", b"<service/>", b"<services>", ENTITY, b"\xff\xfe<"],
)  # fmt: skip
def test_services_that_cannot_be_read(raw: bytes) -> None:
    """They are one finding, whatever is in them."""
    assert ["PK201"] == codes_in(clean(_service=raw), "PK2")


def test_everything_that_is_wrong_with_a_series_at_once() -> None:
    """A stack that no other command would load: each problem with its line."""
    series = (
        b"gone.patch\n0001-change.patch -x\n../out.patch\n/abs.patch\n0001-change.patch\n"
        b"0002-two.patch\n0001-change.patch\n+virt 0003-left.patch\n"
    )
    more = {"patches/0002-two.patch": b"text only\n", "patches/0009-new.patch": TWO}
    found = found_in(clean() | {"series.conf": series} | more)
    assert [
        ("patches/0002-two.patch", None, "PK501"),
        ("patches/0009-new.patch", None, "PK304"),
        ("series.conf", 1, "PK302"),
        ("series.conf", 2, "PK301"),
        ("series.conf", 3, "PK306"),
        ("series.conf", 4, "PK306"),
        ("series.conf", 7, "PK303"),
        ("series.conf", 8, "PK305"),
    ] == [(one.path.decode(), one.line, one.rule.code) for one in found]
    # Patches stand between the two lines, so only a person knows which is meant.
    assert not any(one.is_mendable for one in found)


def test_a_name_that_is_nearly_there() -> None:
    """A patch file that no line names is proposed for the line that names none."""
    files = clean() | {"series.conf": b"0001-chaneg.patch\n"}
    found = found_in(files, "PK302")
    assert "Is 0001-change.patch meant?" in found[0].message


def test_a_series_in_utf_16() -> None:
    """It is one finding at its first line."""
    raw = "0001-change.patch\n".encode("utf-16")
    assert ["PK301", "PK304"] == sorted(codes_in(clean() | {"series.conf": raw}, "PK30"))


@pytest.mark.parametrize(
    ("series", "codes"),
    [
        (b"0001-change.patch\n0002-two.patch\n", []),
        (b"0002-two.patch\n0001-change.patch\n", ["PK307"]),
        (b"0001-change.patch\n", ["PK307"]),
        (b"0001-change.patch\n0002-two.patch\n0003-x.patch\n", ["PK307"]),
        (b"0003-x.patch\n", []),
    ],
)
def test_a_spec_and_a_series(series: bytes, codes: list[str]) -> None:
    """Where both list patches, they list the same ones in the same order."""
    spec = SPEC.replace(b"License:", b"Patch2: 0002-two.patch\nPatch1: 0001-change.patch\nLicense:")
    patches = {"0001-change.patch": PATCH, "0002-two.patch": TWO, "0003-x.patch": TWO}
    files = {"demo.spec": spec, "demo-1.0.tar.gz": b"", "series.conf": series, **patches}
    assert codes == codes_in(files, "PK307")


def test_stacks_in_folders() -> None:
    """A repository of several stacks: each is looked at, two levels deep and no deeper."""
    files = {
        "demo.spec": SPEC,
        "agent/series.conf": b"gone.patch\n",
        "a/b/patches/series": b"gone.patch\n",
        "a/b/c/series": b"gone.patch\n",
    }
    found = found_in(files, "PK302")
    assert ["a/b/patches/series", "agent/series.conf"] == [one.path.decode() for one in found]


def test_choices() -> None:
    """Codes, their beginnings, names; a pattern says for which files."""
    scene = CASES["PK404"].scene
    for select, codes in (
        ("PK404", ["PK404"]),
        ("pk4", ["PK408", "PK403", "PK404"]),
        ("script-loses-last-line", ["PK403"]),
        ("PK1", []),
    ):
        assert codes == codes_in(scene, select)
    (found,) = found_in(scene, "PK403")
    for ignore, is_left in (
        (LintIgnore("PK403"), True),
        (LintIgnore("PK4", "apply-*"), True),
        (LintIgnore("PK403", "*.spec"), False),
        (LintIgnore("PK1"), False),
    ):
        assert is_left != LintChoices(("PK4",), (ignore,)).wants(found)


bits = st.sampled_from(
    [
        b"* Mar 6 2023 A\n- x\n",
        b"* Fri Mar 6 2023 A\n- x\n",
        b"* Mon March 6 2023 A\n",
        b"\n",
        b"- caf\xe9\r\n",
    ]
)
rows = st.sampled_from([b"0001-change.patch\n", b"# c\n", b"\n", b"0002-two.patch\n", b"x y\r\n"])


@given(st.lists(bits, max_size=6), st.lists(rows, max_size=6), st.booleans())
def test_mending_ends(entries: list[bytes], series: list[bytes], ends: bool) -> None:
    """What is mended is not found again, nothing new is found, and all else keeps its bytes."""
    script = CASES["PK403"].files["apply-patches"]
    listed = b"".join(series) if ends else b"".join(series).removesuffix(b"\n")
    files = {
        "demo.spec": HEAD + b"%changelog\n" + b"".join(entries),
        "series.conf": listed,
        "apply-patches": script,
        "patches/0001-change.patch": PATCH,
    }
    before: list[str] | None = None
    for _ in range(12):
        scene = scene_of(files)
        found = found_in(scene)
        kinds = sorted(one.rule.code for one in found if not one.is_mendable)
        assert before is None or set(kinds) <= set(before) | {"PK102", "PK104"}
        before = kinds
        contents, done = mended(scene.files, found)
        if not done:
            break
        for path, raw in contents.items():
            files[path.decode()] = raw
    else:
        pytest.fail("it does not end")
    assert not any(one.is_mendable for one in found_in(files))
    assert files["demo.spec"].startswith(HEAD)


def test_edits_that_meet() -> None:
    """Of two findings that would change the same line, one is mended and the other found again."""
    found = found_in(CASES["PK101"].scene, "PK101")
    contents, done = mended(CASES["PK101"].scene.files, [*found, *found])
    assert (found, [b"demo.spec"]) == (done, list(contents))
    assert ({}, []) == mended(MemoryTree({}), [])


def test_the_series_files_are_those_of_every_command() -> None:
    """The names of series files, and which counts first, are the same everywhere."""
    assert tuple(decode_name(name) for name in SERIES_FILES) == tuple(layout.SERIES_FILES)


def test_links() -> None:
    """A link inside of the repository is the file; one that leads nowhere or out is missing."""
    for target, codes in (
        (b"../0001-real.patch", []),
        (b"link2.patch", []),
        (b"none.patch", ["PK302"]),
        (b"../../out.patch", ["PK302"]),
        (b"/etc/hosts", ["PK302"]),
        (b"0001-change.patch", ["PK302"]),
    ):
        files = {
            path.encode(): File(raw) for path, raw in clean(**{"0001-real.patch": PATCH}).items()
        }
        files[b"patches/0001-change.patch"] = File(target, SYMLINK)
        files[b"patches/link2.patch"] = File(b"../0001-real.patch", SYMLINK)
        scene = Scene(MemoryTree(files), tuple(sorted(files)))
        assert codes == codes_in(scene, "PK302"), target


pieces = st.sampled_from(
    [
        raw
        for case in CASES.values()
        for name, raw in case.files.items()
        if name != "demo-1.0.tar.gz"
    ]
)


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """The content of some file with a part of it cut out, doubled, or replaced by any bytes."""
    raw = draw(pieces)
    start = draw(st.integers(0, len(raw)))
    stop = draw(st.integers(start, len(raw)))
    middle = draw(st.one_of(st.just(b""), st.just(raw[start:stop] * 2), st.binary(max_size=8)))
    return raw[:start] + middle + raw[stop:]


@given(
    st.dictionaries(
        st.sampled_from(
            (
                "demo.spec", "a/b.spec", "_service", "series.conf", "apply-patches", "sources",
                "patches/0001-change.patch", "patches/0002-new.patch", "report.json", "x.sh",
                "agent/series", "agent/apply-patches", "debian/patches/series",
            )
        ),
        spoiled(),
        max_size=8,
    )
)  # fmt: skip
def test_whatever_is_in_the_files(files: dict[str, bytes]) -> None:
    """No content of any file is more than a finding; each has a place in a file that is there."""
    scene = scene_of(files)
    for found in found_in(scene, sources={b"": MemoryTree({b"f": File(b"one\n")})}):
        assert found.path in scene.present | scene.folders
        lines = (scene.content(found.path) or b"").split(b"\n")
        assert found.line is None or 1 <= found.line <= len(lines)
