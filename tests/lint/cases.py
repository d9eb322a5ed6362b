"""For each rule of lint a repository in which it finds one thing, and nothing else is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from patchkit.lint.scene import Scene
from patchkit.model.tree import File, MemoryTree, Tree
from tests.cli.demo import change, diff
from tests.lint.making import ENTRY, HEAD, OURS, PATCH, clean, scene_of

BY_HAND = b"""\
set -e
tar -xf demo-1.0.tar.gz
cd demo-1.0
while read -r line || [ -n "$line" ]; do
    patch -p1 -F0 < "../patches/$line"
done < ../series.conf
"""
LOOP = b"while read -r line; do"
MAIL = b"""\
From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Subject: [PATCH] a change

---
 %s | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

"""
SERVICE = b"""\
<services>
  <service name="tar_scm">
    <param name="url">https://example.org/demo.git</param>
    <param name="extract">demo.spec</param>
    <param name="extract">%s</param>
  </service>
</services>
"""
LONG = b"".join(b"line %d\n" % number for number in range(1, 30))
DESCRIBED = b"Subject: a change\n\n"
REPORT = b'{"schema": "patchkit-report/1", "from": "0.8", "to": "0.9"}'
MODE = b"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n"


@dataclass(frozen=True)
class Case:
    """A repository; `tree` is the upstream of the stack in its root."""

    files: Mapping[str, bytes]
    tree: Mapping[bytes, bytes] | None = None
    also: frozenset[str] = field(default_factory=frozenset)
    """The rules that find something else as well."""

    @property
    def scene(self) -> Scene:
        """It as lint looks at it."""
        scene = scene_of(self.files)
        sources: dict[bytes, Tree] = {}
        if self.tree is not None:
            sources[b""] = MemoryTree({path: File(raw) for path, raw in self.tree.items()})
        return Scene(scene.files, scene.paths, scripts={b"": OURS}, sources=sources)


def _spec(entries: bytes) -> Case:
    return Case(clean() | {"demo.spec": HEAD + b"\n%changelog\n" + entries})


def _head(old: bytes, new: bytes) -> Case:
    assert old in HEAD
    return Case(clean() | {"demo.spec": HEAD.replace(old, new) + ENTRY})


def _service(raw: bytes) -> Case:
    return Case(clean(_service=raw))


def _series(raw: bytes, **more: bytes) -> Case:
    return Case(clean() | {"series.conf": raw} | more)


def _script(old: bytes, new: bytes) -> Case:
    assert old in BY_HAND
    script = BY_HAND.replace(old, new)
    return Case(clean() | {"apply-patches": script}, also=frozenset({"PK408"}))


def _patch(raw: bytes) -> Case:
    return Case(clean() | {"patches/0001-change.patch": raw})


def _applied(patch: bytes, upstream: bytes) -> Case:
    return Case(clean() | {"patches/0001-change.patch": DESCRIBED + patch}, {b"main.c": upstream})


_LOST = _script(b'while read -r line || [ -n "$line" ]; do', LOOP)
_ONE, _TWO = PATCH, DESCRIBED + diff("g", b"one\n", b"two\n")
_MAIN = change("main.c", b"line 10\n", b"ten\n", {b"main.c": File(LONG)})

CASES: Mapping[str, Case] = {
    "PK101": _spec(b"* Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"),
    "PK102": _spec(b"* Thu Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"),
    "PK103": _spec(b"* Thu Feb 30 2023 A Person <a@example.org> - 1.0-3\n- A change.\n"),
    "PK104": _spec(
        b"* Mon Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A change.\n\n"
        b"* Tue Mar 7 2023 A Person <a@example.org> - 1.0-2\n- Another.\n"
    ),
    "PK105": _spec(b"* Mon Mar 6 2023 A Person <a@example.org> - 1.0-3\n\n"),
    "PK106": _spec(b"* Mon Mar 6 2023 A Person <a@example.org> - 1.0-2\n- A change.\n"),
    "PK107": _spec(b"* Mon Mar 6 2023 A Person <a@example.org> - 1.0-3\n- A caf\xe9.\n"),
    "PK111": _head(b"License:", b"Source1: kata_integration-openeuler.tar.gz\nLicense:"),
    "PK112": _head(b"License:", b"Patch1: 0002-gone.patch\nLicense:"),
    "PK113": Case(clean(**{"helper.sh": b"echo\n"})),
    "PK121": Case(clean(**{"report.json": REPORT})),
    "PK201": _service(b"<services>\n  <service>\n</services>\n"),
    "PK202": _service(SERVICE % b"patches"),
    "PK203": _service(SERVICE % b"series.cnf"),
    "PK204": _service(
        (SERVICE % b"series.conf").replace(b"https://example.org/", b"git@example.org:")
    ),
    "PK301": _series(b"0001-change.patch\n0002-other.patch --fuzz=3\n"),
    "PK302": _series(b"0001-change.patch\n0002-other.patch\n"),
    "PK303": _series(b"0001-change.patch\n0001-change.patch\n"),
    "PK304": _series(b"0001-change.patch\n", **{"patches/0002-new.patch": _TWO}),
    "PK305": _series(
        b"0001-change.patch\n+virt 0002-new.patch\n", **{"patches/0002-new.patch": _TWO}
    ),
    "PK306": _series(b"0001-change.patch\n../0002-other.patch\n"),
    "PK307": Case(
        {
            "demo.spec": HEAD.replace(
                b"License:", b"Patch1: 0001-change.patch\nPatch2: 0002-new.patch\nLicense:"
            )
            + ENTRY,
            "demo-1.0.tar.gz": b"",
            "apply-patches": OURS,
            "series.conf": b"0001-change.patch\n",
            "0001-change.patch": PATCH,
            "0002-new.patch": DESCRIBED + diff("g", b"one\n", b"two\n"),
        }
    ),
    "PK401": Case(clean() | {"apply-patches": OURS.replace(b"strip=1", b"strip=0")}),
    "PK402": _script(b'[ -n "$line" ]', b"[[ -n $line ]]"),
    "PK403": _LOST,
    "PK404": Case(
        {**_LOST.files, "series.conf": b"0001-change.patch"}, also=frozenset({"PK403", "PK408"})
    ),
    "PK405": _script(b" -F0", b" -F1"),
    "PK406": _script(b"set -e\n", b""),
    "PK407": _script(b"tar -xf demo-1.0.tar.gz", b"tar -xf demo-1.0.tar.xz"),
    "PK408": Case(_script(b"set -e", b"set -e").files),
    "PK501": _patch(DESCRIBED + diff("f", b"one\n", b"two\n").removesuffix(b"+two\n")),
    "PK502": _patch(diff("f", b"one\n", b"two\n")),
    "PK503": _patch(DESCRIBED + diff("f", b"one\n", b"two\n").replace(b"a/f", b"a/../../f")),
    "PK504": _patch(DESCRIBED + diff("f", b"one\ntwo\n", b"one\ntwo\r\n")),
    "PK505": _patch(
        DESCRIBED + b"diff --git a/logo b/logo\nnew file mode 100644\nindex 0000000..4a5b6c7\n"
        b"GIT binary patch\nliteral 1\nIcmZQz\n\nliteral 0\nHcmV?d00001\n\n"
    ),
    "PK506": _patch(DESCRIBED + b"old mode 100644\nnew mode 100755\n" + MODE),
    "PK507": _patch(MAIL % b"other.c" + diff("f", b"one\n", b"two\n")),
    "PK508": _patch(DESCRIBED + diff("f", b"one\n", b"two\n") + b"---\ntg: (0123abc..) t/f\n"),
    "PK509": Case(clean(**{"README.md": b"", "readme.md": b""})),
    "PK601": _applied(_MAIN, LONG.replace(b"line 10\n", b"line ten\n")),
    "PK602": _applied(_MAIN, LONG.replace(b"line 7\n", b"line seven\n")),
    "PK603": _applied(_MAIN, b"one more\n" + LONG),
}
