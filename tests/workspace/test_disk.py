"""Files are on the disk when `write_new` returns, and what is removed is gone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from patchkit.model.tree import SYMLINK
from patchkit.workspace.disk import NewFile, remove_folder, write_new


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_files_have_their_bytes_and_modes(tmp_path: Path, count: int) -> None:
    """One nobody may read, and links that lead nowhere, among them."""
    modes = (0o644, 0o755, 0o600, 0o200, SYMLINK)
    files = [
        NewFile(tmp_path / str(at), b"content %d" % at, modes[at % len(modes)])
        for at in range(count)
    ]
    write_new(files)
    for file in files:
        if file.mode == SYMLINK:
            assert file.content == os.fsencode(file.place.readlink())
        else:
            assert file.mode == stat.S_IMODE(file.place.stat().st_mode)
            file.place.chmod(0o600)
            assert file.content == file.place.read_bytes()
    assert count == len(list(tmp_path.iterdir()))


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Nor is it written through a link."""
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_bytes(b"kept")
    for name in ("link", "file"):
        with pytest.raises(FileExistsError):
            write_new(
                [
                    NewFile(tmp_path / f"before {name}", b"", 0o644),
                    NewFile(tmp_path / name, b"x", 0o644),
                ]
            )
    assert b"kept" == (tmp_path / "file").read_bytes()
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_is_removed_and_nothing_that_a_link_in_it_leads_to(tmp_path: Path) -> None:
    """However deep, and with files that may not be written."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_bytes(b"kept")
    folder = tmp_path / "folder"
    deep = folder.joinpath(*"abcdef")
    deep.mkdir(parents=True)
    for at in range(40):
        (deep / f"{at}").write_bytes(b"")
        (deep / f"{at}").chmod(0o400)
    (folder / "to a folder").symlink_to(kept, target_is_directory=True)
    (deep / "to a file").symlink_to(kept / "file")
    remove_folder(folder)
    assert ["kept"] == [one.name for one in tmp_path.iterdir()]
    assert b"kept" == (kept / "file").read_bytes()
    remove_folder(folder)
