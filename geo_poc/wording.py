"""The one catalogue of all text that people read: whole sentences with named slots."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from geo_poc.errors import Fault, GeoPocError

Entry = str | Mapping[str, str]


class WordingError(GeoPocError, LookupError):
    """A text is not in the catalogue, or its slots are not the ones given."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A piece of a sentence, printed bold if ``strong``."""

    text: str
    strong: bool


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All sentences of one language.

    A sentence has slots in braces (``{share}``) and may mark words as ``**strong**``. A sentence
    that depends on a number is a table of ``one`` and ``other``; its slot ``n`` is that number.

    Parameters
    ----------
    language : str
    entries : mapping
        Key -> sentence, or key -> ``{one = ..., other = ...}``.

    Examples
    --------
    >>> english = Catalogue(language="en", entries={"reach": "**{base}** reaches {name}."})
    >>> english.text("reach", base="Alfa", name="Bravo")
    'Alfa reaches Bravo.'
    >>> [span.text for span in english.spans("reach", base="Alfa", name="Bravo") if span.strong]
    ['Alfa']
    """

    language: str
    entries: Mapping[str, Entry]

    def text(self, key: str, /, **slots: str | int) -> str:
        """The sentence with its slots filled, strong marks left out.

        Raises
        ------
        WordingError
            If the key is not in the catalogue, or a slot is missing or not in the sentence.
        """
        return plain(self.spans(key, **slots))

    def spans(self, key: str, /, **slots: str | int) -> tuple[Span, ...]:
        """The sentence in pieces that are strong or not. What fills a slot is never read as a mark.

        Raises
        ------
        WordingError
            If the key is not in the catalogue, or a slot is missing or not in the sentence.
        """
        sentence = self.sentence(key, slots)
        self._require_slots(key, sentence, slots)
        written = {name: self._written(value) for name, value in slots.items()}
        pieces = (piece.format_map(written) for piece in sentence.split("**"))
        return tuple(Span(text=p, strong=i % 2 == 1) for i, p in enumerate(pieces) if p)

    def sentence(self, key: str, slots: Mapping[str, str | int]) -> str:
        """The unfilled sentence, of the number that slot ``n`` asks for.

        Raises
        ------
        WordingError
            If the key is not in the catalogue, or it depends on a number and ``n`` is none.
        """
        entry = self.entries.get(key)
        if entry is None:
            raise WordingError(self._fault(key, "no such key", "must be a key of the catalogue"))
        if isinstance(entry, str):
            return entry
        n = slots.get("n")
        if not isinstance(n, int):
            raise WordingError(self._fault(key, f"n = {n!r}", "needs a whole number in slot n"))
        return entry["one" if n == 1 else "other"]

    def _written(self, value: str | int) -> str:
        if isinstance(value, str):
            return value
        thousands = self.entries.get("thousands", ",")
        return f"{value:,}".replace(",", str(thousands))

    def _require_slots(self, key: str, sentence: str, slots: Mapping[str, str | int]) -> None:
        wanted = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
        counts = not isinstance(self.entries[key], str)
        if set(slots) != (wanted | {"n"} if counts else wanted):
            found = f"slots {', '.join(sorted(slots)) or 'none'}"
            rule = f"needs exactly the slots {', '.join(sorted(wanted)) or 'none'}"
            raise WordingError(self._fault(key, found, rule))

    def _fault(self, key: str, found: str, rule: str) -> Fault:
        return Fault(
            where=f"wording/{self.language}.toml: {key}",
            found=found,
            rule=rule,
            repair="correct the call or the catalogue",
        )


@cache
def catalogue(language: str = "en") -> Catalogue:
    """The catalogue of a language, as it comes with the package.

    Raises
    ------
    WordingError
        If there is none for the language, or a key stands in two sections.

    Examples
    --------
    >>> catalogue("en").text("class_p")
    'Protected'
    """
    file = resources.files("geo_poc") / "wording" / f"{language}.toml"
    if not file.is_file():
        raise WordingError(
            Fault(
                where=f"wording/{language}.toml",
                found="no such language",
                rule="must be a language that has a catalogue",
                repair="use 'en', or add the file",
            )
        )
    return Catalogue(language=language, entries=_merged(language, file.read_text(encoding="utf-8")))


def _merged(language: str, toml: str) -> dict[str, Entry]:
    sections = tomllib.loads(toml)
    entries: dict[str, Entry] = {}
    for section in sections:
        twice = entries.keys() & sections.get(section, {}).keys()
        if twice:
            raise WordingError(
                Fault(
                    where=f"wording/{language}.toml: [{section}]",
                    found=", ".join(sorted(twice)),
                    rule="a key must stand in one section only",
                    repair="rename it or use the one that is there",
                )
            )
        entries |= sections.get(section, {})
    return entries


def text(key: str, /, **slots: str | int) -> str:
    """An English sentence with its slots filled.

    Raises
    ------
    WordingError
        If the key is not in the catalogue, or a slot is missing or not in the sentence.

    Examples
    --------
    >>> text("sites", n=2)
    '2 sites'
    """
    return catalogue().text(key, **slots)


def spans(key: str, /, **slots: str | int) -> tuple[Span, ...]:
    """An English sentence in pieces that are strong or not.

    Raises
    ------
    WordingError
        If the key is not in the catalogue, or a slot is missing or not in the sentence.

    Examples
    --------
    >>> [span.text for span in spans("sites", n=1)]
    ['1 site']
    """
    return catalogue().spans(key, **slots)


def plain(sentence: Sequence[Span]) -> str:
    """A sentence without its marks.

    Examples
    --------
    >>> plain(spans("sites", n=1))
    '1 site'
    """
    return "".join(span.text for span in sentence)


def mover_name(mover: str) -> str:
    """Name of a mover as people know it; a mover that the catalogue does not know keeps its key.

    Examples
    --------
    >>> mover_name("mi8"), mover_name("hover_craft")
    ('Helicopter Mi-8', 'hover craft')
    """
    key = f"mover_{mover}"
    return text(key) if key in catalogue().entries else mover.replace("_", " ")


def marking_words(marking: str) -> str:
    """A marking as it is printed.

    Examples
    --------
    >>> marking_words("STRICTLY CONFIDENTIAL")
    'STRICTLY CONFIDENTIAL'
    """
    return text(f"marking_{marking.lower().replace(' ', '_')}")
