"""Compiled inner loops: quickest times over cells and road vertices, and the way back along them.

Nodes ``0 .. cells - 1`` are the cells of a grid with a border of impassable cells, ``PAD`` wide, row by
row; after them come the road vertices. The queue is a ring of buckets, each one width of seconds
(Dial 1969; inside a bucket times are corrected until they settle, as in delta-stepping, Meyer and
Sanders 2003), so that the width costs time only and never changes a result. Names and shapes of the
arrays: `Moves`, `Roads`, `Slope`. Everything is checked by its callers in `geo_poc.routing.ways`.

What makes it quick was measured one by one: time and half-crossing share 8 bytes; the two lowest bits
of the half-crossing say that roads meet in the cell and that moves are barred; rows that are needed soon
are fetched ahead; unsigned indices spare the wrap-around; the loop
over the moves is plain; the pool of the queue grows outside of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from geo_poc.compiled import compiled

PAD = 2
SLOPE_LIMIT = 2.0
NODE = np.dtype(
    {
        "names": ["time", "half", "mark"],
        "formats": [np.float32, np.float32, np.int32],
        "offsets": [0, 4, 4],
        "itemsize": 8,
    }
)
JOINED, BARRED = 1, 2  # bits of ``mark``: roads meet in the cell; some of its moves are barred
_INF = np.float32(np.inf)
_ONE = np.uint64(1)
_CHUNK = 255  # entries of one chunk of a bucket; its slot 0 leads to the next chunk
_SHIFT = np.uint64(8)
_AHEAD = 12


class Moves(NamedTuple):
    """Eight moves out of a cell: those to the cells around, or the knight's moves.

    Parameters
    ----------
    step : uint64 array (moves,)
        Added to a node.
    share : float32 array (moves,)
        Times the half-crossings on the way, it is the time of the move.
    run : float32 array (moves,)
        1 / metres of the move.
    side_a, side_b : uint64 array (moves,)
        The two cells that a diagonal or knight's move passes between or through.
    """

    step: NDArray[np.uint64]
    share: NDArray[np.float32]
    run: NDArray[np.float32]
    side_a: NDArray[np.uint64]
    side_b: NDArray[np.uint64]


class Roads(NamedTuple):
    """Ways out of road vertices, to vertices and cells, and from cells to road vertices.

    Parameters
    ----------
    first : int32 array (vertices + 1,)
        Where the ways of each vertex begin in ``head``.
    head : int32 array (ways,)
        Nodes that they lead to.
    seconds : float32 array (ways,)
    word, rank : uint64, int32 array (cells / 64,)
        One bit a cell, set where it has ways onto roads; set bits before each word.
    start : int32 array (cells with ways + 1,)
        Where the ways of such a cell begin in ``vertex``.
    vertex : int32 array (joins,)
        Nodes.
    join_s : float32 array (joins,)
    """

    first: NDArray[np.int32]
    head: NDArray[np.int32]
    seconds: NDArray[np.float32]
    word: NDArray[np.uint64]
    rank: NDArray[np.int32]
    start: NDArray[np.int32]
    vertex: NDArray[np.int32]
    join_s: NDArray[np.float32]


class Slope(NamedTuple):
    """How slopes lengthen a move.

    Parameters
    ----------
    height_m : float32 array (cells,)
        nan where it is not known: moves there and from there count as flat.
    factor : float32 array
        Of slopes from -`SLOPE_LIMIT` to `SLOPE_LIMIT` in even steps; ``inf`` not climbed.
    per_step : float32
        Steps per unit of slope.
    least : float32
        The smallest factor: a move that comes too late even with it needs no further look.
    """

    height_m: NDArray[np.float32]
    factor: NDArray[np.float32]
    per_step: np.float32
    least: np.float32


class _Queue(NamedTuple):
    top: NDArray[np.int32]
    fill: NDArray[np.int32]
    pool: NDArray[np.int32]
    used: NDArray[np.int64]  # chunks ever used; first of the free ones, -1 none


def _prefetched(_context: Any, array: Any, index: Any) -> Any:
    """Ask the processor for an entry of an array that is needed a little later."""

    def generated(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        made = context.make_array(kind)(context, builder, arguments[0])
        at = context.cast(builder, arguments[1], signature.args[1], types.intp)
        entry = cgutils.get_item_pointer(context, builder, kind, made, [at], wraparound=False)
        byte, word = ir.IntType(8).as_pointer(), ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [byte, word, word, word])
        call = cgutils.get_or_insert_function(builder.module, shape, "llvm.prefetch.p0")
        builder.call(call, [builder.bitcast(entry, byte), word(0), word(3), word(1)])
        return context.get_dummy_value()

    return types.void(array, index), generated


# Called in the loop itself: in a function of its own it costs more than it gains.
_prefetch: Any = intrinsic(_prefetched)


@compiled
def _new_queue(buckets, chunks):
    return _Queue(
        np.full(buckets, -1, np.int32),
        np.full(buckets, _CHUNK, np.int32),
        np.empty(chunks << 8, np.int32),
        np.array([0, -1], np.int64),
    )


@compiled
def _roomier(queue, chunks):
    """The queue with at least this many chunks never used."""
    if queue.used[0] + chunks <= queue.pool.size >> 8:
        return queue
    pool = np.empty(2 * queue.pool.size + (chunks << 8), np.int32)
    pool[: queue.pool.size] = queue.pool
    return _Queue(queue.top, queue.fill, pool, queue.used)


@compiled
def _push(queue, bucket, node):
    b = np.uint64(bucket) & np.uint64(queue.top.size - 1)
    chunk, n = np.int64(queue.top[b]), queue.fill[b]
    if n == _CHUNK:
        below = chunk
        chunk = queue.used[1]
        if chunk >= 0:
            queue.used[1] = queue.pool[np.uint64(chunk) << _SHIFT]
        else:
            chunk = queue.used[0]
            queue.used[0] = chunk + 1
        queue.pool[np.uint64(chunk) << _SHIFT] = below
        queue.top[b] = chunk
        n = np.int32(0)
    queue.pool[(np.uint64(chunk) << _SHIFT) + np.uint64(n) + _ONE] = node
    queue.fill[b] = n + np.int32(1)


@compiled
def _arrive(nodes, owner, before, queue, per_s, now, node, time, who, u):
    """Keep a better time of a node and queue it, unless it waits in the same later bucket already."""
    old = nodes[node].time
    if time < old:
        nodes[node].time = time
        if owner is not None:
            owner[node] = who
        if before is not None:
            before[node] = u
        bucket = np.int64(time * per_s)
        if bucket == now or old == _INF or np.int64(old * per_s) != bucket:
            _push(queue, min(bucket, now + queue.top.size - 1), node)


@compiled
def _slope_factor(slope, rise):
    """Factor by linear interpolation; ``inf`` as soon as one of the two entries is; 1 if unknown."""
    if np.isnan(rise):
        return np.float32(1)
    last = slope.factor.size - 1
    at = (rise + np.float32(SLOPE_LIMIT)) * slope.per_step
    at = min(max(at, np.float32(0)), np.float32(last))
    i = min(np.int64(at), last - 1)
    low, high = slope.factor[np.uint64(i)], slope.factor[np.uint64(i) + _ONE]
    if low == _INF or high == _INF:
        return _INF
    return low + (high - low) * (at - np.float32(i))


@compiled
def _near_factor(slope, moves, u, v, j):
    """Slope factor of a move to one of the 8 cells around."""
    return _slope_factor(slope, (slope.height_m[v] - slope.height_m[u]) * moves.run[j])


@compiled
def _far_factor(slope, moves, u, v, j):
    """Slope factor of a knight's move, over the mean height of the two cells that it passes through.

    It is taken by halves, or a ridge between two cells of equal height would cost nothing.
    """
    height_m, twice = slope.height_m, np.float32(2) * moves.run[j]
    middle_m = (height_m[u + moves.side_a[j]] + height_m[u + moves.side_b[j]]) / np.float32(2)
    up = _slope_factor(slope, (middle_m - height_m[u]) * twice)
    down = _slope_factor(slope, (height_m[v] - middle_m) * twice)
    return (up + down) / np.float32(2)


@compiled
def _corner_shut(nodes, moves, u, j):
    """Whether a diagonal move would slip between two impassable cells."""
    if nodes[u + moves.side_a[j]].half < _INF:
        return False
    return nodes[u + moves.side_b[j]].half == _INF


@compiled
def _leave_cell(nodes, owner, before, queue, per_s, now, u, near, far, barred, slope):
    time = nodes[u].time
    who = None if owner is None else owner[u]
    shut = np.uint64(0)
    if barred is not None and nodes[u].mark & BARRED:
        shut = np.uint64(barred[u])
    for j in range(8):
        if barred is not None and (shut >> np.uint64(j)) & _ONE:
            continue
        if j > 3 and _corner_shut(nodes, near, u, j):
            continue
        v = u + near.step[j]
        seconds = (nodes[u].half + nodes[v].half) * near.share[j]
        if slope is not None:
            if time + seconds * slope.least >= nodes[v].time:
                continue
            seconds *= _near_factor(slope, near, u, v, j)
        _arrive(nodes, owner, before, queue, per_s, now, v, time + seconds, who, u)
    if far is not None:
        for j in range(8):
            if barred is not None and (shut >> np.uint64(j + 8)) & _ONE:
                continue
            v = u + far.step[j]
            through = nodes[u + far.side_a[j]].half + nodes[u + far.side_b[j]].half
            seconds = (nodes[u].half + through + nodes[v].half) * far.share[j]
            if slope is not None:
                if time + seconds * slope.least >= nodes[v].time:
                    continue
                seconds *= _far_factor(slope, far, u, v, j)
            _arrive(nodes, owner, before, queue, per_s, now, v, time + seconds, who, u)


@compiled
def _ones(word):
    """Number of bits that are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def _joins_of(roads, u):
    """Where the ways of a cell onto roads begin and end in ``roads.vertex``."""
    word, bit = roads.word[u >> np.uint64(6)], _ONE << (u & np.uint64(63))
    i = np.uint64(roads.rank[u >> np.uint64(6)]) + _ones(word & (bit - _ONE))
    return roads.start[i], roads.start[i + _ONE]


