"""Which states a folder may be in after the power went off: a simple model.

A file has the bytes and the mode that it had when it was last fsynced; a folder has the names that
it had then, or those of this moment, each folder for itself; but what is renamed from one folder
into another is never lost from both. File systems that keep an order among folders allow less.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .layer import Call

_STAGED = ("plan.json", "commit.json")


@dataclass
class _Node:
    """A file, link or folder: as it is, and as it is on the disk."""

    names: dict[str, _Node] | None = None
    data: bytes = b""
    mode: int = 0o644
    is_link: bool = False
    disk_names: dict[str, _Node] = field(default_factory=dict)
    disk: tuple[bytes, int] = (b"", 0o600)
    came_from: list[_Node] = field(default_factory=list)
    """The folders from which something was renamed into this one since it was synced."""

    def sync(self) -> None:
        self.came_from = []
        self.disk = self.data, self.mode
        self.disk_names = dict(self.names or {})

    @property
    def is_unsynced(self) -> bool:
        return self.names is not None and self.names != self.disk_names


def states_after(template: Path, calls: Sequence[Call], stop: int) -> Iterator[_Node]:
    """The folder as it may be when the power goes off before call number `stop`: with all names
    that are not synced lost; with none lost; with those of one folder lost, or of all but one."""
    root = _read(template)
    for call in calls[:stop]:
        _replay(root, call)
    folders = [node for node in _folders(root) if node.is_unsynced]
    lost = [folders, []]
    if len(folders) > 1:
        for node in folders:
            lost += [[node], [other for other in folders if other is not node]]
    for some in lost:
        with_sources = {id(one) for node in some for one in (node, *node.came_from)}
        yield _settled(root, with_sources)


def put_down(node: _Node, place: Path) -> None:
    """Make the folder for real. A stage says on which inode it stands, so this is written anew."""
    assert node.names is not None
    place.mkdir()
    for name, one in node.names.items():
        inner = place / name
        if one.names is not None:
            put_down(one, inner)
        elif one.is_link:
            os.symlink(one.data, os.fsencode(inner))  # noqa: PTH211 (as it is)
        else:
            data = one.data
            if name in _STAGED and data.endswith(b"}"):
                status = place.stat()
                told = json.loads(data) | {"stage": [status.st_dev, status.st_ino]}
                data = json.dumps(told).encode()
            inner.write_bytes(data)
            inner.chmod(one.mode)


def key_of(node: _Node) -> object:
    """The same for the same state."""
    if node.names is None:
        return node.data, node.mode
    return tuple((name, key_of(one)) for name, one in sorted(node.names.items()))


def _read(place: Path) -> _Node:
    if place.is_symlink():
        node = _Node(data=os.fsencode(place.readlink()), mode=0o777, is_link=True)
    elif place.is_dir():
        node = _Node({one.name: _read(one) for one in place.iterdir()})
    else:
        node = _Node(data=place.read_bytes(), mode=place.stat().st_mode & 0o7777)
    node.sync()
    return node


def _replay(root: _Node, call: Call) -> None:
    folder, name = _find(root, call.path)
    above = folder.names
    assert above is not None
    there = above.get(name) if name else root
    if call.name in ("rename", "link"):
        source, old = _find(root, call.other)
        assert source.names is not None
        above[name] = source.names[old] if call.name == "link" else source.names.pop(old)
        folder.came_from.append(source)
    elif call.name in ("unlink", "remove", "rmdir"):
        above.pop(name, None)
    elif there is None:
        _make(above, name, call)
    else:
        _change(there, call)


def _make(above: dict[str, _Node], name: str, call: Call) -> None:
    match call.name:
        case "mkdir":
            above[name] = _Node({})
        case "create":
            above[name] = _Node(mode=call.mode & ~0o022)
        case "symlink":
            above[name] = _Node(data=call.data, mode=0o777, is_link=True)
            above[name].sync()  # it is in the folder itself


def _change(there: _Node, call: Call) -> None:
    match call.name:
        case "truncate":
            there.data = b""
        case "ftruncate":
            there.data = there.data[: call.mode]
        case "write":
            there.data += call.data
        case "pwrite":
            there.data = call.data
        case "fchmod" | "chmod":
            there.mode = call.mode
        case "fsync":
            there.sync()


def _find(root: _Node, path: str) -> tuple[_Node, str]:
    *folders, name = path.split("/")
    node = root
    for one in folders:
        assert node.names is not None
        node = node.names.get(one, _Node({}))  # of what was removed nothing can be found
    return node, name


def _folders(node: _Node) -> Iterator[_Node]:
    """Every folder that is there, now or on the disk."""
    if node.names is not None:
        yield node
        below = {id(one): one for one in (*node.names.values(), *node.disk_names.values())}
        for one in below.values():
            yield from _folders(one)


def _settled(node: _Node, lost: set[int]) -> _Node:
    if node.names is None:
        data, mode = node.disk
        return _Node(data=data, mode=mode, is_link=node.is_link)
    names = node.disk_names if id(node) in lost else node.names
    return _Node({name: _settled(one, lost) for name, one in names.items()})
