"""A run in a child process that is watched: what kills Python, or does not even listen to its alarm, is found too."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from mmap import mmap

from .journal import FOUND, Journal

PATIENCE = 90  # seconds without a new input, after which the child is taken to hang (making one smaller takes 18)


def watched(name: str, seconds: float, seed: int, run: Callable[[Journal, float, int], Journal]) -> None:
    """Run for some time, with a new child where one dies; each prints its summary."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 1:
        slot = mmap(-1, 1 << 16)
        child = os.fork()
        if not child:
            try:
                print(run(Journal(f"{name}-{seed}", slot), left, seed).summary(), flush=True)
            finally:
                os._exit(0)
        status = wait(child, slot)
        if not os.WIFSIGNALED(status):
            return
        length = int(slot[8:16])
        line = {**json.loads(slot[16 : 16 + length]), "wrong": f"ended by signal {os.WTERMSIG(status)}", "where": "?"}
        with (FOUND / f"{name}-{seed}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")
        print(f"ended by signal {os.WTERMSIG(status)} after {int(slot[:8]):,} inputs; going on", flush=True)
        seed += 1000


def wait(child: int, slot: mmap) -> int:
    """The status with which the child ended; it is killed where it has taken no new input for too long."""
    last, since = b"", time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.2)
        if slot[:8] != last:
            last, since = slot[:8], time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            os.kill(child, signal.SIGKILL)