@compiled
def _join_roads(nodes, owner, before, queue, per_s, now, u, roads):
    if nodes[u].mark & JOINED:
        who = None if owner is None else owner[u]
        begin, end = _joins_of(roads, u)
        for e in range(begin, end):
            v = np.uint64(roads.vertex[e])
            seconds = roads.join_s[e]
            _arrive(nodes, owner, before, queue, per_s, now, v, nodes[u].time + seconds, who, u)


@compiled
def _leave_vertex(nodes, owner, before, queue, per_s, now, u, cells, roads):
    time, r = nodes[u].time, u - cells
    who = None if owner is None else owner[u]
    for e in range(roads.first[r], roads.first[r + _ONE]):
        v = np.uint64(roads.head[e])
        seconds = roads.seconds[e]
        _arrive(nodes, owner, before, queue, per_s, now, v, time + seconds, who, u)


@compiled
def _span_of_waiting(queue, cells, low, high):
    """The first and the last cell, those that still wait in the queue counted in."""
    for b in range(queue.top.size):
        chunk, count = np.int64(queue.top[b]), queue.fill[b]
        while chunk >= 0:
            at = np.uint64(chunk) << _SHIFT
            for i in range(count):
                u = np.uint64(queue.pool[at + _ONE + np.uint64(i)])
                if u < cells:
                    low, high = min(low, u), max(high, u)
            chunk, count = np.int64(queue.pool[at]), _CHUNK
    return low, high


