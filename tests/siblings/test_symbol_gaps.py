"""Names that siblings have and ours has not."""

from __future__ import annotations

import pytest

from patchkit.model.siblings import FindingKind, Rank, SiblingPlace
from patchkit.syntax import parsing

from .symbol_scenes import findings, only, siblings, told

GENERIC = "package boat\n\nfunc Run() int { return speed() + limit }\n"
OWN = (
    "package boat\n\nconst limit = 3\n\nfunc speed() int { return helper() }\n\n"
    "func helper() int { return 1 }\n"
)
FAMILY = siblings("boat/sail_{}.go", OWN)


def test_a_file_that_ours_lacks_gives_its_needed_names() -> None:
    """Each name that shared code uses is named, under the path of the file that is missing."""
    found = findings({"boat/run.go": GENERIC, **FAMILY})
    assert told(found) == {
        ("missing-symbol", "build", "boat/sail_riscv64.go", "limit"),
        ("missing-symbol", "build", "boat/sail_riscv64.go", "speed"),
    }
    (limit, _) = found
    assert "run.go:3 uses limit; amd64, arm64 and s390x define it" not in limit.note
    assert "run.go:3 uses limit; arm64, s390x and x86_64 define it for themselves" in limit.note
    assert limit.siblings[0] == SiblingPlace("arm64", b"boat/sail_arm64.go", 3)


def test_nothing_is_missing_where_ours_has_it() -> None:
    """A file of ours, or shared code, serves the names."""
    ours = {"boat/sail_riscv64.go": OWN}
    assert findings({"boat/run.go": GENERIC, **FAMILY, **ours}) == ()
    fallback = {
        "boat/other.go": "//go:build !amd64 && !arm64 && !s390x\n\n" + OWN,
    }
    assert findings({"boat/run.go": GENERIC, **FAMILY, **fallback}) == ()


def test_without_a_grammar_nothing_is_said_to_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word of a text can be another name, so that it is to be looked at."""
    monkeypatch.setattr(parsing, "_parser", lambda _: None)
    found = findings({"boat/run.go": GENERIC, **FAMILY})
    assert {(one.rank, one.symbol) for one in found} == {
        (Rank.BEHAVIOUR, "limit"),
        (Rank.BEHAVIOUR, "speed"),
    }


def test_only_the_missing_name_is_told() -> None:
    """With a file of ours that lacks one of two names, it is that one."""
    ours = {"boat/sail_riscv64.go": "package boat\n\nfunc speed() int { return 0 }\n"}
    found = findings({"boat/run.go": GENERIC, **FAMILY, **ours})
    assert told(only(found, FindingKind.SYMBOL, Rank.BUILD)) == {
        ("missing-symbol", "build", "boat/sail_riscv64.go", "limit")
    }
    # What only the siblings themselves use is no reason to stop, unless they came to have it.
    helper = ("boat/sail_riscv64.go", "helper")
    assert told(only(found, FindingKind.SYMBOL, Rank.NOTHING)) == {
        ("missing-symbol", "nothing", *helper)
    }
    tree = {"boat/run.go": GENERIC, **FAMILY, **ours}
    old = {path: text.replace("helper", "other") for path, text in tree.items()}
    assert told(only(findings(tree, old), FindingKind.SYMBOL, Rank.BEHAVIOUR)) == {
        ("missing-symbol", "behaviour", *helper)
    }


def test_a_local_name_is_not_missing() -> None:
    """A name that a function declares is not the siblings'."""
    text = "package boat\n\nfunc Run(limit int) int { speed := limit; return speed }\n"
    assert findings({"boat/run.go": text, **FAMILY}) == ()


def test_a_name_in_another_family_is_found_as_well() -> None:
    """Siblings divide their names over files as they like; the package counts."""
    parts = {
        "boat/a_amd64.go": "package boat\n\nfunc speed() int { return 1 }\n",
        "boat/a_arm64.go": "package boat\n\nfunc speed() int { return 1 }\n",
        "boat/b_s390x.go": "package boat\n\nfunc speed() int { return 1 }\n",
        "boat/run.go": "package boat\n\nfunc Run() int { return speed() }\n",
    }
    (one,) = findings(parts)
    assert one.path == b"boat/a_riscv64.go"
    assert {place.variant for place in one.siblings} == {"arm64", "s390x", "x86_64"}
    assert findings({**parts, "boat/c_riscv64.go": parts["boat/b_s390x.go"]}) == ()


