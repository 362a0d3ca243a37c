"""Command line of training: `python -m inkdigit_train COMMAND`; --help lists the commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from inkdigit import InkDigitError
from inkdigit_train.fit.config import TrainConfig
from inkdigit_train.fit.schedule import OPTIMIZERS

__all__ = ["main", "parse_args", "run"]

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="inkdigit_train", description="Train, export and evaluate inkdigit's model."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="fit a network")
    train.add_argument("--out", type=Path, default=Path("runs/train"), help="folder for the run")
    _add_data_arguments(train)
    _add_config_arguments(train)
    _add_device_arguments(train)
    train.add_argument(
        "--teacher",
        type=Path,
        nargs="+",
        default=[],
        metavar="CKPT",
        help="checkpoints to learn from as well (distillation)",
    )
    train.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    train.add_argument(
        "--until",
        type=float,
        metavar="ACCURACY",
        help="stop once validation accuracy, 0 to 1, reaches this",
    )

    export = commands.add_parser("export", help="write a checkpoint as an ONNX model")
    export.add_argument("checkpoint", type=Path)
    export.add_argument(
        "--out", type=Path, required=True, help="folder for model.onnx, config.json"
    )
    _add_data_arguments(export)

    reproduce = commands.add_parser(
        "reproduce", help="train all seeds, export and evaluate: make an artifact again"
    )
    reproduce.add_argument("--out", type=Path, default=Path("artifacts/standard_v1"))
    reproduce.add_argument("--runs", type=Path, default=Path("runs/standard_v1"))
    reproduce.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    _add_data_arguments(reproduce)
    _add_config_arguments(reproduce, leave_out=("seed",))
    _add_device_arguments(reproduce)

    from inkdigit_train.evaluation import figures as evaluate

    measure = commands.add_parser("evaluate", help="measure exported models through the runtime")
    evaluate.add_arguments(measure)

    unipen = commands.add_parser("import-unipen", help="turn UNIPEN files into an ink data set")
    unipen.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    unipen.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl.gz")

    pages = commands.add_parser(
        "pages", help="write a contact sheet of made pages with their truth"
    )
    pages.add_argument("--kind", required=True, help="a name of inkdigit_train.data.pages.kinds")
    pages.add_argument("--count", type=int, default=25)
    pages.add_argument("--seed", type=int, default=0)
    pages.add_argument("--validation", action="store_true", help="of the held-out writers")
    pages.add_argument("--data", type=Path, metavar="DIR", help="data folder, as for train")
    pages.add_argument("--out", type=Path, required=True, metavar="SHEET.png")
    return parser.parse_args(argv)


def _add_data_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with MNIST's four files (else INKDIGIT_DATA, else download)",
    )
    parser.add_argument(
        "--ink",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="ink data sets of digits (default: those of the data folder)",
    )
    parser.add_argument(
        "--nondigits",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="ink data sets of letters and symbols (default: as for --ink)",
    )
    parser.add_argument("--mnist-only", action="store_true", help="use no ink at all")


def _add_config_arguments(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    group = parser.add_argument_group("choices of the run (see inkdigit_train.fit.config)")
    for field in fields(TrainConfig):
        if field.name in leave_out:
            continue
        kind = type(field.default)
        group.add_argument(
            "--" + field.name.replace("_", "-"),
            type=kind,
            default=field.default,
            choices=OPTIMIZERS if field.name == "optimizer" else None,
            help=f"default {field.default}",
        )


def _add_device_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")


def run(args: argparse.Namespace) -> int:
    """Carry out a parsed command; the exit status."""
    if args.command == "train":
        return _train(args)
    if args.command == "export":
        return _export(args)
    if args.command == "reproduce":
        return _reproduce(args)
    if args.command == "evaluate":
        from inkdigit_train.evaluation import figures as evaluate

        return evaluate.run(args)
    if args.command == "pages":
        return _pages(args)
    from inkdigit_train.data.unipen import run_import_unipen

    count = run_import_unipen(args.paths, args.out)
    print(f"{args.out}: {count} records", file=sys.stderr)
    return EXIT_OK


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point: errors of ours become a line on standard error and exit status 1."""
    args = parse_args(argv)
    try:
        return run(args)
    except InkDigitError as exc:
        print(f"inkdigit_train: {exc}", file=sys.stderr)
        return EXIT_FAILED


def _config(args: argparse.Namespace, **changes: int) -> TrainConfig:
    chosen = {f.name: getattr(args, f.name) for f in fields(TrainConfig) if hasattr(args, f.name)}
    return TrainConfig(**{**chosen, **changes})


def _sources(args: argparse.Namespace) -> tuple[Path | None, list[Path], list[Path]]:
    """The data folder, the ink files and the non-digit files that the arguments ask for."""
    from inkdigit_train.data.pools import data_folder, ink_files

    folder = data_folder(args.data)
    ink, nondigits = ([], []) if args.mnist_only else ink_files(folder)
    return (
        folder,
        ink if args.ink is None else args.ink,
        nondigits if args.nondigits is None else args.nondigits,
    )


def _train(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.train import make_fabric, train

    fabric = make_fabric(args.device, args.precision)
    config = _config(args)
    data = gather(*_sources(args), config.val_size, config.seed)
    outcome = train(
        config,
        data,
        args.out,
        fabric,
        teachers=args.teacher,
        resume=args.resume,
        until=args.until,
    )
    if not outcome.finished:
        print(f"interrupted; go on with --resume --out {args.out}", file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_OK


def _export(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.checkpoint import read_checkpoint
    from inkdigit_train.publish.export import export

    config = TrainConfig(**read_checkpoint(args.checkpoint).config)
    data = gather(*_sources(args), config.val_size, config.seed)
    report = export(args.checkpoint, data, args.out)
    for name, value in report.items():
        print(f"{name}\t{value}")
    return EXIT_OK


def _pages(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pages.contact import contact_sheet
    from inkdigit_train.data.pages.kinds import make_pages
    from inkdigit_train.data.pages.writing import read_writing
    from inkdigit_train.data.pools import data_folder

    writing = read_writing(data_folder(args.data), args.validation)
    contact_sheet(make_pages(args.kind, writing, args.count, args.seed)).save(args.out)
    return EXIT_OK


def _reproduce(args: argparse.Namespace) -> int:
    from inkdigit_train.evaluation.figures import table
    from inkdigit_train.fit.train import make_fabric
    from inkdigit_train.publish.reproduce import reproduce

    fabric = make_fabric(args.device, args.precision)
    metrics = reproduce(_config(args), args.seeds, *_sources(args), args.runs, args.out, fabric)
    if metrics is None:
        print("interrupted; the same command goes on", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(table(metrics["evaluation"]))
    return EXIT_OK
