"""Run a job until it is killed: python killed_run.py SCENE FOLDER ENGINE."""

import sys
from pathlib import Path

import brightness

from rrsis_geo.pipeline.runner import run
from rrsis_geo.protocol import Progress, encode


def print_progress(message):
    if isinstance(message, Progress):
        print(encode(message), end="", flush=True)


if __name__ == "__main__":
    scene, folder, engine = sys.argv[1:]
    job = brightness.make_job(
        scene,
        Path(folder),
        overwrite=True,
        engine=engine,
        workers=1 if engine == "serial" else 2,
    )
    run(job, predictor=brightness.Context(pause=0.02), report=print_progress)
