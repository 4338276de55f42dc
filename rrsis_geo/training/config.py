"""A training run as plain data, from TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from rrsis_geo.errors import OptionError

FOLDER = Path(__file__).parent / "configs"
"""Configs shipped with the package."""

DATASETS = ("mix", "listed")

SHARES = ("written", "no_target", "strays", "presence_gate")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Every number a run depends on; files and folders are arguments."""

    preset: str = "btd-mobile"
    model: Mapping[str, Any] = field(default_factory=dict)
    """Changes of the preset, by the names of `ModelConfig`."""
    dataset: str = "mix"
    """mix: images with labelled objects and drawn scenes, expressions made on the way;
    listed: a manifest, RRSIS-D, RefSegRS or RISBench, as the folder shows."""
    image_start: str = ""
    """Folder, file or hub name of public weights of the image encoder."""
    text_start: str = ""
    """Folder or hub name of a public BERT."""
    seed: int = 0

    steps: int = 3000
    epochs: float = 0.0
    """Where above 0: rounds through listed data, instead of `steps`."""
    size: int = 384
    """Pixels of a training image's side."""
    images: int = 6
    """Images per step, over all processes."""
    accumulate: int = 1
    """Parts in which a step's images are worked on; their gradients are averaged."""
    expressions: int = 3
    """Expressions per image."""

    augment: Mapping[str, float] = field(default_factory=dict)
    """Shares of listed images changed in a way, by the names of `Augmentation`."""
    open_only: bool = False
    """Mix only what may be used for anything, commercial work included."""
    drawn: int = 300
    """Drawn scenes in the mix."""
    theme: str | None = None
    """What every second drawn scene shows; None: chance decides for all."""
    written: float = 0.5
    """Share of whole images with hand-written words, where an image has any."""
    no_target: float = 0.25
    """Share of made expressions that nothing in the image fits."""
    strays: float = 0.0
    """Share of expressions in a mix that are exchanged for what people wrote of things
    on other images, of a class of which this one has none."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Times the usual share of a type of made expressions, by type."""
    sources: Mapping[str, float] = field(default_factory=dict)
    """How often to draw from a source, instead of the usual, by name."""
    scales: Mapping[str, Any] = field(default_factory=dict)
    """Result pixels per source pixel, [smallest, largest], instead of the usual, by
    name of the source."""

    learning_rate: float = 1e-3
    encoder_rate: float = 0.3
    """Times the learning rate, for the pretrained encoders."""
    warmup: int = 100
    """Steps of linear rise."""
    power: float = 0.9
    """Of the polynomial decay to zero."""
    weight_decay: float = 1e-2
    max_norm: float = 1.0
    ema: float = 0.998
    """Decay of the averaged weights that are kept."""
    losses: Mapping[str, float] = field(default_factory=dict)
    """What parts of the loss count where not the usual, by names of `LossWeights`."""
    train_text: bool = False
    """Train the text encoder too, at the image encoder's rate."""
    freeze_norms: bool = False
    """Keep the statistics of batch norms as they are: a few images a step, of one
    place, would spoil them."""
    presence_gate: float = 0.5
    """How much the presence head weighs a window's probabilities afterwards."""
    bfloat16: bool = True

    validate_every: int = 500
    """Steps between validations; the last step is always followed by one."""
    validate_most: int = 0
    """Listed images looked at in a validation; 0: all."""
    keep_best: bool = True
    """Give the averaged weights that scored best on validation; else the last ones,
    which is what an average with other weights wants."""
    keep_every: int = 200
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        for item in fields(self):
            _check_kind(item.name, getattr(self, item.name), _usual(item))
        least = {"steps": 1, "epochs": 0, "size": 32, "images": 1, "accumulate": 1}
        least |= {"expressions": 1, "drawn": 0, "warmup": 0, "keep_every": 1}
        least |= {"validate_every": 1, "validate_most": 0, "seed": 0, "power": 0}
        least |= {"weight_decay": 0, "encoder_rate": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise OptionError(f"{name} must be {low} or more, {_got(self, name)}")
        for name in ("learning_rate", "max_norm"):
            if getattr(self, name) <= 0:
                raise OptionError(f"{name} must be above 0, {_got(self, name)}")
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name} must be in [0, 1], {_got(self, name)}")
        if not 0 <= self.ema < 1:
            raise OptionError(f"ema must be in [0, 1), {_got(self, 'ema')}")
        if self.dataset not in DATASETS:
            raise OptionError(f"dataset must be in {DATASETS}, {_got(self, 'dataset')}")
        for name, scale in self.scales.items():
            if not _is_range(scale):
                raise OptionError(
                    f"scales: {name} must be two numbers [smallest, largest] above 0, "
                    f"got {scale!r}"
                )
        if self.images % self.accumulate:
            raise OptionError(
                f"{self.images} images per step do not split into {self.accumulate} "
                "equal parts; change images or accumulate"
            )
        if self.epochs and self.dataset == "mix":
            raise OptionError("a mix has no end, so it has no epochs; give steps")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> TrainConfig:
        """From parsed TOML; unknown names are refused."""
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise OptionError(f"unknown settings {unknown}; known are {sorted(known)}")
        return cls(**values)


