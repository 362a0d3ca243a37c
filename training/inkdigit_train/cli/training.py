"""Commands that make the digit network and what goes with it: train, export, fit-…, reproduce."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inkdigit._decode.formats import BUNDLED_FORMATS
from inkdigit._decode.hand import BUNDLED_RULE
from inkdigit._decode.printed import BUNDLED_PRINTED
from inkdigit._decode.signs import BUNDLED_SIGNS
from inkdigit._decode.sure import BUNDLED_CELLS
from inkdigit._decode.written import BUNDLED_WRITTEN
from inkdigit._picture.strays import BUNDLED_STRAYS
from inkdigit._segment.gaps import BUNDLED_GAPS
from inkdigit._segment.level import BUNDLED_LEVEL
from inkdigit._tables.remnants import BUNDLED_REMNANTS
from inkdigit.session import BUNDLED_INK_MODEL, BUNDLED_MODEL
from inkdigit_train.cli.options import (
    ARTIFACT,
    EXIT_INTERRUPTED,
    EXIT_OK,
    FILES,
    Commands,
    add_config,
    add_data,
    add_device,
    add_folder,
    config_of,
    held_out_writing,
    sources_of,
)
from inkdigit_train.fit.config import TrainConfig

if TYPE_CHECKING:
    pass

__all__ = ["add_training"]


def add_training(commands: Commands) -> None:
    """Add the commands' parsers."""
    _add_train(commands)
    _add_export(commands)
    _add_tune(commands)
    _add_fit_cuts(commands)
    _add_fit_gaps(commands)
    _add_fit_level(commands)
    _add_fit_written(commands)
    _add_fit_strays(commands)
    _add_fit_remnants(commands)
    _add_fit_cells(commands)
    _add_fit_signs(commands)
    _add_fit_hand(commands)
    _add_fit_decoder(commands)
    _add_fit_formats(commands)
    _add_reproduce(commands)


def _add_train(commands: Commands) -> None:
    parser = commands.add_parser("train", help="train a network")
    parser.set_defaults(run=_train)
    parser.add_argument("--out", type=Path, default=Path("runs/train"), help="folder for the run")
    add_data(parser)
    add_config(parser)
    add_device(parser)
    parser.add_argument(
        "--teacher", **FILES, default=[], help="checkpoints to learn from as well (distillation)"
    )
    about = "start with the weights of this checkpoint or model.onnx instead of random ones"
    parser.add_argument("--start-from", type=Path, metavar="FILE", help=about)
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument(
        "--until", type=float, metavar="ACCURACY", help="stop at this validation accuracy, 0 to 1"
    )


