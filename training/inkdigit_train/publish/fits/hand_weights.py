"""A model and writers' ink in; how remembered glyphs of a hand count, out.

Projection and weights are fitted together, by gradient descent on sequences: the digits of one hand
in any order, each read with what was remembered of those before it. What was misread is corrected,
but for one in ten that is left standing, wrong as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from inkdigit._decode.hand import LEAST_TRUSTED, HandRule, describe
from inkdigit.labels import CLASSES, DIGITS, NOT_DIGIT, log_softmax
from inkdigit.session import OnnxSession
from inkdigit_train.data.hands import HandSample, made_hands
from inkdigit_train.data.records import of_writers, read_sources
from inkdigit_train.errors import DataNotFoundError
from inkdigit_train.files import sha256
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["HandNet", "Scored", "fit_hand", "remembered", "score_hands"]

MANNERS, HELD_OUT_MANNERS = 7, 12  # hands made of each writer
DECIMALS = 2  # of the projection: more change no answer, and the file is part of the wheel
SIZE = 16  # of a vector: with 32 the loss on validation hands was 2 % lower, at twice the cost
STEPS, HANDS_A_STEP, RATE = 4000, 8, 0.02
OWN = 0.4  # of the sequences are of a writer's own hand; their mistakes are few but real
LEFT_STANDING = 0.1  # misread digits that nobody corrects
CONFIRMING = (0.0, 0.3, 1.0)  # digits read right that are confirmed: not all keep what they wrote
NON_DIGIT_WEIGHT = 0.2  # in the loss: there are more letters and pieces than in use
BATCH = 256


@dataclass(frozen=True, eq=False)
class Scored:
    """A hand's glyphs in the order of writing, as the model answers them."""

    described: Tensor  # (n, 124); see `inkdigit._decode.hand.describe`
    log_probabilities: Tensor  # (n, 11)
    labels: Tensor  # (n,)
    told: Tensor  # (n,) bool; see `HandSample.told`


def score_hands(hands: Sequence[HandSample], session: OnnxSession) -> list[Scored]:
    """What the model answers to each hand's glyphs."""
    scored = []
    for hand in hands:
        rasters = hand.rasters / np.float32(255)
        parts = [
            session.run(rasters[first : first + BATCH, None])
            for first in range(0, len(rasters), BATCH)
        ]
        log_probabilities = log_softmax(np.concatenate([logits for logits, _ in parts]))
        embedding = np.concatenate([embedded for _, embedded in parts])
        scored.append(
            Scored(
                torch.from_numpy(describe(rasters, log_probabilities, embedding)),
                torch.from_numpy(log_probabilities).float(),
                torch.from_numpy(hand.labels),
                torch.from_numpy(hand.told),
            )
        )
    return scored


def remembered(
    hand: Scored,
    rng: np.random.Generator,
    standing: float = LEFT_STANDING,
    confirming: float = 1.0,
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """Which of a hand's glyphs are remembered once they are written, as what, and how.

    Args:
        hand: Its glyphs.
        rng: Decides which mistakes are left standing.
        standing: How many are.
        confirming: How many of the digits that were read right are confirmed; what is left
            standing counts as confirmed, too.

    Returns:
        Three of (n,): whether it is remembered; as which class, 0 to 10; whether corrected. What
        is no digit is remembered only where it was taken for one and corrected.
    """
    labels, told = hand.labels.numpy(), hand.told.numpy()
    read = hand.log_probabilities.numpy().argmax(axis=1)
    wrong = read != labels
    left = wrong & (rng.random(len(labels)) < standing)
    kept_as = np.where(left, read, labels)
    corrected = wrong & ~left
    confirmed = (kept_as != NOT_DIGIT) & (rng.random(len(labels)) < confirming)
    kept = told & (corrected | confirmed)
    return kept, kept_as, corrected


class HandNet(nn.Module):
    """`HandRule` with a gradient, over a whole sequence at once."""

    def __init__(self, described: int, size: int = SIZE) -> None:
        super().__init__()
        self.projection = nn.Parameter(1.5 * torch.randn(described, size) / described**0.5)
        start = {
            "trust": 1.0,
            "sharpness": 2.3,
            "other_sharpness": 3.5,
            "corrected": 2.0,
            "surplus": 0.0,
            "no_digit": 1.0,
        }
        start |= {"doubt": -2.0, "balance": 0.0, "fading": -3.0}
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.tensor(value)) for name, value in start.items()}
        )

    def forward(
        self,
        hand: Scored,
        kept: NDArray[np.bool_],
        kept_as: NDArray[np.int64],
        corrected: NDArray[np.bool_],
    ) -> Tensor:
        """(n, 11) log-weights of each glyph given those before it; arguments as of `remembered`."""
        rule, w = self.named(), self.weights
        vectors = F.normalize(hand.described @ self.projection, dim=1)
        count = len(vectors)
        before = torch.tril(torch.ones(count, count, dtype=torch.bool), -1) & torch.from_numpy(kept)
        labels, was_corrected = torch.from_numpy(kept_as), torch.from_numpy(corrected)
        same = (labels[:, None] == labels[None]).float()
        kind = torch.where(was_corrected, rule["corrected"], rule["confirmed"])
        kind = torch.where(labels == NOT_DIGIT, rule["no_digit"], kind)
        newer = before.float() @ (torch.from_numpy(kept)[:, None] * same)  # up to each query,
        newer = (newer - _up_to(kept, same)).clamp(min=0)  # less those up to the glyph itself
        faded = -rule["fading"] * torch.log1p(newer)
        weights = torch.where(before, (kind[None] + faded).exp(), torch.zeros(()))
        usual = torch.where(before & ~was_corrected, faded.exp(), torch.zeros(()))
        one_hot = F.one_hot(labels, CLASSES).float()
        sharpness = torch.where(labels < DIGITS, rule["sharpness"], rule["other_sharpness"])
        near = (sharpness[None] * (vectors @ vectors.T - 1)).exp()
        trusted = (w["trust"] * hand.log_probabilities.clamp(min=LEAST_TRUSTED)).exp()
        against = torch.log1p(rule["doubt"] * (usual @ one_hot)[:, :DIGITS])
        no_digit = rule["balance"] * against.mean(1, keepdim=True)
        against = torch.cat([against, no_digit], 1)
        return torch.log(trusted + (weights * near) @ one_hot) - against

    def named(self) -> dict[str, Tensor]:
        """The weights of `HandRule`; a correction weighs no less than a confirmation."""
        w = self.weights
        return {
            "trust": w["trust"],
            "sharpness": w["sharpness"].exp(),
            "other_sharpness": w["other_sharpness"].exp(),
            "corrected": w["corrected"],
            "confirmed": w["corrected"] - F.softplus(w["surplus"]),
            "no_digit": w["no_digit"],
            "doubt": w["doubt"].exp(),
            "balance": w["balance"],
            "fading": F.softplus(w["fading"]),
        }

    def rule(self) -> HandRule:
        """What the runtime reads."""
        weights = {name: round(float(value.detach()), 4) for name, value in self.named().items()}
        projection = np.round(self.projection.detach().numpy(), DECIMALS).astype(np.float32)
        return HandRule(projection, **weights)


