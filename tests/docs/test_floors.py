"""The page on the architecture is what the code is."""

from __future__ import annotations

import re

from tests.cli.running import REPOSITORY
from tests.docs.floors import PICTURE, floors, imports, picture

_PAGE = REPOSITORY / "docs" / "explanation" / "architecture.md"


def test_the_picture_is_of_this_code() -> None:
    """It is drawn from the contract and the imports of today: `python -m tests.docs.floors`."""
    assert PICTURE.read_text("utf-8") == picture()


def test_imports_point_down() -> None:
    """In the order of the picture no package imports one above, and none is left out of it."""
    names = [name for floor in floors() for name in floor]
    assert set(imports()) <= set(names)
    shared = {frozenset(floor) for floor in floors()}
    for name, used in imports().items():
        for one in used:
            is_below = names.index(one) > names.index(name)
            assert is_below or any({name, one} <= floor for floor in shared), (name, one)


def test_the_page_has_every_package() -> None:
    """Its table has a row for each, in the order of the floors, and leads to folders that exist."""
    rows = re.findall(r"^\| `([a-z]+)` \|", _PAGE.read_text("utf-8"), re.MULTILINE)
    assert [name for floor in floors() for name in floor] == rows


def test_the_modules_that_the_page_names_exist() -> None:
    """Each `package.module` of it is a module."""
    packages = {name for floor in floors() for name in floor}
    named = re.findall(r"`([a-z]+)\.([a-z]+)`", _PAGE.read_text("utf-8"))
    found = [one for one in named if one[0] in packages]
    assert found
    for package, module in found:
        place = REPOSITORY / "patchkit" / package / module
        assert place.is_dir() or place.with_suffix(".py").is_file(), (package, module)
