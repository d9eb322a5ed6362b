"""Which version of another project a file of a `vendor/` folder is from (engine; pure).

Read are `vendor/modules.txt` of Go (cmd/go, "go mod vendor"), `vendor.conf` of vndr, and
`vendor/NAME/Cargo.toml` of `cargo vendor`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from patchkit.model.shown import shown_path
from patchkit.model.tree import File, Path, Tree, split_lines

_VENDOR = b"vendor"
_GO_MODULE = re.compile(rb"# (\S+)(?: (v\S+))?(?: => (\S+)(?: (v\S+))?)?\s*")
_VNDR_MODULE = re.compile(rb"([\w.-]+\.[\w.-]+/\S+)\s+(\S+)")
_CRATE_SECTION = re.compile(rb"^\[package\]\s*$(.*?)(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
_CRATE_VERSION = re.compile(rb"^version\s*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class VendoredModule:
    """A project whose code stands in a `vendor/` folder: its name, and the version that the old and
    the new upstream have of it, None where they have it not. `listed_in` says who says so."""

    name: str
    old: str | None
    new: str | None
    listed_in: str
    command: str

    @property
    def change(self) -> str:
        """What happened to it, in a word."""
        if self.new is None:
            return "removed"
        if self.old is None:
            return "added"
        return "the same" if self.old == self.new else "bumped"

    @property
    def told(self) -> str:
        """What happened to it, as part of a sentence."""
        if self.new is None:
            return f"{self.listed_in} had {self.name} {self.old} and has it no more (removed)"
        if self.old is None:
            return f"{self.listed_in} has {self.name} {self.new}, and had none (added)"
        if self.old == self.new:
            return f"{self.listed_in} has {self.name} {self.new}, as before (the same)"
        return f"{self.listed_in} had {self.name} {self.old} and has {self.new} now (bumped)"


class Vendored:
    """What two upstream trees have in their `vendor/` folders; each list is read once."""

    def __init__(self, old: Tree, new: Tree) -> None:
        self._old = _Lists(old)
        self._new = _Lists(new)

    def module_of(self, path: Path) -> VendoredModule | None:
        """The project that a file is vendored from; None where nothing says that it is."""
        folders = path.split(b"/")[:-1]
        if _VENDOR not in folders:
            return None
        at = folders.index(_VENDOR)
        above, package = b"/".join(folders[:at]), b"/".join(folders[at + 1 :])
        root = above + b"/" if above else b""
        return self._of_list(root, package) or self._of_crate(root, package)

    def _of_list(self, root: bytes, package: bytes) -> VendoredModule | None:
        for name, command, versions_of in (
            (b"vendor/modules.txt", "go mod vendor", _Lists.go),
            (b"vendor.conf", "vndr", _Lists.vndr),
        ):
            old, new = versions_of(self._old, root + name), versions_of(self._new, root + name)
            module = _longest_prefix(package, {**old, **new})
            if module is not None:
                return VendoredModule(
                    shown_path(module), old.get(module), new.get(module),
                    shown_path(root + name), command,
                )  # fmt: skip
        return None

    def _of_crate(self, root: bytes, package: bytes) -> VendoredModule | None:
        crate = package.split(b"/")[0]
        if not crate:
            return None
        manifest = root + b"vendor/" + crate + b"/Cargo.toml"
        old, new = self._old.crate(manifest), self._new.crate(manifest)
        if old is None and new is None:
            return None
        return VendoredModule(shown_path(crate), old, new, shown_path(manifest), "cargo vendor")


class _Lists:
    """The lists of one tree."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._read: dict[Path, Mapping[bytes, str]] = {}

    def go(self, path: Path) -> Mapping[bytes, str]:
        return self._versions(path, _go_versions)

    def vndr(self, path: Path) -> Mapping[bytes, str]:
        return self._versions(path, _vndr_versions)

    def crate(self, path: Path) -> str | None:
        return self._versions(path, _crate_version).get(b"")

    def _versions(
        self, path: Path, read: Callable[[File], Mapping[bytes, str]]
    ) -> Mapping[bytes, str]:
        if path not in self._read:
            file = self._tree.get(path)
            self._read[path] = {} if file is None else read(file)
        return self._read[path]


def _go_versions(file: File) -> Mapping[bytes, str]:
    versions = {}
    for line in split_lines(file.content):
        found = _GO_MODULE.fullmatch(line)
        if found is not None:
            module, version, instead, its_version = found.groups()
            told = version or b""
            if instead is not None:
                told = b" ".join(filter(None, (told, b"=>", instead, its_version)))
            versions[module] = told.decode("utf-8", "replace")
    return versions


def _vndr_versions(file: File) -> Mapping[bytes, str]:
    found = (_VNDR_MODULE.match(line) for line in split_lines(file.content))
    return {one[1]: one[2].decode("utf-8", "replace") for one in found if one is not None}


def _crate_version(file: File) -> Mapping[bytes, str]:
    section = _CRATE_SECTION.search(file.content)
    found = None if section is None else _CRATE_VERSION.search(section[1])
    return {} if found is None else {b"": found[1].decode("utf-8", "replace")}


def _longest_prefix(package: bytes, modules: Mapping[bytes, str]) -> bytes | None:
    parts = package.split(b"/")
    prefixes = (b"/".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in modules), None)
