"""What the permutation p-values of esda say of incidents that fall at random, and what it takes to load it.

Needs the dependency group ``oracles``. 1,600 cells, 120 incidents at random, neighbours within two cells.
"""

from __future__ import annotations

import time
import warnings

import numpy as np
from scipy.stats import false_discovery_control

from geo_poc.layers.patterns.hotspots import hot_spots, neighbours

SIDE, INCIDENTS = 40, 120


def main() -> None:
    start = time.process_time()
    try:
        import esda
        from libpysal import weights
    except ImportError:
        print("esda is not installed: pip install --group oracles")
        return
    print(f"esda {esda.__version__}: {time.process_time() - start:.1f} processor seconds to load")
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"))
    cells = np.random.default_rng(1).integers(0, SIDE**2, INCIDENTS)
    counts = np.bincount(cells, minlength=SIDE**2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pairs = weights.DistanceBand(np.column_stack([x, y]), 2.01, binary=True)
        theirs = esda.G_Local(
            counts.astype(float),
            weights.fill_diagonal(pairs, 1.0),
            transform="B",
            star=True,
            permutations=999,
            n_jobs=1,
            seed=1,
        )
    ours = hot_spots(counts, neighbours(x.astype(float), y.astype(float), radius_m=2.0))
    empty = ours.near == 0
    print(f"Gi*: largest difference {np.abs(theirs.Zs - ours.z).max():.1e}")
    for name, p in (("esda", theirs.p_sim), ("geo-poc", ours.p)):
        print(
            f"{name}: {(p[empty] <= 0.001).sum()} of {empty.sum()} cells without an incident in reach have p of "
            f"at most 0.001; {(false_discovery_control(p) <= 0.05).sum()} of {p.size} cells pass q of 0.05"
        )


if __name__ == "__main__":
    main()
