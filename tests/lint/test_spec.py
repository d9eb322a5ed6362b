"""The reader of specs against rpmspec: what it says is what rpm says, or nothing."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchkit.lint.spec import Spec
from tests.lint.making import SPEC, needs_rpmspec

ODD = b"""\
%global _release 12
%define VERSION 2.1.0
%define base %{name}-%{version}
Name: kata
Version: %{VERSION}
Release: %{_release}%{?dist}
Summary: s
License: l
URL: https://example.org/%{name}
Source: %{url}/archive/v%{version}.tar.gz
Source1: https://example.org/x/%{base}.tar.gz
Source2: %{?nope}one%{!?nope:two}%{?_release:three}
Source3: 100%%.txt
Source4: https://example.org/get?x=1#/%name-final.tar.xz
%if 0%{?nope}
Source9: conditional
%endif
Patch0001: 0001-%{version}.patch
PATCH2: two.patch

%description
Source8: is text here

%changelog
* Mon Mar 6 2023 A
- Patch9: text
"""


def rpm_query(raw: bytes, form: str) -> list[str]:
    """What rpmspec says of a spec."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "demo.spec")
        place.write_bytes(raw)
        command = ("rpmspec", "-q", "--srpm", "--undefine", "dist", "--qf", form, place)
        done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.split("\n")[:-1]


@needs_rpmspec
def test_sources_and_patches_as_rpm_names_them() -> None:
    """Macros, URLs, fragments and numbers; what is inside an %if counts as well."""
    spec = Spec(b"kata.spec", ODD)
    names = {tag.file for tag in (*spec.sources, *spec.patches) if not tag.is_conditional}
    assert names == set(rpm_query(ODD, "[%{SOURCE}\n]")) | set(rpm_query(ODD, "[%{PATCH}\n]"))
    assert ["conditional"] == [tag.file for tag in spec.sources if tag.is_conditional]
    told = rpm_query(ODD, "%{NAME}\n%{VERSION}\n%{RELEASE}\n%{URL}\n")
    assert told == [spec.value(tag) for tag in ("Name", "Version", "Release", "URL")]


bodies = st.sampled_from(
    ("a", "%{name}", "%version", "%{?m1}", "%{!?m2:x}", "%{?m1:y%{m1}}", "%%", "%{m2}-", "1.0")
)


@needs_rpmspec
@settings(max_examples=40, deadline=None)
@given(st.lists(bodies, min_size=1, max_size=4), st.lists(bodies, max_size=3), st.booleans())
def test_any_value_is_that_of_rpm(parts: list[str], body: list[str], has_other: bool) -> None:
    """Whatever macros a value has, it is what rpm makes of it, or not known."""
    other = "%global m2 two\n" if has_other else ""
    text = f"%define m1 {''.join(body) or 'one'}\n{other}".encode() + SPEC
    raw = text.replace(b"Summary:        A demo", f"Summary: s{''.join(parts)}e".encode())
    value = Spec(b"demo.spec", raw).value("Summary")
    if "m1" in "".join(body):
        assert value is None or "m1" not in "".join(parts)
        return  # rpm itself gives up on a macro that names itself
    told = rpm_query(raw, "%{SUMMARY}\n")
    assert value is None or [value] == told


def test_what_is_not_known() -> None:
    """A value that only rpm could make out is None; a macro with two bodies has no value."""
    raw = SPEC.replace(b"%{version}", b"%(date +%Y)").replace(b"MIT", b"%{lua:print(1)}")
    spec = Spec(b"demo.spec", raw)
    assert (None, None) == (spec.sources[0].file, spec.value("License"))
    two = b"%if 1\n%define v 1\n%else\n%define v 2\n%endif\n" + SPEC.replace(b"1.0\n", b"%{v}\n")
    assert Spec(b"demo.spec", two).value("Version") is None


def test_a_macro_that_names_itself() -> None:
    """It has no value, and ends."""
    spec = Spec(b"demo.spec", b"%define a %{b}\n%define b %{a}\nName: %{a}\n")
    assert spec.value("Name") is None


def test_lists_of_files() -> None:
    """%sourcelist and %patchlist have a name on each line."""
    spec = Spec(
        b"demo.spec", SPEC + b"\n%patchlist\none.patch\n# no\n\ntwo.patch\n%sourcelist\na.c\n"
    )
    assert ["one.patch", "two.patch"] == [tag.file for tag in spec.patches]
    assert ["demo-1.0.tar.gz", "a.c"] == [tag.file for tag in spec.sources]


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\0", b"%", b"%{", b"Name", b"%define\n", b"%if\n%endif\n%endif\n"]
)
def test_it_refuses_nothing(raw: bytes) -> None:
    """Whatever the bytes are, it has no value, and no error comes of it."""
    spec = Spec(b"x.spec", raw)
    assert (None, ()) == (spec.value("Name"), spec.sources)
    assert isinstance(spec.text, str)
