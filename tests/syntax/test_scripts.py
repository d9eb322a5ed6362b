"""Symbols of makefiles and shell scripts."""

from __future__ import annotations

from patchkit.syntax.make import read_make
from patchkit.syntax.shell import read_shell
from patchkit.syntax.symbols import DefinitionKind

MAKEFILE = rb"""A := 1
B ?= $(A) ${C} $(D:.c=.o)
export E = 3
define F
 text $(G)
endef
# $(NOT)
all: dep
	echo $(H) $$NOT
ifneq (,$(I))
J += $(K)
endif
ifdef L
M := 1
endif
all: N := 2
USED += ONE TWO \
  THREE lower
"""

SCRIPT = b"""#!/bin/bash
A=1
export B="$A ${C:-x}"
hoist() { local d=1; echo "$d $1"; helper a b; }
function lower { E=$(cmd "$F"); }
G=1 hoist
for i in a; do "$i"; done
readonly H=2
"""


def test_variables_and_targets_of_a_makefile() -> None:
    """What sets a variable defines it; what adds to it does not, nor does one for a target."""
    found = read_make(MAKEFILE)
    assert found is not None
    names = {one.name: one.kind for one in found.definitions}
    values = dict.fromkeys("ABEFM", DefinitionKind.VALUE)
    assert names == {**values, "all": DefinitionKind.RULE}


def test_uses_in_a_makefile() -> None:
    """Variables in values, recipes, conditions and text for later, and names in lists."""
    found = read_make(MAKEFILE)
    assert found is not None
    lines = {one.name: one.line for one in found.references}
    early = {"A": 2, "C": 2, "D": 2, "G": 5, "H": 9, "I": 10, "J": 11, "K": 11, "L": 13}
    assert lines == {**early, "USED": 17, "ONE": 17, "TWO": 17, "THREE": 18}


def test_a_shell_script() -> None:
    """Functions and variables that stay after the script are its definitions."""
    found = read_shell(SCRIPT)
    assert found is not None
    kinds = {one.name: one.kind for one in found.definitions}
    function, value = DefinitionKind.FUNCTION, DefinitionKind.VALUE
    assert kinds == {
        **dict.fromkeys(("hoist", "lower"), function),
        **dict.fromkeys("ABEH", value),
    }
    used = {one.name for one in found.references}
    assert {"A", "C", "F", "i", "helper", "cmd", "hoist"} <= used
    calls = {one.name: (one.arguments, one.caller) for one in found.calls}
    assert calls["helper"] == (2, "hoist")
    assert calls["hoist"] == (0, "")
