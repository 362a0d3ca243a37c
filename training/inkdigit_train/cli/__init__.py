"""The command line of training: `python -m inkdigit_train COMMAND`; --help lists the commands.

A command is a function that adds its parser and one that runs it. What a command needs is imported
when it runs, so that --help and wrong usage answer without loading torch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from inkdigit import InkDigitError
from inkdigit_train.cli.data import add_datasets
from inkdigit_train.cli.evaluation import add_evaluation
from inkdigit_train.cli.fine_tuning import add_fine_tuning
from inkdigit_train.cli.ink import add_ink
from inkdigit_train.cli.options import EXIT_FAILED
from inkdigit_train.cli.training import add_training

__all__ = ["main", "parse_args", "run"]


def parse_args(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the command line; exits with 2 on wrong usage."""
    parser = argparse.ArgumentParser(
        prog="inkdigit_train", description="Train, export and evaluate inkdigit's models."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    add_training(commands)
    add_ink(commands)
    add_fine_tuning(commands)
    add_evaluation(commands)
    add_datasets(commands)
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
