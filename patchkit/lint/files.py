"""Checks that what a spec names is there, and that what is there is named (lint floor; pure)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import partial

from patchkit.lint.rules import FILE_UNNAMED, PATCH_TAG_MISSING, SOURCE_MISSING
from patchkit.lint.scene import Scene
from patchkit.lint.spec import Spec, Tag
from patchkit.model.lint import Finding
from patchkit.model.shown import shown_name, shown_path
from patchkit.model.tree import Path

_ARCHIVE = re.compile(r"\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz|zip|7z|cpio|gem|whl|crate)$")
_URL = re.compile(r"\w+://")
_PATCH_SUFFIXES = (b".patch", b".diff")
_FOR_PEOPLE = re.compile(
    rb"(?:readme|licen[cs]e|copying|copyright|authors|changelog|changes|contributing|security"
    rb"|maintainers|codeowners|owners|news|notice)(?:[.-].*)?$",
    re.IGNORECASE,
)
_FOR_TOOLS = (
    b"_service", b"_multibuild", b"_constraints", b"_link", b"_aggregate", b"_scmsync.obsinfo",
    b"sources", b"gating.yaml", b"plans", b"tests", b"ci.fmf", b"package.cfg", b"packit.yaml",
    b"packit.yml", b"dead.package", b"patchkit.yaml", b"patchkit.resolutions",
    b"patchkit.siblings", b"Makefile", b"debian", b"signature", b"EULER.md",
)  # fmt: skip
_REPORT = re.compile(rb"report\.(?:json|txt|html|md|xml|sarif)$")
_LOOKASIDE = re.compile(rb"(?:^|[ (])([\w.+~-]+)\) = |^[0-9a-f]{32,128}  ?(\S+)$", re.MULTILINE)


def file_findings(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the files of a repository that has a spec."""
    for spec in scene.specs:
        for tag in (*spec.sources, *spec.patches):
            yield from _missing(scene, spec, tag)
    roots = {posixpath.dirname(spec.path) for spec in scene.specs}
    for root in sorted(roots):
        yield from _unnamed(scene, root)


def _missing(scene: Scene, spec: Spec, tag: Tag) -> Iterator[Finding]:
    name = tag.file
    folder = posixpath.dirname(spec.path)
    if name is None or scene.named(folder, name) is not None:
        return
    if tag.name == "Source" and _comes_later(scene, folder, name, tag):
        return
    rule = SOURCE_MISSING if tag.name == "Source" else PATCH_TAG_MISSING
    hint, concerns = _hint(scene, folder, name)
    wanted = posixpath.join(folder, name.encode("utf-8", "surrogateescape"))
    yield Finding(
        rule, spec.path, tag.line,
        f"{tag.label}: {shown_name(name)} is not here.{hint}", (wanted, *concerns),
    )  # fmt: skip


def _comes_later(scene: Scene, folder: Path, name: str, tag: Tag) -> bool:
    """Whether something fetches the file before the build: a lookaside cache (`sources`, as Fedora
    has it) or a service that downloads what is a URL."""
    listed = scene.content(posixpath.join(folder, b"sources")) or b""
    wanted = name.encode("utf-8", "surrogateescape")
    if any(wanted in found for found in _LOOKASIDE.findall(listed)):
        return True
    service = scene.content(posixpath.join(folder, b"_service")) or b""
    is_url = _URL.match(tag.value or "") is not None
    return is_url and (b"download_files" in service or b"download_url" in service)


def _hint(scene: Scene, folder: Path, name: str) -> tuple[str, tuple[Path, ...]]:
    stem = _ARCHIVE.sub("", name).encode("utf-8", "surrogateescape")
    packed = posixpath.join(folder, stem)
    if _ARCHIVE.search(name) and packed in scene.folders:
        return (
            f" There is the folder {shown_path(packed)}/: it must be packed before the build.",
            (),
        )
    raw = name.encode("utf-8", "surrogateescape")
    elsewhere = [path for path in scene.paths if posixpath.basename(path) == raw]
    if elsewhere:
        shown = shown_path(elsewhere[0])
        return f" There is {shown}, but rpmbuild sees no folders.", (elsewhere[0],)
    return "", ()


def _unnamed(scene: Scene, root: Path) -> Iterator[Finding]:
    prefix = root + b"/" if root else b""
    below = [path for path in scene.paths if path.startswith(prefix)]
    tops = dict.fromkeys(path[len(prefix) :].partition(b"/")[0] for path in below)
    texts = {path: text for path in below if (text := _telling(scene, path)) is not None}
    is_stack = {stack.root for stack in scene.stacks}
    for top in tops:
        path = prefix + top
        is_folder = path in scene.folders
        if _needs_no_name(top, is_folder=is_folder) or path in is_stack:
            continue
        if is_folder:
            if not _folder_is_named(scene, path, texts):
                yield Finding(FILE_UNNAMED, path, None, "nothing names this folder.")
        elif top.endswith(_PATCH_SUFFIXES) and any(stack.patches == root for stack in scene.stacks):
            continue  # a rule of its own tells of patches that no series lists
        elif not _file_is_named(path, top, texts):
            yield Finding(FILE_UNNAMED, path, None, "no spec, series or script names it.")


def _needs_no_name(top: Path, *, is_folder: bool) -> bool:
    if top.startswith(b".") or top in _FOR_TOOLS or _REPORT.match(top):
        return True
    if is_folder:
        return False
    is_metadata = top.endswith((b".spec", b".yaml", b".yml", b".changes", b".rpmlintrc"))
    return is_metadata or _FOR_PEOPLE.match(top) is not None


def _folder_is_named(scene: Scene, path: Path, texts: dict[Path, str]) -> bool:
    """Whether something in the repository uses the folder, or a file in it."""
    if any(stack.patches == path or stack.root.startswith(path + b"/") for stack in scene.stacks):
        return True
    if any(spec.path.startswith(path + b"/") for spec in scene.specs):
        return True
    named_in = partial(_names, name=posixpath.basename(path))
    return any(named_in(text) for place, text in texts.items() if not place.startswith(path + b"/"))


def _file_is_named(path: Path, name: Path, texts: dict[Path, str]) -> bool:
    """Whether another file names it; an archive also without its ending, as `$pkg.tar.gz` does."""
    stem = _ARCHIVE.sub("", name.decode("utf-8", "surrogateescape"))
    names = dict.fromkeys((name, stem.encode("utf-8", "surrogateescape")))
    others = [text for place, text in texts.items() if place != path]
    return any(_names(text, one) for one in names for text in others)


def _telling(scene: Scene, path: Path) -> str | None:
    """The text of a file that can name others: specs with their macros replaced as well."""
    if path.endswith((*_PATCH_SUFFIXES, b".md", b".json")):
        return None
    text = scene.text(path)
    if text is None or not path.endswith(b".spec"):
        return text
    spec = next((one for one in scene.specs if one.path == path), None)
    if spec is None:
        return text
    expanded = (spec.expanded(line) for line in spec.text.splitlines())
    return "\n".join((spec.text, *(line for line in expanded if line is not None)))


def _names(text: str, name: Path) -> bool:
    """Whether the name stands in the text as a word of its own, or as the name of its archive."""
    word = re.escape(name.decode("utf-8", "surrogateescape"))
    return re.search(rf"(?<![\w.+-]){word}(?![\w+-]|\.(?!tar|tgz|zip)\w)", text) is not None
