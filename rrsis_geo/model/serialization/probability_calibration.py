"""How logits become probabilities, as the header of a weights file says. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from rrsis_geo.files.json_text import parse_json
from rrsis_geo.job import SCORE_MARGIN


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How logits become probabilities. Not in the paper; fitted on validation data.

    The probability of a pixel is sigmoid(logit / temperature + bias), multiplied by
    1 - gate + gate * sigmoid(presence / presence_temperature + presence_bias). The
    defaults change nothing.
    """

    temperature: float = 1.0
    bias: float = 0.0
    presence_temperature: float = 1.0
    presence_bias: float = 0.0
    presence_gate: float = 0.0
    """Weight of the presence in [0, 1]; 0: not used."""
    score_margin: float = SCORE_MARGIN
    """How far above the threshold the mean probability of an object must lie, as a
    share of the way from the threshold to 1, in [0, 1). In files: `sure`."""

    def to_mapping(self) -> dict[str, float]:
        """The numbers, with the keys that files have."""
        return {_CALIBRATION_KEYS[name]: value for name, value in asdict(self).items()}


_CALIBRATION_KEYS = {
    item.name: "sure" if item.name == "score_margin" else item.name
    for item in fields(Calibration)
}
"""Field to key in files."""


def parse_calibration(text: str) -> Calibration:
    """Read what the header holds; ValueError where it is not allowed."""
    values = parse_json(text)
    if not isinstance(values, Mapping):
        raise ValueError("not a JSON object")
    if unknown := sorted(set(values) - set(_CALIBRATION_KEYS.values())):
        raise ValueError(f"unknown entries {unknown}")
    calibration = Calibration(
        **{
            name: float(values[key])
            for name, key in _CALIBRATION_KEYS.items()
            if key in values
        }
    )
    if not 0 <= calibration.score_margin < 1:
        raise ValueError(f"sure must be in [0, 1), got {calibration.score_margin}")
    return calibration
