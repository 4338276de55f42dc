"""Partial polygons are reported during a run."""

from dataclasses import replace

import numpy as np
import shapely
from brightness import Context, make_job

from rrsis_geo.pipeline.runner import run

TWO = ("bright", "dark")


def rows(polygons):
    """Return polygons with attributes as a set, without ids, which are provisional."""
    columns = [polygons.columns[name] for name in ("expression", "score", "area_m2")]
    shapes = shapely.to_wkb(shapely.normalize(polygons.geometry))
    return set(zip(shapes, *map(np.ndarray.tolist, columns), strict=True))


def test_every_polygon_is_reported_once_and_before_the_end(scene, tmp_path):
    messages = []
    result = run(
        make_job(scene, tmp_path, expressions=TWO, threshold=0.2),
        predictor=Context(expressions=2),
        found=lambda polygons: messages.append(polygons),
        report=messages.append,
    )

    parts = [part for part in messages if hasattr(part, "geometry")]
    assert len(parts) > 2
    assert all(len(part) for part in parts)
    assert messages.index(parts[0]) < len(messages) - 3  # progress follows
    assert sum(map(len, parts)) == len(result.polygons)
    assert set().union(*map(rows, parts)) == rows(result.polygons)
    assert {part.crs for part in parts} == {result.polygons.crs}


def test_the_network_is_loaded_only_if_needed(scene, tmp_path):
    bound = []

    def network(job, texts):
        bound.append((job.expressions, texts))
        return Context(expressions=2)

    job = make_job(
        scene,
        tmp_path,
        expressions=TWO,
        threshold=0.2,
        resolve="network",
        overviews=0,  # a network that is passed in has none
    )
    given = run(job, predictor=Context(expressions=2), network=network)
    assert bound == []

    job = replace(job, overwrite=True, weights="default")
    kept = run(job, network=network, resume=False)
    assert bound == [(TWO, TWO)]
    assert rows(kept.polygons) == rows(given.polygons)


def test_candidates_are_reported_under_their_expression(scene, tmp_path):
    texts = ("the storage tank near the road", "road")
    parts = []
    result = run(
        make_job(scene, tmp_path, expressions=texts, resolve="scene", threshold=0.2),
        predictor=Context(expressions=2),  # the phrases: storage tank, road
        found=parts.append,
    )

    partial = {}
    for part in parts:
        for text, shape in zip(part.columns["expression"], part.geometry, strict=True):
            partial.setdefault(text, set()).add(shapely.normalize(shape).wkb)
    assert set(partial) == set(texts)
    kept = {text: set() for text in texts}
    for shape, text, *_ in rows(result.polygons):
        kept[text].add(shape)
    assert kept[texts[0]] < partial[texts[0]]  # the operators have selected some
    assert kept[texts[1]] == partial[texts[1]]
    assert kept[texts[0]].isdisjoint(partial[texts[1]])  # anchors are not results
