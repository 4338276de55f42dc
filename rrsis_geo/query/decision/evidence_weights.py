"""How much each kind of evidence counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.decision.default_weights import CANDIDATE, SENTENCE
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class EvidenceWeights:
    """Coefficients of two logistic models (`benchmarks/evidence.py`)."""

    candidate: Values
    """(len(FEATURES),): that a candidate is meant, given that something is."""
    sentence: Values
    """(len(SENTENCE_FEATURES),): that something is meant."""

    def to_mapping(self) -> dict[str, dict[str, float]]:
        """The coefficients by name."""
        return {
            "candidate": _named(FEATURES, self.candidate),
            "sentence": _named(SENTENCE_FEATURES, self.sentence),
        }

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> EvidenceWeights:
        """Coefficients by name; those of names that are missing are 0.

        Raises:
            ValueError: a name is unknown, or a value is no finite number.
        """
        return cls(
            candidate=_values(FEATURES, values["candidate"]),
            sentence=_values(SENTENCE_FEATURES, values["sentence"]),
        )


def _named(names: tuple[str, ...], values: Values) -> dict[str, float]:
    return {
        name: round(float(value), 4) for name, value in zip(names, values, strict=True)
    }


def _values(names: tuple[str, ...], given: Mapping[str, Any]) -> Values:
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"unknown kind of evidence: {unknown[0]!r}")
    values = np.array([float(given.get(name, 0.0)) for name in names])
    if not np.isfinite(values).all():
        raise ValueError("the weights of evidence must be finite numbers")
    return values


DEFAULT_WEIGHTS = EvidenceWeights.from_mapping(
    {"candidate": CANDIDATE, "sentence": SENTENCE}
)
"""For weights whose card holds none: fitted for those that are shipped as default."""
