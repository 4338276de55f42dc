"""How much each kind of evidence counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.decision.coefficients import matched, unmatched
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class EvidenceWeights:
    """Coefficients of two logistic models (`benchmarks/evidence.py`)."""

    candidate: Values
    """(len(FEATURES),): that a candidate is meant, given that something is."""
    sentence: Values
    """(len(SENTENCE_FEATURES),): that something is meant."""
    unmatched: EvidenceWeights | None = None
    """Where the matching network was not asked; None: the same."""

    def of(self, evidence_is_matched: bool) -> EvidenceWeights:
        """The coefficients for evidence with or without the matching network."""
        return self if evidence_is_matched else self.unmatched or self

    def to_mapping(self) -> dict[str, Any]:
        """The coefficients by name."""
        values: dict[str, Any] = {
            "candidate": _named(FEATURES, self.candidate),
            "sentence": _named(SENTENCE_FEATURES, self.sentence),
        }
        if self.unmatched is not None:
            values["unmatched"] = self.unmatched.to_mapping()
        return values

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> EvidenceWeights:
        """Coefficients by name; those of names that are missing are 0.

        Raises:
            ValueError: a name is unknown, or a value is no finite number.
        """
        return cls(
            candidate=_values(FEATURES, values["candidate"]),
            sentence=_values(SENTENCE_FEATURES, values["sentence"]),
            unmatched=(
                cls.from_mapping(values["unmatched"]) if "unmatched" in values else None
            ),
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
    {
        "candidate": matched.CANDIDATE,
        "sentence": matched.SENTENCE,
        "unmatched": {
            "candidate": unmatched.CANDIDATE,
            "sentence": unmatched.SENTENCE,
        },
    }
)
"""For weights whose card holds none: fitted for those that are shipped as default."""
