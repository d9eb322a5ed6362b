"""Variants that no table knows: guessed from paths and contents, and only where both tell."""

from __future__ import annotations

from patchkit.model.tree import MemoryTree
from patchkit.render.siblings import siblings_text
from patchkit.siblings.inferring import InferredAxis, UpstreamPaths, inferred_axis

from .making import compared, files, scene

STORE = b"""#include "store.h"
int {w}_open(struct store *store) { return connect(store, {W}_PORT); }
int {w}_get(struct store *store, key key) { return lookup(store, key); }
int {w}_put(struct store *store, key key) { return insert(store, key); }
int {w}_drop(struct store *store, key key) { return remove(store, key); }
int {w}_sync(struct store *store) { return flush(store->handle); }
void {w}_close(struct store *store) { disconnect(store); }
"""


def store(word: str) -> bytes:
    """A backend of a store."""
    return STORE.replace(b"{w}", word.encode()).replace(b"{W}", word.upper().encode())


BACKENDS = {f"storage/{word}.c": store(word) for word in ("mysql", "sqlite", "redis")}
OURS = {"storage/postgres.c": store("postgres")}


def inferred(path: str, upstream: dict[str, bytes], ours: dict[str, bytes]) -> InferredAxis | None:
    """What a file of the stack is a variant of."""
    tree = MemoryTree(files({**upstream, **ours}))
    upstream_paths = UpstreamPaths(files(upstream), [path.encode()])
    return inferred_axis(path.encode(), tree, upstream_paths)


def test_a_backend_beside_backends() -> None:
    """Paths that differ in a word and files with lines in common are variants."""
    found = inferred("storage/postgres.c", BACKENDS, OURS)
    assert found is not None
    assert (b"storage/{}.c", "postgres") == (found.template, found.variant.name)
    assert {"mysql", "sqlite", "redis", "postgres"} == {one.name for one in found.axis.variants}


def test_what_is_guessed_is_followed() -> None:
    """An edit of all backends is proposed for the one that the stack adds."""
    new = {
        path: content.replace(b"flush(store->handle)", b"flush(store->handle, HARD)")
        for path, content in BACKENDS.items()
    }
    found = inferred("storage/postgres.c", BACKENDS, OURS)
    assert found is not None
    made = scene(BACKENDS, new, OURS, variant="postgres", axis=found.axis)
    comparison = compared(made)
    wanted = store("postgres").replace(b"flush(store->handle)", b"flush(store->handle, HARD)")
    assert wanted == comparison.proposed[b"storage/postgres.c"].content


def test_a_folder_of_the_word() -> None:
    """The word may be that of a folder."""
    upstream = {f"distro/{word}/setup.c": store(word) for word in ("debian", "fedora")}
    found = inferred(
        "distro/openeuler/setup.c", upstream, {"distro/openeuler/setup.c": store("openeuler")}
    )
    assert found is not None
    assert b"distro/{}/setup.c" == found.template


def test_unrelated_files_are_no_variants() -> None:
    """Files of one folder that have nothing in common with ours are no siblings."""
    upstream = {
        f"src/{word}.c": b"".join(b"%b line %d\n" % (word.encode(), at) for at in range(20))
        for word in ("alloc", "parse", "print", "main")
    }
    assert inferred("src/extra.c", upstream, {"src/extra.c": store("extra")}) is None


def test_one_like_file_is_no_family() -> None:
    """It takes two siblings: a copy of one file with a change is not yet a variant."""
    assert inferred("storage/postgres.c", {"storage/mysql.c": store("mysql")}, OURS) is None


def test_a_binary_file_tells_nothing() -> None:
    """A binary file is not compared."""
    ours = {"storage/postgres.c": b"\0" + store("postgres")}
    assert inferred("storage/postgres.c", BACKENDS, ours) is None


def test_the_ending_of_a_name_is_no_variant() -> None:
    """`x.c` and `x.h` differ in what they are, not in a variant."""
    upstream = {f"store.{ending}": store("store") for ending in ("cc", "cpp", "cxx")}
    assert inferred("store.hpp", upstream, {"store.hpp": store("store")}) is None


