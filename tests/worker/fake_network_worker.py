"""A worker with a fake network: python -I fake_network_worker.py KIND FOLDER.

Imports installed packages only, since Python runs isolated.
"""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from rrsis_geo.worker.main import main


class Bright:
    """Probability = brightness."""

    device, batch_size = "cpu", 1

    def __init__(self, folder):
        self.folder = Path(folder)
        self.windows = 0

    def __call__(self, pixels):
        self.windows += 1
        return (pixels.mean(axis=1, dtype=np.float32) / np.float32(255))[:, None]


class Noisy(Bright):
    """Prints in many ways, and reads stdin."""

    def __call__(self, pixels):
        print("noise from Python")
        print("noise on sys.__stdout__", file=sys.__stdout__, flush=True)
        os.write(1, b"noise from a descriptor\n")
        library = ctypes.CDLL(None)
        library.printf(b"noise from C\n")
        library.fflush(None)
        code = "print('noise from a child')"
        subprocess.run([sys.executable, "-I", "-c", code], check=True)
        assert sys.stdin.read() == ""
        return super().__call__(pixels)


class Gated(Bright):
    """Processes one batch; in the second it waits for the file `go`."""

    def __call__(self, pixels):
        if self.windows:
            (self.folder / "waiting").touch()
            while not (self.folder / "go").exists():
                time.sleep(0.01)
        return super().__call__(pixels)


class Broken(Bright):
    """Fails with an unexpected error."""

    def __call__(self, pixels):
        raise ZeroDivisionError("a\nbug")


class Greedy(Bright):
    """Runs out of memory."""

    def __call__(self, pixels):
        raise MemoryError


class Leaving(Bright):
    """Aborts the process, like a library that crashes."""

    def __call__(self, pixels):
        os.abort()


if __name__ == "__main__":
    kind, folder = sys.argv[1:]
    main(network=lambda job, texts: globals()[kind](folder))
