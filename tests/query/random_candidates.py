"""Random candidates on grids of every kind: rotated, south-up, geographic, no CRS."""

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS

from rrsis_geo.query.candidates.candidates import Candidates
from rrsis_geo.query.operators.evaluator import resolve
from rrsis_geo.query.plan.plan import Plan
from rrsis_geo.scene.grid import Grid
from rrsis_geo.types import SCHEMA, Polygons
from rrsis_geo.vector.geodesic import areas_and_perimeters

WIDTH, HEIGHT = 900, 700

ROTATED = Affine.translation(500_000, 5_000_000) @ Affine.rotation(33)

GRIDS = {
    "projected": Grid(
        Affine(0.5, 0, 650_000, 0, -0.5, 5_600_000),
        CRS.from_epsg(32631),
        WIDTH,
        HEIGHT,
    ),
    "geographic": Grid(
        Affine(8e-6, 0, 10.5, 0, -5e-6, 59.9), CRS.from_epsg(4326), WIDTH, HEIGHT
    ),
    "rotated": Grid(
        ROTATED @ Affine.scale(0.5, -0.5), CRS.from_epsg(32633), WIDTH, HEIGHT
    ),
    "south-up": Grid(
        Affine(0.6, 0, 300_000, 0, 0.6, 4_000_000),
        CRS.from_epsg(32718),
        WIDTH,
        HEIGHT,
    ),
    "mercator": Grid(
        Affine(1.0, 0, 1_200_000, 0, -1.0, 8_000_000),
        CRS.from_epsg(3857),
        WIDTH,
        HEIGHT,
    ),
    "pixels": Grid(Affine.identity(), None, WIDTH, HEIGHT),
}


def random_shapes(seed, count=14, *, small=6.0, large=30.0, gap=3.0):
    """Convex polygons in pixels, of many sizes, that do not touch each other."""
    rng = np.random.default_rng(seed)
    shapes = []
    while len(shapes) < count:
        radius = rng.uniform(small, large)
        middle = rng.uniform([radius] * 2, [WIDTH - radius, HEIGHT - radius])
        angle = np.sort(rng.uniform(0, 2 * np.pi, 11))
        radii = rng.uniform(0.6, 1.0, (11, 1)) * radius
        outline = middle + radii * np.column_stack([np.cos(angle), np.sin(angle)])
        shape = shapely.Polygon(outline).convex_hull
        if all(shape.distance(other) > gap for other in shapes):
            shapes.append(shape)
    return shapes


def polygons_of(grid, phrases, shapes, scores=None):
    """Polygons with the columns of the vectorizer.

    Args:
        grid: Grid of the pixels.
        phrases: Phrase of each shape.
        shapes: In pixels.
        scores: Mean probabilities; default: 1.
    """
    placed = shapely.transform(
        np.array(shapes, object), lambda xy: np.column_stack(grid.pixels_to_crs(*xy.T))
    )
    number = len(shapes)
    if grid.crs is None:
        area, perimeter = shapely.area(placed), shapely.length(placed)
    else:
        area, perimeter = areas_and_perimeters(grid.to_lonlat(placed), grid.geod)
    columns = {name: np.zeros(number, kind) for name, kind in SCHEMA.items()}
    columns |= {
        "id": np.arange(1, number + 1),
        "expression": np.array(phrases, object),
        "score": np.array(scores or [1.0] * number, np.float32),
        "area_m2": area,
        "perimeter_m": perimeter,
        "distance_m": np.full(number, np.nan),
        "why": np.full(number, "", object),
    }
    crs = None if grid.crs is None else grid.crs.to_wkt()
    return Polygons(geometry=placed, crs=crs, columns=columns)


def candidates_of(grid, phrases, shapes, scores=None, *, area=None):
    """Candidates of one query."""
    names = list(dict.fromkeys(phrases))
    polygons = polygons_of(grid, phrases, shapes, scores)
    return Candidates(polygons, grid, names, area=area)


def answer_of(root, candidates):
    """Answer of a plan on candidates."""
    return resolve(Plan(expression="?", words=(), root=root), candidates)


def rows_of(root, candidates):
    """Rows that a plan selects."""
    return answer_of(root, candidates).rows.tolist()


def answer(root, grid, phrases, shapes, scores=None, *, area=None):
    """Answer of a plan on shapes."""
    return answer_of(root, candidates_of(grid, phrases, shapes, scores, area=area))


def rows(root, grid, phrases, shapes, scores=None, *, area=None):
    """Shapes that a plan selects."""
    return answer(root, grid, phrases, shapes, scores, area=area).rows.tolist()
