"""The held regions of a port, and the answers to them that are recorded (jobs floor)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from patchkit.engine.deciding import question_of
from patchkit.errors import ResolveError
from patchkit.jobs.lastport import LastPort
from patchkit.model.report import Held, HeldCause, PortedFile, PortedPatch, Region, RegionRef
from patchkit.model.resolutions import (
    Answer,
    Decision,
    Provenance,
    Question,
    Resolution,
    Resolutions,
    Side,
    identity_of,
)
from patchkit.model.shown import shown_line, shown_name, shown_path
from patchkit.model.tree import Path as TreePath
from patchkit.model.uses import with_use
from patchkit.render.causes import is_answerable, takes_text
from patchkit.render.conflict import Labels, conflict_text, read_answer
from patchkit.workspace.resolutions import load_resolutions, write_resolutions

_MOST_SHOWN = 10


class Take(Enum):
    """What is taken for an answer without writing one; the value is the word for it on the command
    line."""

    OURS = "ours"
    """Leave out what the patch does there."""
    THEIRS = "theirs"
    """Put what the patch makes of it."""
    SUGGESTION = "suggestion"
    """What a rule suggests."""


@dataclass(frozen=True)
class HeldRegion:
    """A held region of a port, and what was decided on it since (None: nothing)."""

    patch: str
    file: PortedFile
    region: Region
    decided: Resolution | None

    @property
    def held(self) -> Held:
        """Why it is held."""
        assert isinstance(self.region.settlement, Held)
        return self.region.settlement

    @property
    def path(self) -> TreePath:
        """The file: where ours has it, else where base has it."""
        return self.file.new_path or self.file.old_path or b"?"

    @property
    def name(self) -> str:
        """What `select` finds it by: PATCH:FILE:REGION."""
        file = self.path.decode("utf-8", "surrogateescape")
        return f"{self.patch}:{file}:{self.region.number}"

    @property
    def question(self) -> Question:
        """What a resolution of it answers. Raises `ResolveError` where none can."""
        found = question_of(self.region, self.file)
        if found is None or not self.is_answerable:
            raise ResolveError(
                f"{shown_name(self.name)}: no answer can help here: {self.held.note}",
                "Mend the patch in the stack that is ported.",
            )
        return found

    @property
    def is_answerable(self) -> bool:
        """Whether there is an answer at all: a patch that does not apply is to be mended."""
        return is_answerable(self.held.cause)

    @property
    def is_lines(self) -> bool:
        """Whether any text can be the answer."""
        return takes_text(self.held.cause, self.file)

    def is_named(self, ref: RegionRef) -> bool:
        """Whether the report names this region so."""
        paths = (self.file.old_path, self.file.new_path)
        return (ref.patch, ref.region) == (self.patch, self.region.number) and ref.file in paths


def held_regions(port: LastPort) -> tuple[HeldRegion, ...]:
    """What the port holds, with what is recorded on it since: the causes in the order of the stack,
    then the consequences."""
    resolutions = port.resolutions()
    found = [
        HeldRegion(patch.name, file, region, _recorded(region, file, resolutions))
        for patch, file, region in port.report.held_regions()
    ]
    return tuple(sorted(found, key=lambda one: one.held.consequence_of is not None))


def cause_of(one: HeldRegion, others: Iterable[HeldRegion]) -> HeldRegion | None:
    """The held region that this one follows from."""
    ref = one.held.consequence_of
    return None if ref is None else next((other for other in others if other.is_named(ref)), None)


def select(
    name: str, held: Sequence[HeldRegion], patches: Iterable[PortedPatch]
) -> tuple[HeldRegion, ...]:
    """The held regions that PATCH, PATCH:FILE or PATCH:FILE:REGION names.

    PATCH is a name or the beginning of just one, FILE a path or the end of just one. `patches` are
    those of the port, for the message. Raises `ResolveError` when nothing held is named so.
    """
    names = tuple(patch.name for patch in patches)
    patch, rest = _split(name, names)
    of_patch = [one for one in held if one.patch == patch]
    if not of_patch:
        raise ResolveError(f"{shown_name(patch)}: nothing of this patch is held.")
    if not rest:
        return tuple(of_patch)
    file, colon, number = rest.rpartition(":")
    found = _of_file(of_patch, rest)
    if not found and colon and number.isdecimal():
        found = [one for one in _of_file(of_patch, file) if one.region.number == int(number)]
    if not found:
        raise ResolveError(
            f"{shown_name(name)}: no held region is called so.",
            f"Held are {_listed([one.name for one in of_patch])}.",
        )
    return tuple(found)


def editable(one: HeldRegion, port: LastPort) -> bytes:
    """The region as a file to edit. Raises `ResolveError` where no text can be the answer."""
    sides = one.question.sides
    _check(one, (), port)
    old, new = port.versions
    labels = Labels(f"upstream {new}", f"upstream {old}", one.patch)
    return conflict_text(sides, labels, tuple(_notes(one)))


def read_edited(one: HeldRegion, raw: bytes, port: LastPort, source: str) -> Answer:
    """The answer in a file that `editable` gave, or that has nothing but the answer.

    Raises `ResolutionFormatError` when the file still has a marker, `ResolveError` where no text
    can be the answer.
    """
    sides = one.question.sides
    lines = read_answer(raw, sides, source)
    for side, text in ((Side.OURS, sides.ours), (Side.THEIRS, sides.theirs)):
        if lines == text:
            return checked(one, side, port)
    return checked(one, lines, port)


def suggestion(one: HeldRegion, port: LastPort) -> Answer:
    """The answer that a rule suggests. Raises `ResolveError` where none does."""
    if one.held.suggestion is None:
        raise ResolveError(
            f"{shown_name(one.name)}: no rule suggests anything here.",
            "Take ours or theirs, or write the answer yourself.",
        )
    return checked(one, one.held.suggestion.result, port)


def taken(one: HeldRegion, take: Take, port: LastPort) -> Answer:
    """The answer that a word stands for. Raises `ResolveError` where it cannot be one."""
    if take is Take.SUGGESTION:
        return suggestion(one, port)
    return checked(one, Side(take.value), port)


def checked(one: HeldRegion, answer: Answer, port: LastPort) -> Answer:
    """The answer, where a rebase can go by it. Raises `ResolveError` where it cannot."""
    _ = one.question
    _check(one, answer, port)
    return answer


def record_answers(
    port: LastPort, answers: Iterable[tuple[HeldRegion, Answer]], *, by: str, on: str, why: str
) -> tuple[str, ...]:
    """Record the answers in the file for decisions; gives their identities.

    What is there on the same question is replaced, unless it is the same answer. Raises
    `ResolveError` for an answer that no rebase could go by, and `OutputError` when the file cannot
    be written.
    """
    decisions = [
        Resolution(
            one.question,
            checked(one, answer, port),
            Provenance(one.patch, (port.versions,), _on_one_line(by), on, _on_one_line(why)),
        )
        for one, answer in answers
    ]
    before = port.resolutions()
    after = with_decisions(before, decisions)
    if after != before:
        write_resolutions(port.resolutions_place, after, before)
    return tuple(map(identity_of, decisions))


def with_decisions(resolutions: Resolutions, decisions: Iterable[Decision]) -> Resolutions:
    """With these decisions; one that is there already only gets its versions noted."""
    for decision in decisions:
        same = next((one for one in resolutions.records if _is_same(one.decision, decision)), None)
        if same is None:
            resolutions = resolutions.with_decision(decision)
            continue
        for old, new in decision.provenance.ports:
            on = decision.provenance.on
            resolutions = with_use(resolutions, same.identity, old, new, on)
    return resolutions


def forget_decisions(place: Path, names: Iterable[str]) -> tuple[str, ...]:
    """Take decisions out of a file by their identities, or the beginnings of these.

    Gives the identities. Raises `ResolveError` when a name is not that of just one decision; then
    nothing is written.
    """
    before = resolutions = load_resolutions(place)
    found = []
    for name in names:
        fitting = [one.identity for one in resolutions.records if one.identity.startswith(name)]
        if not name or len(set(fitting)) != 1:
            what = (
                f"several begin so: {_listed(fitting)}" if fitting else "no decision is called so"
            )
            raise ResolveError(
                f"{shown_name(name)}: {what}, in {place}.", "See patchkit resolutions list."
            )
        found.append(fitting[0])
    for identity in found:
        resolutions = resolutions.without(identity)
    if found:
        write_resolutions(place, resolutions, before)
    return tuple(dict.fromkeys(found))


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _recorded(region: Region, file: PortedFile, resolutions: Resolutions) -> Resolution | None:
    question = question_of(region, file)
    return None if question is None else resolutions.answer_to(question)


def _is_same(one: Decision, other: Decision) -> bool:
    return identity_of(one) == identity_of(other) and one == replace(
        other, provenance=one.provenance
    )


def patch_named(name: str, patches: Iterable[PortedPatch]) -> str:
    """The patch that this is the name of, or the beginning of just one. Raises `ResolveError`."""
    patch, rest = _split(name, tuple(patch.name for patch in patches))
    if rest:
        raise ResolveError(f"{shown_name(name)}: no patch of this port is called so.")
    return patch


def _split(name: str, patches: Sequence[str]) -> tuple[str, str]:
    """The patch that a name begins with, and what stands behind the colon."""
    # A report tells a name on one line; a command in it is typed as it stands there.
    whole = [
        (told, one)
        for one in patches
        for told in (one, shown_name(one))
        if name == told or name.startswith(f"{told}:")
    ]
    if whole:
        told, patch = max(whole, key=lambda found: len(found[0]))
        return patch, name[len(told) + 1 :]
    start, _, rest = name.partition(":")
    found = [one for one in patches if start and one.startswith(start)]
    if len(found) == 1:
        return found[0], rest
    if found:
        raise ResolveError(f"{shown_name(start)}: several patches begin so: {_listed(found)}.")
    raise ResolveError(
        f"{shown_name(start)}: no patch of this port is called so.", "See patchkit resolve."
    )


def _of_file(held: Sequence[HeldRegion], file: str) -> list[HeldRegion]:
    """The regions in a file, by its path in ours or base, or by the end of just one path."""
    path = file.encode("utf-8", "surrogateescape")
    whole = [
        one
        for one in held
        if path in (one.file.old_path, one.file.new_path) or file == shown_path(one.path)
    ]
    if whole:
        return whole
    ending = [one for one in held if one.path.endswith(b"/" + path)]
    return ending if len({one.path for one in ending}) == 1 else []


def _check(one: HeldRegion, answer: Answer, port: LastPort) -> None:
    if one.is_lines or answer is Side.OURS:
        return
    old, new = port.versions
    taken = "patchkit resolve --take ours leaves the patch's change out"
    if one.held.cause is HeldCause.FILE_CHANGED:
        if answer is Side.THEIRS:
            return
        raise ResolveError(
            f"{shown_name(one.name)}: the file goes or stays, no other text can be the answer.",
            f"Take theirs to delete it as {shown_name(new)} has it, or ours to keep it.",
        )
    raise ResolveError(
        f"{shown_name(one.name)}: {one.held.note} No text can be the answer to that.",
        f"{taken}; to bring it where it belongs now, mend the patch for {shown_name(old)}.",
    )


def _notes(one: HeldRegion) -> Iterator[str]:
    """What is asked, in lines for a person."""
    region, file = one.region, shown_path(one.path)
    yield f"{shown_name(one.patch)}, region {region.number} of {file}, line {region.ours.start}."
    yield from (shown_name(one.held.note), "")
    yield "Leave above the line with the scissors (>8) what the file shall have in this place, and"
    yield "no marker. Nothing at all is an answer, too: the lines go."
    if one.held.suggestion is not None:
        yield from ("", f"The rule {one.held.suggestion.rule} suggests:")
        yield from (f"    {shown_line(line)}" for line in one.held.suggestion.result)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(shown_name, names[:_MOST_SHOWN]))
    more = len(names) - _MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