def read_config(path: Path) -> TrainConfig:
    """The run that a TOML file describes.

    Raises:
        OptionError: the file is missing, no TOML, or names unknown settings.
    """
    return TrainConfig.from_mapping(read_settings(path))


def read_settings(path: Path) -> dict[str, Any]:
    """What a TOML file says, unchecked; errors as above."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: not TOML ({error})") from error


def find_config(name_or_path: str) -> Path:
    """A config file, or the shipped one of that name, like rrsis-d or ablations/1-lavt.

    Raises:
        OptionError: there is neither.
    """
    path = Path(name_or_path)
    shipped = FOLDER / f"{name_or_path}.toml"
    if path.suffix != ".toml" and shipped.is_file():
        return shipped
    if not path.is_file():
        names = sorted(p.stem for p in FOLDER.glob("*.toml"))
        raise OptionError(
            f"{name_or_path}: no such file, and no shipped config; there are {names}"
        )
    return path


def _usual(item: Any) -> object:
    """A value of the kind that a field takes."""
    if item.default is not MISSING:
        return item.default
    return item.default_factory()


def _check_kind(name: str, value: object, usual: object) -> None:
    wanted: dict[type, tuple[tuple[type, ...], str]] = {
        bool: ((bool,), "true or false"),
        int: ((int,), "a whole number"),
        float: ((int, float), "a number"),
        str: ((str,), "a text"),
        type(None): ((str, type(None)), "a text"),
        dict: ((Mapping,), "a table"),
    }
    kinds, words = wanted[type(usual)]
    fits = isinstance(value, kinds)
    if isinstance(value, bool) and type(usual) is not bool:
        fits = False
    if isinstance(value, float) and not math.isfinite(value):
        fits = False
    if not fits:
        raise OptionError(f"{name} must be {words}, got {value!r}")


def _got(config: TrainConfig, name: str) -> str:
    return f"got {getattr(config, name)!r}"


def read_change(settings: dict[str, Any], change: str) -> None:
    """Put one NAME=VALUE, the value as TOML, into settings; NAME may be TABLE.NAME.

    Raises:
        OptionError: it is not of that form.
    """
    name, sign, value = change.partition("=")
    try:
        if not sign:
            raise ValueError("it has no =")
        found = tomllib.loads(f"value = {value}")["value"]
    except ValueError as error:  # tomllib's own is one
        raise OptionError(
            f"{change!r} is not NAME=VALUE with a value of TOML ({error}); texts need "
            "quotes"
        ) from error
    *tables, last = name.strip().split(".")
    for table in tables:
        settings = settings.setdefault(table, {})
    settings[last] = found


def _is_range(value: object) -> bool:
    """Whether a value is [smallest, largest] of positive numbers."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return False
    numbers = [item for item in value if isinstance(item, (int, float))]
    return len(numbers) == 2 and 0 < numbers[0] <= numbers[1]
