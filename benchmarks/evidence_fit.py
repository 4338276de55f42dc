"""The two logistic models of the evidence, fitted on labelled expressions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from evidence_cases import Case, folds_of
from numpy.typing import NDArray

from rrsis_geo.query.decision.evidence_weights import EvidenceWeights
from rrsis_geo.query.decision.expected_iou import given_something, sentence_features
from rrsis_geo.query.decision.features import FEATURES, SENTENCE_FEATURES

Values = NDArray[np.float64]

CONTEXT_PENALTY, COMMON_PENALTY, FREE = 2.0, 0.4, 0.01
"""Ridge penalties of coefficients of one context, of all contexts, of the intercept."""

FOLDS_INSIDE = 5
"""The model of whole expressions is fitted on chances from folds left out."""


def fit(cases: Sequence[Case]) -> EvidenceWeights:
    """Fit coefficients with the matching network, and others for evidence without."""
    matched = [case for case in cases if case.evidence.match is not None]
    unmatched = _fit([without_match(case) for case in cases])
    return replace(_fit(matched), unmatched=unmatched) if matched else unmatched


def without_match(case: Case) -> Case:
    """A case as it would be without the matching network."""
    features, sentence = case.evidence.features.copy(), case.evidence.sentence.copy()
    for values, names in ((features, FEATURES), (sentence, SENTENCE_FEATURES)):
        values[..., [name.startswith("match") for name in names]] = 0
    evidence = replace(case.evidence, features=features, sentence=sentence, match=None)
    return replace(case, evidence=evidence)


def _fit(cases: Sequence[Case]) -> EvidenceWeights:
    """Fit both logistic models."""
    fold = folds_of(cases, FOLDS_INSIDE, seed=None)
    features, labels = [], []
    for left_out in range(FOLDS_INSIDE):
        others = [case for case in cases if fold[case.image] != left_out]
        weights = EvidenceWeights(
            candidate=fit_candidates(others), sentence=np.zeros(len(SENTENCE_FEATURES))
        )
        for case in cases:
            if fold[case.image] == left_out:
                chances = given_something(case.evidence, weights)
                features.append(sentence_features(case.evidence, chances))
                labels.append(float(case.mask.any()))
    sentence = logistic_fit(
        np.array(features), np.array(labels), np.ones(len(labels)), SENTENCE_FEATURES
    )
    return EvidenceWeights(candidate=fit_candidates(cases), sentence=sentence)


def fit_candidates(cases: Sequence[Case]) -> Values:
    """Fit the chance of a candidate, given that something is meant."""
    meant = [case for case in cases if case.mask.any() and case.evidence.count]
    features = np.vstack([case.evidence.features for case in meant])
    labels = np.concatenate([case.label for case in meant])
    # a crowd counts more than one object, but not as much as its number
    weight = [np.full(case.evidence.count, case.evidence.count**-0.5) for case in meant]
    return logistic_fit(features, labels, np.concatenate(weight), FEATURES)


def logistic_fit(
    features: Values, labels: Values, weight: Values, names: Sequence[str]
) -> Values:
    """Coefficients of a logistic model with ridge penalties, by Newton's method."""
    common = np.array([name.endswith(", all") for name in names])
    penalty = np.where(common, COMMON_PENALTY, CONTEXT_PENALTY)
    penalty[0] = FREE
    found = np.zeros(len(names))
    for _ in range(60):
        chance = 1 / (1 + np.exp(-np.clip(features @ found, -30, 30)))
        slope = features.T @ (weight * (chance - labels)) + penalty * found
        curve = (features.T * (weight * chance * (1 - chance))) @ features
        step = np.linalg.solve(curve + np.diag(penalty + 1e-6), slope)
        found -= step
        if np.abs(step).max() < 1e-6:
            break
    return found


def module(weights: EvidenceWeights) -> str:
    """The module `matched` or `unmatched` with these coefficients."""
    values = weights.to_mapping()
    lines = [
        '"""Coefficients of the evidence, as `benchmarks/evidence.py` writes them."""',
        "",
        "from __future__ import annotations",
        "",
    ]
    for name, what in (("candidate", "a candidate"), ("sentence", "an expression")):
        lines.append(f"{name.upper()}: dict[str, float] = {{")
        lines += [
            f'    "{key}": {value:.3f},'
            for key, value in values[name].items()
            if abs(value) >= 0.0005
        ]
        lines.append("}")
        lines.append(f'"""Kind of evidence of {what} -> coefficient; 0 for others."""')
        lines.append("")
    return "\n".join(lines)
