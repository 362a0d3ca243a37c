"""A model and ink in; what tells signs from digits and from specks out.

The rows are composed of the training writers' digits and signs, some of them drawn as pictures too.
Every hypothesis of the segmenter is an example: one that shows a sign has that sign for its label,
one that shows another sign, such as a percent sign, has that, and every other one has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inkdigit._decode.lattice import OTHER
from inkdigit._decode.rows import by_row
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.signs import SIGN_FEATURES, sign_features
from inkdigit._decode.steady import steady
from inkdigit._segment.layout import Layout
from inkdigit._segment.marks import MarkLayout
from inkdigit._segment.strokes import StrokeLayout
from inkdigit.labels import SIGN_CLASSES, SIGNS
from inkdigit.session import OnnxSession
from inkdigit_train.data.hypotheses import glyph_of
from inkdigit_train.data.pictured import draw_composed, shown_glyphs
from inkdigit_train.data.records import of_writers, read_sources
from inkdigit_train.data.signed import Signed, compose_signed
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit_signs", "sign_examples"]

ROWS, PICTURES = 9000, 1800
HIDDEN = 48  # units; with 24 the loss on validation writers was 2 % higher
EPOCHS, BATCH, RATE, DECAY = 30, 1024, 0.01, 3e-4  # of AdamW
NOISE = 0.05  # added to the scaled features while training, so that no one measure is leant on
SURE = 0.5  # as the threshold in the figure that is returned


def fit_signs(
    model: Path, ink: Sequence[Path], nondigits: Sequence[Path], out: Path, seed: int = 0
) -> float:
    """Fit to a model's answers, and write the file that the runtime reads.

    Returns:
        Fraction of the validation writers' hypotheses that are told right, signs alone.

    Raises:
        DataNotFoundError: If there is nothing to compose rows from.
    """
    digits, symbols = read_sources(ink, nondigits)
    session = OnnxSession(model)
    parts = []
    for held_out in (False, True):
        written, drawn = (of_writers(part, held_out=held_out) for part in (digits, symbols))
        count = ROWS if not held_out else ROWS // 6
        rows = compose_signed(written, drawn, count, seed + held_out)
        if not rows:
            raise DataNotFoundError(
                "no ink data sets of digits and of signs to compose rows from; name their folder"
                " with --data"
            )
        parts.append(sign_examples(rows, rows[: PICTURES if not held_out else 0], session))
    (features, labels), (test, truth) = parts
    means, scales = features.mean(axis=0), np.maximum(features.std(axis=0), 0.05)
    net = _train((features - means) / scales, labels, seed)
    with torch.no_grad():
        answer = net(torch.from_numpy((test - means) / scales).float()).softmax(1).numpy()
    is_sign = truth > 0
    right = float((answer[is_sign, truth[is_sign]] > SURE).mean())
    false = float((answer[~is_sign, 0] <= SURE).mean())
    # Of features of spread 1: two decimals tell signs as well as all do, in a third of the bytes.
    rounded = [[round(float(v), 2) for v in row] for row in net.inner.weight.detach().T]
    write_weights(
        out,
        {
            "command": f"python -m inkdigit_train fit-signs MODEL.onnx --seed {seed}"
            " --out runtime/inkdigit/_decode/signs.json",
            "model_sha256": sha256(model),
            "examples": len(labels),
            "signs_told": round(right, 4),
            "others_taken_for_signs": round(false, 5),
            "features": {
                name: {"mean": round(float(m), 4), "scale": round(float(s), 4), "weights": weights}
                for name, m, s, weights in zip(SIGN_FEATURES, means, scales, rounded, strict=True)
            },
            "bias": [round(float(v), 4) for v in net.inner.bias.detach()],
            "signs": {
                name: {
                    "weights": [round(float(v), 2) for v in net.outer.weight.detach()[k]],
                    "bias": round(float(net.outer.bias.detach()[k]), 4),
                }
                for k, name in enumerate(SIGN_CLASSES)
            },
        },
    )
    return right


def sign_examples(
    rows: Sequence[Signed], pictured: Sequence[Signed], session: OnnxSession
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Features (n, 44) and labels (n,), indices of `SIGN_CLASSES`."""
    features, labels = [], []

    def add(layout: Layout, own: list[int]) -> None:
        scored = score_hypotheses(layout.hypotheses, layout, steady(session.run))
        for row, part in by_row(layout, scored):
            features.append(sign_features(row, part.log_probabilities))
        labels.extend(own)

    for signed in rows:
        label, layout = signed.number.label, StrokeLayout(signed.number.ink)
        shown = [glyph_of(h, signed.number) for h in layout.hypotheses]
        add(layout, [0 if k is None else _sign(label[k]) for k in shown])
    for signed in pictured:
        picture = draw_composed(signed.number)
        marks = MarkLayout(1 - picture.picture.astype(np.float32) / np.float32(255))
        seen = shown_glyphs(marks, marks.rasters(marks.hypotheses), picture)
        of_glyph = np.array([_sign(character) for character in signed.number.label])
        add(marks, (seen * of_glyph).max(axis=1, initial=0).tolist())
    return np.concatenate(features), np.array(labels, np.int64)


def _sign(character: str) -> int:
    if character == "?":
        return OTHER
    return 1 + SIGNS.index(character) if character in SIGNS else 0


class _Net(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.inner = nn.Linear(features, HIDDEN)
        self.outer = nn.Linear(HIDDEN, len(SIGN_CLASSES))

    def forward(self, features: Tensor) -> Tensor:
        answer: Tensor = self.outer(self.inner(features).tanh())
        return answer


def _train(features: NDArray[np.float64], labels: NDArray[np.int64], seed: int) -> _Net:
    torch.manual_seed(seed)
    x, y = torch.from_numpy(features).float(), torch.from_numpy(labels)
    net = _Net(x.shape[1])
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    batches = max(len(x) // BATCH, 1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * batches)
    for _ in range(EPOCHS):
        for part in torch.randperm(len(x)).chunk(batches):
            some = x[part]
            loss = F.cross_entropy(net(some + NOISE * torch.randn_like(some)), y[part])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return net
