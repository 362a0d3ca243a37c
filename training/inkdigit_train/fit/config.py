"""The choices of a training run: one frozen record, written beside its checkpoint."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from inkdigit.errors import InputError

__all__ = ["TrainConfig"]


COUNTS = ("epochs", "batch_size", "stem", "body", "top", "val_size")  # 0 of these is no run


@dataclass(frozen=True)
class TrainConfig:
    """Every choice that shapes a run.

    None was searched for: they are usual values, or were changed once where a curve or a sheet of
    mistakes called for it; the comment says what each is, then what was seen.
    """

    # Passes over the training data: errors on ink and letters still fall in the last epochs.
    epochs: int = 33
    batch_size: int = 128  # rasters in a step, over all processes
    lr: float = 6e-3  # peak of the one-cycle schedule
    # The last step's learning rate, as a fraction of the peak. With a fall to 0, the loss on
    # validation digits rose in the last third of a run: "not a digit" took more and more of them.
    lr_end: float = 0.2
    weight_decay: float = 0.05  # AdamW's, decoupled; the usual value with one-cycle
    warmup: float = 0.1  # fraction of the steps in which the learning rate rises
    label_smoothing: float = 0.01  # probability moved from the label to the other classes
    ema_decay: float = 0.999  # per step, of the averaged weights: over 1,000 steps, or an epoch
    dropout: float = 0.1  # fraction of the embedding dropped
    stem: int = 16  # channels at 28×28 pixels; see `models.DigitNet`
    body: int = 32  # at 14×14
    top: int = 56  # at 7×7: what 100,000 parameters leave room for
    augment: float = 0.7  # strength of the augmentation; 1 is the standard, 0 none
    augment_end: float = 0.5  # strength at the last step
    fade: float = 0.5  # fraction of the steps, the last ones, in which it moves to `augment_end`
    stretched: float = 0.3  # fraction of the rasters in other proportions: tails, loops, heads
    # Fraction of the rasters mixed with another one at the last step; it grows from 0.
    mixup: float = 0.0
    noise: float = 0.3  # largest standard deviation of the grain, where a raster gets any
    # How often an epoch sees each ink digit: use means ink, and MNIST has four times as much.
    ink_weight: int = 2
    # How often it sees each letter and symbol: too many by other writers passed for digits.
    letter_weight: int = 2
    made_nondigits: float = 0.06  # halves and pairs of digits added to a batch, as a fraction of it
    # Digits drawn in forms that the data hardly has; with any, all ink is seen slanted once, too.
    # With 4,000, a run read stretched ink better, and rows of validation writers worse.
    forms: int = 0
    distill: float = 0.5  # weight of the teachers' probabilities in the loss, if there are teachers
    val_size: int = 5000  # MNIST training images held out, stratified, for every choice
    seed: int = 0  # for the weights, the made ink, the order and the augmentation

    def __post_init__(self) -> None:
        """Refuse what no run can use.

        Raises:
            InputError: If a number is not finite, or below what it counts from.
        """
        for name, value in asdict(self).items():
            least = 1 if name in COUNTS else 0
            if name != "seed" and not (math.isfinite(value) and value >= least):
                raise InputError(f"{name} is {value}; expected a number of at least {least}")

    def to_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return asdict(self)
