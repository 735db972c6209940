"""The one table of colours: maps and reports take every colour from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one theme as ``#RRGGBB``.

    Blue means that we can reach, rust and orange mean danger, grey means that we do not know. There
    is no green, because nothing on these maps is safe. Each class (P C N E), response band (R1-R5)
    and threat level (T0-T5) also has a letter and a pattern: colour never carries a meaning alone.

    Examples
    --------
    >>> DAY.class_p, DAY.response[0], len(DAY.threat)
    ('#2F7EA6', '#0B4F78', 6)
    """

    ink: str
    ink2: str
    ink3: str
    paper: str
    ground: str
    line: str
    land: str
    neighbour: str
    water: str
    river: str
    road: str
    boundary: str
    state: str
    class_p: str
    class_p_area: str
    class_c: str
    class_c_line: str
    class_c_area: str
    class_n: str
    class_n_area: str
    class_e: str
    class_unknown: str
    response: tuple[str, str, str, str, str]
    threat: tuple[str, str, str, str, str, str]
    un_fill: str
    un_line: str
    accent: str
    focus: str
    warning: str
    warning_area: str

    def css(self) -> str:
        """All colours as CSS custom properties, ``--class-p:#2F7EA6;`` and so on.

        Examples
        --------
        >>> DAY.css()[:14]
        '--ink:#17242B;'
        """
        return "".join(f"--{name}:{colour};" for name, colour in self._named())

    def warning_level(self, level: int) -> str:
        """Colour of a level of warning, W0 to W4: that of the paper where nothing warns, then the steps of danger.

        Examples
        --------
        >>> DAY.warning_level(0), DAY.warning_level(4)
        ('#FFFFFF', '#7A260A')
        """
        return self.threat[level + 1] if level else self.paper

    def _named(self) -> list[tuple[str, str]]:
        named: list[tuple[str, str]] = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            name = field.name.replace("_", "-")
            if isinstance(value, str):
                named.append((name, value))
            else:
                first = 0 if field.name == "threat" else 1
                named += [(f"{name}-{i}", colour) for i, colour in enumerate(value, first)]
        return named


DAY = Palette(
    ink="#17242B",
    ink2="#4A5A62",
    ink3="#5C6B72",
    paper="#FFFFFF",
    ground="#F3F5F4",
    line="#C9D1D4",
    land="#FBFAF6",
    neighbour="#ECEEEC",
    water="#B9D3E0",
    river="#7FABC4",
    road="#A39680",
    boundary="#59666C",
    state="#A5AEB2",
    class_p="#2F7EA6",
    class_p_area="#BBDAE6",
    class_c="#2F7EA6",
    class_c_line="#9CC6D8",
    class_c_area="#EAF3F6",
    class_n="#93300A",
    class_n_area="#F4E3D4",
    class_e="#5C6B72",
    class_unknown="#69737A",
    response=("#0B4F78", "#5A9DBF", "#9CC6D9", "#D2E5ED", "#F6F3EC"),
    threat=("#E3E6E6", "#FBF1D9", "#F7D79A", "#EBA352", "#B9551A", "#7A260A"),
    un_fill="#A9D3EE",
    un_line="#0E3A57",
    accent="#0B5C8A",
    focus="#FFB000",
    warning="#8A5A00",
    warning_area="#FFF3D1",
)
