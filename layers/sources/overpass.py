"""Roads from OpenStreetMap online, through osmnx and an Overpass server, kept in a cache."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import networkx as nx
import requests

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.sources.graphml import roads_of_graph
from geo_poc.layers.sources.osm import NOT_A_ROAD, TAGS
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre_file import Source

Bounds = tuple[float, float, float, float]

_BUSY = (429, 504)
_TRIES = 5
_QUERY_SIDE_M = 100_000.0
_FILTERS = [
    f'["highway"]["highway"!~"^({"|".join(sorted(NOT_A_ROAD))})$"]["area"!~"^yes$"]',
    '["route"="ferry"]',
]


def read(path: Path | None, source: Source, *, layer: str, bounds: Bounds | None = None) -> Raw:
    """Roads and ferries inside a box, as :func:`geo_poc.layers.sources.graphml.roads_of_graph`.

    Every answer is kept in the cache folder: the same question is asked of the server once only.

    Parameters
    ----------
    path : Path or None
        The cache folder. None: ``.cache/geo_poc/overpass`` in the user's home.
    source : Source
        ``url`` is the server's, without ``/interpreter``; None for osmnx's default.
    layer : str
        ``roads``.
    bounds : tuple of float
        West, south, east, north in degrees: the theatre's ``lonlat_bounds``.

    Raises
    ------
    SourceError
        If there are no bounds, the server cannot be reached, stays busy, or its answer is not usable.
    """
    if bounds is None:
        raise _unusable(source, "no bounds", f"{layer} are asked for by the theatre's bounds")
    cache = path or Path.home() / ".cache" / "geo_poc" / "overpass"
    return _roads(bounds, source, cache=cache)


def _roads(bounds: Bounds, source: Source, *, cache: Path) -> Raw:
    from osmnx._errors import (  # noqa: PLC0415  (a second to import, needed only here)
        GraphSimplificationError,
        InsufficientResponseError,
        ResponseStatusCodeError,
    )

    try:
        with warnings.catch_warnings(), _osmnx_settings(source, cache=cache):
            warnings.simplefilter("ignore", UserWarning)
            return roads_of_graph(_graph(bounds), source)
    except requests.RequestException as e:
        raise _unusable(source, str(e), "the server must be within reach") from e
    except (ResponseStatusCodeError, InsufficientResponseError, GraphSimplificationError) as e:
        raise _unusable(source, str(e)[:200], "the answer must hold roads") from e
    except (KeyError, TypeError, ValueError) as e:
        raise _unusable(source, repr(e)[:200], "the answer must be Overpass JSON with roads") from e


def _graph(bounds: Bounds) -> nx.MultiDiGraph[int]:
    """Streets from junction to junction, never across two ways, whose tags may differ."""
    import osmnx  # noqa: PLC0415  (a second to import, needed only here)

    graph = osmnx.graph_from_bbox(
        bounds, simplify=False, retain_all=True, truncate_by_edge=True, custom_filter=_FILTERS
    )
    return osmnx.simplify_graph(graph, edge_attrs_differ=["osmid"])


@contextmanager
def _osmnx_settings(source: Source, *, cache: Path) -> Iterator[None]:
    """Give osmnx its settings, which live in its module, and put back what was there.

    osmnx also replaces ``socket.getaddrinfo``, and would ask a public name server about hosts; the one
    is put back and the other switched off.
    """
    from osmnx import settings  # noqa: PLC0415

    ours: dict[str, Any] = {
        "cache_folder": cache,
        "use_cache": True,
        "doh_url_template": None,
        "log_console": False,
        "max_query_area_size": _QUERY_SIDE_M**2,
        "overpass_rate_limit": True,
        "overpass_url": source.url or settings.overpass_url,
        "requests_kwargs": {
            "auth": _only_within_reach(source),
            "hooks": {"response": _checked_answers(source)},
        },
        "useful_tags_way": list(TAGS),
    }
    before = {name: getattr(settings, name) for name in ours}
    getaddrinfo = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        socket.getaddrinfo = getaddrinfo


def _only_within_reach(
    source: Source,
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Check before a request that the server is there: osmnx would wait a minute first.

    requests calls ``auth`` with every request about to be sent; none is sent for cached answers.
    """

    def request_if_reachable(request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = urlsplit(str(request.url))
        if not requests.utils.get_environ_proxies(str(request.url)):
            port = url.port or (443 if url.scheme == "https" else 80)
            try:
                socket.create_connection((str(url.hostname), port), timeout=20).close()
            except OSError as e:
                raise _unusable(source, str(e), "the server must be within reach") from e
        return request

    return request_if_reachable


def _checked_answers(source: Source) -> Callable[..., requests.Response]:
    """Refuse what osmnx lets pass: a server busy for ever, and an answer cut short.

    osmnx asks again without end after "too many requests" (429) and "time out" (504), and keeps
    an answer whose remark says that the server gave up half-way.
    """
    busy: list[int] = []

    def check(response: requests.Response, **_: object) -> requests.Response:
        if response.status_code in _BUSY:
            busy.append(response.status_code)
            if len(busy) >= _TRIES:
                found = f"{len(busy)} times '{response.status_code} {response.reason}'"
                raise _unusable(source, found, "the server must have time for the request")
        elif response.ok and '"remark"' in response.text[-2000:]:
            remark = response.text[-2000:].partition('"remark"')[2].strip(' :"\n}')
            raise _unusable(source, remark[:200], "the answer must be complete")
        return response

    return check


def _unusable(source: Source, found: str, rule: str) -> SourceError:
    return SourceError(
        Fault(
            where=f"roads from {source.url or 'Overpass'}",
            found=found,
            rule=rule,
            repair="try later, or use a file: an .osm.pbf extract with format = 'osm'",
        )
    )
