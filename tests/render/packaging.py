"""A packaging folder for the tests of `apply-patches`, and real shells to run the script in."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from patchkit.render.applyscript import apply_script

INSTALLED_SHELLS = [
    shell
    for shell in (
        ("sh",),
        ("sh", "-x"),
        ("dash",),
        ("bash",),
        ("bash", "--posix"),
        ("busybox", "sh"),
    )
    if shutil.which(shell[0]) is not None
]
SHELLS = [pytest.param(shell, id=" ".join(shell)) for shell in INSTALLED_SHELLS]

PRISTINE: Mapping[str, str] = {
    "hello.c": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n",
    "doc/guide.txt": "alpha\nbeta\ngamma\n",
    ".hidden": "dot\n",
    "..odd": "dots\n",
    "run.sh": "#!/bin/sh\n",
    "gone.txt": "away\n",
}

FIRST = """\
--- a/hello.c
+++ b/hello.c
@@ -1,4 +1,5 @@
 one
+one and a half
 two
 three
 four
"""
SECOND = """\
Subject: a new file, and one less

diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-away
diff --git a/new/made.sh b/new/made.sh
new file mode 100755
--- /dev/null
+++ b/new/made.sh
@@ -0,0 +1 @@
+#!/bin/sh
"""
THIRD = """\
--- a/hello.c
+++ b/hello.c
@@ -4,5 +4,5 @@
 three
 four
 five
-six
+SIX
 seven
"""
PATCHES = {"0001-first.patch": FIRST, "0002-second.patch": SECOND, "0003-third.patch": THIRD}
"""Three patches on `PRISTINE`; the third only fits after the first."""

PATCHED: Mapping[str, str] = {
    **{name: text for name, text in PRISTINE.items() if name != "gone.txt"},
    "hello.c": "one\none and a half\ntwo\nthree\nfour\nfive\nSIX\nseven\n",
    "new/made.sh": "#!/bin/sh\n",
}


@dataclass(frozen=True)
class Outcome:
    """How a run of the script ended, and all that it printed."""

    code: int
    output: str


@dataclass(frozen=True)
class Packaging:
    """A folder with a tarball, a series, patches and the generated script."""

    root: Path

    def write(self, name: str, text: str) -> None:
        """Write a file, making its folder."""
        place = self.root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogateescape"))

    def tarball(self, name: str, files: Mapping[str, str], top: str = "demo-1.0/") -> None:
        """Pack files (`run.sh` executable) and a symbolic link to `hello.c` below `top`."""
        kind = name.rpartition(".")[2]
        modes = {"gz": "w:gz", "xz": "w:xz", "bz2": "w:bz2", "tar": "w:"}
        # typeshed knows the modes as literals only, and this one is looked up.
        with tarfile.open(str(self.root / name), modes[kind]) as archive:  # type: ignore[call-overload]
            for path, text in files.items():
                entry = tarfile.TarInfo(top + path)
                entry.size = len(text)
                entry.uid = 12345
                entry.mode = 0o755 if path == "run.sh" else 0o644
                archive.addfile(entry, io.BytesIO(text.encode()))
            link = tarfile.TarInfo(top + "link")
            link.type = tarfile.SYMTYPE
            link.linkname = "hello.c"
            archive.addfile(link)

    def series(self, text: str, patches: Mapping[str, str]) -> None:
        """Write series.conf and the patches."""
        self.write("series.conf", text)
        for name, patch in patches.items():
            self.write(f"patches/{name}", patch)

    def script(
        self,
        *,
        package: str | None = "demo",
        strip: int = 1,
        fuzz: int = 0,
        flags: Sequence[str] = (),
        series: str = "series.conf",
        patches: str = "patches",
    ) -> None:
        """Generate the script."""
        text = apply_script(
            package=package,
            strip=strip,
            fuzz=fuzz,
            flags=frozenset(flags),
            series=series,
            patches=patches,
        )
        (self.root / "apply-patches").write_bytes(text)

    def run(
        self,
        *arguments: str,
        shell: Sequence[str] = ("sh",),
        env: Mapping[str, str] | None = None,
    ) -> Outcome:
        """Run the script, with nothing to read on standard input."""
        done = subprocess.run(
            [*shell, "apply-patches", *arguments],
            cwd=self.root,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode("utf-8", "surrogateescape"))

    def snapshot(self) -> dict[str, str]:
        """Every file and link here: its text, or `-> target`."""
        found = {}
        for place in sorted(self.root.rglob("*")):
            name = str(place.relative_to(self.root))
            if place.is_symlink():
                found[name] = f"-> {place.readlink()}"
            elif place.is_file():
                found[name] = place.read_bytes().decode("utf-8", "surrogateescape")
        return found

    def tree(self) -> dict[str, str]:
        """The snapshot without what belongs to the packaging itself."""
        return {
            name: text
            for name, text in self.snapshot().items()
            if not name.startswith(("patches/", "demo-"))
            and name not in ("series.conf", "apply-patches", "patch_flag")
        }


@pytest.fixture
def packaging(tmp_path: Path) -> Packaging:
    """A folder with the demo tarball, three patches and the script."""
    folder = Packaging(tmp_path / "the folder")
    folder.root.mkdir()
    folder.tarball("demo-1.0.tar.gz", PRISTINE)
    folder.series("".join(f"{name}\n" for name in PATCHES), PATCHES)
    folder.script()
    return folder
