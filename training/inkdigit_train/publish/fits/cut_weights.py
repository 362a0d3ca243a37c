"""Training writers' digits in; what tells a cut between two digits from one through a digit out.

Touching digits and composed numbers are drawn as pictures, and every cut that the segmenter might
make of their marks is measured. A logistic regression learns which of them separate two digits. It
does not depend on a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from inkdigit._pixels.components import label
from inkdigit._pixels.measure import INK_LEVEL, stroke_width
from inkdigit._pixels.morphology import Mask
from inkdigit._segment.cuts import CUT_FEATURES, Cuts, is_wide, propose, reduced
from inkdigit._segment.rows import usual_height
from inkdigit_train.data.compose import Style, compose_many
from inkdigit_train.data.folder import ink_files
from inkdigit_train.data.pages.writing import read_writing
from inkdigit_train.data.pictured import Pictured, draw_composed
from inkdigit_train.data.records import held_out_writers, read_records
from inkdigit_train.data.touching import KINDS, make_touching
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit_cuts"]

TOUCHING, COMPOSED = 40, 200  # numbers of each kind
STYLES = (
    Style(gap=(0.0, 0.6), touching=0.15, sizes=0.15),
    Style(length=(2, 4), touching=0.25, joined=0.5),
)
# Fraction of the lesser neighbour's ink on the wrong side: of right cuts at most, of wrong ones at
# least. Those in between teach nothing. By eye on training writers.
RIGHT, WRONG = 0.1, 0.2
SLACK = 0.5  # in widths of the line: ink this close to a cut may lie on either side
IN_MARK = 0.4  # of a digit's ink: a mark with more of it shows the digit
SPECK_PX = 20  # a part of a picture with fewer pixels tells nothing of the digits' height
PENALTY = 10.0  # C of the regression: a weak pull to 0, as thousands of cuts fit ten weights


def fit_cuts(folder: Path | None, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._segment.cuts`, and write them with a record of the fit.

    Args:
        folder: The data folder; MNIST is read from it, too.
        out: A cuts.json, written atomically.
        seed: For the numbers.

    Returns:
        The fraction of pairs of a right cut and a wrong one of which the right one scores higher.

    Raises:
        DataNotFoundError: If the ink or MNIST is missing.
    """
    files, _ = ink_files(folder)
    if not files:
        raise DataNotFoundError(
            "no ink data sets of digits to compose numbers from; name their folder with --data"
        )
    writing = read_writing(folder, validation=False)
    digits = [record for path in files for record in read_records(path)]
    held = held_out_writers(digits)
    digits = [record for record in digits if record.writer not in held]
    numbers = [n for kind in KINDS for n in make_touching(kind, writing, TOUCHING, seed)]
    for k, style in enumerate(STYLES):
        numbers += map(draw_composed, compose_many(digits, COMPOSED, seed + k, style))
    features, mistakes = measure(numbers)
    taught = (mistakes < RIGHT) | (mistakes > WRONG)
    right = mistakes[taught] < RIGHT
    regression = LogisticRegression(C=PENALTY, max_iter=1000).fit(features[taught], right)
    ranked = float(roc_auc_score(right, regression.decision_function(features[taught])))
    values = [*regression.coef_[0].tolist(), float(regression.intercept_[0])]
    names = (*CUT_FEATURES, "intercept")
    write_weights(
        out,
        {
            "command": f"python -m inkdigit_train fit-cuts --seed {seed}"
            " --out runtime/inkdigit/_segment/cuts.json",
            "numbers": len(numbers),
            "cuts": len(right),
            "right_cuts": int(right.sum()),
            "ranked_right": round(ranked, 4),
            "weights": {n: round(v, 4) for n, v in zip(names, values, strict=True)},
        },
    )
    return ranked


def measure(
    numbers: Sequence[Pictured],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Measure every cut of every mark that may be cut.

    Returns:
        (n, 9) in the order of `CUT_FEATURES`; (n,) fraction of a digit's ink on the wrong side,
        infinite where the mark is one digit.
    """
    found = [
        (cuts.features, _mistakes(cuts, mark, glyphs))
        for number in numbers
        for cuts, mark, glyphs in _cuts_of(number)
    ]
    features = [np.zeros((0, len(CUT_FEATURES))), *(each for each, _ in found)]
    return np.concatenate(features), np.concatenate([np.zeros(0), *(each for _, each in found)])


def _cuts_of(number: Pictured) -> Iterator[tuple[Cuts, Mask, NDArray[np.bool_]]]:
    """Each mark's cuts, the mark, and (n, h, w) which of its pixels each digit in it covers."""
    parts = label(number.picture < 255 * (1 - INK_LEVEL))
    owner = parts.label_map()
    written = number.glyphs >= INK_LEVEL
    height = usual_height(parts.boxes[parts.areas > SPECK_PX].astype(np.float64))
    for part, (left, top, right, bottom) in enumerate(parts.boxes.tolist()):
        mark = owner[top:bottom, left:right] == part
        if not is_wide(mark.shape, height):
            continue
        inside = written[:, top:bottom, left:right] & mark
        shown = inside.sum(axis=(1, 2)) > IN_MARK * written.sum(axis=(1, 2))
        small, small_height = reduced(mark, height)
        glyphs = [reduced(glyph, height)[0] for glyph in inside[shown]]
        yield propose(small, small_height), small, np.array(glyphs)


def _mistakes(cuts: Cuts, mark: Mask, glyphs: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) of the ink of the lesser neighbour, what each cut leaves on the wrong side."""
    least = np.full(len(cuts.left), np.inf)
    slack = SLACK * max(stroke_width(mark.astype(np.float32)), 1.0)
    columns = np.arange(mark.shape[1])
    ahead = columns >= cuts.right[..., None] + slack
    behind = columns < cuts.left[..., None] - slack
    alone = glyphs & (glyphs.sum(axis=0) == 1)  # what two digits cover is right on either side
    for first in range(1, len(glyphs)):
        wrong = (ahead & alone[:first].any(axis=0)).sum(axis=(1, 2))
        wrong = wrong + (behind & alone[first:].any(axis=0)).sum(axis=(1, 2))
        neighbours = glyphs[first - 1 : first + 1].sum(axis=(1, 2))
        least = np.minimum(least, wrong / max(int(neighbours.min()), 1))
    return least
