"""The command line of training: `python -m inkdigit_train COMMAND`; --help lists the commands.

A command is a function that adds its parser and one that runs it. What a command needs is imported
when it runs, so that --help and wrong usage answer without loading torch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from inkdigit import InkDigitError
from inkdigit_train.fit.config import TrainConfig

__all__ = ["main", "parse_args", "run"]

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130  # 130 is what a shell gives for Ctrl-C
ARTIFACT = Path("artifacts/standard_v1")


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
FILES: dict[str, Any] = {"type": Path, "nargs": "+", "metavar": "FILE"}


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="inkdigit_train", description="Train, export and evaluate inkdigit's model."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_train(commands)
    _add_export(commands)
    _add_fit_cuts(commands)
    _add_fit_decoder(commands)
    _add_evaluate(commands)
    _add_reproduce(commands)
    _add_import_unipen(commands)
    _add_pages(commands)
    _add_train_ink(commands)
    _add_export_ink(commands)
    _add_pictures(commands)
    return parser.parse_args(argv)


def run(args: argparse.Namespace) -> int:
    """Run a parsed command; returns the exit status."""
    status: int = args.run(args)
    return status


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point: an `InkDigitError` becomes a line on standard error and exit status 1."""
    args = parse_args(argv)
    try:
        return run(args)
    except InkDigitError as exc:
        print(f"inkdigit_train: {exc}", file=sys.stderr)
        return EXIT_FAILED


def _add_train(commands: Commands) -> None:
    parser = commands.add_parser("train", help="train a network")
    parser.set_defaults(run=_train)
    parser.add_argument("--out", type=Path, default=Path("runs/train"), help="folder for the run")
    _add_data(parser)
    _add_config(parser)
    _add_device(parser)
    parser.add_argument(
        "--teacher", **FILES, default=[], help="checkpoints to learn from as well (distillation)"
    )
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument(
        "--until", type=float, metavar="ACCURACY", help="stop at this validation accuracy, 0 to 1"
    )


