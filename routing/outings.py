"""Patrols of a plan as they are searched: which base sends them, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np

from geo_poc.plan import Conditions, Patrol, PlanFile
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.ground import points_m
from geo_poc.routing.mobile import Deployment
from geo_poc.routing.movers import notice_s
from geo_poc.routing.patrol import Outing
from geo_poc.routing.patrol_length import patrol_length_s
from geo_poc.theatre import Theatre

SHORT_STAY = "short_stay"
"""Why a mobile base sends no patrol that is away for longer than the base stays."""


def outing_of(
    patrol: Patrol,
    mover: Vehicle | Foot,
    *,
    plan: PlanFile,
    bases: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    deployed: Sequence[Deployment],
    theatre: Theatre,
) -> Outing:
    """One kind of patrol from the bases that have the mover, and from the mobile ones that it gets to.

    Parameters
    ----------
    patrol : Patrol
    mover : Vehicle or Foot
    plan : PlanFile
    bases : two GeoDataFrame
        The plan's own bases; the same followed by the mobile ones.
    deployed : sequence of Deployment
        Of the plan's mobile bases. Where it is unknown when one is there, so is what it reaches.
    theatre : Theatre

    Returns
    -------
    Outing
    """
    own, every = bases
    here = np.isfinite(notice_s(plan, mover.key, own))
    there_s = {each.name: each.seconds for each in deployed if each.mover == mover.key}
    arrival_s = np.array([there_s.get(mobile.name, np.inf) for mobile in plan.mobile_bases])
    stays = np.array([mobile.days >= (patrol.days or 1) for mobile in plan.mobile_bases], np.bool_)
    stationed = np.concatenate([here, ~np.isinf(arrival_s)])
    lon, lat = theatre.lonlat(*points_m(every.geometry).T)
    length_s = patrol_length_s(patrol, lon, lat, theatre.as_of)
    length_s[len(own) :][np.isnan(arrival_s)] = np.nan
    named = np.ones(len(every), np.bool_)
    if patrol.bases is not None:
        named = every["id"].isin(patrol.bases).to_numpy(dtype=np.bool_)
    return Outing(
        mover=mover,
        conditions=Conditions(season=plan.plan.season, light=patrol.light),
        on_the_spot_s=patrol.on_the_spot,
        length_s=length_s,
        stationed=stationed,
        sends=named & stationed & np.concatenate([np.ones(len(own), np.bool_), stays]),
    )


def not_sending(patrol: Patrol, plan: PlanFile, deployed: Sequence[Deployment]) -> dict[str, str]:
    """Why mobile bases that should send a patrol do not: they are not got to, or do not stay as long.

    Parameters
    ----------
    patrol : Patrol
    plan : PlanFile
    deployed : sequence of Deployment

    Returns
    -------
    dict of str to str
        Reason by the name of the mobile base.
    """
    there = {each.name: each for each in deployed if each.mover == patrol.mover}
    reasons = {}
    for mobile in plan.mobile_bases:
        asked = patrol.bases is None or mobile.name in patrol.bases
        if asked and mobile.name in there:
            if np.isinf(there[mobile.name].seconds):
                reasons[mobile.name] = str(there[mobile.name].reason)
            elif mobile.days < (patrol.days or 1):
                reasons[mobile.name] = SHORT_STAY
    return reasons