@compiled
def settle(
    nodes,
    owner,
    before,
    cells,
    near,
    far,
    barred,
    slope,
    roads,
    seeds,
    start_s,
    who,
    width_s,
    buckets,
    cut_off_s,
    fan_out,
):
    """Put the quickest time into every node that is reached by the cut-off.

    Parameters
    ----------
    nodes : NODE array (nodes,)
        ``time`` inf, ``half`` the seconds from a cell's centre to its edge, inf impassable, or inf at road
        vertices; bits of ``mark``: `JOINED` where a cell has ways onto roads, `BARRED` where some of its
        moves are barred. ``time`` is changed.
    owner : int16 array (nodes,) or None
        Gets ``who`` of the seed that reaches each node.
    before : int32 array (nodes,) or None
        Gets the node before each on its quickest way; -1 for seeds.
    cells : int
        Nodes that are cells.
    near : Moves
    far : Moves or None
    barred : uint16 array (cells,) or None
        Bit j set: move j out of the cell is barred; far moves from bit 8 on.
    slope : Slope or None
    roads : Roads or None
    seeds : int64 array
        Nodes to start from.
    start_s : float32 array (seeds,)
        When.
    who : int16 array (seeds,)
    width_s : float
        Of a bucket.
    buckets : int
        A power of 2.
    cut_off_s : float
        Nodes later than this may keep a time that is too long.
    fan_out : int
        Most ways out of one node.

    Returns
    -------
    three int
        How often a node was left: at least once each, more where times were corrected. The first and
        the last cell that got a time; the first is the larger one if none did.
    """
    per_s, cells = np.float32(1) / np.float32(width_s), np.uint64(cells)
    room = fan_out + buckets + 1
    queue = _roomier(_new_queue(buckets, 1024), room + seeds.size)
    now, left, idle = 0, 0, 0
    low, high = cells, np.uint64(0)
    for i in range(seeds.size):
        mine = None if owner is None else who[i]
        _arrive(
            nodes,
            owner,
            before,
            queue,
            per_s,
            now,
            np.uint64(seeds[i]),
            start_s[i],
            mine,
            -1,
        )
    while idle < buckets and now * np.float64(width_s) <= cut_off_s:
        b = np.uint64(now) & np.uint64(buckets - 1)
        idle += 1
        while queue.top[b] >= 0:
            idle = 0
            queue = _roomier(queue, room)
            chunk, count = queue.top[b], queue.fill[b]
            at = np.uint64(chunk) << _SHIFT
            queue.top[b], queue.fill[b] = queue.pool[at], _CHUNK
            for i in range(count):
                if i + _AHEAD < count:
                    p = np.uint64(queue.pool[at + np.uint64(i) + np.uint64(_AHEAD + 1)])
                    _prefetch(nodes, p)
                    if p < cells:
                        _prefetch(nodes, p - near.step[3])
                        _prefetch(nodes, p + near.step[3])
                        if far is not None:
                            _prefetch(nodes, p + far.step[0])
                            _prefetch(nodes, p + far.step[7])
                    if owner is not None:
                        _prefetch(owner, p)
                u = np.uint64(queue.pool[at + _ONE + np.uint64(i)])
                bucket = np.int64(nodes[u].time * per_s)
                if bucket > now:  # parked: due later than the ring reaches
                    _push(queue, min(bucket, now + buckets - 1), u)
                elif bucket == now:
                    left += 1
                    if u < cells:
                        low, high = min(low, u), max(high, u)
                    if roads is not None:
                        if u >= cells:
                            _leave_vertex(nodes, owner, before, queue, per_s, now, u, cells, roads)
                            continue
                        _join_roads(nodes, owner, before, queue, per_s, now, u, roads)
                    _leave_cell(
                        nodes,
                        owner,
                        before,
                        queue,
                        per_s,
                        now,
                        u,
                        near,
                        far,
                        barred,
                        slope,
                    )
            queue.pool[at], queue.used[1] = queue.used[1], chunk
        now += 1
    low, high = _span_of_waiting(queue, cells, low, high)
    return left, low, high