def _train(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.fabric import make_fabric
    from inkdigit_train.fit.train import train

    fabric = make_fabric(args.device, args.precision)
    config = _config(args)
    data = gather(*_sources(args), config.val_size, config.seed)
    outcome = train(
        config, data, args.out, fabric, teachers=args.teacher, resume=args.resume, until=args.until
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
    _add_data(parser)


def _export(args: argparse.Namespace) -> int:
    from inkdigit_train.data.pools import gather
    from inkdigit_train.fit.checkpoint import read_checkpoint
    from inkdigit_train.publish.export import export

    config = TrainConfig(**read_checkpoint(args.checkpoint).config)
    data = gather(*_sources(args), config.val_size, config.seed)
    for name, value in export(args.checkpoint, data, args.out).items():
        print(f"{name}\t{value}")
    return EXIT_OK


def _add_fit_cuts(commands: Commands) -> None:
    parser = commands.add_parser("fit-cuts", help="fit what tells cuts between touching digits")
    parser.set_defaults(run=_fit_cuts)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="cuts.json")
    parser.add_argument("--seed", type=int, default=0, help="for the numbers (default 0)")
    _add_folder(parser)


def _fit_cuts(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.publish.cut_weights import fit_cuts

    ranked = fit_cuts(data_folder(args.data), args.out, args.seed)
    print(f"{args.out}: {ranked:.1%} of pairs ranked right", file=sys.stderr)
    return EXIT_OK


def _add_fit_decoder(commands: Commands) -> None:
    parser = commands.add_parser("fit-decoder", help="fit the decoder's weights to a model")
    parser.set_defaults(run=_fit_decoder)
    parser.add_argument("model", type=Path, help="the model.onnx to fit to")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="weights.json")
    parser.add_argument("--seed", type=int, default=0, help="for the composed numbers (default 0)")
    _add_data(parser)


def _fit_decoder(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.decoder_weights import fit_to_model

    _, ink, nondigits = _sources(args)
    loss = fit_to_model(args.model, ink, nondigits, args.out, args.seed)
    print(f"{args.out}: mean loss {loss:.4f}", file=sys.stderr)
    return EXIT_OK


def _add_evaluate(commands: Commands) -> None:
    parser = commands.add_parser("evaluate", help="measure exported models through the runtime")
    parser.set_defaults(run=_evaluate)
    model = ARTIFACT / "model.onnx"
    about = f"exported models, one per seed (default: {model})"
    parser.add_argument("models", type=Path, nargs="*", default=[model], help=about)
    _add_folder(parser)
    about = "folder for metrics.json, plots/ and sheets/ (default: runs/evaluation)"
    parser.add_argument("--out", type=Path, default=Path("runs/evaluation"), help=about)
    parser.add_argument("--limit", type=int, metavar="N", help="measure on N of each set only")


def _evaluate(args: argparse.Namespace) -> int:
    from inkdigit.files import write_json
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.evaluation.report import evaluate, table

    report = evaluate(args.models, data_folder(args.data), args.out, args.limit)
    write_json(args.out / "metrics.json", {"evaluation": report})
    print(table(report))
    return EXIT_OK


def _add_reproduce(commands: Commands) -> None:
    parser = commands.add_parser("reproduce", help="make an artifact: train, export, evaluate")
    parser.set_defaults(run=_reproduce)
    parser.add_argument("--out", type=Path, default=ARTIFACT)
    parser.add_argument("--runs", type=Path, default=Path("runs/standard_v1"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    _add_data(parser)
    _add_config(parser, leave_out=("seed",))
    _add_device(parser)


def _reproduce(args: argparse.Namespace) -> int:
    from inkdigit_train.evaluation.report import table
    from inkdigit_train.fit.fabric import make_fabric
    from inkdigit_train.publish.reproduce import reproduce

    fabric = make_fabric(args.device, args.precision)
    metrics = reproduce(_config(args), args.seeds, *_sources(args), args.runs, args.out, fabric)
    if metrics is None:
        print("interrupted; the same command goes on", file=sys.stderr)
        return EXIT_INTERRUPTED
    print(table(metrics["evaluation"]))
    return EXIT_OK


def _add_import_unipen(commands: Commands) -> None:
    parser = commands.add_parser("import-unipen", help="convert UNIPEN files to an ink data set")
    parser.set_defaults(run=_import_unipen)
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl.gz")


def _import_unipen(args: argparse.Namespace) -> int:
    from inkdigit_train.data.unipen import import_unipen

    count = import_unipen(args.paths, args.out)
    print(f"{args.out}: {count} records", file=sys.stderr)
    return EXIT_OK


def _add_pages(commands: Commands) -> None:
    parser = commands.add_parser("pages", help="write a contact sheet of made pages")
    parser.set_defaults(run=_pages)
    parser.add_argument("--kind", required=True, help="a name of inkdigit_train.data.pages.kinds")
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--validation", action="store_true", help="by held-out writers")
    parser.add_argument("--out", type=Path, required=True, metavar="SHEET.png")
    _add_folder(parser)


def _pages(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.data.pages.contact import contact_sheet
    from inkdigit_train.data.pages.kinds import make_pages
    from inkdigit_train.data.pages.writing import read_writing

    writing = read_writing(data_folder(args.data), args.validation)
    contact_sheet(make_pages(args.kind, writing, args.count, args.seed)).save(args.out)
    return EXIT_OK


def _add_train_ink(commands: Commands) -> None:
    parser = commands.add_parser("train-ink", help="train a network that finds ink (a trial)")
    parser.set_defaults(run=_train_ink)
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1, help="processes that make pages")
    parser.add_argument("--out", type=Path, default=Path("runs/ink"), help="folder for the run")
    _add_folder(parser)


def _train_ink(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.data.pages.writing import read_writing
    from inkdigit_train.fit.ink_train import InkConfig, train_ink

    writing = read_writing(data_folder(args.data), validation=False)
    config = InkConfig(steps=args.steps, seed=args.seed)
    print(train_ink(config, writing, args.out, args.workers), file=sys.stderr)
    return EXIT_OK


def _add_export_ink(commands: Commands) -> None:
    parser = commands.add_parser("export-ink", help="write an ink checkpoint as an ONNX model")
    parser.set_defaults(run=_export_ink)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.onnx")


def _export_ink(args: argparse.Namespace) -> int:
    from inkdigit_train.publish.export_ink import export_ink

    for name, value in export_ink(args.checkpoint, args.out).items():
        print(f"{name}\t{value}")
    return EXIT_OK


def _add_pictures(commands: Commands) -> None:
    parser = commands.add_parser("pictures", help="count exact readings of labelled pictures")
    parser.set_defaults(run=_pictures)
    parser.add_argument("folder", type=Path, help="folders of pictures, each with a truth.json")
    parser.add_argument("--mistakes", type=Path, metavar="SHEET.png", help="also draw the misread")


def _pictures(args: argparse.Namespace) -> int:
    from inkdigit import Recognizer
    from inkdigit_train.evaluation import pictures

    reader = pictures.rules_reader(Recognizer())
    answers = pictures.measure(reader, pictures.read_cases(args.folder))
    for source, (right, total) in pictures.by_source(answers).items():
        print(f"{source}\t{right}\t{total}\t{right / total:.1%}")
    if args.mistakes is not None:
        pictures.mistakes(answers).save(args.mistakes)
    return EXIT_OK


def _add_folder(parser: argparse.ArgumentParser) -> None:
    about = (
        "data folder, with MNIST's four files (default: INKDIGIT_DATA, else your own, else MNIST"
        " is downloaded)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help=about)


def _add_data(parser: argparse.ArgumentParser) -> None:
    _add_folder(parser)
    parser.add_argument(
        "--ink", **FILES, help="ink data sets of digits (default: those of the data folder)"
    )
    parser.add_argument(
        "--nondigits", **FILES, help="ink data sets of letters and symbols (default: as for --ink)"
    )
    parser.add_argument("--mnist-only", action="store_true", help="use no ink at all")


def _add_config(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    group = parser.add_argument_group("choices of the run (see inkdigit_train.fit.config)")
    for name, value in TrainConfig().to_dict().items():
        if name not in leave_out:
            option = "--" + name.replace("_", "-")
            group.add_argument(option, type=type(value), default=value, help=f"default {value}")


def _add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")


def _config(args: argparse.Namespace) -> TrainConfig:
    return TrainConfig(**{n: v for n, v in vars(args).items() if n in TrainConfig().to_dict()})


def _sources(args: argparse.Namespace) -> tuple[Path | None, list[Path], list[Path]]:
    """The data folder, the ink files and the non-digit files that the arguments ask for."""
    from inkdigit_train.data.folder import data_folder, ink_files

    folder = data_folder(args.data)
    ink, nondigits = ([], []) if args.mnist_only else ink_files(folder)
    return folder, args.ink or ink, args.nondigits or nondigits