def test_tests_are_told_apart() -> None:
    """A test's definition serves tests alone, and a test's use asks for one."""
    helper = "package boat\n\nfunc rig() {}\n"
    user = "package boat\n\nfunc TestRun() { rig() }\n"
    tests = {**siblings("boat/rig_{}_test.go", helper), "boat/run_test.go": user}
    assert told(findings(tests)) == {("missing-symbol", "build", "boat/rig_riscv64_test.go", "rig")}
    serves = {**siblings("boat/rig_{}.go", helper), "boat/rig_riscv64_test.go": helper}
    assert findings({**serves, "boat/run_test.go": user}) == ()
    assert told(findings({**serves, "boat/run.go": user.replace("Test", "")})) == {
        ("missing-symbol", "build", "boat/rig_riscv64.go", "rig")
    }


def test_a_build_line_that_leaves_ours_out() -> None:
    """Where siblings have the name by a build line, ours has to be added there."""
    lined = "//go:build amd64 || arm64\n\npackage boat\n\nfunc speed() int { return 1 }\n"
    files = {
        "boat/common.go": lined,
        "boat/run.go": "package boat\n\nfunc Run() int { return speed() }\n",
        **siblings("boat/x_{}.go", "package boat\n", "amd64", "arm64"),
    }
    (one,) = findings(files)
    assert (one.path, one.symbol) == (b"boat/common.go", "speed")
    assert "let it have it for riscv64 too" in one.note


def test_exported_names_are_missed_by_other_packages() -> None:
    """A package that uses one by import stops as well; so does a test outside of its package."""
    own = siblings("lib/boat/max_{}.go", "package boat\n\nfunc Max() int { return 1 }\n")
    user = 'package quay\n\nimport "example.org/lib/boat"\n\nfunc Q() int { return boat.Max() }\n'
    tree = {"go.mod": "module example.org\n", **own, "quay/q.go": user}
    (one,) = findings(tree)
    assert (one.path, one.symbol, one.rank) == (b"lib/boat/max_riscv64.go", "Max", Rank.BUILD)
    assert "q.go:5" in one.note
    assert findings({**tree, "quay/q.go": user.replace("lib/boat", "lib/float")}) == ()
    outside = user.replace("package quay", "package boat_test")
    (one,) = findings({"go.mod": "", **own, "lib/boat/max_test.go": outside})
    assert "max_test.go:5" in one.note


def test_our_name_for_what_siblings_have_under_theirs() -> None:
    """What our files call by our name is looked up under the siblings' names."""
    own = siblings("boat/a_{}.go", "package boat\n\ntype hullArch struct{}\n")
    ours = {"boat/b_riscv64.go": "package boat\n\nvar h hullRiscv64\n"}
    assert ("missing-symbol", "build", "boat/a_riscv64.go", "hullRiscv64") in told(
        findings({**own, **ours, **siblings("boat/b_{}.go", "package boat\n\nvar h hullArch\n")})
    )


def test_methods_that_every_sibling_defines() -> None:
    """For a shared type shared code stops without it; else ours does as what it embeds does."""
    method = "package boat\n\ntype hullArch struct{ base }\n\nfunc (h *hullArch) tie() {}\n"
    shared = "package boat\n\ntype base struct{}\n\nfunc (b *base) tie() {}\n"
    ours = "package boat\n\ntype hullRiscv64 struct{ base }\n"
    tree = {**siblings("boat/a_{}.go", method), "boat/a.go": shared, "boat/a_riscv64.go": ours}
    (one,) = findings(tree)
    assert (one.rank, one.symbol) == (Rank.BEHAVIOUR, "tie")
    assert "the method hull{}.tie" in one.note
    used = ours + "\nfunc f(h *hullRiscv64) { h.tie() }\n"
    (one,) = findings({**tree, "boat/a_riscv64.go": used})
    assert one.rank is Rank.BEHAVIOUR
    (one,) = findings({**tree, "boat/a_riscv64.go": used, "boat/a.go": shared[:40]})
    assert one.rank is Rank.BUILD
    on_base = siblings("boat/a_{}.go", "package boat\n\nfunc (b *base) moor() {}\n")
    user = shared + "\nfunc (b *base) stop() { b.moor() }\n"
    (one,) = findings({**on_base, "boat/a.go": user, "boat/a_riscv64.go": "package boat\n"})
    assert (one.rank, one.symbol) == (Rank.BUILD, "moor")
    assert "a.go:7 uses it" in one.note