def _train(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.fabric import make_fabric
    from inkdigit_train.fit.train import train

    fabric = make_fabric(args.device, args.precision)
    config = config_of(args)
    data = gather(*sources_of(args), config.val_size, config.seed, config.forms)
    outcome = train(
        config,
        data,
        args.out,
        fabric,
        start=args.start_from,
        teachers=args.teacher,
        resume=args.resume,
        until=args.until,
    )
    if not outcome.finished:
        print(f"interrupted; go on with --resume --out {args.out}", file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_OK


def _add_export(commands: Commands) -> None:
    parser = commands.add_parser("export", help="write a checkpoint as an ONNX model")
    parser.set_defaults(run=_export)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="for model.onnx, config.json")
    add_data(parser)


def _export(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.checkpoint import load_averaged
    from inkdigit_train.publish.export import export

    config = TrainConfig(**load_averaged(args.checkpoint)[1].config)
    data = gather(*sources_of(args), config.val_size, config.seed, config.forms)
    for name, value in export(args.checkpoint, data, args.out).items():
        print(f"{name}\t{value}")
    return EXIT_OK


def _add_tune(commands: Commands) -> None:
    about = "tune a trained and exported network to read whole numbers"
    parser = commands.add_parser("tune", help=about)
    parser.set_defaults(run=_tune)
    about = "of train, with the model.onnx and config.json of export beside it"
    parser.add_argument("checkpoint", type=Path, help=about)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.ckpt")
    add_data(parser)


def _tune(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.tuned import tune_exported

    before, after = tune_exported(args.checkpoint, *sources_of(args), args.out)
    print(f"{args.out}: loss of a row {after:.4f}, before tuning {before:.4f}", file=sys.stderr)
    return EXIT_OK


def _add_fit_cuts(commands: Commands) -> None:
    parser = _add_fit(commands, "fit-cuts", "fit what tells cuts between touching digits")
    parser.set_defaults(run=_fit_cuts)


def _fit_cuts(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.publish.fits.cut_weights import fit_cuts

    ranked = fit_cuts(data_folder(args.data), args.out, args.seed)
    print(f"{args.out}: {ranked:.1%} of pairs ranked right", file=sys.stderr)
    return EXIT_OK


def _add_fit_gaps(commands: Commands) -> None:
    about = "fit what tells a gap between two numbers from one between two digits"
    _add_fit_to_ink_model(commands, "fit-gaps", about, BUNDLED_GAPS).set_defaults(run=_fit_gaps)


def _add_fit_to_ink_model(
    commands: Commands, name: str, about: str, out: Path
) -> argparse.ArgumentParser:
    parser = _add_fit(commands, name, about, out)
    parser.add_argument("--ink-model", type=Path, default=BUNDLED_INK_MODEL)
    return parser


def _add_fit(
    commands: Commands, name: str, about: str, out: Path | None = None
) -> argparse.ArgumentParser:
    """A command that fits weights to made examples; `out` may be left out where it is given."""
    parser = commands.add_parser(name, help=about)
    about = "file for the weights" + (f" (default: {out.name} of the package)" if out else "")
    parser.add_argument(
        "--out", type=Path, default=out, required=out is None, metavar="FILE", help=about
    )
    parser.add_argument("--seed", type=int, default=0, help="of the made examples (default 0)")
    add_folder(parser)
    return parser


def _fit_gaps(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder, ink_files
    from inkdigit_train.data.pages.writing import read_writing
    from inkdigit_train.data.records import of_writers, read_records
    from inkdigit_train.publish.fits.gap_weights import fit_gaps

    folder = data_folder(args.data)
    writing = read_writing(folder, validation=False)
    digits, symbols = (
        of_writers([r for path in files for r in read_records(path)], held_out=False)
        for files in ink_files(folder)
    )
    right = fit_gaps(args.ink_model, writing, args.out, args.seed, digits, symbols)
    print(f"{args.out}: {right:.1%} of gaps told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_level(commands: Commands) -> None:
    about = "fit what tells which way a page lies"
    parser = _add_fit(commands, "fit-level", about, BUNDLED_LEVEL)
    parser.set_defaults(run=_fit_level)
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL, help="the digit network")


def _fit_level(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.level_weights import fit_level

    writing = held_out_writing(args)
    loss = fit_level(args.model, writing, args.out, args.seed)
    print(f"{args.out}: mean loss {loss:.4f}", file=sys.stderr)
    return EXIT_OK


def _add_fit_to_networks(
    commands: Commands, name: str, about: str, out: Path
) -> argparse.ArgumentParser:
    parser = _add_fit(commands, name, about, out)
    parser.add_argument("--model", type=Path, default=BUNDLED_MODEL, help="the digit network")
    parser.add_argument("--ink-model", type=Path, default=BUNDLED_INK_MODEL)
    return parser


def _add_fit_written(commands: Commands) -> None:
    about = "fit what tells rows of handwriting from print to both networks"
    _add_fit_to_networks(commands, "fit-written", about, BUNDLED_WRITTEN).set_defaults(
        run=_fit_written
    )


def _fit_written(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.written_weights import fit_written

    writing = held_out_writing(args)
    printed = args.out.with_name(BUNDLED_PRINTED.name)
    right = fit_written(args.model, args.ink_model, writing, args.out, printed, args.seed)
    print(f"{args.out}: {right:.1%} of rows told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_cells(commands: Commands) -> None:
    about = "fit how sure the reader may be of a table's cells to both networks"
    _add_fit_to_networks(commands, "fit-cells", about, BUNDLED_CELLS).set_defaults(run=_fit_cells)


def _fit_cells(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.cell_weights import fit_cells

    writing = held_out_writing(args)
    right = fit_cells(args.model, args.ink_model, writing, args.out, args.seed)
    print(f"{args.out}: {right:.1%} of cells told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_strays(commands: Commands) -> None:
    about = "fit what tells handwriting from other marks of a page to the ink network"
    _add_fit_to_ink_model(commands, "fit-strays", about, BUNDLED_STRAYS).set_defaults(
        run=_fit_strays
    )


def _fit_strays(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.stray_weights import fit_strays

    right = fit_strays(args.ink_model, held_out_writing(args), args.out, args.seed)
    print(f"{args.out}: {right:.1%} of marks told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_remnants(commands: Commands) -> None:
    about = "fit what tells handwriting in a table's cells from pieces of rules to the ink network"
    _add_fit_to_ink_model(commands, "fit-remnants", about, BUNDLED_REMNANTS).set_defaults(
        run=_fit_remnants
    )


def _fit_remnants(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.remnant_weights import fit_remnants

    writing = held_out_writing(args)
    right = fit_remnants(args.ink_model, writing, args.out, args.seed)
    print(f"{args.out}: {right:.1%} of marks told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_signs(commands: Commands) -> None:
    about = "fit what tells signs, as in 3.14, to a model"
    _add_fit_to_model(commands, "fit-signs", about, BUNDLED_SIGNS).set_defaults(run=_fit_signs)


def _add_fit_hand(commands: Commands) -> None:
    about = "fit how the remembered glyphs of a hand count, to a model"
    _add_fit_to_model(commands, "fit-hand", about, BUNDLED_RULE).set_defaults(run=_fit_hand)


def _add_fit_to_model(
    commands: Commands, name: str, about: str, out: Path | None = None
) -> argparse.ArgumentParser:
    """A command that fits weights to a model's answers on composed numbers; as for `_add_fit`."""
    parser = commands.add_parser(name, help=about)
    parser.add_argument("model", type=Path, help="the model.onnx to fit to")
    about = "file for the weights" + (f" (default: {out.name} of the package)" if out else "")
    parser.add_argument(
        "--out", type=Path, default=out, required=out is None, metavar="FILE", help=about
    )
    parser.add_argument("--seed", type=int, default=0, help="of the composed numbers (default 0)")
    add_data(parser)
    return parser


def _fit_hand(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.hand_weights import fit_hand

    _, ink, nondigits = sources_of(args)
    alone, left = fit_hand(args.model, ink, nondigits, args.out, args.seed)
    print(
        f"{args.out}: of validation writers' made hands {alone:.2%} of digits misread, {left:.2%}"
        " with memory",
        file=sys.stderr,
    )
    return EXIT_OK


def _fit_signs(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.sign_weights import fit_signs

    _, ink, nondigits = sources_of(args)
    right = fit_signs(args.model, ink, nondigits, args.out, args.seed)
    print(f"{args.out}: {right:.1%} of signs told right", file=sys.stderr)
    return EXIT_OK


def _add_fit_formats(commands: Commands) -> None:
    about = "fit which forms texts with signs have, as in 12/05/2024, to a model"
    _add_fit_to_model(commands, "fit-formats", about, BUNDLED_FORMATS).set_defaults(
        run=_fit_formats
    )


def _fit_formats(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.format_weights import fit_formats

    _, ink, nondigits = sources_of(args)
    before, after = fit_formats(args.model, ink, nondigits, args.out, args.seed)
    print(
        f"{args.out}: of rows whose text is found {before:.1%} are read right without forms,"
        f" {after:.1%} with them",
        file=sys.stderr,
    )
    return EXIT_OK


def _add_fit_decoder(commands: Commands) -> None:
    about = "fit the decoder's weights to a model"
    _add_fit_to_model(commands, "fit-decoder", about).set_defaults(run=_fit_decoder)


def _fit_decoder(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.fits.decoder_weights import fit_to_model

    _, ink, nondigits = sources_of(args)
    loss = fit_to_model(args.model, ink, nondigits, args.out, args.seed)
    print(f"{args.out}: mean loss {loss:.4f}", file=sys.stderr)
    return EXIT_OK


def _add_reproduce(commands: Commands) -> None:
    parser = commands.add_parser("reproduce", help="make an artifact: train, export, evaluate")
    parser.set_defaults(run=_reproduce)
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--runs", type=Path, default=Path("runs/standard_v2"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    add_data(parser)
    add_config(parser, leave_out=("seed",))
    add_device(parser)


def _reproduce(args: argparse.Namespace) -> int:
    from inkdigit_train.evaluation.table import table
    from inkdigit_train.fit.fabric import make_fabric
    from inkdigit_train.publish.reproduce import reproduce

    fabric = make_fabric(args.device, args.precision)
    metrics = reproduce(config_of(args), args.seeds, *sources_of(args), args.runs, args.out, fabric)
    if metrics is None:
        print("interrupted; the same command goes on", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(table(metrics["evaluation"]))
    return EXIT_OK
