"""Readers of mutated inputs: fuzz_readers.py KIND SEED FIRST STOP, see fuzz.py.

Prints a JSON line for each case. A case is read, refused with one of the package's
errors, out of memory, or a bug.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

MEMORY = 10 << 30
"""Bytes of address space for the process."""

Reader = Callable[[int, Random], None]
"""Mutates and reads the case of a number."""


def read_rasters(folder: Path) -> Reader:
    """GeoTIFFs as scenes, planned and read at two resolutions."""
    from fuzz_mutations import mutate_bytes
    from fuzz_seeds import make_rasters

    from rrsis_geo.job import SegmentOptions
    from rrsis_geo.pipeline.run_plan import make_run_plan
    from rrsis_geo.scene.scene import Scene

    seeds = make_rasters(folder)

    def read(number: int, rng: Random) -> None:
        path = folder / "mutated.tif"
        path.write_bytes(mutate_bytes(rng.choice(seeds), rng, head=1500))
        gsd = rng.choice((None, 0.7, 5.0))
        options = SegmentOptions(window_size=64, overlap=16, gsd=gsd)
        with Scene.open(path, pixel_coordinates=rng.random() < 0.2) as scene:
            plan = make_run_plan(scene, options, (0.1, 10.0))
            scene.thumbnail(100)
            list(scene.patches(plan.grid, plan.windows[:3]))

    return read


def read_probabilities(folder: Path) -> Reader:
    """Rasters of probabilities with their tags, vectorized."""
    import numpy as np
    from affine import Affine
    from fuzz_mutations import mutate_bytes
    from rasterio.crs import CRS

    from rrsis_geo.job import VectorizeJob
    from rrsis_geo.pipeline.revectorize import revectorize
    from rrsis_geo.query.batch_tags import batch_tags
    from rrsis_geo.query.query_batch import make_batch
    from rrsis_geo.scene.grid import Grid
    from rrsis_geo.tiling.probability_raster import write_probability
    from rrsis_geo.types import Strip

    place = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
    grid = Grid(place, CRS.from_epsg(32632), 48, 48)
    batch = make_batch(("the largest ship",), "scene")
    levels = np.zeros((len(batch.texts), 48, 48), np.uint8)
    levels[:, 5:20, 8:30] = 200
    path = folder / "seed.tif"
    write_probability(
        [Strip(top=0, levels=levels)],
        path,
        grid=grid,
        expressions=batch.texts,
        tags=batch_tags(batch),
    )
    seed = path.read_bytes()

    def read(number: int, rng: Random) -> None:
        mutated = folder / "mutated.tif"
        mutated.write_bytes(mutate_bytes(seed, rng, head=3000))
        output = str(folder / "found.geojson")
        revectorize(
            VectorizeJob(probability=str(mutated), output=output, overwrite=True)
        )

    return read


def read_manifests(folder: Path) -> Reader:
    """Manifests of data sets, with all their samples."""
    from fuzz_mutations import mutate_bytes, mutate_json
    from fuzz_seeds import dump_lines, make_manifest

    from rrsis_geo.datasets.registry import read_dataset

    seeds = make_manifest(folder)

    def read(number: int, rng: Random) -> None:
        path = folder / "mutated.jsonl"
        lines = rng.choice(seeds)
        if rng.random() < 0.3:
            path.write_bytes(mutate_bytes(dump_lines(lines).encode("ascii"), rng))
        else:
            path.write_bytes(b"\n".join(mutate_json(line, rng) for line in lines))
        for sample in read_dataset(path, split=rng.choice((None, "train"))):
            sample.read()

    return read


def read_weights(folder: Path) -> Reader:
    """Weights, as far as they are read without torch."""
    from fuzz_mutations import mutate_bytes, mutate_json
    from fuzz_seeds import make_weights, safetensors

    from rrsis_geo.model.serialization.header import read_header, verify

    seeds = make_weights()

    def read(number: int, rng: Random) -> None:
        path = folder / "mutated.safetensors"
        header, rest = rng.choice(seeds)
        if rng.random() < 0.5:
            values = json.loads(json.dumps(header))
            for name in ("config", "gsd_range", "calibration", "categories"):
                if rng.random() < 0.3:
                    inner = json.loads(values["__metadata__"][name])
                    text = mutate_json(inner, rng).decode("latin-1")
                    values["__metadata__"][name] = text
            data = safetensors(json.dumps(values).encode("ascii"), rest)
        elif rng.random() < 0.5:
            data = safetensors(mutate_json(header, rng), rest)
        else:
            whole = safetensors(json.dumps(header).encode("ascii"), rest)
            data = mutate_bytes(whole, rng, head=rng.choice((12, None)))
        path.write_bytes(data)
        read_header(path)
        verify(path)

    return read


def read_run_manifests(folder: Path) -> Reader:
    """Run manifests beside results that are scored."""
    from fuzz_mutations import mutate_json
    from fuzz_seeds import make_run_manifest

    from rrsis_geo.evaluation.scenes.layer_scores import window_borders
    from rrsis_geo.evaluation.scenes.run_record import read_run_record
    from rrsis_geo.scene.aoi import read_aoi

    seed = make_run_manifest()

    def read(number: int, rng: Random) -> None:
        (folder / "found.run.json").write_bytes(mutate_json(seed, rng))
        record = read_run_record(folder / "found.gpkg")
        if record is not None:
            window_borders(record.grid, record.options)
            read_aoi(record.options, record.grid)

    return read


def read_vectors(folder: Path) -> Reader:
    """Vector files as areas of interest, as labels and as true objects."""
    from affine import Affine
    from fuzz_mutations import mutate_bytes, mutate_json
    from fuzz_seeds import make_vectors
    from rasterio.crs import CRS

    from rrsis_geo.chips.vector_labels import read_vector_labels, to_pixels
    from rrsis_geo.evaluation.scenes.layer_scores import score_polygons
    from rrsis_geo.job import SegmentOptions
    from rrsis_geo.scene.aoi import read_aoi
    from rrsis_geo.scene.grid import Grid

    seeds = make_vectors(folder)
    place = Affine(0.5, 0, 500_000, 0, -0.5, 5_000_000)
    grid = Grid(place, CRS.from_epsg(32632), 48, 48)
    good = folder / "seed.gpkg"

    def read(number: int, rng: Random) -> None:
        extension, data = rng.choice(seeds)
        path = folder / f"mutated{extension}"
        if extension == ".geojson" and rng.random() < 0.6:
            path.write_bytes(mutate_json(json.loads(data), rng))
        else:
            path.write_bytes(mutate_bytes(data, rng, head=rng.choice((200, None))))
        role = rng.randrange(3)
        if role == 0:
            read_aoi(SegmentOptions(aoi=str(path)), grid)
        elif role == 1:
            labels = read_vector_labels(str(path), field="class")
            to_pixels(labels, grid, "scene.tif")
        else:
            score_polygons(good, path)

    return read


def read_messages(folder: Path) -> Reader:
    """Lines to the worker, answered in full with a network that sees brightness."""
    import io

    import numpy as np
    from fuzz_mutations import mutate_json
    from fuzz_seeds import make_messages, make_rasters

    from rrsis_geo.protocol import Failed, decode
    from rrsis_geo.worker.job_queue import JobQueue
    from rrsis_geo.worker.stdio import MessageWriter

    (folder / "scene.tif").write_bytes(make_rasters(folder)[0])
    seeds = make_messages()

    class Bright:
        device, batch_size = "cpu", 1

        def __init__(self, texts: Any) -> None:
            self.texts = texts

        def __call__(self, pixels: Any) -> Any:
            bright = pixels.mean(axis=1, dtype=np.float32) / np.float32(255)
            return np.stack([bright] * len(self.texts), axis=1)

    def read(number: int, rng: Random) -> None:
        line = mutate_json(rng.choice(seeds), rng).decode("ascii", "backslashreplace")
        if '"doctor"' in line:
            return  # starts a process; its message has no field but the number
        stream = io.StringIO()
        work = JobQueue(MessageWriter(stream), lambda job, texts: Bright(texts))
        for part in line.split("\n"):
            if not work.handle_line(part):
                break
        waiting = list(work._waiting)
        work._query_pool.shutdown()
        for name, task in waiting:
            work._run(name, task)
        answers = [decode(answer) for answer in stream.getvalue().splitlines()]
        failed = [answer for answer in answers if isinstance(answer, Failed)]
        bugs = [answer.message for answer in failed if answer.code == "bug"]
        if bugs:
            raise AssertionError(bugs[0])
        if failed:
            from rrsis_geo.errors import RRSISError

            raise RRSISError(failed[0].message)

    return read


def read_coco_files(folder: Path) -> Reader:
    """COCO instance files."""
    from fuzz_mutations import mutate_json
    from fuzz_seeds import make_coco

    from rrsis_geo.datasets.formats.coco import read_coco

    seed = make_coco()

    def read(number: int, rng: Random) -> None:
        path = folder / "mutated.json"
        path.write_bytes(mutate_json(seed, rng))
        read_coco(path, images=folder)

    return read


def read_command_lines(folder: Path) -> Reader:
    """Command lines: words left out, doubled, swapped or replaced."""
    from click.testing import CliRunner
    from fuzz_mutations import VALUES
    from fuzz_seeds import make_rasters

    from rrsis_geo.errors import RRSISError
    from rrsis_geo_cli.main import main

    (folder / "scene.tif").write_bytes(make_rasters(folder)[0])
    (folder / "list.txt").write_bytes(b"\xff\xfer\0o\0o\0f\0")
    seeds = (
        "segment scene.tif ship -o found.gpkg --dry-run --weights absent",
        "segment absent.tif -e ship -e roof --threshold 0.4 --bands 1,2,3 --gsd auto",
        "segment scene.tif ship --aoi absent.gpkg --bbox 1,2,3,4 --weights absent",
        "segment absent.tif --expressions list.txt --workers 2 --engine serial",
        "explain ship --resolve scene --json",
        "vectorize absent.tif -o found.gpkg --threshold 0.2 --min-area 3 --no-split",
        "evaluate absent.jsonl --weights absent --limit 3 --json a.json",
        "evaluate polygons absent.gpkg --truth absent.gpkg --where a=b --report a.png",
        "dataset check absent --sheet a.png --tiles 3",
        "dataset convert absent.jsonl -o found.jsonl --split train",
        "dataset build --image scene.tif --labels absent.gpkg --label roof -o chips",
        "weights show absent",
    )
    extra = [str(value) for value in VALUES] + [
        "scene.tif",
        "-",
        "--",
        ".",
        "/dev/null",
    ]

    def read(number: int, rng: Random) -> None:
        words = rng.choice(seeds).split()
        for _ in range(rng.choice((1, 1, 2, 3))):
            place = rng.randrange(1, len(words) + 1)
            kind = rng.randrange(4)
            if kind == 0:
                del words[place:]
            elif kind == 1:
                words[place - 1 : place - 1] = words[place - 1 : place]
            elif kind == 2:
                words[1:] = rng.sample(words[1:], len(words) - 1)
            else:
                words[place:] = [rng.choice(extra), *words[place + 1 :]]
        answer = CliRunner().invoke(main, words)
        if "not foreseen" in answer.stderr or answer.exit_code == 1:
            raise AssertionError(f"{words}: {answer.stderr}")
        if answer.exit_code:
            raise RRSISError(answer.stderr)

    return read


READERS: dict[str, Callable[[Path], Reader]] = {
    "geotiff": read_rasters,
    "manifest": read_manifests,
    "weights": read_weights,
    "run-manifest": read_run_manifests,
    "vector": read_vectors,
    "message": read_messages,
    "probability": read_probabilities,
    "coco": read_coco_files,
    "command": read_command_lines,
}
"""Kind of input -> what makes its reader, given an empty folder."""


def main() -> None:
    """Read the cases of one kind."""
    kind, seed, first, stop = sys.argv[1], *map(int, sys.argv[2:5])
    out = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # output of libraries
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        read = READERS[kind](Path(folder))
        print(json.dumps({"ready": True}), file=out, flush=True)
        for number in range(first, stop):
            outcome, text = _outcome(read, number, seed, kind)
            answer = {"number": number, "outcome": outcome, "text": text}
            print(json.dumps(answer), file=out, flush=True)
        os.chdir("/")


def _outcome(read: Reader, number: int, seed: int, kind: str) -> tuple[str, str]:
    """What became of a case, and why."""
    from rrsis_geo.errors import RRSISError

    try:
        read(number, random.Random(f"{seed}/{kind}/{number}"))
    except RRSISError as error:
        shown = str(error)
        return "refused", "" if "Traceback" not in shown else shown
    except MemoryError:
        return "memory", ""
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if "rrsis_geo" in frame.filename]
        last = own[-1] if own else frames[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return "bug", f"{type(error).__name__} at {where}: {str(error)[:300]}"
    return "read", ""


if __name__ == "__main__":
    main()
