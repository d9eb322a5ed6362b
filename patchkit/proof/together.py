"""Hands runs of patches to GNU patch one behind the other, in one process (proof floor).

A process for each patch is most of what the proof of a long stack costs. The script is run as it
is, but for one line: its loop over the patches collects them, and hands over what it has collected
when it comes to one that GNU patch could take otherwise behind another than alone. Such a one has a
process of its own, as in the script.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from patchkit.errors import ProofError
from patchkit.model.series import encode_name
from patchkit.proof.script import Way
from patchkit.render.applyscript import APPLIES_EACH

_OWN_WORDS = re.compile(rb"apply-patches: .*|patching (?:file|symbolic link) .*|")
_HUNKS = re.compile(rb"^--- .*\n\+\+\+ .*\n@@ -", re.MULTILINE)
_LAST_HUNK = re.compile(rb"\n@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@.*\n")
_HEADER = re.compile(rb"^[ \t]*(?:Index:|Prereq:|diff --git |\*\*\* |--- |\+\+\+ )", re.MULTILINE)
# What git's headers say of other files, and of whether there is one, holds for what was there
# before all that GNU patch is given in one go.
_AT_ONCE = (b"\nrename from ", b"\ncopy from ", b"\ndeleted file mode ", b" 120000\n")
_MARKS = (b" ", b"-", b"+", b"\n", b"\t")
_APPLIES_TOGETHER = b"""\
    each_patch collect
    hand_over
"""
_FUNCTIONS = rb"""
alone=@alone@
collected=

collect() {
    goes=together
    [ "$level$reverse" = "$strip" ] || goes=alone
    case $newline$alone$newline in
    *"$newline$name$newline"*) goes=alone ;;
    esac
    if [ "$goes" = together ]; then
        collected="$collected./$patches/$name$newline$work/between$newline"
    else
        hand_over
        apply_patch
    fi
}

# No line of a hunk begins as what stands between two patches does.
hand_over() {
    [ -n "$collected" ] || return 0
    printf 'the next patch:\n' >"$work/between"
    printf %s "$collected" | sed 's/./\\&/g' | xargs cat >"$work/together"
    collected=
    own_patches=$patches own_name=$name own_level=$level own_reverse=$reverse
    patches=$work name=together level=$strip reverse=
    apply_patch
    patches=$own_patches name=$own_name level=$own_level reverse=$own_reverse
}

"""
_BEHIND = b"\n# dash runs the EXIT trap"


def is_alone(patch: bytes) -> bool:
    """Whether GNU patch could take it, or what comes behind it in one go, otherwise than alone.

    That is so when it has no hunks (alone, it may be refused), when its last line or its last hunk
    is not a whole one, when a header without hunks is left over for the next, and when it renames,
    copies or removes a file by git's headers.
    """
    if not patch.endswith(b"\n") or _HUNKS.search(patch) is None:
        return True
    rest = _behind_the_last_hunk(patch)
    if rest is None or _HEADER.search(rest) is not None:
        return True
    return any(words in patch for words in _AT_ONCE)


def _behind_the_last_hunk(patch: bytes) -> bytes | None:
    """None where that hunk is not as long as its header says."""
    header = _LAST_HUNK.match(patch, patch.rindex(b"\n@@ -"))
    if header is None:
        return None
    old, new = (1 if count is None else int(count) for count in header.groups())
    at = header.end()
    while old > 0 or new > 0:
        mark = patch[at : at + 1]
        if mark not in _MARKS:
            return None
        old -= mark != b"+"
        new -= mark != b"-"
        at = patch.index(b"\n", at) + 1
        if patch.startswith(b"\\", at):
            at = patch.index(b"\n", at) + 1
    return patch[at:] if old == new == 0 else None


def together(patches: Mapping[str, bytes]) -> Way:
    """The way to run the script by which runs of these patches, by name, go together."""
    names = "\n".join(name for name, patch in patches.items() if is_alone(patch))
    functions = _FUNCTIONS.replace(b"@alone@", encode_name(shlex.quote(names)))

    def rewritten(script: bytes) -> bytes:
        for part in (APPLIES_EACH, _BEHIND):
            assert script.count(part) == 1
        return script.replace(APPLIES_EACH, _APPLIES_TOGETHER).replace(_BEHIND, functions + _BEHIND)

    return Way(rewritten, _read)


def _read(status: int, said: bytes) -> None:
    """Only what is said of patches that go in as they are written will do."""
    odd = next((line for line in said.split(b"\n") if not _OWN_WORDS.fullmatch(line)), None)
    if status != 0 or odd is not None:
        raise ProofError(f"the patches do not apply together: {odd!r}, exit code {status}.")
