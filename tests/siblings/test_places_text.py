"""Places in scripts, makefiles, workflows and documents."""

from __future__ import annotations

import pytest

from patchkit.siblings.place_model import Gets, PlaceKind

from .test_places_code import only, places


@pytest.mark.parametrize(
    ("rest", "gets"),
    [
        ("", Gets.NOTHING),
        ('\t*) echo "$1";;\n', Gets.DEFAULT),
        ('\t*) die "what is $1?";;\n', Gets.FAILS),
        ("\t*)\n\t\texit 1\n\t\t;;\n", Gets.FAILS),
        ("\triscv64) echo riscv;;\n", Gets.NAMED),
    ],
)
@pytest.mark.parametrize("path", ["a.sh", "scripts/build", "Dockerfile"])
def test_a_case_of_the_shell(path: str, rest: str, gets: Gets) -> None:
    """`case` with and without an arm for all others, in a script with any name."""
    text = f"""\
kernel_arch()
{{
	case "$1" in
	aarch64) echo arm64;;
	ppc64le|"s390x")
		echo "${{1%x}}"
		;;
{rest}	esac
}}
"""
    found = only(path, text)
    assert (PlaceKind.CHOICE, 'case "$1" in kernel_arch()') == (found.kind, found.what)
    assert gets is found.gets("riscv64")
    assert (5,) == found.lines("s390x")


def test_a_case_inside_of_a_case() -> None:
    """The arms of the inner one are not those of the outer one."""
    text = """\
case "$tool" in
	one)
		case "$arch" in
			aarch64) a;;
			x86_64) b;;
		esac
		;;
	*)
		exit 1
		;;
esac
"""
    found = only("a.sh", text)
    assert (3, Gets.NOTHING) == (found.first, found.gets("riscv64"))


@pytest.mark.parametrize(
    ("condition", "gets"),
    [
        ('[ "$ARCH" = ppc64le ] || [ "$ARCH" = "s390x" ]', Gets.NOTHING),
        ('[ "${ARCH}" != "ppc64le" ] && [ "${ARCH}" != "s390x" ]', Gets.DEFAULT),
        ('[[ "${ARCH}" =~ ^(ppc64le|s390x|riscv64)$ ]]', Gets.NAMED),
    ],
)
def test_a_condition_of_the_shell(condition: str, gets: Gets) -> None:
    """An `if` that names several is a place."""
    text = f"if {condition}; then\n\tLIBC=gnu\nfi\n"
    found = only("a.sh", text)
    assert (PlaceKind.CONDITION, gets) == (found.kind, found.gets("riscv64"))
    assert (1, 3) == (found.first, found.last)


def test_an_else_of_the_shell_serves_ours() -> None:
    """A chain with `else` has something for all."""
    text = """\
if [ "$a" = aarch64 ]; then
	x=1
elif [ "$a" = s390x ]
then
	x=2
else
	x=3
fi
"""
    found = only("a.sh", text)
    assert (Gets.DEFAULT, 8) == (found.gets("riscv64"), found.last)


def test_ifs_below_one_another_are_one_place() -> None:
    """What translates one name after another is one place, and so is a chain of `&&`."""
    text = """\
if [ "$a" = x86_64 ]; then
	a=amd64
fi
if [ "$a" = aarch64 ]; then
	a=arm64
fi
"""
    assert (1, 6) == ((found := only("a.sh", text)).first, found.last)
    short = '[ "$b" == "aarch64" ] && b=arm64\n[ "$b" = ppc64le ] && b=ppc64el\n'
    assert ("arm64", "ppc64le") == only("b.sh", short).named


def test_a_condition_in_one_line_fails_for_others() -> None:
    """What leaves when none of them is meant leaves for ours."""
    text = '[ "$A" != aarch64 ] && [ "$A" != x86_64 ] && exit 1\n'
    assert Gets.FAILS is only("a.sh", text).gets("riscv64")


@pytest.mark.parametrize(
    ("rest", "gets"),
    [
        ("", Gets.NOTHING),
        ("else\n  X = 3\n", Gets.DEFAULT),
        ("else\n  $(error who is $(ARCH)?)\n", Gets.STOPS),
        ("else ifeq ($(ARCH),riscv64)\n  X = 4\n", Gets.NAMED),
    ],
)
@pytest.mark.parametrize("path", ["Makefile", "rules.mk", "Makefile.linux"])
def test_a_chain_of_make(path: str, rest: str, gets: Gets) -> None:
    """`ifeq` with its alternatives."""
    text = f"""\
ifeq ($(ARCH),x86_64)
  X = 1
else ifeq ($(ARCH), s390x)
  X = 2
{rest}endif
"""
    found = only(path, text)
    assert ("ARCH in ifeq for X", gets) == (found.title, found.gets("riscv64"))


