"""Makes the conflicts of a generated file one cause: it is to be made anew, not merged (engine).

Laid over a finished port, so that everything before it still sees each region: what upstream has
already, what was decided before, what an edit teaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from patchkit.engine.deciding import with_left_out
from patchkit.engine.generated import Recogniser
from patchkit.engine.outcomes import PortedDiff
from patchkit.engine.policy import Policy
from patchkit.engine.rebasing import patch_status
from patchkit.model.generated import Generated, GeneratedKind
from patchkit.model.report import (
    Held,
    HeldCause,
    PortedFile,
    PortedPatch,
    Region,
    RegionRef,
    Span,
)
from patchkit.model.tree import Path

_OF_CONTENT = (
    HeldCause.OVERLAP,
    HeldCause.DOUBTFUL,
    HeldCause.FILE_GONE,
    HeldCause.FILE_AMBIGUOUS,
    HeldCause.FILE_EXISTS,
    HeldCause.FILE_CHANGED,
)
"""What making the file anew settles. It helps neither a broken patch nor a mode."""

_KIND_TOLD = {
    GeneratedKind.CONFIGURED: "a generated file",
    GeneratedKind.VENDORED: "vendored code",
    GeneratedKind.LOCK: "a lock file",
    GeneratedKind.CODE: "generated code",
    GeneratedKind.MANUAL: "a generated manual",
    GeneratedKind.AUTOTOOLS: "autotools output",
}


@dataclass(frozen=True, slots=True)
class _Folded:
    """A file with its held regions folded into one, and the new number of each region."""

    file: PortedFile
    numbers: Mapping[int, int]


def as_one_cause(file: PortedFile, generated: Generated) -> PortedFile:
    """The file with one held region in place of all that are held for what is in it.

    Its sides have the lines of these regions one after the other; it is a consequence if they all
    are.
    """
    return _fold(file, generated).file


def with_causes_to_regenerate(
    patches: Sequence[PortedPatch], recogniser: Recogniser, policy: Policy
) -> tuple[PortedPatch, ...]:
    """The ported patches with the conflicts of each generated file made one, and with a note where
    upstream has another version of what a patch into vendored code changes.

    What a person decided on such a cause is taken: `ours` leaves the file to be made later.
    """
    renumbered: dict[RegionRef, RegionRef] = {}
    result = []
    for patch in patches:
        files = []
        for file in patch.files:
            folded = _folded(file, recogniser)
            renumbered.update(_renumbered(patch.name, file, folded.numbers))
            files.append(_decided(folded.file, policy) if folded.file != file else file)
        result.append(_with_files(patch, files, recogniser))
    gone = _decided_regions(result)
    return tuple(_with_references(patch, renumbered, gone) for patch in result)


def _folded(file: PortedFile, recogniser: Recogniser) -> _Folded:
    path = file.old_path if file.new_path is None else file.new_path
    if path is None or not any(map(_is_of_content, file.regions)):
        return _Folded(file, {})
    made = [b"".join(region.theirs.lines) for region in file.regions if not region.hunks]
    generated = recogniser.kind_of(path, made)
    return _Folded(file, {}) if generated is None else _fold(file, generated)


def _fold(file: PortedFile, generated: Generated) -> _Folded:
    held = [region for region in file.regions if _is_of_content(region)]
    if not held:
        return _Folded(file, {})
    first, *others = held
    regions: list[Region] = []
    numbers: dict[int, int] = {}
    for region in file.regions:
        if region in others:
            numbers[region.number] = numbers[first.number]
            continue
        numbers[region.number] = number = len(regions) + 1
        kept = _one_region(held, generated) if region is first else region
        regions.append(replace(kept, number=number))
    return _Folded(replace(file, regions=tuple(regions)), numbers)


def _one_region(held: Sequence[Region], generated: Generated) -> Region:
    is_whole = any(not region.hunks for region in held)
    hunks = sorted({number for region in held for number in region.hunks})
    references = [why.consequence_of for why in map(_why_held, held) if why is not None]
    return Region(
        0,
        () if is_whole else tuple(hunks),
        _joined([region.base for region in held]),
        _joined([region.theirs for region in held]),
        _joined([region.ours for region in held]),
        Held(
            HeldCause.REGENERATE,
            _note(generated, held),
            None if None in references else references[0],
        ),
    )


def _joined(spans: Sequence[Span]) -> Span:
    return Span(spans[0].start, tuple(line for span in spans for line in span.lines))


def _why_held(region: Region) -> Held | None:
    return region.settlement if isinstance(region.settlement, Held) else None


def _is_of_content(region: Region) -> bool:
    held = _why_held(region)
    return held is not None and held.cause in _OF_CONTENT


def _note(generated: Generated, held: Sequence[Region]) -> str:
    whole = (why for why in map(_why_held, held) if why and why.cause is not HeldCause.OVERLAP)
    notes = dict.fromkeys(why.note for why in whole)
    count = "Its conflict is" if len(held) == 1 else f"Its {len(held)} conflicts are"
    how = "with the tool that makes it"
    if generated.command is not None:
        how = f"with `{generated.command}`"
    if generated.kind is GeneratedKind.VENDORED:
        todo = f"see whether the patch is still needed there, and make it anew {how}."
    else:
        todo = f"make the file anew {how} once all that it is made from is in."
    return " ".join(
        (
            f"This is {_KIND_TOLD[generated.kind]}: {generated.evidence}.",
            *notes,
            f"{count} one cause, and not for merging: {todo}",
        )
    )


def _decided(file: PortedFile, policy: Policy) -> PortedFile:
    return with_left_out(PortedDiff(file, None), policy).file


def _renumbered(
    patch: str, file: PortedFile, numbers: Mapping[int, int]
) -> Iterator[tuple[RegionRef, RegionRef]]:
    for path in {file.old_path, file.new_path} - {None}:
        assert path is not None
        for old, new in numbers.items():
            yield RegionRef(patch, path, old), RegionRef(patch, path, new)


def _decided_regions(patches: Sequence[PortedPatch]) -> frozenset[RegionRef]:
    """The folded regions that a person settled: nothing is a consequence of them any more."""
    return frozenset(
        RegionRef(patch.name, path, region.number)
        for patch in patches
        for file in patch.files
        for region in file.regions
        for path in (file.old_path, file.new_path)
        if region.is_decided and path is not None
    )


def _with_references(
    patch: PortedPatch, renumbered: Mapping[RegionRef, RegionRef], gone: frozenset[RegionRef]
) -> PortedPatch:
    def with_reference(region: Region) -> Region:
        held = _why_held(region)
        if held is None or held.consequence_of is None:
            return region
        ref = renumbered.get(held.consequence_of, held.consequence_of)
        after = replace(held, consequence_of=None if ref in gone else ref)
        return replace(region, settlement=after)

    files = tuple(
        replace(file, regions=tuple(map(with_reference, file.regions))) for file in patch.files
    )
    return replace(patch, files=files)


def _with_files(
    patch: PortedPatch, files: Sequence[PortedFile], recogniser: Recogniser
) -> PortedPatch:
    notes = (*patch.notes, *_vendored_notes(patch, recogniser))
    if tuple(files) == patch.files:
        return replace(patch, notes=notes)
    is_decided = any(region.is_decided for file in files for region in file.regions)
    status = patch_status(files) if is_decided else patch.status
    return replace(patch, files=tuple(files), status=status, notes=notes)


def _vendored_notes(patch: PortedPatch, recogniser: Recogniser) -> tuple[str, ...]:
    """A sentence for each vendored project that the patch changes and that is another version
    now."""
    paths: set[Path] = {path for file in patch.files if (path := file.new_path or file.old_path)}
    modules = (recogniser.vendored.module_of(path) for path in sorted(paths))
    told = (one.told for one in modules if one is not None and one.old != one.new)
    return tuple(f"It changes vendored code: {text}." for text in dict.fromkeys(told))
