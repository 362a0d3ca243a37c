"""A checkpoint and the app's exports in; one that learned from them, if it reads better, out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lightning_fabric import Fabric

from inkdigit import Recognizer
from inkdigit._decode.weights import BUNDLED_WEIGHTS
from inkdigit_train.data.corrections import CORRECTIONS, Corrections, Locator, read_corrections
from inkdigit_train.data.pools import INK_DIGITS, INK_NONDIGITS, DataSet, Pool, gather
from inkdigit_train.errors import CheckpointError
from inkdigit_train.evaluation.metrics import mcnemar
from inkdigit_train.files import sha256
from inkdigit_train.fit.checkpoint import Checkpoint, load_averaged, read_checkpoint
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.models import logits_of
from inkdigit_train.fit.train import CHECKPOINT, train
from inkdigit_train.publish.export import deploy, export

__all__ = [
    "CHANCE",
    "Compared",
    "FineTuneConfig",
    "FineTuned",
    "compare",
    "fine_tune",
    "refit_commands",
    "verdict",
]

# The usual level of significance. Each set is tested for "worse" at it: a false alarm costs a look
# at the table, a missed one a worse model. "Better" is tested at it over all sets (Bonferroni).
CHANCE = 0.05
EXPORTED = ("model.onnx", "config.json")
SET_NAMES = {
    "mnist": "MNIST held out",
    INK_DIGITS: "ink digits, held-out writers",
    INK_NONDIGITS: "ink non-digits, held-out writers",
}


@dataclass(frozen=True)
class FineTuneConfig:
    """The choices of fine-tuning; set by judgement."""

    epochs: int = 3  # passes over the usual data with the corrections among them
    lr: float = 3e-4  # constant: a quarter of the last one of training
    share: float = 0.1  # of an epoch that corrections are, at most,
    most_views: int = 10  # unless that would show each more often than this


@dataclass(frozen=True)
class Compared:
    """Errors on one validation set by two networks, as exported."""

    name: str
    count: int  # of glyphs
    before: int  # errors
    after: int
    mended: int  # misread before, not after
    spoilt: int  # misread after, not before

    @property
    def chance(self) -> float:
        """The probability of so lopsided a change by chance; see `metrics.mcnemar`."""
        more, fewer = sorted((self.mended, self.spoilt), reverse=True)
        return mcnemar(more, fewer)

    @property
    def is_worse(self) -> bool:
        """Whether more is misread than chance explains."""
        return self.spoilt > self.mended and self.chance < CHANCE

    def is_better(self, sets: int) -> bool:
        """Whether less is misread than chance explains, where so many sets are looked at."""
        return self.mended > self.spoilt and self.chance < CHANCE / sets


@dataclass(frozen=True, eq=False)
class FineTuned:
    """How fine-tuning ended."""

    corrections: Corrections
    sets: list[Compared]
    exported: bool  # whether model.onnx and config.json were written
    learned_before: bool  # whether the checkpoint had learned from corrections already


def fine_tune(
    checkpoint: Path,
    exports: Sequence[Path],
    folder: Path | None,
    ink: Sequence[Path],
    nondigits: Sequence[Path],
    out: Path,
    fabric: Fabric,
    config: FineTuneConfig | None = None,
    *,
    locator: Locator | None = None,
    anyway: bool = False,
    resume: bool = False,
    show: bool = True,
) -> FineTuned | None:
    """Train a network further on corrections beside its usual data, and export it if it may be.

    Args:
        checkpoint: Of `train` or `tune`.
        exports: The app's exports; see `read_corrections`.
        folder: The data folder; see `pools.gather`.
        ink: The ink data sets of digits that the checkpoint was trained on.
        nondigits: Those of letters and symbols.
        out: Folder for `last.ckpt` and `history.csv`, and for the export unless a set got worse.
        fabric: Launched; see `make_fabric`.
        config: The choices; the usual ones if left out.
        locator: Finds the glyphs of numbers; the bundled recogniser if left out.
        anyway: Export whatever got worse.
        resume: Go on from the folder's `last.ckpt` if there is one.
        show: Report progress on standard error.

    Returns:
        How it ended; None if the training was interrupted.

    Raises:
        CheckpointError: If the checkpoint cannot be read, was trained on other ink than `ink` and
            `nondigits`, or the folder holds another run.
        DataError, DataNotFoundError: If a file is missing or damaged, or there are too few
            corrections.
        DivergedError: If the loss is NaN or infinite.
        ExportError: As for `export`.
    """
    config = config or FineTuneConfig()
    if not resume:
        _refuse_used(out)
    state = read_checkpoint(checkpoint)
    learned_before = _check_sources(checkpoint, state, [*ink, *nondigits])
    corrections = read_corrections(exports, locator or Recognizer())
    trained = TrainConfig(**state.config)
    usual = gather(folder, ink, nondigits, trained.val_size, trained.seed, trained.forms)
    # A constant rate, and the augmentation that training ended with.
    further = replace(
        trained,
        epochs=config.epochs,
        lr=config.lr,
        lr_end=1.0,
        warmup=0.0,
        augment=trained.augment_end,
    )
    data = _mixed(usual, corrections, config, further.seed)
    if not train(further, data, out, fabric, start=checkpoint, resume=resume, show=show).finished:
        return None
    held_out = corrections.validation()
    sets = compare(checkpoint, out / CHECKPOINT, usual, held_out, _held_out_name(corrections))
    exported = anyway or not any(s.is_worse for s in sets)
    if exported:
        export(out / CHECKPOINT, data, out)
    else:
        for name in EXPORTED:  # the run's own config.json, and what a run that went on exported
            (out / name).unlink(missing_ok=True)
    return FineTuned(corrections, sets, exported, learned_before)


def compare(
    before: Path, after: Path, data: DataSet, held_out: Pool, held_out_name: str
) -> list[Compared]:
    """Count the errors of two checkpoints on every validation set.

    Both networks are measured as they would be exported, each calibrated on the usual validation
    sets: before that, how readily they answer "not a digit" says nothing about use.
    """
    named = [(SET_NAMES.get(p.name, p.name), p) for p in (data.val_mnist, *data.val_ink)]
    named.append((held_out_name, held_out))
    networks = [deploy(load_averaged(path)[0], data)[0] for path in (before, after)]
    sets = []
    for name, pool in named:
        old, new = (logits_of(net, pool.images).argmax(1) != pool.labels for net in networks)
        counts = [int(x.sum()) for x in (old, new, old & ~new, new & ~old)]
        sets.append(Compared(name, len(pool), *counts))
    return sets


def verdict(sets: Sequence[Compared]) -> str:
    """Sum the sets up: "worse" if one got worse, else "better" if one got better, else "no worse".

    The names of the sets that say so follow in brackets.
    """
    for word, chosen in (
        ("worse", [s.name for s in sets if s.is_worse]),
        ("better", [s.name for s in sets if s.is_better(len(sets))]),
    ):
        if chosen:
            return f"{word} ({'; '.join(chosen)})"
    return "no worse"


def refit_commands(model: Path) -> list[str]:
    """The commands that fit to a new digit network what is fitted to the old one, in order."""
    path = str(model)
    return [
        shlex.join(["python", "-m", "inkdigit_train", *words])
        for words in (
            ["fit-signs", path],
            ["fit-decoder", path, "--out", str(BUNDLED_WEIGHTS)],  # with the signs as just fitted
            ["fit-hand", path],
            ["fit-choices", "--model", path],
            ["fit-level", "--model", path],
            ["fit-written", "--model", path],
        )
    ]


def _refuse_used(out: Path) -> None:
    found = [name for name in (CHECKPOINT, *EXPORTED) if (out / name).exists()]
    if found:
        raise CheckpointError(
            f"{out} holds a run already ({', '.join(found)}); name another folder with --out, or"
            " go on with --resume"
        )


def _check_sources(path: Path, state: Checkpoint, files: Sequence[Path]) -> bool:
    """Whether the checkpoint learned from corrections; refuses other ink than it was trained on."""
    usual = {k: v for k, v in state.sources.items() if not k.startswith(f"{CORRECTIONS}/")}
    given = {file.name: sha256(file) for file in files}
    if usual != given:
        changed = sorted(k for k in usual.keys() | given.keys() if usual.get(k) != given.get(k))
        raise CheckpointError(
            f"{path} was trained on other ink files (missing, new or changed:"
            f" {', '.join(changed)}), so it may know the writers that are held out to check with;"
            " name the same files with --data, or with --ink and --nondigits"
        )
    return len(usual) < len(state.sources)


def _mixed(usual: DataSet, corrections: Corrections, config: FineTuneConfig, seed: int) -> DataSet:
    """The usual data with the corrections among them, each as often as the choices allow."""
    pools = corrections.pools(seed)
    count, others = sum(map(len, pools)), sum(map(len, usual.train))
    views = int(config.share * others / ((1 - config.share) * count))
    views = min(max(views, 1), config.most_views)
    return replace(
        usual,
        train=[*usual.train, *pools * views],
        sources=usual.sources | corrections.sources,
    )


def _held_out_name(corrections: Corrections) -> str:
    writers = corrections.writers_held_out
    if not writers:
        return "corrections held out, by record"
    return f"corrections held out, {writers} writer{'s' if writers > 1 else ''}"