def test_what_is_new_and_what_was_there_before() -> None:
    """A name is new where nothing in the old version was called so; folders can have moved."""
    new = {"boat/run.go": GENERIC, **FAMILY}
    old = {path: text.replace("limit", "bound") for path, text in new.items()}
    assert {one.symbol: one.is_new for one in findings(new, old)} == {"limit": True, "speed": False}
    moved = {path.replace("boat/", "old/ship/"): text for path, text in new.items()}
    where = {path: path.replace("boat/", "old/ship/") for path in new}
    assert {one.is_new for one in findings(new, moved, where)} == {False}


def test_tests_of_siblings_are_counted_only() -> None:
    """A test that every sibling has and ours has not is of no consequence for the build."""
    text = "package boat\n\nfunc TestHull() {}\n"
    ours = {"boat/a_riscv64_test.go": "package boat\n"}
    (one,) = findings({**siblings("boat/a_{}_test.go", text), **ours})
    assert one.rank is Rank.NOTHING


def test_a_lost_name_of_the_old_version() -> None:
    """What ours uses and the new version has no more is named, in the package and in others."""
    ours = {
        "boat/a_riscv64.go": 'package boat\n\nimport (\n\t"example.org/deck"\n)\n\n'
        "func f(b base) { tie(); deck.Swab(); b.moor(); made() }\n"
    }
    family = siblings("boat/a_{}.go", "package boat\n\nfunc f(b base) {}\n")
    base = "package boat\n\ntype base struct{}\n"
    old = {
        "go.mod": "module example.org\n",
        "boat/b.go": base + "func tie() {}\nfunc (b base) moor() {}\n",
        "deck/d.go": "package deck\n\nfunc Swab() {}\n",
        **family,
        **ours,
    }
    assert findings(old) == ()
    new = {**old, "boat/b.go": base, "deck/d.go": "package deck\n"}
    found = findings(new, old)
    assert told(found) == {
        ("missing-symbol", "build", "boat/a_riscv64.go", name) for name in ("tie", "Swab", "moor")
    }
    assert {one.line for one in found} == {7}
    assert all(one.is_new for one in found)


@pytest.mark.parametrize("name", ["tie", "moor"])
def test_a_lost_name_that_siblings_still_use_is_made_by_the_build(name: str) -> None:
    """Whatever else still says the name, the tree as it stands cannot tell that it is gone."""
    ours = f"package boat\n\nfunc f(b base) {{ b.{name}() }}\n"
    base = "package boat\n\ntype base struct{}\n"
    tree = {
        **siblings("boat/a_{}.go", "package boat\n\nfunc f(b base) {}\n"),
        "boat/a_riscv64.go": ours,
    }
    old = {**tree, "boat/b.go": base + f"func (b base) {name}() {{}}\n"}
    new = {**tree, "boat/b.go": base + f"func g(b base) {{ b.{name}() }}\n"}
    assert findings(new, old) == ()


def test_units_of_one_sibling_and_folders_of_their_own_are_left_alone() -> None:
    """One sibling is no family, and a folder for each variant is a package for each."""
    assert findings({"boat/run.go": GENERIC, "boat/sail_amd64.go": OWN}) == ()
    assert findings({"boat/run.go": GENERIC, **siblings("boat/{}/sail.go", OWN)}) == ()


def test_methods_of_shared_types_without_a_file_of_ours() -> None:
    """Shared code calls a method that each sibling defines for a shared type."""
    own = siblings("boat/a_{}.go", "package boat\n\nfunc (b *base) moor() {}\n")
    base = "package boat\n\ntype base struct{}\n\nfunc (b *base) stop() { b.moor() }\n"
    (one,) = findings({**own, "boat/base.go": base})
    assert (one.path, one.symbol, one.rank) == (b"boat/a_riscv64.go", "moor", Rank.BUILD)
    assert findings({**own, "boat/base.go": base.replace("b.moor()", "")}) == ()
