"""The command fine-tune: a checkpoint and the app's corrections in, a table and a verdict out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from inkdigit_train.cli.options import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    FILES,
    Commands,
    add_data,
    add_device,
    sources_of,
)

if TYPE_CHECKING:
    from inkdigit_train.data.corrections import Corrections
    from inkdigit_train.publish.fine_tuned import Compared

__all__ = ["add_fine_tuning"]

EPOCHS = 3  # as in FineTuneConfig, which would load torch


def add_fine_tuning(commands: Commands) -> None:
    """Add the command's parser."""
    about = "train a network further on corrections that the app exported"
    parser = commands.add_parser("fine-tune", help=about)
    parser.set_defaults(run=_fine_tune)
    parser.add_argument("checkpoint", type=Path, help="of train or tune")
    parser.add_argument("--corrections", **FILES, required=True, help="the app's exports")
    about = "folder for the new checkpoint, and for model.onnx and config.json"
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help=about)
    about = f"passes over the data (default {EPOCHS})"
    parser.add_argument("--epochs", type=_positive, default=EPOCHS, metavar="N", help=about)
    about = "export even if a validation set got worse"
    parser.add_argument("--anyway", action="store_true", help=about)
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    add_data(parser)
    add_device(parser)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _fine_tune(args: argparse.Namespace) -> int:
    from inkdigit_train.fit.fabric import make_fabric
    from inkdigit_train.fit.train import CHECKPOINT
    from inkdigit_train.publish.fine_tuned import (
        FineTuneConfig,
        fine_tune,
        refit_commands,
        verdict,
    )

    done = fine_tune(
        args.checkpoint,
        args.corrections,
        *sources_of(args),
        args.out,
        make_fabric(args.device, args.precision),
        FineTuneConfig(epochs=args.epochs),
        anyway=args.anyway,
        resume=args.resume,
    )
    if done is None:
        print(f"interrupted; go on with --resume --out {args.out}", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(_counts(done.corrections))
    print(_table(done.sets))
    print(f"verdict: {verdict(done.sets)}")
    if done.learned_before:
        print(
            f"{args.checkpoint} had learned from corrections before, perhaps from some of those"
            " held out now: for a fair table start with the checkpoint before that, and name all"
            " exports",
            file=sys.stderr,
        )
    if not done.exported:
        print(
            f"only {args.out / CHECKPOINT} was written; --resume --anyway exports it all the same",
            file=sys.stderr,
        )
        return EXIT_FAILED
    print(
        "Once this model takes the place of the runtime's, fit to it again what was fitted to that"
        " one:",
        *refit_commands(args.out / "model.onnx"),
        sep="\n    ",
        file=sys.stderr,
    )
    return EXIT_OK


def _counts(corrections: Corrections) -> str:
    glyphs = len(corrections.train), len(corrections.held_out)
    lines = [
        f"corrections: {corrections.used} of {corrections.records} records used;"
        f" {glyphs[0]} glyphs to train on, {glyphs[1]} held out"
    ]
    lines += [f"left out: {count} {reason}" for reason, count in corrections.left_out.items()]
    return "\n".join(lines)


def _table(sets: Sequence[Compared]) -> str:
    head = ("set", "count", "errors before", "after", "mended", "spoilt", "by chance")
    rows = [
        (s.name, *map(str, (s.count, s.before, s.after, s.mended, s.spoilt)), f"{s.chance:.3f}")
        for s in sets
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "\n".join(
        "  ".join([name.ljust(widths[0]), *map(str.rjust, cells, widths[1:])])
        for name, *cells in (head, *rows)
    )