def _up_to(kept: NDArray[np.bool_], same: Tensor) -> Tensor:
    """(1, n) how many of a glyph's class were remembered up to and with it."""
    count = len(kept)
    upto = torch.tril(torch.ones(count, count)) * torch.from_numpy(kept)[None].float()
    return (upto * same).sum(1)[None]


def fit_hand(
    model: Path, ink: Sequence[Path], nondigits: Sequence[Path], out: Path, seed: int = 0
) -> tuple[float, float]:
    """Fit to a model's answers, and write the file that the runtime reads.

    Returns:
        Digits of validation writers' made hands misread without memory, and with it: fractions.

    Raises:
        DataNotFoundError: If there are no records with writers.
    """
    digits, letters = read_sources(ink, nondigits)
    session, rng = OnnxSession(model), np.random.default_rng(seed)
    parts = []
    for held_out in (False, True):
        own, others = (of_writers(part, held_out=held_out) for part in (digits, letters))
        hands = made_hands(own, others, HELD_OUT_MANNERS if held_out else MANNERS, rng)
        if not hands:
            raise DataNotFoundError(
                "no ink data sets of digits with their writers; name their folder with --data"
            )
        parts.append(score_hands(hands, session))
    train, validation = parts
    net = _train(train, seed)
    alone, left = _mistakes(net, validation, seed)
    rule = net.rule()
    write_weights(
        out,
        {
            "command": f"python -m inkdigit_train fit-hand MODEL.onnx --seed {seed}"
            " --out runtime/inkdigit/_decode/hand.json",
            "model_sha256": sha256(model),
            "hands": len(train),
            "misread_alone": round(alone, 5),
            "misread_with_memory": round(left, 5),
            "weights": {name: getattr(rule, name) for name in net.named()},
            "projection": [[round(float(v), DECIMALS) for v in row] for row in rule.projection],
        },
    )
    return alone, left


def _train(hands: Sequence[Scored], seed: int) -> HandNet:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = HandNet(hands[0].described.shape[1])
    own = [k for k in range(len(hands)) if k % (MANNERS + 1) == 0]
    made = [k for k in range(len(hands)) if k % (MANNERS + 1)]
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, STEPS)
    for _ in range(STEPS):
        total, weight = torch.zeros(()), 0.0
        for _ in range(HANDS_A_STEP):
            hand = hands[int(rng.choice(own if rng.random() < OWN else made))]
            kept = remembered(hand, rng, confirming=float(rng.choice(CONFIRMING)))
            loss = F.cross_entropy(net(hand, *kept), hand.labels, reduction="none")
            weights = torch.where(hand.labels < DIGITS, 1.0, NON_DIGIT_WEIGHT)
            total, weight = total + (loss * weights).sum(), weight + float(weights.sum())
        optimizer.zero_grad()
        (total / weight).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return net


@torch.no_grad()
def _mistakes(net: HandNet, hands: Sequence[Scored], seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    alone = left = count = 0
    for hand in hands:
        digits = hand.labels < DIGITS
        answer = net(hand, *remembered(hand, rng)).argmax(1)
        alone += int((hand.log_probabilities.argmax(1) != hand.labels)[digits].sum())
        left += int((answer != hand.labels)[digits].sum())
        count += int(digits.sum())
    return alone / count, left / count
