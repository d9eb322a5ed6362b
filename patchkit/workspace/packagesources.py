"""What a packaging repository says of its upstream: the name, and git repositories by their URLs
(workspace floor).

Read are spec, `_service`, openEuler's NAME.yaml, Debian's metadata, watch, copyright and control,
a recipe and OpenWrt's Makefile, line by line: nothing is run, and nothing is asked whether it is
still true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from patchkit.lint.services import service_urls
from patchkit.lint.spec import Spec
from patchkit.model.forges import repository_of
from patchkit.model.recipe import names_from
from patchkit.workspace.layout import series_files_in
from patchkit.workspace.packageversion import debian_name, make_variable
from patchkit.workspace.spec import spec_files_in

_METADATA = re.compile(r"^Repository:\s*(\S+)", re.MULTILINE)
_COPYRIGHT = re.compile(r"^Source:\s*(\S+)", re.MULTILINE)
_HOMEPAGE = re.compile(r"^(?:Homepage:|HOMEPAGE\s*[:?]*=)\s*[\"']?([^\s\"']+)", re.MULTILINE)
_ANY_URL = re.compile(r"(?:git\+)?(?:https?|git)://[^\s\"'<>]+")
_WATCH_FIELDS = re.compile(r"^(Owner|Project):\s*(\S+)", re.MULTILINE)
_PROTOCOL = re.compile(r";protocol=(https?|ssh|git)\b")
_RECIPE_URL = re.compile(r"(?:gitsm|git|https?)://[^\s\"'\\]+")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_FORGES = {"github": "https://github.com/", "gitee": "https://gitee.com/"}
_OF_OPENEULER = re.compile(r"^(version_control|src_repo):[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)
_PACKAGING = "/src-openeuler/"
"""Where openEuler's packaging repositories are: a `_service` there names its own."""
_RECIPES = (".bb", ".bbappend", ".inc")


@dataclass(frozen=True, slots=True)
class FoundUrl:
    """The URL of a git repository, and the file that says so, relative to the repository."""

    url: str
    place: str


def package_name(root: Path) -> tuple[str, str] | None:
    """The name of the package and the file that says so; None where none does."""
    counting = _counting(root)
    debian = debian_name(root)
    if debian is not None and (counting.startswith("debian/") or not counting):
        return debian, "debian/changelog"
    for place in _specs(root, counting):
        if name := _spec(place).value("Name"):
            return name, str(place.relative_to(root))
    if counting.endswith(_RECIPES):
        return names_from(counting)["BPN"], counting
    makefile = root / "Makefile"
    if makefile.is_file() and (name := make_variable(makefile.read_bytes(), "PKG_NAME")):
        return name, "Makefile"
    return None if debian is None else (debian, "debian/changelog")


def git_urls_in(root: Path) -> tuple[FoundUrl, ...]:
    """The git repositories that the files of a packaging repository name as its upstream, the
    likeliest first, each once."""
    first: dict[str, FoundUrl] = {}
    for url, place in _named(root, _counting(root)):
        found = repository_of(url)
        if found is not None and _PACKAGING not in found:
            first.setdefault(found, FoundUrl(found, place))
    return tuple(first.values())


def _counting(root: Path) -> str:
    """The list of the patches that counts, "" where there is none."""
    return next(iter(series_files_in(root)), "")


def _named(root: Path, counting: str) -> Iterator[tuple[str, str]]:
    """URLs that may tell, each with the file that it is in."""
    readers = [_of_debian, _of_specs, _of_recipe, _of_makefile]
    if not counting.startswith("debian/"):
        readers = [*readers[1:], readers[0]]
    for read in readers:
        yield from read(root, counting)


def _of_debian(root: Path, _: str) -> Iterator[tuple[str, str]]:
    watch = _text(root / "debian/watch")
    for name, pattern in (("debian/upstream/metadata", _METADATA), ("debian/watch", _ANY_URL)):
        for found in pattern.finditer(_text(root / name)):
            yield found[found.re.groups], name
    fields = dict(_WATCH_FIELDS.findall(watch))
    if len(fields) > 1 and "github" in watch.lower():
        yield f"{_FORGES['github']}{fields['Owner']}/{fields['Project']}", "debian/watch"
    for name, pattern in (("debian/copyright", _COPYRIGHT), ("debian/control", _HOMEPAGE)):
        for found in pattern.finditer(_text(root / name)):
            yield found[1], name


def _of_specs(root: Path, counting: str) -> Iterator[tuple[str, str]]:
    for place in _specs(root, counting):
        spec, name = _spec(place), str(place.relative_to(root))
        for tag in spec.tags:
            if tag.name.upper() == "VCS" and tag.value:
                yield tag.value, name
    for url in service_urls(_raw(root / "_service")):
        yield url, "_service"
    for place in _specs(root, counting):
        spec, name = _spec(place), str(place.relative_to(root))
        for value in (*(tag.value for tag in spec.sources[:1]), spec.value("URL")):
            if value:
                yield value, name
        yaml = place.with_suffix(".yaml")
        said = dict(_OF_OPENEULER.findall(_text(yaml)))
        if said.get("version_control") in _FORGES and "src_repo" in said:
            yield f"{_FORGES[said['version_control']]}{said['src_repo']}", yaml.name


def _of_recipe(root: Path, counting: str) -> Iterator[tuple[str, str]]:
    if not counting.endswith(_RECIPES):
        return
    text = _text(root / counting)
    known = names_from(counting)
    for pattern in (_RECIPE_URL, _HOMEPAGE):
        for found in pattern.finditer(text):
            url = found[found.re.groups]
            url = _VARIABLE.sub(lambda name: known.get(name[1], name[0]), url)
            protocol = _PROTOCOL.search(url)
            scheme, _, rest = url.partition("://")
            if scheme in ("git", "gitsm"):
                # A fetcher's word for git, whatever the protocol.
                rest = rest.partition(";")[0].removesuffix("/").removesuffix(".git")
                url = f"{protocol[1] if protocol else 'git'}://{rest}.git"
            yield url, counting


def _of_makefile(root: Path, _: str) -> Iterator[tuple[str, str]]:
    place = root / "Makefile"
    if place.is_file() and b"PKG_NAME" in (raw := place.read_bytes()):
        for name in ("PKG_SOURCE_URL", "URL"):
            yield make_variable(raw, name).partition(" ")[0], "Makefile"


def _specs(root: Path, counting: str) -> tuple[Path, ...]:
    if counting.endswith(".spec"):
        return (root / counting,)
    found = spec_files_in(root) or spec_files_in(root / "SPECS")
    return found if len(found) == 1 else ()


def _spec(place: Path) -> Spec:
    return Spec(place.name.encode("utf-8", "surrogateescape"), place.read_bytes())


def _text(place: Path) -> str:
    return _raw(place).decode("utf-8", "replace")


def _raw(place: Path) -> bytes:
    return place.read_bytes() if place.is_file() else b""
