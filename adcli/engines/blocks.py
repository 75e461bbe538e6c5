"""A program run on many points: block after block of arrays that stay in cache, on several threads.

NumPy lets other threads run while it computes. A block is large enough that the interpreter's share is small, and
every result goes to a buffer whose last use is past, or straight to its place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from adcli.engines.program import Program
from adcli.numbers.array import ARRAY, quietly
from adcli.ops.row import Row

BLOCK = 32_768  # points; fewer lose to the interpreter, more to the cache
LEAST = 4_096
CACHE = 24_000_000  # bytes that the buffers of one thread may take before blocks become smaller
ROOM = 256_000_000  # bytes of a result that are kept for the next one


class Block(Protocol):
    """What computes at most `size` points: inputs (arrays or floats) to arrays, and where there is a kink.

    `finite` tells whether all results of the last call were; a derivative of -0 comes out as 0.
    """

    size: int
    finite: bool

    def __call__(self, inputs: Sequence[Any], out: Sequence[NDArray[Any]]) -> NDArray[Any] | None: ...


class Tally(NamedTuple):
    """Points of which something must be said: how many, and the first (-1: none)."""

    nonfinite: int = 0
    first_nonfinite: int = -1
    kinks: int = 0
    first_kink: int = -1

    def __add__(self, other: Any) -> Tally:
        """Of the points before, and those behind."""
        return Tally(
            self.nonfinite + other.nonfinite,
            self.first_nonfinite if self.nonfinite else other.first_nonfinite,
            self.kinks + other.kinks,
            self.first_kink if self.kinks else other.first_kink,
        )

    def moved(self, by: int) -> Tally:
        """The same with points counted from `by` on."""
        return Tally(
            self.nonfinite,
            self.first_nonfinite + by * (self.nonfinite > 0),
            self.kinks,
            self.first_kink + by * (self.kinks > 0),
        )


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def kernel(row: Row) -> Callable[..., Any]:
    """A row as a callable of its arguments and of the array `out` that takes the result."""
    if row.key == "where":
        return choose
    found = ARRAY.value(row)
    return found if isinstance(found, np.ufunc) else lambda *args, out: np.copyto(out, found(*args))


def choose(c: Any, x: Any, y: Any, out: NDArray[Any]) -> None:
    """x where c holds, else y; `out` is none of them."""
    if x.__class__ is float and y.__class__ is float and (x, y) == (1.0, 0.0):
        np.copyto(out, c)
    else:
        np.copyto(out, y)
        np.copyto(out, x, where=c)


class Buffers:
    """A program with a buffer for every line, those free again used again: what one thread runs on its blocks."""

    def __init__(self, program: Program, size: int, derivatives: int = 0):
        self.program = program
        self.size = size
        self.derivatives = derivatives
        self.finite = True
        width, results = program.width, program.results
        last = {a: i for i, (_, args, _) in enumerate(program.code) for a in args}
        place: dict[int, int] = {i: i for i in range(width)}
        for j, line in enumerate(results):
            if line >= width and line not in place:
                place[line] = width + j  # computed where it is wanted
        at = width + len(results)
        place |= {-1 - i: at + i for i in range(len(program.constants))}
        fixed = at + len(program.constants)
        kinds: list[type] = []  # of the buffers
        free: dict[type, list[int]] = {bool: [], float: []}
        self.steps: list[tuple[Callable[..., Any], tuple[int, ...], int]] = []
        for i, (row, args, line) in enumerate(program.code):
            gone = {a for a in args if last[a] == i and place[a] >= fixed and a != program.kinks}
            kind: type = bool if row.condition else float
            if row.key != "where":
                self._release(gone, place, kinds, free, fixed)
            if line not in place:
                if free[kind]:
                    place[line] = free[kind].pop()
                else:
                    place[line] = fixed + len(kinds)
                    kinds.append(kind)
            if row.key == "where":
                self._release(gone, place, kinds, free, fixed)
            self.steps.append((kernel(row), tuple(place[a] for a in args), place[line]))
        self.copies = [(place[line], width + j) for j, line in enumerate(results) if place[line] != width + j]
        self.kinks = None if program.kinks is None else place[program.kinks]
        self.count = len(kinds)
        self.buffers: list[NDArray[Any]] = [np.empty(size, kind) for kind in kinds]

    @staticmethod
    def _release(
        gone: set[int], place: dict[int, int], kinds: list[type], free: dict[type, list[int]], fixed: int
    ) -> None:
        for a in gone:
            free[kinds[place[a] - fixed]].append(place[a])

    def __call__(self, inputs: Sequence[Any], out: Sequence[NDArray[Any]]) -> NDArray[Any] | None:
        size = len(out[0]) if out else len(inputs[0])
        buffers = [b[:size] for b in self.buffers] if self.buffers and size < len(self.buffers[0]) else self.buffers
        cells: list[Any] = [*inputs, *out, *self.program.constants, *buffers]
        for f, args, to in self.steps:
            f(*[cells[a] for a in args], out=cells[to])
        for source, to in self.copies:
            np.copyto(cells[to], cells[source])
        for y in out[len(out) - self.derivatives :]:
            np.add(y, 0.0, out=y)
        self.finite = all_finite(out)
        if self.kinks is None:
            return None
        return np.broadcast_to(cells[self.kinks], size)


class Engine:
    """A program on arrays: plainly, and where that is not finite again with absolute products.

    `plain` and `absolute` make what computes a block, for each thread its own; `live` is how many numbers of a point
    are held at once.
    """

    def __init__(self, plain: Callable[[int], Block], absolute: Callable[[int], Block], live: int = 0):
        self.plain = plain
        self.absolute = absolute
        self.idle: list[Block] = []  # of threads that are done
        self.lock = threading.Lock()
        self.block = max(LEAST, min(BLOCK, CACHE // (8 * max(live, 1))))

    def run(
        self, inputs: Sequence[Any], out: Sequence[NDArray[Any]], workers: int | None = None,
        marks: NDArray[np.bool_] | None = None,
    ) -> Tally:  # fmt: skip
        """Fill `out`, one array of shape (P,) a result, from arrays of that shape or floats.

        `marks` of that shape is set where a point is not finite or has a kink. `workers` is all cores unless given.
        """
        points = len(out[0]) if out else 0
        workers = max(1, min(workers or cores(), -(-points // LEAST)))
        size = max(1, min(self.block, -(-points // workers)))
        starts = count(0, size)
        found: dict[int, Tally] = {}
        trouble: list[BaseException] = []

        def work() -> None:
            block = self.take(size)
            careful = None
            try:
                with quietly():
                    for lo in starts:
                        if lo >= points or trouble:
                            return
                        cut = slice(lo, min(lo + size, points))
                        xs = [x if isinstance(x, float) else x[cut] for x in inputs]
                        ys = [y[cut] for y in out]
                        kinks = block(xs, ys)
                        bad: NDArray[Any] | None = None
                        if not block.finite:
                            careful = careful or self.absolute(size)
                            kinks = careful(xs, ys)
                            bad = np.logical_not(np.isfinite(ys).all(axis=0))
                        found[lo] = tally(bad, kinks).moved(lo)
                        if marks is not None:
                            for mask in (bad, kinks):
                                if mask is not None:
                                    marks[cut] |= mask
            except BaseException as fault:  # of a thread: raised again by the caller
                trouble.append(fault)
            finally:
                self.idle.append(block)

        threads = [threading.Thread(target=work) for _ in range(workers - 1)]
        for thread in threads:
            thread.start()
        work()
        for thread in threads:
            thread.join()
        if trouble:
            raise trouble[0]
        return sum((found[lo] for lo in sorted(found)), Tally())

    def take(self, size: int) -> Block:
        """What computes blocks of this size, of a thread that is done or new."""
        with self.lock:
            found = next((block for block in self.idle if block.size >= size), None)
            if found is not None:
                self.idle.remove(found)
        return found or self.plain(size)


def all_finite(arrays: Sequence[NDArray[Any]]) -> bool:
    """Whether all numbers are finite, by sums; where one overflows nothing is lost but time."""
    return all(np.isfinite(np.add.reduce(y)) for y in arrays)


def tally(bad: NDArray[Any] | None, kinks: NDArray[Any] | None) -> Tally:
    """What must be said of a block."""
    counts = []
    for mask in (bad, kinks):
        number = 0 if mask is None else int(np.count_nonzero(mask))
        counts += [number, int(np.argmax(mask)) if mask is not None and number else -1]
    return Tally(*counts)


def array_engine(plain: Program, absolute: Callable[[], Program], derivatives: int) -> Engine:
    """The engine of NumPy."""
    lock = threading.Lock()
    made: list[Program] = []

    def careful(size: int) -> Block:
        with lock:
            if not made:
                made.append(absolute())
        return Buffers(made[0], size, derivatives)

    live = Buffers(plain, 1).count + len(plain.results)
    return Engine(lambda size: Buffers(plain, size, derivatives), careful, live)


KEPT: list[NDArray[Any]] = []


def fresh(rows: int, points: int) -> NDArray[Any]:
    """An array of shape (rows, points), in pages of a result that nobody holds any more where there are some.

    The system fills every new page with zeros first, which takes longer than many a gradient.
    """
    from sys import getrefcount

    need = rows * points
    for base in KEPT:
        if base.size >= need and getrefcount(base) <= 3:  # the list, the loop and the call
            return base[:need].reshape(rows, points)
    found = np.empty(need)
    if 1_000_000 < found.nbytes <= ROOM:
        KEPT[:] = [found]
    return found.reshape(rows, points)
