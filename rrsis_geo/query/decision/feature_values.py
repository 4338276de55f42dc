"""The numbers that the logistic models weigh, from measured evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.matching.object_layout import SURE
from rrsis_geo.query.candidates.selection import FIT_THRESHOLD
from rrsis_geo.query.decision.evaluation import Fits
from rrsis_geo.query.decision.features import (
    CONTEXTS,
    FEATURES,
    OTHER_SENTENCE_SIGNALS,
    OTHER_SIGNALS,
    SENTENCE_CONTEXTS,
    SENTENCE_SIGNALS,
    SIGNALS,
)
from rrsis_geo.query.decision.outline_shape import UNKNOWN_SHAPE
from rrsis_geo.types import Polygons

Values = NDArray[np.float64]

MIN_BEST = 0.1
"""Mean probability below which no candidate is the best one."""

FLOOR = 0.02
"""Fit below which candidates are not told apart."""

MOST_ODDS = 6.0
"""Log odds of the matching network, either way."""


def candidate_features(
    contexts: dict[str, float],
    fits: Fits,
    count: int,
    *,
    meant: Polygons,
    confidence: Values,
    phrase: Values,
    has_phrase: NDArray[np.bool_],
    whole: Values,
    share: Values,
    not_noun: NDArray[np.bool_],
    shape: Values | None,
    number: int | None,
    match: Values | None,
) -> Values:
    """(count, len(FEATURES))"""
    fit = fits.fit[:count]
    odds = np.zeros(count) if match is None else match
    area = np.maximum(meant.columns["area_m2"], 1e-9)
    usual = float(np.median(area)) if count else 1.0
    best_whole = _of_best(whole)
    columns = {
        "one": np.ones(count),
        "object": log_odds(confidence),
        "fit": np.log((fit + FLOOR) / (1 + FLOOR)),
        "fits": (fit >= FIT_THRESHOLD).astype(np.float64),
        "whole": whole,
        "whole of best": best_whole,
        "share": share,
        "phrase of best": _of_best(phrase) * has_phrase,
        "match": np.clip(odds, -MOST_ODDS, MOST_ODDS) / SURE,
        "matches": logistic(odds) * (match is not None),
        "faint": (meant.columns["score_max"] < 0.5).astype(np.float64),
        "not of the noun": not_noun.astype(np.float64),
        "edge": meant.columns["touches_edge"].astype(np.float64),
        "size": np.clip(np.log(area / usual), -3, 3),
        "shape": np.zeros(count) if shape is None else 2 * (shape - UNKNOWN_SHAPE),
        "prior": np.full(count, _log_prior(number, count)),
        "unmet, whole of best": best_whole * bool(fits.unmet),
    }
    features = np.zeros((count, len(FEATURES)), order="F")  # written by columns
    for signal in SIGNALS:
        for context in CONTEXTS:
            if contexts[context]:
                column = FEATURES.index(f"{signal}, {context}")
                features[:, column] = columns[signal] * contexts[context]
    for name in OTHER_SIGNALS:
        features[:, FEATURES.index(name)] = columns[name]
    return features


def sentence_signals(
    contexts: dict[str, float],
    *,
    confidence: Values,
    whole: Values,
    no_phrase: float,
    fits: Fits,
    number: int | None,
    match: Values | None,
) -> Values:
    """(len(SENTENCE_FEATURES),), what depends on the candidates' chances left at 0."""
    best = float(confidence.max(initial=0.01))
    odds = 0.0 if match is None else float(match.max())
    signals = {
        "one": 1.0,
        "best": 0.0,
        "object": float(log_odds(np.array(best))),
        "whole": float(whole.max(initial=0.0)),
        "match": float(np.clip(odds, -MOST_ODDS, MOST_ODDS)) / SURE,
        "matches": float(logistic(np.array(odds))) * (match is not None),
        "any": 0.0,
        "no phrase": no_phrase,
        "strain": min(fits.strain, 2.0),
        "unknown": float(sum(one.unknown for one in fits.unmet)),
        "definite": float(number is not None),
        "crowd": float(np.log1p(len(confidence))),
    }
    pairs = [
        signals[name] * contexts[context]
        for name in SENTENCE_SIGNALS
        for context in SENTENCE_CONTEXTS
    ]
    return np.array([*pairs, *(signals[name] for name in OTHER_SENTENCE_SIGNALS)])


def log_odds(chance: Values) -> Values:
    """Log of the odds, at most 5 either way; also of what is certain."""
    certain = 1e-9
    inside = np.clip(chance, certain, 1 - certain)
    return np.clip(np.log(inside / (1 - inside)), -5, 5)


def logistic(x: Values) -> Values:
    """Logistic function."""
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def _of_best(values: Values) -> Values:
    """Values as a share of the greatest one; 0 where none is clear."""
    best = float(values.max(initial=0.0))
    return values / best if best > MIN_BEST else np.zeros_like(values)


def _log_prior(number: int | None, count: int) -> float:
    """Log of the share of candidates that are asked for."""
    if not number or not count:
        return 0.0
    return float(np.log(min(number, count) / count))
