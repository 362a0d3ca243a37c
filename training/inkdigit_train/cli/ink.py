"""Commands that make the network that finds ink: train-ink, export-ink, fit-choices."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from inkdigit._decode.meant import BUNDLED_CHOICE
from inkdigit._picture.sight import BUNDLED_SIGHT
from inkdigit.session import BUNDLED_INK_MODEL, BUNDLED_MODEL
from inkdigit_train.cli.options import (
    ARTIFACT,
    EXIT_OK,
    Commands,
    add_folder,
    held_out_writing,
)

__all__ = ["add_ink"]

INK_WEIGHTS = ARTIFACT / "ink.pt"
PACKAGED = (ARTIFACT, BUNDLED_INK_MODEL.parent)


def add_ink(commands: Commands) -> None:
    """Add the commands' parsers."""
    _add_train_ink(commands)
    _add_export_ink(commands)
    _add_fit_choices(commands)


def _add_train_ink(commands: Commands) -> None:
    parser = commands.add_parser("train-ink", help="train the network that finds ink")
    parser.set_defaults(run=_train_ink)
    parser.add_argument("--steps", type=int, default=24000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes that make pages")
    parser.add_argument("--out", type=Path, default=Path("runs/ink"), help="folder for the run")
    about = f"start with these weights, as in {INK_WEIGHTS}, instead of random ones"
    parser.add_argument("--start-from", type=Path, metavar="FILE.pt", help=about)
    about = "peak learning rate (default 0.002; half of it with --start-from)"
    parser.add_argument("--lr", type=float, help=about)
    add_folder(parser)


def _train_ink(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.data.pages.writing import read_writing
    from inkdigit_train.fit.ink_train import InkConfig, train_ink

    writing = read_writing(data_folder(args.data), validation=False)
    config = InkConfig(steps=args.steps, seed=args.seed)
    if args.start_from is not None:  # batch norm has its statistics already
        config = replace(config, lr=config.lr / 2, settle=0.0)
    if args.lr is not None:
        config = replace(config, lr=args.lr)
    print(train_ink(config, writing, args.out, args.workers, args.start_from), file=sys.stderr)
    return EXIT_OK


def _add_export_ink(commands: Commands) -> None:
    parser = commands.add_parser("export-ink", help="publish an ink checkpoint as an ONNX model")
    parser.set_defaults(run=_export_ink)
    parser.add_argument("checkpoint", type=Path, help="checkpoint.pt of train-ink")
    about = "folders for ink.onnx and ink.json (default: the artifact and the runtime package)"
    parser.add_argument("--out", type=Path, nargs="+", default=list(PACKAGED), help=about)
    about = f"file for the weights that train-ink can start from (default: {INK_WEIGHTS})"
    parser.add_argument(
        "--weights-out", type=Path, default=INK_WEIGHTS, metavar="FILE.pt", help=about
    )


def _export_ink(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.export_ink import export_ink

    for name, value in export_ink(args.checkpoint, args.out, args.weights_out).items():
        print(f"{name}\t{value}")
    return EXIT_OK


def _add_fit_choices(commands: Commands) -> None:
    about = "fit the choices that reading a picture takes to both networks"
    parser = commands.add_parser("fit-choices", help=about)
    parser.set_defaults(run=_fit_choices)
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL, help="the digit network")
    parser.add_argument("--ink-model", type=Path, default=BUNDLED_INK_MODEL)
    parser.add_argument("--sight-out", type=Path, default=BUNDLED_SIGHT, metavar="FILE")
    parser.add_argument("--meant-out", type=Path, default=BUNDLED_CHOICE, metavar="FILE")
    parser.add_argument("--seed", type=int, default=0, help="of the made pages (default 0)")
    add_folder(parser)


def _fit_choices(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.ink_choices import fit_choices

    writing = held_out_writing(args)
    outs = args.sight_out, args.meant_out
    for name, loss in fit_choices(args.model, args.ink_model, writing, *outs, args.seed).items():
        print(f"{name}: mean loss {loss:.4f}", file=sys.stderr)
    return EXIT_OK
