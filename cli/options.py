"""Options that commands share; their defaults come from `SegmentOptions`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

import click

from rrsis_geo.job import (
    DEVICES,
    ENGINES,
    PRECISIONS,
    RESOLVES,
    RUNTIMES,
    SegmentJob,
    SegmentOptions,
)
from rrsis_geo.job_texts import OwnLayer, own_layer, with_conditions

from .completion import complete_weights
from .sections import Option

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]
Number = TypeVar("Number", int, float)

STDIN = "-"
"""Path that stands for stdin, or for stdout."""

DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(SegmentOptions)}


def whole_numbers(value: str) -> tuple[int, ...]:
    """Parse comma-separated numbers; `SegmentOptions` checks how many."""
    return tuple(_parse(int, part, "a whole number") for part in value.split(","))


def numbers(value: str) -> tuple[float, ...]:
    """Parse comma-separated numbers; `SegmentOptions` checks how many."""
    return tuple(_parse(float, part, "a number") for part in value.split(","))


def metres(value: str) -> float | None:
    """Metres; None for auto."""
    return None if value == "auto" else _parse(float, value, "auto or metres")


def _parse(kind: Callable[[str], Number], text: str, wanted: str) -> Number:
    try:
        return kind(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not {wanted}") from error


class FractionType(click.FloatRange):
    """A number between 0 and 1, neither of them; click's range alone lets nan pass."""

    def __init__(self) -> None:
        super().__init__(0, 1, min_open=True, max_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; anything else is a usage error."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail("nan is not in the range 0<x<1.", param, ctx)
        return number


def together(*options: Any) -> Decorator[Any]:
    """Combine decorators; --help shows them in the order given."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def option(section: str, *flags: str, help: str, **kind: Any) -> Decorator[Any]:
    """An option under a heading."""
    return click.option(*flags, cls=Option, section=section, help=help, **kind)


def setting(section: str, flag: str, help: str, **kind: Any) -> Decorator[Any]:
    """An option named after a field of `SegmentOptions`, with its default."""
    default = DEFAULTS[flag.removeprefix("--").replace("-", "_")]
    shown = default is not None and not kind.get("is_flag")
    return option(section, flag, help=help, default=default, show_default=shown, **kind)


def settings_in(values: dict[str, Any]) -> SegmentOptions:
    """The options among the values of a command, checked."""
    return SegmentOptions(**{name: values[name] for name in DEFAULTS if name in values})


POLYGONS = together(
    setting(
        "Polygons",
        "--threshold",
        "Pixels with a higher probability belong to an object.",
        type=float,
        metavar="P",
    ),
    setting(
        "Polygons",
        "--min-score",
        "Drop objects of a lower score, the chance that they are meant; 0 drops none. "
        "Default: 0.5 where a class is named and nothing else, or on a large scene any "
        "number of objects. With --resolve scene or network the mean probability "
        "counts.",
        type=float,
        metavar="P",
    ),
    setting(
        "Polygons",
        "--min-area",
        "Drop polygons smaller than this, in square metres.",
        type=float,
        metavar="M2",
    ),
    setting(
        "Polygons",
        "--fill-holes",
        "Fill holes smaller than this, in square metres.",
        type=float,
        metavar="M2",
    ),
    setting(
        "Polygons",
        "--simplify",
        "Let outlines move by up to this many metres, for fewer corners; "
        "0 keeps every pixel corner.",
        type=float,
        metavar="METRES",
    ),
    option(
        "Polygons",
        "--split/--no-split",
        default=DEFAULTS["split"],
        help="Part objects that touch where the probability dips between them; "
        "without either, only buildings, storage tanks, tennis courts and vehicles.",
    ),
)
"""From probabilities to polygons."""

SCENE = together(
    setting(
        "Scene",
        "--aoi",
        "Search only inside the polygons of this vector file, in any CRS.",
        type=click.Path(),
    ),
    setting(
        "Scene",
        "--aoi-layer",
        "Layer of that file. Default: the only one with polygons.",
        metavar="NAME",
    ),
    setting(
        "Scene",
        "--bbox",
        "Search only inside this box, in the scene's CRS.",
        type=numbers,
        metavar="LEFT,BOTTOM,RIGHT,TOP",
    ),
    setting(
        "Scene",
        "--bands",
        "Bands to read as red, green and blue, like 4,3,2, or one shown as grey. "
        "Default: by their names and colours.",
        type=whole_numbers,
        metavar="R,G,B",
    ),
    setting(
        "Scene",
        "--crs",
        "CRS of a scene that does not name its own, like EPSG:32633.",
        metavar="CRS",
    ),
    setting(
        "Scene",
        "--pixel-coordinates",
        "Accept a scene without CRS: polygons in pixels, one pixel counted as a metre.",
        is_flag=True,
    ),
    setting(
        "Scene",
        "--gsd",
        "Metres per pixel to read the scene at; auto: as the weights were trained.",
        type=metres,
        metavar="auto|METRES",
    ),
    setting(
        "Scene",
        "--overviews",
        "How often to look again, each time at half the resolution, for what is too "
        "large for a window; 0 saves a quarter of the time.",
        type=int,
        metavar="N",
    ),
)
"""What to read, and how it is georeferenced."""

SCENES = together(
    option(
        "Many scenes",
        "--merge",
        is_flag=True,
        help="Make one polygon of what several scenes show of one object, where all "
        "write one layer.",
    ),
    option(
        "Many scenes",
        "--asset",
        metavar="KEY",
        help="Asset of STAC items to read. Default: the one with the role visual, else "
        "data.",
    ),
)
"""What makes a difference for many scenes only."""

RUNNING = together(
    setting(
        "Running",
        "--window-size",
        "Side of the square that the network sees at once, in pixels.",
        type=int,
        metavar="PIXELS",
    ),
    setting(
        "Running",
        "--overlap",
        "What two neighbouring windows share, in pixels.",
        type=int,
        metavar="PIXELS",
    ),
    setting(
        "Running",
        "--runtime",
        "Library that computes the network: torch, onnx (ONNX Runtime, on the CPU), or "
        "auto: torch on a GPU, else onnx; torch needs the extra torch.",
        type=click.Choice(RUNTIMES),
    ),
    setting(
        "Running",
        "--device",
        f"Where the network runs: {', '.join(DEVICES)}, or one GPU like cuda:1.",
        metavar="DEVICE",
    ),
    setting(
        "Running",
        "--precision",
        "Arithmetic of the network; auto takes bfloat16 where it is faster.",
        type=click.Choice(PRECISIONS),
    ),
    setting(
        "Running",
        "--batch-size",
        "Windows per pass of the network; 0 chooses.",
        type=int,
        metavar="N",
    ),
    setting(
        "Running",
        "--engine",
        "Where windows are worked on; ray needs rrsis-geo[ray]. auto is serial for one "
        "worker, processes for more.",
        type=click.Choice(("auto", *ENGINES)),
    ),
    setting("Running", "--workers", "Processes of the engine.", type=int, metavar="N"),
    option(
        "Running",
        "--cache/--no-cache",
        allow_from_autoenv=False,  # RRSIS_GEO_CACHE is the folder
        default=DEFAULTS["cache"],
        show_default=True,
        help="Use what earlier runs found out about the scene, and keep what this one "
        "does (`rrsis-geo cache list`); results are the same.",
    ),
)
"""How the work is done; only window size and overlap change the result."""

OVERWRITE = option(
    "Output",
    "--overwrite",
    is_flag=True,
    help="Replace outputs that exist already; of a GeoPackage with other layers only "
    "the own one.",
)

LAYER = together(
    option(
        "Output",
        "--layer",
        metavar="NAME",
        help="Layer of the GeoPackage to write, beside those that are there. Default: "
        "named after the expression.",
    ),
    option(
        "Output",
        "--append",
        is_flag=True,
        help="Add the polygons to the layer, which has the same columns and CRS.",
    ),
    option(
        "Output",
        "--dst-crs",
        metavar="CRS",
        help="Write the polygons in this CRS, like EPSG:4326. Default: the scene's; "
        "GeoJSON is always in longitude and latitude.",
    ),
)
"""Where in a file the polygons go, and in which CRS."""

PARTIAL = option(
    "Data",
    "--partial",
    is_flag=True,
    help="Take what is there of a published set; else less than was published, or a "
    "missing file, is an error.",
)

RESOLVE = setting(
    "Question",
    "--resolve",
    "Who works out words of place, size, order, number and distance: the network, "
    "window by window; the map, over the whole scene (scene); or the better (auto).",
    type=click.Choice(RESOLVES),
)

CAUTION = setting(
    "Question",
    "--caution",
    "How much worse a false polygon is than a missing one: 0 always answers, 1 weighs "
    "both the same.",
    type=float,
)

GUESS = setting(
    "Question",
    "--guess",
    "Ask the network also for things that its weights do not know; without it they "
    "get a note and no polygons.",
    is_flag=True,
)

OWN_LAYERS = together(
    option(
        "Question",
        "--own-layer",
        "own_layers",
        multiple=True,
        allow_from_autoenv=False,  # its words would be taken apart
        metavar="WORD=FILE",
        help="A layer of yours whose features WORD means, like road=roads.gpkg or "
        "'road=osm.gpkg|layername=lines'; repeatable.",
    ),
    option(
        "Question",
        "--own-layer-where",
        "own_layers_where",
        multiple=True,
        allow_from_autoenv=False,
        metavar="WORD=SQL",
        help="Which features of that layer, like \"road=class = 'primary'\".",
    ),
)
"""Layers that say what a word means."""


def read_own_layers(
    layers: Sequence[str], conditions: Sequence[str]
) -> tuple[OwnLayer, ...]:
    """Own layers of the values of `OWN_LAYERS`, each with its condition.

    Raises:
        OptionError: a value is not understood, or no layer has the word.
    """
    return with_conditions(tuple(map(own_layer, layers)), conditions)


WEIGHTS = option(
    "Question",
    "--weights",
    default=SegmentJob.__dataclass_fields__["weights"].default,
    show_default=True,
    metavar="NAME|FILE",
    shell_complete=complete_weights,
    help="Trained weights: a name of `rrsis-geo weights list`, or a file.",
)