def test_a_guess_says_so() -> None:
    """Families of guessed variants are marked; those of the table are not."""
    found = inferred("storage/postgres.c", BACKENDS, OURS)
    assert found is not None
    guessed = compared(scene(BACKENDS, BACKENDS, OURS, variant="postgres", axis=found.axis)).report
    assert [True] == [family.is_inferred for family in guessed.families]
    assert "(guessed)" in siblings_text(guessed)
    arches = {f"q_{word}.c": b"x\n" for word in ("amd64", "arm64")}
    known = compared(scene(arches, arches, {"q_riscv64.c": b"x\n"})).report
    assert [False] == [family.is_inferred for family in known.families]


def catalogue(word: str, texts: str) -> bytes:
    """Translations, as gettext has them."""
    head = f'msgid ""\nmsgstr ""\n"Language: {word}\\n"\n'
    entries = (f'\nmsgid "Message {at} for the node"\nmsgstr "{texts} {at}"\n' for at in range(25))
    return (head + "".join(entries)).encode()


def test_a_locale() -> None:
    """A short word is looked for as a word: the catalogue `de` has nothing to do with `node`."""
    upstream = {
        f"po/{word}.po": catalogue(word, texts)
        for word, texts in (("fr", "Le message"), ("it", "Il messaggio"), ("nl", "Bericht"))
    }
    found = inferred("po/de.po", upstream, {"po/de.po": catalogue("de", "Nachricht")})
    assert found is not None
    assert (b"po/{}.po", "de") == (found.template, found.variant.name)
    assert {"de", "fr", "it", "nl"} == {one.name for one in found.axis.variants}


LICENCE = b"".join(
    b"// %b\n" % line
    for line in (
        b"Copyright (c) the authors",
        b"SPDX-License-Identifier: Apache-2.0",
        b"You may use this file under the terms of the licence",
        b"that stands in the file LICENSE of this project.",
        b"It comes without warranty of any kind,",
        b"neither expressed nor implied.",
    )
)


def test_a_licence_is_nothing_in_common() -> None:
    """Files that share the comment at their top and little else are no variants."""
    upstream = {
        f"src/{word}.go": LICENCE + b"package demo\n\nfunc %b() {}\n" % word.encode()
        for word in ("alloc", "parse", "print")
    }
    ours = {"src/extra.go": LICENCE + b"package demo\n\nfunc extra() {}\n"}
    assert inferred("src/extra.go", upstream, ours) is None


def test_lines_that_name_nothing_are_not_enough() -> None:
    """Common idioms of a language make no family, where no common line names the variant."""
    idioms = b"".join(b"\tif err := step%d(); err != nil {\n" % at for at in range(30))
    upstream = {f"src/{word}.go": idioms for word in ("alloc", "parse", "print")}
    assert inferred("src/extra.go", upstream, {"src/extra.go": idioms}) is None


def test_tests_and_documents_are_not_what_a_stack_brings() -> None:
    """A test or a document like others is no variant by itself."""
    for pattern in ("storage/{}_test.c", "docs/{}.c", "storage/{}.md"):
        upstream = {pattern.format(word): store(word) for word in ("mysql", "sqlite", "redis")}
        path = pattern.format("postgres")
        assert inferred(path, upstream, {path: store("postgres")}) is None


def test_the_variants_are_those_most_alike() -> None:
    """Of many files that fit the path, only those like ours are variants; at most eight others."""
    upstream = {f"storage/db{at}x.c": store(f"db{at}x") for at in range(12)}
    upstream |= {"storage/pool.c": b"int pool;\n" * 20, "storage/lock.c": b"int lock;\n" * 20}
    found = inferred("storage/postgres.c", {**upstream, **BACKENDS}, OURS)
    assert found is not None
    names = {one.name for one in found.axis.variants}
    assert 9 == len(names)
    assert not names & {"pool", "lock"}
    assert "postgres" in names


def test_a_file_that_is_not_there_tells_nothing() -> None:
    """A path without a file is no variant of anything."""
    assert inferred("storage/postgres.c", BACKENDS, {}) is None
