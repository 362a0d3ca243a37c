"""Commands that measure models: evaluate, pictures, sensitivity."""

from __future__ import annotations

import argparse
from pathlib import Path

from inkdigit_train.cli.options import ARTIFACT, EXIT_OK, Commands, add_folder, add_jobs
from inkdigit_train.evaluation.parts import PARTS

__all__ = ["add_evaluation"]


def add_evaluation(commands: Commands) -> None:
    """Add the commands' parsers."""
    _add_evaluate(commands)
    _add_pictures(commands)
    _add_sensitivity(commands)


def _add_evaluate(commands: Commands) -> None:
    parser = commands.add_parser("evaluate", help="measure exported models through the runtime")
    parser.set_defaults(run=_evaluate)
    model = ARTIFACT / "model.onnx"
    about = f"exported models, one per seed (default: {model})"
    parser.add_argument("models", type=Path, nargs="*", default=[model], help=about)
    add_folder(parser)
    about = "folder for metrics.json, plots/ and sheets/ (default: runs/evaluation)"
    parser.add_argument("--out", type=Path, default=Path("runs/evaluation"), help=about)
    parser.add_argument("--limit", type=int, metavar="N", help="measure on N of each set only")
    about = f"measure these parts only, of {', '.join(PARTS)} (default: all)"
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=about
    )
    add_jobs(parser)


def _evaluate(args: argparse.Namespace) -> int:
    from inkdigit.files import write_json
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.evaluation.report import evaluate
    from inkdigit_train.evaluation.table import table

    folder = data_folder(args.data)
    report = evaluate(args.models, folder, args.out, args.limit, args.only, args.jobs)
    write_json(args.out / "metrics.json", {"evaluation": report})
    print(table(report))
    return EXIT_OK


def _add_pictures(commands: Commands) -> None:
    parser = commands.add_parser("pictures", help="count exact readings of labelled pictures")
    parser.set_defaults(run=_pictures)
    parser.add_argument("folder", type=Path, help="folders of pictures, each with a truth.json")
    parser.add_argument("--mistakes", type=Path, metavar="SHEET.png", help="also draw the misread")


def _pictures(args: argparse.Namespace) -> int:
    from inkdigit import Recognizer
    from inkdigit_train.evaluation import pictures
    from inkdigit_train.evaluation.drawn.mistakes import save_mistakes

    reader = pictures.rules_reader(Recognizer())
    answers = pictures.measure(reader, pictures.read_cases(args.folder))
    for source, (right, total) in pictures.by_source(answers).items():
        print(f"{source}\t{right}\t{total}\t{right / total:.1%}")
    if args.mistakes is not None:
        save_mistakes(pictures.mistakes(answers), args.mistakes, str(args.folder), pictures.TILE_PX)
    return EXIT_OK


def _add_sensitivity(commands: Commands) -> None:
    about = "raise and lower each constant of the runtime, and measure what changes"
    parser = commands.add_parser("sensitivity", help=about)
    parser.set_defaults(run=_sensitivity)
    model = ARTIFACT / "model.onnx"
    about = f"the exported model to read with (default: {model})"
    parser.add_argument("model", type=Path, nargs="?", default=model, help=about)
    add_folder(parser)
    about = "folder for sensitivity.json and sensitivity.md (default: runs/sensitivity)"
    parser.add_argument("--out", type=Path, default=Path("runs/sensitivity"), help=about)
    about = "only constants whose full name holds one of these, as in _segment.marks or SPECK"
    parser.add_argument("--constants", nargs="+", default=[""], metavar="TEXT", help=about)
    about = "model card to put the table into, in the place of the one it has"
    parser.add_argument("--card", type=Path, metavar="MODEL_CARD.md", help=about)
    add_jobs(parser)


def _sensitivity(args: argparse.Namespace) -> int:
    from inkdigit.files import write_atomic, write_json
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.evaluation.constants import find_constants
    from inkdigit_train.evaluation.sensitivity import markdown, sensitivity
    from inkdigit_train.publish.card import replace_section

    constants = [c for c in find_constants() if any(text in c.full_name for text in args.constants)]
    report = sensitivity(args.model, data_folder(args.data), constants, jobs=args.jobs)
    text = markdown(report)
    write_json(args.out / "sensitivity.json", report)
    write_atomic(args.out / "sensitivity.md", lambda stream: stream.write(text.encode()))
    if args.card is not None:
        replace_section(args.card, text)
    print(text)
    return EXIT_OK
