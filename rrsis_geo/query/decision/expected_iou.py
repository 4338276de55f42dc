"""The set of candidates with the greatest expected IoU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rrsis_geo.query.decision.evidence import Evidence, contexts_of
from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.feature_values import logistic
from rrsis_geo.query.decision.features import SENTENCE_CONTEXTS, SENTENCE_FEATURES

Values = NDArray[np.float64]

_ONE = [SENTENCE_FEATURES.index(f"one, {name}") for name in SENTENCE_CONTEXTS]
_BEST = [SENTENCE_FEATURES.index(f"best, {name}") for name in SENTENCE_CONTEXTS]


EVEN_CHANCE = 0.5
"""Chance below which one of any number of candidates is left out, where a class is
named and nothing else, and on scenes of many windows.

On a large scene hundreds of small ones cost little IoU, and each is a wrong polygon.
Roads and water are not counted, so all that adds to the expected IoU stays."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Choice:
    """What an expression means."""

    rows: NDArray[np.intp]
    """(K,) candidates, ascending."""
    chance: Values
    """(count,) of each candidate to be meant."""
    something: float
    """Chance that something is meant."""


def choose(
    evidence: Evidence,
    weights: EvidenceWeights,
    *,
    caution: float,
    min_score: float | None = None,
) -> Choice:
    """Choose the candidates that are meant.

    Args:
        evidence: For the candidates.
        weights: How much each kind of evidence counts.
        caution: What a false polygon costs where nothing is meant, as a multiple of
            what silence costs where something is.
        min_score: Least chance of a candidate to be meant. None: where the expression
            asks for any number of objects that are counted, and names nothing else or
            is about a scene of many windows, those that are more likely meant than not,
            given that something is, and the likeliest one.
    """
    weights = weights.of(evidence.match is not None)
    given = given_something(evidence, weights)
    something = logistic(sentence_features(evidence, given) @ weights.sentence)
    area = evidence.candidates.area[: evidence.count]
    order, gain = best_set(given, area, evidence.number)
    order = order[given[order] > 0]
    silent = something * gain <= caution * (1 - something)
    if silent or evidence.fits.contradicted:
        order = order[:0]
    chance = given * something
    if min_score is not None:
        order = order[chance[order] >= min_score]
    elif evidence.number is None and _counts_polygons(evidence):
        order = order[(given[order] >= EVEN_CHANCE) | (np.arange(len(order)) == 0)]
    return Choice(rows=np.sort(order), chance=chance, something=float(something))


def given_something(evidence: Evidence, weights: EvidenceWeights) -> Values:
    """(count,) chance of each candidate to be meant if anything is.

    Numbers that were typed and measured leave no room: what is farther away than the
    metres that are said is not meant, whatever the network makes of the words.
    """
    chance = logistic(evidence.features @ weights.candidate)
    return np.where(evidence.fits.ruled_out[: evidence.count], 0.0, chance)


def sentence_features(evidence: Evidence, given: Values) -> Values:
    """(len(SENTENCE_FEATURES),) with those that depend on the candidates' chances."""
    return with_chances(evidence.sentence, given)


def with_chances(sentence: Values, given: Values) -> Values:
    """Features of an expression completed by the chances of its candidates."""
    values = sentence.copy()
    best = min(float(given.max(initial=1e-3)), 0.999)
    here = values[_ONE]  # 1 in the contexts of the expression
    values[_BEST] = here * np.log(best / (1 - best))
    values[SENTENCE_FEATURES.index("any")] = 1 - float(np.prod(1 - given))
    return values


def _counts_polygons(evidence: Evidence) -> bool:
    """Whether a wrong polygon is one too many, however small it is."""
    contexts = contexts_of(evidence.plan, view=evidence.view)
    applies = contexts["plain"] or contexts["many windows"]
    return bool(applies and not contexts["surface"])


def best_set(
    chance: Values, area: Values, number: int | None
) -> tuple[NDArray[np.intp], float]:
    """The candidates with the greatest expected IoU, and that IoU, about.

    The expectation of the ratio is taken as the ratio of expectations. The best set of
    any size takes candidates in the order of their chances.
    """
    order = np.argsort(-chance, kind="stable")
    if not len(order):
        return order, 0.0
    p, a = chance[order], area[order]
    inside = np.cumsum(p * a)
    union = np.cumsum(a) + (inside[-1] - inside)
    value = inside / np.maximum(union, 1e-30)
    count = int(np.argmax(value)) + 1
    if number is not None:
        # as many as are asked for, unless the chances say otherwise
        asked = min(number, len(order))
        if p[asked - 1] > 0.25 * p[0]:
            count = asked
    return order[:count], float(value[count - 1])
