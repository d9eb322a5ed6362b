"""Laws of a variant that upstream has itself: less is looked at, and the same is told."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from patchkit.model.siblings import CellState, SiblingReport
from patchkit.model.tree import File, MemoryTree
from patchkit.model.variants import ARCHITECTURES
from patchkit.siblings.moves import moved_files
from patchkit.siblings.scene import Scene

from .making import compared

WORDS = ("riscv64", "arm64", "s390x", "x86_64")
NAMES = st.sampled_from(("load", "save", "init_Arch", "Arch_boot", "ops", "SIZE"))
PATHS = {
    "c": ("a/{}/x.c", "a/{}/y.c", "a/x_{}.h", "lib/all.c", "lib/api.h"),
    "rs": ("s/src/{}.rs", "s/src/{}/y.rs", "s/src/all.rs", "s/src/lib.rs"),
    "go": ("p/x_{}.go", "p/y_{}.go", "p/all.go", "p/base.go"),
    "sh": ("t/{}/x.sh", "t/x_{}.sh", "t/all.sh"),
    "mk": ("m/{}/x.mk", "m/x_{}.mk", "m/all.mk"),
}
PIECES = {
    "c": (
        "int {0}(int a) {{ return {1}(a); }}\n",
        "int {0}(int a, int b) {{ {1}(a, b); return 0; }}\n",
        "static void {0}(void) {{ int r = {1}(1); }}\n",
        "int {0}(int a);\n",
        "#define {0} {1}\n",
        "struct ops {{ int (*{0})(int a); int (*{1})(void); }};\n",
        "struct ops Arch_ops = {{ .{0} = {1}, .load = save }};\n",
        "#ifdef __x86_64__\nint {0}(void) {{ return 1; }}\n#else\nint {1}(void);\n#endif\n",
        "#if defined(__s390x__) || defined(__riscv)\n#define {0}(a) {1}(a)\n#endif\n",
    ),
    "rs": (
        "pub fn {0}(a: u32) -> u32 {{ {1}(a) }}\n",
        "pub fn {0}() {{ let r = {1}(1, 2); }}\n",
        "pub trait Ops {{ fn {0}(&self) -> u32; fn {1}(&self); }}\n",
        "pub struct Arch;\nimpl Ops for Arch {{ fn {0}(&self) -> u32 {{ 1 }} }}\n",
        '#[cfg(target_arch = "x86_64")]\npub fn {0}() {{ {1}(); }}\n',
        "pub const SIZE: u32 = 1;\nfn f() {{ {0}(SIZE); }}\n",
    ),
    "go": (
        "func {0}(a int) error {{ return {1}(a) }}\n",
        "func {0}() {{ {1}(1, 2) }}\n",
        "type Ops interface {{ {0}(a int) error; {1}() }}\n",
        "type Arch struct{{}}\nfunc (b Arch) {0}(a int) error {{ return nil }}\n"
        "func (b Arch) {1}() {{ b.{0}(1) }}\n",
        "const {0} = 1\n",
    ),
    "sh": ("{0}() {{ {1} 1; }}\n", "{0}=${{{1}}}\n", ". $ARCH/x.sh\n{0} 1 2\n"),
    "mk": ("{0} := $({1})\n", "include $(ARCH)/x.mk\nall: $({0})\n\t$({1})\n"),
}
START = {"go": "package p\n"}


@st.composite
def texts(draw: st.DrawFn, language: str) -> str:
    """A file of a few pieces."""
    pieces = draw(st.lists(st.sampled_from(PIECES[language]), min_size=1, max_size=4))
    return START.get(language, "") + "".join(
        piece.format(draw(NAMES), draw(NAMES)) for piece in pieces
    )


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
    """Two versions of a tree; the variants' files differ by their words, and some by more."""
    both: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
    for language in draw(
        st.lists(st.sampled_from(sorted(PATHS)), min_size=1, max_size=2, unique=True)
    ):
        for path in PATHS[language]:
            usual = draw(texts(language))
            for word in WORDS if "{}" in path else ("",):
                for tree in both:
                    text = draw(st.sampled_from((usual, usual, usual, None)) | texts(language))
                    if text is not None:
                        made = text.replace("Arch", word.capitalize())
                        tree[path.replace("{}", word).encode()] = made.encode()
        for tree in both:
            tree[b"s/Cargo.toml"] = b"[package]\n"
    return both


@given(trees(), st.data())
def test_what_is_told_of_the_stacks_files_is_the_same(
    both: tuple[dict[bytes, bytes], dict[bytes, bytes]], data: st.DataObject
) -> None:
    """As if everything was looked for, and what is about other files left out then."""
    old, new = (MemoryTree({path: File(text) for path, text in one.items()}) for one in both)
    mine = [path for path in sorted(new.files) if b"riscv64" in path]
    any_file = st.sampled_from(sorted(new.files))
    picked = st.sampled_from(mine) | any_file if mine else any_file
    added = data.draw(st.lists(picked, min_size=1, max_size=3, unique=True))
    ours = ARCHITECTURES.variant("riscv64")
    assert ours is not None
    moves = moved_files(old.listing(), new.listing(), ARCHITECTURES)
    scene = Scene(
        ARCHITECTURES, ours, old, new, dict.fromkeys(added, "1.patch"), moves, frozenset(added)
    )
    whole = compared(scene)
    brief = compared(replace(scene, is_upstreams=True))
    assert _about(whole.report, set(added)) == brief.report
    assert whole.proposed == brief.proposed


def _about(report: SiblingReport, paths: set[bytes]) -> SiblingReport:
    """What a report says of files, and of families in which the stack's are ours."""
    families = (one for one in report.families if one.cell("riscv64").state is CellState.OURS)
    return replace(
        report,
        families=tuple(families),
        findings=tuple(one for one in report.findings if one.path in paths),
        unused_ignores=(),
    )
