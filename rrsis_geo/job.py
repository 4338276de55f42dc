"""Jobs as plain data. Runs inside QGIS's Python: standard library only, 3.9-safe."""

from __future__ import annotations

import json
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, Tuple

from .errors import OptionError
from .job_texts import (
    OwnLayer,
    as_own_layers,
    as_question,
    as_texts,
    check_layer,
    check_output,
    check_path,
)

MAX_EXPRESSION = 1000
"""Characters; longer texts are refused, since no network reads them."""

DEVICES = ("auto", "cpu", "cuda", "mps")
RUNTIMES = ("auto", "torch", "onnx")
PRECISIONS = ("auto", "float32", "bfloat16")
ENGINES = {
    "serial": "rrsis_geo.pipeline.engines.local:SerialEngine",
    "processes": "rrsis_geo.pipeline.engines.local:ProcessEngine",
    "ray": "rrsis_geo.pipeline.engines.ray:RayEngine",
}
"""Name of an engine -> its class, imported when it is opened."""
RESOLVES = ("auto", "network", "scene")

LARGEST = 1e16
"""A number that no coordinate, length or area on the ground reaches."""

CAUTION = 0.8
"""What a false polygon costs where nothing is meant, as a multiple of what silence
costs where something is."""

SCORE_MARGIN = 0.4
"""Share of the way from the threshold to 1 that an object's mean probability has to
reach where the weights do not say: objects that barely pass the threshold are mostly
false (decision 0130)."""


@dataclass(frozen=True)
class SegmentOptions:
    """How to read, predict and polygonize: the defaults of the CLI and the panel."""

    window_size: int = 480
    """Side of the square that the network sees at once, in pixels of the grid."""
    overlap: int = 96
    """Pixels that two neighbouring windows share."""
    threshold: float = 0.5
    """Pixels with a higher probability belong to an object."""
    min_score: float | None = None
    """Objects of a lower score are dropped; 0 drops none. Where evidence is weighed, it
    is the chance to be meant, and None stands for 0.5 where a class is named alone, or
    any number of objects on a scene of many windows; else it is the mean probability,
    and None stands for `least_score`."""
    min_area: float = 0.0
    """Square metres; smaller polygons are dropped."""
    fill_holes: float = 0.0
    """Square metres; smaller holes are filled."""
    simplify: float = 0.0
    """Metres; outlines may move by this much. 0 keeps every pixel corner."""
    split: bool | None = None
    """Split objects that touch where the probability dips between them; None: those of
    the classes for which that has been shown to help."""
    gsd: float | None = None
    """Metres per pixel to read the scene at; None: as the weights were trained."""
    overviews: int = 2
    """How often the scene is looked at again, each time at half the resolution, for
    what is too large for a window; as far as the weights were trained."""
    bands: Tuple[int, ...] | None = None
    """One or three 1-based bands to read as red, green, blue; None: by their colour
    interpretation."""
    crs: str | None = None
    """CRS of a scene that does not name its own, e.g. EPSG:32633."""
    pixel_coordinates: bool = False
    """Accept a scene without CRS: polygons in pixels, each counted as a metre."""
    aoi: str | None = None
    """Path of a vector file; only its polygons are searched."""
    aoi_layer: str | None = None
    """Layer of the file `aoi`; None: the only one with polygons."""
    bbox: Tuple[float, float, float, float] | None = None
    """(left, bottom, right, top) in the scene's CRS; only this is searched."""
    runtime: str = "auto"
    """Library that computes the network: torch, onnx (ONNX Runtime, on the CPU), or
    auto: torch on a GPU, else onnx."""
    device: str = "auto"
    precision: str = "auto"
    batch_size: int = 0
    """Windows per pass of the network; 0 chooses: 1 on a CPU, 8 on a GPU."""
    engine: str = "auto"
    """serial, processes or ray; auto becomes serial for one worker, else processes."""
    workers: int = 1
    """Processes of the engine."""
    resolve: str = "auto"
    """What decides which objects are meant: network, scene (words of place, size,
    order, number and distance on the map, among all objects), or auto: all evidence."""
    caution: float = CAUTION
    """How much worse a false polygon is than a missing one: 0 always answers where
    there is a candidate, 1 weighs both the same. With `resolve` auto."""
    guess: bool = False
    """Ask the network also for things that its weights do not know."""
    cache: bool = True
    """Use the kept answers of earlier runs, and keep those of this one."""

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, _as_plain(getattr(self, item.name)))
        for name in ("bands", "bbox"):
            value = getattr(self, name)
            if value is not None:
                given = value if isinstance(value, Iterable) else (None,)
                values = tuple(map(_as_plain, given))
                _require(all(map(_is_number, values)), name, "a list of numbers", self)
                object.__setattr__(self, name, values)  # JSON has lists
        for name in ("window_size", "overlap", "overviews", "batch_size", "workers"):
            _require(type(getattr(self, name)) is int, name, "a whole number", self)
        for name in ("threshold", "min_area", "fill_holes", "simplify", "caution"):
            _require(_is_number(getattr(self, name)), name, "a number", self)
        for name in ("min_score", "gsd"):
            value = getattr(self, name)
            _require(value is None or _is_number(value), name, "a number", self)
        if self.engine == "auto":
            chosen = "serial" if self.workers == 1 else "processes"
            object.__setattr__(self, "engine", chosen)
        for name in ("runtime", "device", "precision", "engine", "resolve"):
            _require(isinstance(getattr(self, name), str), name, "a text", self)
        for name in ("crs", "aoi", "aoi_layer"):
            value = getattr(self, name)
            _require(value is None or isinstance(value, str), name, "a text", self)
        _require(32 <= self.window_size <= 4096, "window_size", "in [32, 4096]", self)
        _require(
            0 <= self.overlap < self.window_size,
            "overlap",
            f"in [0, {self.window_size}), the window size",
            self,
        )
        _require(0 <= self.overviews <= 8, "overviews", "in [0, 8]", self)
        _require(0 < self.threshold < 1, "threshold", "in (0, 1)", self)
        if self.min_score is not None:
            _require(0 <= self.min_score < 1, "min_score", "in [0, 1)", self)
        for name in ("min_area", "fill_holes", "simplify", "caution"):
            value = getattr(self, name)
            _require(_is_finite(value) and value >= 0, name, "0 or more", self)
        for name in ("split", "pixel_coordinates", "guess", "cache"):
            value = getattr(self, name)
            if name == "split" and value is None:
                continue
            wanted = "true, false or null" if name == "split" else "true or false"
            _require(value in (True, False), name, wanted, self)
            object.__setattr__(self, name, bool(value))
        if self.gsd is not None:
            _require(_is_finite(self.gsd) and self.gsd > 0, "gsd", "metres > 0", self)
        if self.bands is not None:
            good = len(self.bands) in (1, 3) and min(self.bands) >= 1
            good = good and all(type(band) is int for band in self.bands)
            _require(good, "bands", "one or three numbers from 1, like 4,3,2", self)
        if self.bbox is not None:
            ok = len(self.bbox) == 4 and all(map(_is_finite, self.bbox))
            ok = ok and self.bbox[0] < self.bbox[2] and self.bbox[1] < self.bbox[3]
            _require(ok, "bbox", "LEFT,BOTTOM,RIGHT,TOP with some area", self)
        _require(self.runtime in RUNTIMES, "runtime", f"in {RUNTIMES}", self)
        _require(self.device.split(":")[0] in DEVICES, "device", f"in {DEVICES}", self)
        _require(self.precision in PRECISIONS, "precision", f"in {PRECISIONS}", self)
        _require(self.engine in ENGINES, "engine", f"in {tuple(ENGINES)}", self)
        _require(self.resolve in RESOLVES, "resolve", f"in {RESOLVES}", self)
        _require(self.batch_size >= 0, "batch_size", "0 (automatic) or more", self)
        _require(self.workers >= 1, "workers", "1 or more", self)
        _require(
            self.engine != "serial" or self.workers == 1,
            "workers",
            "1 with the engine serial, more with --engine processes",
            self,
        )
        _require(
            not (self.crs and self.pixel_coordinates),
            "pixel_coordinates",
            "off where crs is given",
            self,
        )

    def least_score(self, score_margin: float = SCORE_MARGIN) -> float:
        """The mean probability that an object has to reach.

        Args:
            score_margin: What the weights ask for, of the way from the threshold to 1.
        """
        if self.min_score is not None:
            return self.min_score
        return self.threshold + score_margin * (1 - self.threshold)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> SegmentOptions:
        """Options from JSON or TOML; unknown names are refused."""
        return cls(**_known(cls, values))