@pytest.mark.parametrize(
    ("condition", "gets"),
    [
        ("ifneq (,$(filter s390x ppc64le,$(ARCH)))", Gets.NOTHING),
        ("ifeq ($(filter s390x ppc64le,$(ARCH)),)", Gets.DEFAULT),
        ("ifneq ($(ARCH),$(filter $(ARCH),s390x ppc64le))", Gets.DEFAULT),
        ("ifeq ($(ARCH),$(filter $(ARCH),s390x ppc64le))", Gets.NOTHING),
        ("ifeq (,$(filter-out s390x ppc64le,$(ARCH)))", Gets.NOTHING),
    ],
)
def test_filters_of_make(condition: str, gets: Gets) -> None:
    """The ways in which a makefile asks whether a name is in a list."""
    assert gets is only("Makefile", f"{condition}\n  X = 1\nendif\n").gets("riscv64")


def test_ifeqs_below_one_another_are_one_place() -> None:
    """Makefiles translate one name after another as well."""
    text = "".join(f"ifeq ($(A),{one})\n  B = {one}\nendif\n\n" for one in ("s390x", "aarch64"))
    assert ("s390x", "arm64") == only("Makefile", text).named


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ci.yaml", "with:\n  platforms: linux/amd64, linux/s390x\n"),
        ("ci.yaml", "needs: [build-amd64-image, build-s390x-image]\n"),
        ("ci.yaml", "arch:\n  - amd64\n  - s390x\n"),
        ("ci.yaml", "jobs:\n  build-amd64:\n    run: a\n\n  build-s390x:\n    run: b\n"),
        ("a.sh", "EXCLUDED=( amd64 s390x )\n"),
        ("a.sh", 'skip+=("amd64")\nskip+=("s390x")\n'),
        ("a.py", 'WORDS = {"amd64": 1, "s390x": 2}\n'),
        ("a.py", 'WORDS = {\n    "amd64": 1,\n    "s390x": 2,\n}\n'),
        ("a.json", '{\n  "arches": ["amd64", "s390x"]\n}\n'),
        ("a.toml", "[target.amd64-linux]\nx = 1\n\ny = 2\nz = 3\n[target.s390x-linux]\nx = 1\n"),
        ("a.go", 'package a\n\nvar all = []string{"amd64", "s390x"}\n'),
        ("a.rs", 'pub const ONE: &str = "ARCH_AMD64";\npub const TWO: &str = "ARCH_S390X";\n'),
        ("Dockerfile", "RUN apt install \\\n    gcc-amd64-linux \\\n    gcc-s390x-linux\n"),
        ("README.md", "| arch |\n|---|\n| `amd64` | yes |\n| `s390x` | no |\n"),
        ("README.md", "- amd64\n- s390x (new)\n"),
        ("README.md", "This runs on `amd64` and `s390x`, too.\n"),
        ("usage.sh", 'echo "-a ARCH: one of amd64/s390x"\n'),
        ("list.txt", "amd64\ns390x\n"),
    ],
)
def test_lists_of_all_sorts(path: str, text: str) -> None:
    """A list is found in every sort of file, and names just its members."""
    found = only(path, text)
    assert (PlaceKind.LIST, Gets.NOTHING) == (found.kind, found.gets("riscv64"))
    assert ("x86_64", "s390x") == found.named
    added = text.replace("s390x", "riscv64").replace("S390X", "RISCV64")
    assert ("x86_64", "riscv64") == only(path, added).named


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "The amd64 machine boots from disk, and what an s390x does is no matter here.\n"),
        (
            "a.md",
            "For amd64 see below.\n\nText.\n\nText.\n\nText.\n\nText.\n\nThe s390x is other.\n",
        ),
        ("a.yaml", "one:\n  url: https://x/amd64.iso\ntwo:\n  name: s390x\n"),
        ("a.conf", "CONFIG_AMD64_ERRATUM=y\nCONFIG_S390X_CRYPTO=y\n"),
        ("a.sh", "cp arch/amd64/boot/image out/s390x\n"),
        ("a.go", 'package a\n\nfunc f() { g("amd64"); h(1); i("x", "s390x") }\n'),
    ],
)
def test_what_stands_near_is_no_list(path: str, text: str) -> None:
    """Words in one sentence or one command are not a list."""
    assert () == places(path, text)


def test_a_place_is_told_once() -> None:
    """The arms of a choice are no list besides."""
    text = "case $a in\n  amd64) x;;\n  s390x) x;;\nesac\n"
    text += text.replace("x;", "y;")
    assert [PlaceKind.CHOICE] * 2 == [one.kind for one in places("a.sh", text)]
