"""Features and answers in, a logistic regression on them and their products out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

__all__ = ["STRENGTH", "fit_regression"]

# C of the regression, for fits that have to tell other pages and tables. Of rows of handwriting and
# of print, those of other pages are told best with this: better than with 0.1, and than without
# the products.
STRENGTH = 0.01

SEEN = (0.005, 0.995)  # quantiles of a feature beyond which its value says no more


def fit_regression(
    features: NDArray[np.float64],
    answers: NDArray[np.bool_],
    names: Sequence[str],
    strength: float,
) -> dict[str, Any]:
    """Fit what `inkdigit._fitted.regression.Regression` computes.

    Args:
        features: (n, k).
        answers: (n,).
        names: Of the k features.
        strength: C of the regression: the lower, the stronger the pull to 0.

    Returns:
        What `Regression.load` reads, with "right", the fraction of the answers it gives, and
        "mean_loss" in nats.
    """
    low, high = np.quantile(features, SEEN, axis=0)
    features = np.clip(features, low, high)
    scaler = StandardScaler().fit(features)
    expanded = PolynomialFeatures(2, include_bias=False).fit_transform(scaler.transform(features))
    regression = LogisticRegression(C=strength, max_iter=5000).fit(expanded, answers)
    count = len(names)
    single, rest = regression.coef_[0][:count], regression.coef_[0][count:]
    # The products come in the order of the upper triangle, row by row.
    starts = np.cumsum([0, *range(count, 0, -1)])
    return {
        "right": round(float((regression.predict(expanded) == answers).mean()), 4),
        "mean_loss": round(float(log_loss(answers, regression.predict_proba(expanded)[:, 1])), 4),
        "features": {
            name: {
                "low": round(float(low[k]), 4),
                "high": round(float(high[k]), 4),
                "mean": round(float(scaler.mean_[k]), 4),
                "scale": round(float(scaler.scale_[k]), 4),
                "weight": round(float(single[k]), 4),
                "products": [round(float(w), 4) for w in rest[starts[k] : starts[k + 1]]],
            }
            for k, name in enumerate(names)
        },
        "intercept": round(float(regression.intercept_[0]), 4),
    }
