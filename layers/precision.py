"""How far off a coded position may be."""

from __future__ import annotations

import pandas as pd

# UCDP codes: 1 exact, 2 near a known point, 3 second-order division, 4 first-order division, 5 a line or
# area between, 6 country, 7 international waters or air. Codes 6 and 7 say nothing within a country.
_SD_M = {1: 0.0, 2: 12_000.0, 3: 25_000.0, 4: 60_000.0, 5: 60_000.0}


def position_sd_m(where_prec: pd.Series[int] | pd.Series[float]) -> pd.Series[float]:
    """Spread of a position per axis in metres; ``nan`` where only the country is known.

    Parameters
    ----------
    where_prec : Series of whole numbers
        UCDP's code, 1 (exact) to 7.

    Examples
    --------
    >>> position_sd_m(pd.Series([1, 3, 6])).tolist()
    [0.0, 25000.0, nan]
    """
    return where_prec.map(_SD_M).astype(float)
