"""Variants that no table knows: guessed from paths and contents, and only where both tell."""

from __future__ import annotations

from patchkit.model.tree import MemoryTree
from patchkit.siblings.inferring import InferredAxis, inferred_axis

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
    return inferred_axis(path.encode(), tree, list(files(upstream)))


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
