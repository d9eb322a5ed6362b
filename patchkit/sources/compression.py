"""Opens compressed files, told apart by their first bytes and not by their names (sources floor).

gzip: RFC 1952. bzip2: `BZh`. xz: the .xz file format, section 2.1.1.1. zstd: RFC 8878.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_LONGEST_MAGIC = max(map(len, MAGIC))


class CorruptError(Exception):
    """Compressed data is damaged or ends too early; the message says how."""


def missing_compressions() -> tuple[str, ...]:
    """The compressions that this Python cannot read, by the endings of their files."""
    homes = {"gz": "zlib", "bz2": "bz2", "xz": "lzma"}
    homes["zst"] = "compression.zstd" if sys.version_info >= (3, 14) else "zstandard"
    missing = []
    for ending, home in homes.items():
        try:
            importlib.import_module(home)
        except ImportError:  # Python may be built without, a wheel may be for another machine
            missing.append(f".{ending}")
    return tuple(missing)


def compression_of(raw: BinaryIO) -> str | None:
    """The name of the compression of a seekable file at its start; None for any other content."""
    start = raw.read(_LONGEST_MAGIC)
    raw.seek(0)
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), None)


@contextlib.contextmanager
def decompressed(raw: BinaryIO) -> Iterator[IO[bytes]]:
    """The content of a file, decompressed as it is read. What is not compressed is given as it is.

    Raises `CorruptError` while the content is read.
    """
    import bz2
    import gzip
    import lzma
    import zlib

    try:
        match compression_of(raw):
            case "gzip":
                with gzip.GzipFile(fileobj=raw, mode="rb") as unzipped:
                    yield cast("IO[bytes]", unzipped)
            case "bzip2":
                with bz2.BZ2File(raw) as content:
                    yield content
            case "xz":
                with lzma.LZMAFile(raw) as content:
                    yield content
            case "zstd":
                with _zstd(raw) as content:
                    yield content
            case _:
                yield raw
    except (EOFError, zlib.error, lzma.LZMAError) as problem:
        raise CorruptError(str(problem)) from problem
    except OSError as problem:
        if problem.errno is not None:  # one of the system; those of gzip and bz2 have no number
            raise
        raise CorruptError(str(problem)) from problem


@contextlib.contextmanager
def _zstd(raw: BinaryIO) -> Iterator[IO[bytes]]:
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError, ZstdFile

        content = ZstdFile(raw)
    else:
        from zstandard import ZstdDecompressor, ZstdError

        content = ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    try:
        yield content
    except ZstdError as problem:
        raise CorruptError(str(problem)) from problem
