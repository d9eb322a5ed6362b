"""Changes inputs as their formats are built: by lines, by hunks that still count, by JSON values.

libFuzzer alone changes bytes; then nearly every patch has wrong counts and no JSON is left.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from random import Random
from typing import Any

from tests.strategies.patches import FRAGMENTS
from tests.strategies.text import ODD_BODIES

Mutation = Callable[[bytes, Random], bytes]

_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_NUMBER = re.compile(rb"\d+")
_WORDS: Mapping[str, Sequence[bytes]] = {
    "patch": (*FRAGMENTS, *(b"+" + body + b"\n" for body in ODD_BODIES)),
    "series": (b"a.patch\n", b"b.patch -p0 -R # c\n", b"+x !", b"-!y ", b"#", b"\xef\xbb\xbf"),
    "recipe": (
        b'SRC_URI += "file://a.patch"\n', b"file://b.patch;striplevel=0 \\\n", b"SRC_URI:append = ",
        b';apply=no"', b"${PN}", b"python do_x() {\n", b"}\n", b"SRC_URI:remove = ", b"'", b"\\\n",
    ),
    "spec": (
        b"Patch1: a.patch\n", b"%patch -P 1 -p1 -R\n", b"%autosetup -p1\n", b"%if 0\n", b"%else\n",
        b"%endif\n", b"%prep\n", b"%patchlist\n", b"%{name}", b"%global x %{x}\n", b"%autopatch ",
    ),
    "yaml": (
        b"name: x\n", b"tag: v{version}\n", b"- ", b"[", b"{", b"&a ", b"*a\n", b"!!binary ",
        b"generated: [{match: x, run: y}]\n", b"packages: [{name: a}]\n", b"fleet: 1\n", b"? ",
    ),
    "decisions": (
        b"resolution\n", b"amendment\n", b"patch: p\n", b"file: f\n", b"held: overlap\n",
        b"base:\n", b"theirs:\n", b"ours:\n", b"result: ours\n", b"| x\n",
        b"\\ no newline at the end\n", b"why: x\n", b"ignore: src/**\n",
    ),
    "lint": (
        b"==> demo.spec\n", b"==> _service\n", b"==> series.conf\n", b"==> apply-patches\n",
        b"==> patches/1.patch\n", b"<service name='x'>\n", b"<param name='revision'>v1</param>\n",
        b"%changelog\n", b"* Mon Jan 01 2024 A <a@b> - 1-1\n", b"patch -p1 < $1\n",
    ),
}  # fmt: skip
_FORMAT_OF = {
    "patch": "patch", "port": "patch", "series": "series", "recipe": "recipe", "spec": "spec",
    "numbered": "series", "resolutions": "decisions", "ignores": "decisions", "settings": "yaml",
    "fleet": "yaml", "lint": "lint",
}  # fmt: skip
_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 1, 2**70, 1e308, "", "x", "\x1b[31m", "\ud800", "a\nb", [], {}, [[]],
    {"base64": "/w=="}, {"base64": "x"}, {"base64": 1}, "overlap", "merged", "settled", "held",
)  # fmt: skip


def mutation_for(target: str) -> Mutation:
    """What changes an input of this target."""
    if target not in _FORMAT_OF:
        return _changed_json
    words = _WORDS[_FORMAT_OF[target]]
    if _FORMAT_OF[target] in ("patch", "lint"):
        return lambda raw, rng: _recounted(_changed_lines(raw, rng, words), rng)
    return lambda raw, rng: _changed_lines(raw, rng, words)


def _changed_lines(raw: bytes, rng: Random, words: Sequence[bytes]) -> bytes:
    lines = raw.splitlines(keepends=True)
    for _ in range(rng.choice((1, 1, 2, 4))):
        at = rng.randint(0, len(lines))
        stop = min(at + rng.choice((1, 1, 3, 9)), len(lines))
        kind = rng.randint(0, 6)
        if kind == 0:
            del lines[at:stop]
        elif kind == 1:
            lines[at:at] = lines[at:stop]
        elif kind == 2:
            to = rng.randint(0, len(lines))
            lines[to:to] = lines[at:stop]
        elif kind == 3:
            lines[at:stop] = [rng.choice(words)]
        elif kind == 4 and at < len(lines):
            cut = rng.randint(0, len(lines[at]))
            lines[at] = lines[at][:cut] + rng.choice(words) + lines[at][cut:]
        elif kind == 5 and at < len(lines):
            number = b"%d" % rng.choice((0, 1, 2, 3, 10, 999, 2**31, 10**9))
            lines[at] = _NUMBER.sub(number, lines[at], count=1)
        else:
            lines[at:at] = [rng.choice(words)]
    return b"".join(lines)


def _recounted(raw: bytes, rng: Random) -> bytes:
    """Mostly with headers of hunks that count what stands below them."""
    if rng.random() < 0.3:
        return raw
    lines = raw.split(b"\n")
    for at, line in enumerate(lines):
        found = _HUNK.match(line)
        if found is None:
            continue
        old = new = 0
        for body in lines[at + 1 :]:
            if body[:1] not in (b" ", b"-", b"+", b"\\", b"\t"):
                break
            old += body[:1] in (b" ", b"-", b"\t")
            new += body[:1] in (b" ", b"+", b"\t")
        header = b"@@ -%b,%d +%b,%d @@" % (found[1], old, found[2], new)
        lines[at] = header + line[found.end() :]
    return b"\n".join(lines)


def _changed_json(raw: bytes, rng: Random) -> bytes:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = list(_places(document))
        if not places:
            break
        above, key = rng.choice(places)
        kind = rng.randint(0, 3)
        if kind == 0:
            del above[key]
        elif kind == 1:
            other, other_key = rng.choice(places)
            above[key] = deepcopy(other[other_key])
        elif kind == 2 and isinstance(above, list):
            above.insert(key, deepcopy(above[key]))
        else:
            above[key] = deepcopy(rng.choice(_VALUES))
    return json.dumps(document, indent=rng.choice((None, 2))).encode()


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every list or object in the document with every key that it has."""
    found: list[tuple[Any, Any]] = []
    left = [document]
    while left:
        above = left.pop()
        keys: Sequence[Any] = ()
        if isinstance(above, dict):
            keys = list(above)
        elif isinstance(above, list):
            keys = range(len(above))
        found += ((above, key) for key in keys)
        left += [above[key] for key in keys]
    return found
