"""The settings of a training run, read from TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from rrsis_geo.errors import OptionError

CONFIG_FOLDER = Path(__file__).parent / "configs"
"""Of the configs shipped with the package."""

DATASETS = ("mix", "listed")

SHARES = ("written", "no_target", "strays", "presence_gate")
"""Settings in [0, 1]."""


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """All settings that a run depends on, apart from files and folders."""

    preset: str = "btd-mobile"
    model: Mapping[str, Any] = field(default_factory=dict)
    """Changes to the preset, by field of `ModelConfig`."""
    dataset: str = "mix"
    """mix: images with labelled objects, for which expressions are generated while
    training; listed: a manifest, RRSIS-D, RefSegRS or RISBench, told by the folder."""
    image_start: str = ""
    """Pretrained image encoder: folder, file, or name on the Hugging Face hub."""
    text_start: str = ""
    """Pretrained BERT: folder, or name on the Hugging Face hub."""
    seed: int = 0

    steps: int = 3000
    epochs: float = 0.0
    """If above 0: epochs of listed data, instead of `steps`."""
    size: int = 384
    """Side of a training image, in pixels."""
    images: int = 6
    """Images per step, over all processes."""
    accumulate: int = 1
    """Micro-batches per step; their gradients are averaged."""
    expressions: int = 3
    """Expressions per image."""

    augment: Mapping[str, float] = field(default_factory=dict)
    """Augmentation of listed images, by field of `Augmentation`."""
    open_only: bool = False
    """Only data whose licence allows any use, commercial use included."""
    drawn: int = 300
    """Synthetic scenes in the mix."""
    theme: str | None = None
    """Theme of every second synthetic scene; None: all themes are random."""
    written: float = 0.5
    """Probability of hand-written expressions for an image that has some."""
    no_target: float = 0.25
    """Share of generated expressions that have no target in the image."""
    strays: float = 0.0
    """Share of expressions of a mix that are replaced by hand-written ones of other
    images, about a class that is absent here: they have no target."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Factors on the default shares of types of generated expressions, by type."""
    sources: Mapping[str, float] = field(default_factory=dict)
    """Sampling weights that replace those of sources, by name."""
    scales: Mapping[str, Any] = field(default_factory=dict)
    """Result pixels per source pixel, [smallest, largest], that replace those of
    sources, by name."""

    learning_rate: float = 1e-3
    encoder_rate: float = 0.3
    """Factor on the learning rate of the pretrained encoders."""
    warmup: int = 100
    """Steps of linear warm-up."""
    power: float = 0.9
    """Exponent of the polynomial decay to zero."""
    weight_decay: float = 1e-2
    max_norm: float = 1.0
    ema: float = 0.998
    """Decay of the moving average of the weights."""
    losses: Mapping[str, float] = field(default_factory=dict)
    """Weights of parts of the loss that replace the defaults, by field of
    `LossWeights`."""
    train_text: bool = False
    """Train the text encoder too, at the image encoder's learning rate."""
    head_only: bool = False
    """Train only what `rrsis_geo.model.head` names: neck, decoder and presence. The
    result can be a second head of the weights it started from."""
    freeze_norms: bool = False
    """Keep the statistics of batch norms unchanged: small batches of images of one
    place would bias them."""
    presence_gate: float = 0.5
    """Weight of the presence head at inference."""
    bfloat16: bool = True

    validate_every: int = 500
    """Steps between validations; there is always one after the last step."""
    validate_most: int = 0
    """Listed images per validation; 0: all."""
    keep_best: bool = True
    """Return the averaged weights with the best validation score; else the last ones,
    which are the better ones to average with other weights."""
    keep_every: int = 200
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        for item in fields(self):
            _check_type(item.name, getattr(self, item.name), _default_of(item))
        minimum = {"steps": 1, "epochs": 0, "size": 32, "images": 1, "accumulate": 1}
        minimum |= {"expressions": 1, "drawn": 0, "warmup": 0, "keep_every": 1}
        minimum |= {"validate_every": 1, "validate_most": 0, "seed": 0, "power": 0}
        minimum |= {"weight_decay": 0, "encoder_rate": 0}
        for name, low in minimum.items():
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
            raise OptionError("a mix is endless and has no epochs; give steps instead")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Build a config from parsed TOML.

        Raises:
            OptionError: a name is unknown or a value is not allowed.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise OptionError(f"unknown settings {unknown}; known are {sorted(known)}")
        return cls(**values)


def read_config(path: Path) -> TrainConfig:
    """Read the config in a TOML file.

    Raises:
        OptionError: the file is missing, not TOML, or has unknown settings.
    """
    return TrainConfig.from_mapping(read_settings(path))


def read_settings(path: Path) -> dict[str, Any]:
    """Read the settings in a TOML file without checking them.

    Raises:
        OptionError: the file is missing or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: not TOML ({error})") from error


def find_config(name_or_path: str) -> Path:
    """Find a config file, or a shipped config by name, as rrsis-d or ablations/1-lavt.

    Raises:
        OptionError: there is neither.
    """
    path = Path(name_or_path)
    shipped = CONFIG_FOLDER / f"{name_or_path}.toml"
    if path.suffix != ".toml" and shipped.is_file():
        return shipped
    if not path.is_file():
        names = sorted(p.stem for p in CONFIG_FOLDER.glob("*.toml"))
        raise OptionError(
            f"{name_or_path}: no such file, and no shipped config; there are {names}"
        )
    return path


def _default_of(item: Any) -> object:
    """Return the default of a dataclass field."""
    if item.default is not MISSING:
        return item.default
    return item.default_factory()


def _check_type(name: str, value: object, default: object) -> None:
    expected: dict[type, tuple[tuple[type, ...], str]] = {
        bool: ((bool,), "true or false"),
        int: ((int,), "a whole number"),
        float: ((int, float), "a number"),
        str: ((str,), "a text"),
        type(None): ((str, type(None)), "a text"),
        dict: ((Mapping,), "a table"),
    }
    types, description = expected[type(default)]
    fits = isinstance(value, types)
    if isinstance(value, bool) and type(default) is not bool:
        fits = False
    if isinstance(value, float) and not math.isfinite(value):
        fits = False
    if not fits:
        raise OptionError(f"{name} must be {description}, got {value!r}")


def _got(config: TrainConfig, name: str) -> str:
    return f"got {getattr(config, name)!r}"


def apply_override(settings: dict[str, Any], override: str) -> None:
    """Set NAME=VALUE in settings; VALUE is TOML, NAME may be TABLE.NAME.

    Raises:
        OptionError: `override` does not have that form.
    """
    name, equals, value = override.partition("=")
    try:
        if not equals:
            raise ValueError("it has no =")
        parsed = tomllib.loads(f"value = {value}")["value"]
    except ValueError as error:  # TOMLDecodeError is a ValueError
        raise OptionError(
            f"{override!r} is not NAME=VALUE with a TOML value ({error}); texts need "
            "quotes"
        ) from error
    *tables, last = name.strip().split(".")
    for table in tables:
        settings = settings.setdefault(table, {})
    settings[last] = parsed


def _is_range(value: object) -> bool:
    """Whether a value is [smallest, largest] of positive numbers."""
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return False
    numbers = [item for item in value if isinstance(item, (int, float))]
    return len(numbers) == 2 and 0 < numbers[0] <= numbers[1]
