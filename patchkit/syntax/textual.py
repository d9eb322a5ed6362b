"""Reads source code as text, for languages whose grammar is not installed (pure).

It finds what is defined at the start of a line, and takes every word of the code as used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchkit.syntax.make import references_of_make
from patchkit.syntax.parsing import Language
from patchkit.syntax.symbols import Definition, DefinitionKind, Reference, Symbols, text_of

_KINDS = {kind.value: kind for kind in DefinitionKind}
_DEFINED = {
    Language.GO: re.compile(
        rb"^func\s+(?P<function>\w+)\s*[\[(]"
        rb"|^func\s+\(\s*(?:\w+\s+)?\*?\s*(?P<owner>\w+)[^)]*\)\s*(?P<method>\w+)\s*\("
        rb"|^type\s+(?P<type>\w+)"
        rb"|^(?:var|const)\s+(?P<value>\w+)",
        re.MULTILINE,
    ),
    Language.RUST: re.compile(
        rb"^(?P<public>pub(?:\([^)]*\))?\s+)?(?:(?:async|unsafe|const)\s+)*(?:extern\s+\"\w+\"\s+)?"
        rb"(?:fn\s+(?P<function>\w+)"
        rb"|(?:struct|enum|union|type|trait)\s+(?P<type>\w+)"
        rb"|(?:const|static)\s+(?:mut\s+)?(?P<value>\w+)\s*:"
        rb"|mod\s+(?P<module>\w+)\s*;)",
        re.MULTILINE,
    ),
    Language.C: re.compile(
        rb"^(?P<static>static\s+)?(?:[A-Za-z_][\w]*[\s*]+)+(?P<function>[A-Za-z_]\w*)"
        rb"\s*\([^;{}()]*(?:\([^()]*\)[^;{}()]*)*\)\s*\{"
        rb"|^#\s*define\s+(?P<macro>\w+)"
        rb"|^(?:struct|union|enum)\s+(?P<type>\w+)\s*\{",
        re.MULTILINE,
    ),
    Language.MAKE: re.compile(
        rb"^[ ]*(?:export\s+|override\s+)*(?P<value>[\w.-]+)\s*(?:[:?!]|::)?="
        rb"|^define\s+(?P<value2>[\w.-]+)"
        rb"|^(?P<rule>[A-Za-z_][\w./-]*)\s*::?(?![=:])",
        re.MULTILINE,
    ),
    Language.SHELL: re.compile(
        rb"^(?:function\s+(?P<function>[\w-]+)|(?P<function2>[\w-]+)\s*\(\s*\))"
        rb"|^[ \t]*(?:export\s+|readonly\s+|declare\s+(?:-\w+\s+)*)?(?P<value>[A-Za-z_]\w*)\+?=",
        re.MULTILINE,
    ),
}
_GROUP = re.compile(rb"(?ms)^(?:var|const|type)\s*\(\n(.*?)^\)")
_IN_GROUP = re.compile(rb"(?m)^\t(\w+)(?:,|\s|$)")
_PROSE = {
    Language.GO: re.compile(rb"//[^\n]*|/\*.*?\*/|`[^`]*`|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL),
    Language.RUST: re.compile(rb"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\])*\"", re.DOTALL),
    Language.C: re.compile(rb"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL),
    Language.SHELL: re.compile(rb"(?m)(?:^|(?<=\s))#[^\n]*"),
}
_WORD = re.compile(rb"[A-Za-z_]\w*")
_PACKAGE = re.compile(rb"^package\s+(\w+)", re.MULTILINE)


def read_textually(language: Language, content: bytes) -> Symbols:
    """What a file defines and which words it uses."""
    plain = _without_prose(language, content)
    package = _PACKAGE.search(plain) if language is Language.GO else None
    is_make = language is Language.MAKE
    references = references_of_make(content) if is_make else tuple(_words(plain))
    return Symbols(
        language,
        text_of(package[1]) if package is not None else "",
        tuple(_definitions(language, plain)),
        references=references,
        is_textual=True,
    )


def _without_prose(language: Language, content: bytes) -> bytes:
    """The file without comments and strings; its lines stay lines."""
    pattern = _PROSE.get(language)
    if pattern is None:
        return content
    return pattern.sub(lambda found: b" " + b"\n" * found[0].count(b"\n"), content)


def _definitions(language: Language, plain: bytes) -> Iterator[Definition]:
    for found in _DEFINED[language].finditer(plain):
        groups = {key.rstrip("2"): value for key, value in found.groupdict().items() if value}
        line = plain.count(b"\n", 0, found.start()) + 1
        is_private = "static" in groups or (language is Language.RUST and "public" not in groups)
        for key, name in groups.items():
            if key in _KINDS and name != b"_" and (name, language) != (b"init", Language.GO):
                owner = text_of(groups.get("owner", b""))
                yield Definition(
                    text_of(name), _KINDS[key], line, line, owner, is_private=is_private
                )
    if language is Language.GO:
        yield from _grouped(plain)


def _grouped(plain: bytes) -> Iterator[Definition]:
    """What Go defines in brackets, one name a line."""
    for group in _GROUP.finditer(plain):
        kind = DefinitionKind.TYPE if group[0].startswith(b"type") else DefinitionKind.VALUE
        for name in _IN_GROUP.finditer(plain, group.start(1), group.end(1)):
            line = plain.count(b"\n", 0, name.start()) + 1
            if name[1] != b"_":
                yield Definition(text_of(name[1]), kind, line, line)


def _words(plain: bytes) -> Iterator[Reference]:
    for number, line in enumerate(plain.split(b"\n"), 1):
        for word in dict.fromkeys(_WORD.findall(line)):
            yield Reference(text_of(word), number)