@dataclass(frozen=True)
class SegmentJob:
    """What to look for in one scene, and what to write."""

    scene: str
    """Path or URL of a raster that GDAL opens."""
    expressions: Tuple[str, ...]
    """What to look for, in plain words; the polygons of all share a layer, with the
    expression as an attribute."""
    output: str | None = None
    """Vector file to write; the extension chooses the format."""
    probability: str | None = None
    """Cloud-optimised GeoTIFF of probabilities to write."""
    preview: str | None = None
    """PNG to write: scene, polygons, legend."""
    anchors: str | None = None
    """Vector file to write: what the answers were measured against."""
    weights: str = "default"
    """Name or path."""
    overwrite: bool = False
    layer: str | None = None
    """Layer of the GeoPackage to write; None: named after the expressions."""
    append: bool = False
    """Add to the layer, which has to have the same columns and CRS."""
    dst_crs: str | None = None
    """CRS to write the polygons in, e.g. EPSG:4326; None: the scene's."""
    own_layers: Tuple[OwnLayer, ...] = ()
    """Layers of the user's whose features the words of expressions mean."""
    options: SegmentOptions = field(default_factory=SegmentOptions)

    def __post_init__(self) -> None:
        check_layer(self)
        for name in ("scene", "weights"):
            check_path(name, getattr(self, name))
        for name in ("output", "probability", "preview", "anchors"):
            check_output(name, getattr(self, name))
        object.__setattr__(self, "own_layers", as_own_layers(self.own_layers))
        if not isinstance(self.options, SegmentOptions):
            raise OptionError(f"options must be SegmentOptions, got {self.options!r}")
        texts = tuple(map(as_question, as_texts(self.expressions)))
        object.__setattr__(self, "expressions", texts)
        if not texts:
            raise OptionError(
                'no expression: say what to look for, e.g. "storage tank"'
            )
        for text in texts:
            if not text:
                raise OptionError(
                    'empty expression: say what to look for, e.g. "storage tank"'
                )
            if len(text) > MAX_EXPRESSION:
                raise OptionError(
                    f"expression of {len(text)} characters; at most {MAX_EXPRESSION} "
                    f"are read, so shorten it: {text[:40]!r}..."
                )
        twice = sorted({text for text in texts if texts.count(text) > 1})
        if twice:
            raise OptionError(f"expression given twice: {twice[0]!r}")

    def to_mapping(self) -> Dict[str, Any]:
        """JSON values, as `from_mapping` takes them."""
        return asdict(self)

    def to_json(self) -> str:
        """One line of ASCII JSON."""
        return json.dumps(self.to_mapping())

    @classmethod
    def from_json(cls, text: str) -> SegmentJob:
        """The job that `to_json` wrote; unknown names are refused."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise OptionError(f"not a job: {text[:80]!r}") from error
        if not isinstance(values, dict):
            raise OptionError(f"not a job: {text[:80]!r}")
        return cls.from_mapping(values)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> SegmentJob:
        """A job from parsed JSON."""
        known = _known(cls, values)
        try:
            known["options"] = SegmentOptions.from_mapping(known.get("options", {}))
            return cls(**known)
        except (TypeError, KeyError, AttributeError) as error:
            raise OptionError(f"not a job: {error}") from error


OUTLINES = ("threshold", "min_score", "min_area", "fill_holes", "simplify", "split")
"""Options that polygons depend on, and the network does not."""


@dataclass(frozen=True)
class VectorizeJob:
    """Polygons from a probability raster, without the network."""

    probability: str
    """Raster that `SegmentJob.probability` named, or another's of probabilities."""
    output: str
    """Vector file to write; the extension chooses the format."""
    expressions: Tuple[str, ...] = ()
    """What the bands show, one for each; (): as the raster says."""
    overwrite: bool = False
    layer: str | None = None
    """Layer of the GeoPackage to write; None: named after the expressions."""
    append: bool = False
    """Add to the layer, which has to have the same columns and CRS."""
    dst_crs: str | None = None
    """CRS to write the polygons in; None: the raster's."""
    threshold: float = SegmentOptions.threshold
    min_score: float | None = SegmentOptions.min_score
    min_area: float = SegmentOptions.min_area
    fill_holes: float = SegmentOptions.fill_holes
    simplify: float = SegmentOptions.simplify
    split: bool | None = SegmentOptions.split

    def __post_init__(self) -> None:
        texts = tuple(map(as_question, as_texts(self.expressions)))
        object.__setattr__(self, "expressions", texts)
        for name in ("probability", "output"):
            if not getattr(self, name):
                raise OptionError(f"{name} must be a path, got {getattr(self, name)!r}")
        check_path("probability", self.probability)
        check_output("output", self.output)
        check_layer(self)
        for name in OUTLINES:
            object.__setattr__(self, name, getattr(self.options, name))

    @property
    def options(self) -> SegmentOptions:
        """The same numbers as options of a run."""
        return SegmentOptions(**{name: getattr(self, name) for name in OUTLINES})

    def to_mapping(self) -> Dict[str, Any]:
        """JSON values, as `from_mapping` takes them."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> VectorizeJob:
        """A job from parsed JSON; unknown names are refused."""
        try:
            return cls(**_known(cls, values))
        except TypeError as error:
            raise OptionError(f"not a job: {error}") from error


@dataclass(frozen=True)
class Counts:
    """Windows and polygons of a finished run."""

    windows: int = 0
    """Windows that the network predicted."""
    skipped: int = 0
    """Windows without data or outside the AOI."""
    resumed: int = 0
    """Windows taken over from an interrupted run."""
    kept: int = 0
    """Windows of which the answers of earlier runs said all."""
    polygons: int = 0


def _require(good: bool, name: str, wanted: str, options: SegmentOptions) -> None:
    if not good:
        shown = f"--{name.replace('_', '-')}"
        raise OptionError(f"{shown} must be {wanted}, got {getattr(options, name)!r}")


def _is_finite(value: float) -> bool:
    """Also of whole numbers that are too large for a float."""
    return abs(value) < LARGEST


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _as_plain(value: Any) -> Any:
    """A number of numpy or the like as int or float, which JSON has; else the value."""
    if type(value) in (bool, int, float):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def _known(cls: Any, values: Mapping[str, Any]) -> Dict[str, Any]:
    if not isinstance(values, Mapping):
        raise OptionError(f"options must be names with values, got {values!r}")
    known = {item.name for item in fields(cls)}
    unknown = sorted(map(str, set(values) - known))
    if unknown:
        raise OptionError(f"unknown options {unknown}; known are {sorted(known)}")
    return dict(values)
