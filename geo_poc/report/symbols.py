"""Symbols of the printed map, drawn by hand in SVG: bases, sites, zone numbers, class areas."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from geo_poc.palette import Palette
from geo_poc.report.svg import Attributes, element, written

BASE_WIDTH, BASE_HEIGHT = 15.0, 10.0
DISC = 12.0
SITE_SIZES = (5.0, 7.0, 10.0)
CLASS_TOKEN = {"P": "p", "C": "c", "N": "n", "?": "u", "E": "e"}


def define_patterns(defs: ET.Element, palette: Palette) -> None:
    """Hatches of the class areas, so that no class is told by its colour alone."""
    lines = _pattern(defs, "hatch-c", size=6, turn=45)
    element(lines, "rect", {"width": 6, "height": 6, "fill": palette.class_c_area})
    element(lines, "rect", {"width": 1.6, "height": 6, "fill": palette.class_c_line})
    dots = _pattern(defs, "dots-n", size=5, turn=45)
    element(dots, "rect", {"width": 5, "height": 5, "fill": palette.class_n_area})
    element(dots, "circle", {"cx": 2.5, "cy": 2.5, "r": 0.5, "fill": palette.class_n})
    grey = _pattern(defs, "hatch-u", size=4, turn=-45)
    element(grey, "rect", {"width": 4, "height": 4, "fill": palette.threat[0]})
    element(grey, "rect", {"width": 0.9, "height": 4, "fill": palette.class_unknown})


def _pattern(defs: ET.Element, name: str, *, size: float, turn: float) -> ET.Element:
    return element(
        defs,
        "pattern",
        {
            "id": name,
            "width": size,
            "height": size,
            "patternUnits": "userSpaceOnUse",
            "patternTransform": f"rotate({turn:g})",
        },
    )


def define_sites(defs: ET.Element, palette: Palette) -> None:
    """Triangles ``s-<class>-<size>``: filled by class; hollow, with ``h`` for the size, if unknown."""
    fills = {
        "p": palette.class_p,
        "c": palette.class_c_line,
        "n": palette.class_n,
        "u": palette.class_unknown,
        "e": palette.paper,
    }
    edges = fills | {"c": palette.class_c, "e": palette.class_e}
    for token, fill in fills.items():
        for number, size in enumerate(SITE_SIZES):
            _triangle(defs, f"s-{token}-{number}", size, fill=fill, edge=edges[token])
        hollow = _triangle(
            defs, f"s-{token}-h", SITE_SIZES[0], fill=palette.paper, edge=edges[token]
        )
        hollow.set("stroke-dasharray", "1.4 0.8")


def _triangle(defs: ET.Element, name: str, size: float, *, fill: str, edge: str) -> ET.Element:
    height, half = size * 0.9, size / 2
    return element(
        defs,
        "path",
        {
            "id": name,
            "d": f"M0 {-height * 0.6:.2f}L{half:.2f} {height * 0.4:.2f}H{-half:.2f}z",
            "fill": fill,
            "stroke": edge,
            "stroke-width": 0.8,
            "stroke-linejoin": "round",
        },
    )


def site_symbol(letter: str, people: float) -> str:
    """Name of the triangle for a site of a class; ``people`` nan is hollow.

    Examples
    --------
    >>> site_symbol("N", 3000.0), site_symbol("?", float("nan")), site_symbol("P", 0.0)
    ('s-n-2', 's-u-h', 's-p-0')
    """
    if people != people:  # noqa: PLR0124  (only nan differs from itself)
        return f"s-{CLASS_TOKEN[letter]}-h"
    size = 0 if people < 500 else 1 if people < 2500 else 2
    return f"s-{CLASS_TOKEN[letter]}-{size}"


def draw_base(
    parent: ET.Element, palette: Palette, *, at: tuple[float, float], kind: str, aviation: bool
) -> None:
    """Unit frame with infantry cross; staff line for a headquarters, rotor for helicopters.

    A temporary base has its frame dashed, force and sector headquarters stand on a staff.
    """
    x, y = at[0] - BASE_WIDTH / 2, at[1] - BASE_HEIGHT / 2
    group = element(parent, "g", {"stroke": palette.un_line, "stroke-width": 1})
    box = {"x": x, "y": y, "width": BASE_WIDTH, "height": BASE_HEIGHT}
    element(group, "rect", {**box, "fill": "none", "stroke": palette.paper, "stroke-width": 3})
    if kind in {"fhq", "shq"}:
        staff = f"M{x:.1f} {y + BASE_HEIGHT:.1f}v4.5"
        element(group, "path", {"d": staff, "stroke": palette.paper, "stroke-width": 3})
        element(group, "path", {"d": staff, "stroke-width": 1.4})
    frame = element(group, "rect", {**box, "fill": palette.un_fill})
    if kind == "tob":
        frame.set("stroke-dasharray", "2.5 1.5")
    element(
        group,
        "path",
        {
            "d": f"M{x:.1f} {y:.1f}l{BASE_WIDTH} {BASE_HEIGHT}m0 {-BASE_HEIGHT}l{-BASE_WIDTH} {BASE_HEIGHT}",
            "fill": "none",
            "stroke-width": 0.8,
        },
    )
    if aviation:
        right = x + BASE_WIDTH + 1.5
        bow = f"M{right:.1f} {at[1] - 2.2:.1f}v4.4l6 -4.4v4.4z"
        element(group, "path", {"d": bow, "fill": palette.un_line, "stroke": "none"})


def draw_disc(
    parent: ET.Element, palette: Palette, *, at: tuple[float, float], number: int
) -> None:
    """Numbered disc of a zone, the number that the table gives it."""
    element(
        parent,
        "circle",
        {"cx": at[0], "cy": at[1], "r": DISC / 2, "fill": palette.class_n, "stroke": palette.paper},
    )
    element(
        parent,
        "text",
        {
            "x": at[0],
            "y": at[1] + 3,
            "fill": palette.paper,
            "font-size": 8.5,
            "font-weight": 700,
            "text-anchor": "middle",
        },
        text=str(number),
    )


def legend_symbol(name: str, palette: Palette) -> str:
    """Small drawing for the legend: ``base, hq, rotor, site, hollow, zone`` or ``limit``.

    Examples
    --------
    >>> from geo_poc.palette import DAY
    >>> legend_symbol("zone", DAY)[:5]
    '<svg '
    """
    box = {"class": "sign", "viewBox": "0 0 24 16", "aria-hidden": "true"}
    root = ET.Element("svg", box)
    if name in {"base", "hq", "rotor"}:
        kind = "fhq" if name == "hq" else "cob"
        at = (8.5 if name == "rotor" else 12.0, 6.5 if name == "hq" else 8.0)
        draw_base(root, palette, at=at, kind=kind, aviation=name == "rotor")
    elif name in {"site", "hollow"}:
        triangle = _triangle(root, "", 12.0, fill=palette.ink3, edge=palette.ink3)
        triangle.set("transform", "translate(12 10)")
        del triangle.attrib["id"]
        if name == "hollow":
            triangle.set("fill", palette.paper)
            triangle.set("stroke-dasharray", "2.4 1.4")
    else:
        zone = name == "zone"
        style: Attributes = {
            "stroke": palette.class_n if zone else palette.ink2,
            "stroke-width": 1.6,
        }
        rect: dict[str, str | float] = {
            "x": 2,
            "y": 2,
            "width": 20,
            "height": 12,
            "fill": "none",
            **style,
        }
        if not zone:
            rect["stroke-dasharray"] = "1.4 2.6"
        element(root, "rect", rect)
    return written(root)
