"""Numbers as people may read them: no more precise than they are known."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

from geo_poc.wording import text


def people(count: float) -> str:
    r"""Number of people to 2 significant figures, below 100 to the nearest 10; NaN is "unknown".

    Someone is never rounded to no one: 1 to 4 people are "< 10".

    Examples
    --------
    >>> people(71_432), people(47), people(3), people(0), people(float("nan"))
    ('71,000', '50', '<\xa010', '0', 'unknown')
    """
    if math.isnan(count):
        return text("unknown")
    if 0 < count < 5:
        return text("people_few")
    digits = 1 if count < 100 else int(math.log10(count)) - 1
    return text("number", n=int(_rounded(count, -digits)))


def duration(seconds: float) -> str:
    """Time in minutes below 90 min, to 0.1 h below 10 h, in whole hours to 24 h, then "> 24 h".

    ``inf`` is "not reached", NaN is "unknown". Number and unit are joined by a no-break space.

    Examples
    --------
    >>> [duration(s).replace(chr(160), " ") for s in (2700, 5400, 14_400, 39_000, 90_000)]
    ['45 min', '1.5 h', '4 h', '11 h', '> 24 h']
    >>> duration(float("inf")), duration(float("nan"))
    ('not reached', 'unknown')
    """
    if math.isnan(seconds):
        return text("unknown")
    if math.isinf(seconds):
        return text("not_reached")
    minutes, hours = _rounded(seconds / 60, 0), seconds / 3600
    if minutes < 90:
        return text("minutes", n=int(minutes))
    if hours > 24:
        return text("hours_beyond_day")
    return text("hours", hours=_decimal(hours, 1 if hours < 10 else 0))


def time_against(seconds: float, standard_s: float) -> str:
    """As `duration`, but to the minute where a time is later than the standard and would read the same.

    It is never written as a minute that the standard has: 3 h 10 s against 3 h is "3 h 1 min".

    Examples
    --------
    >>> against = [time_against(s, 10_800).replace(chr(160), " ") for s in (10_800, 10_944, 10_810, 12_600)]
    >>> against
    ['3 h', '3 h 2 min', '3 h 1 min', '3.5 h']
    """
    written = duration(seconds)
    if not seconds > standard_s or written != duration(standard_s) or math.isinf(seconds):
        return written
    minutes = int(max(_rounded(seconds / 60, 0), _rounded(standard_s / 60, 0) + 1))
    hours, rest = divmod(minutes, 60)
    if minutes < 90:
        return text("minutes", n=minutes)
    return text("hours_minutes", hours=f"{hours}", minutes=f"{rest}")


def delay(seconds: float) -> str:
    """Delay as it was given: in minutes below 90 min, then in hours, however many.

    Examples
    --------
    >>> [delay(s).replace(chr(160), " ") for s in (2700, 5400, 172_800)]
    ['45 min', '1.5 h', '48 h']
    """
    if seconds < 5400:
        return text("minutes", n=round(seconds / 60))
    return text("hours", hours=_decimal(seconds / 3600, 0 if seconds % 3600 == 0 else 1))


def percent(share: float, *, whole: int | None = None) -> str:
    r"""Share (0 to 1) as a whole percentage; NaN is "unknown".

    Some is never rounded to none, nor not all to all.

    Parameters
    ----------
    share : float
    whole : int, optional
        The percentage to write, where shares side by side must add up; else that of `whole_percent`.

    Examples
    --------
    >>> percent(0.354), percent(0.0), percent(1.0), percent(float("nan"))
    ('35%', '0%', '100%', 'unknown')
    >>> percent(0.001), percent(0.999), percent(0.354, whole=36)
    ('<\xa01%', '>\xa099%', '36%')
    """
    if math.isnan(share):
        return text("unknown")
    n = whole_percent(share) if whole is None else whole
    if n == 0 and share > 0:
        return text("percent_few")
    if n == 100 and share < 1:
        return text("percent_most")
    return text("percent", n=n)


def whole_percent(share: float) -> int:
    """Share (0 to 1) in percent, rounded to whole ones, halves up.

    Examples
    --------
    >>> whole_percent(0.354), whole_percent(0.125)
    (35, 13)
    """
    return int(_rounded(100 * share, 0))


def distance(metres: float) -> str:
    """Distance to 100 m below 1 km, to 0.1 km below 10 km, then in whole km; NaN is "unknown".

    Examples
    --------
    >>> [distance(m).replace(chr(160), " ") for m in (40, 760, 4_230, 29_400)]
    ['< 100 m', '800 m', '4.2 km', '29 km']
    >>> distance(float("inf")), distance(float("nan"))
    ('not reached', 'unknown')
    """
    if math.isnan(metres):
        return text("unknown")
    if math.isinf(metres):
        return text("not_reached")
    if 0 < metres < 50:
        return text("metres_few")
    if metres < 950:
        return text("metres", n=int(_rounded(metres, -2)))
    return text("kilometres", km=_decimal(metres / 1000, 1 if metres < 9_950 else 0))


def area(km2: float) -> str:
    r"""Area to 2 significant figures in km2; NaN is "unknown".

    Examples
    --------
    >>> area(1_234.0)
    '1,200\xa0km²'
    """
    if math.isnan(km2):
        return text("unknown")
    digits = int(math.log10(km2)) - 1 if km2 >= 10 else 0
    return text("square_kilometres", n=int(_rounded(km2, -digits)))


def dtg(moment: dt.datetime) -> str:
    """Date-time group in Zulu time, as "311200Z DEC 21".

    Raises
    ------
    ValueError
        If the moment has no time zone.

    Examples
    --------
    >>> dtg(dt.datetime(2021, 12, 31, 12, 0, tzinfo=dt.UTC)).replace(chr(160), " ")
    '311200Z DEC 21'
    """
    if moment.tzinfo is None:
        message = "a date-time group needs a time zone"
        raise ValueError(message)
    zulu = moment.astimezone(dt.UTC)
    return text(
        "dtg", time=f"{zulu:%d%H%M}Z", month=text(f"month_{zulu.month}").upper(), year=f"{zulu:%y}"
    )


def day(date: dt.date) -> str:
    """Date as "06 JAN 20".

    Examples
    --------
    >>> day(dt.date(2020, 1, 6)).replace(chr(160), " ")
    '06 JAN 20'
    """
    return text(
        "dtg", time=f"{date:%d}", month=text(f"month_{date.month}").upper(), year=f"{date:%y}"
    )


def month(date: dt.date) -> str:
    """Month as "Dec 2020".

    Examples
    --------
    >>> month(dt.date(2020, 12, 6)).replace(chr(160), " ")
    'Dec 2020'
    """
    return text("month_of_year", month=text(f"month_{date.month}"), year=str(date.year))


def _rounded(value: float, digits: int) -> Decimal:
    """Halves rounded away from zero as people do; Python's own rounding takes the even digit."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _decimal(value: float, digits: int) -> str:
    """At most ``digits`` decimals, a zero after the point left out."""
    written = f"{_rounded(value, digits):f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return written.replace(".", text("decimal"))
