"""Options that several commands have, and what is made of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from inkdigit_train.evaluation.parts import JOBS
from inkdigit_train.fit.config import TrainConfig

if TYPE_CHECKING:
    from inkdigit_train.data.pages.writing import Writing

__all__ = [
    "ARTIFACT",
    "EXIT_FAILED",
    "EXIT_INTERRUPTED",
    "EXIT_OK",
    "FILES",
    "Commands",
    "add_config",
    "add_data",
    "add_device",
    "add_folder",
    "add_jobs",
    "config_of",
    "held_out_writing",
    "sources_of",
]

EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130  # 130 is what a shell gives for Ctrl-C
ARTIFACT = Path("artifacts/standard_v2")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
FILES: dict[str, Any] = {"type": Path, "nargs": "+", "metavar": "FILE"}


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add --data."""
    about = (
        "data folder, with MNIST's four files (default: INKDIGIT_DATA, else your own, else MNIST"
        " is downloaded)"
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help=about)


def held_out_writing(args: argparse.Namespace) -> Writing:
    """The digits of the data folder that no network was trained on."""
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.data.pages.writing import read_writing

    return read_writing(data_folder(args.data), validation=True)


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is trained on."""
    add_folder(parser)
    parser.add_argument(
        "--ink", **FILES, help="ink data sets of digits (default: those of the data folder)"
    )
    parser.add_argument(
        "--nondigits", **FILES, help="ink data sets of letters and symbols (default: as for --ink)"
    )
    parser.add_argument("--mnist-only", action="store_true", help="use no ink at all")


def add_config(parser: argparse.ArgumentParser, leave_out: Sequence[str] = ()) -> None:
    """Add an option for each field of the config."""
    group = parser.add_argument_group("choices of the run (see inkdigit_train.fit.config)")
    for name, value in TrainConfig().to_dict().items():
        if name not in leave_out:
            option = "--" + name.replace("_", "-")
            group.add_argument(option, type=type(value), default=value, help=f"default {value}")


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a network is trained."""
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument("--precision", choices=("auto", "fp32", "bf16"), default="auto")


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Add --jobs."""
    about = f"processes that read (default {JOBS})"
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N", help=about)


def config_of(args: argparse.Namespace) -> TrainConfig:
    """The config that the arguments ask for."""
    return TrainConfig(**{n: v for n, v in vars(args).items() if n in TrainConfig().to_dict()})


def sources_of(args: argparse.Namespace) -> tuple[Path | None, list[Path], list[Path]]:
    """The data folder, the ink files and the non-digit files that the arguments ask for."""
    from inkdigit_train.data.folder import data_folder, ink_files

    folder = data_folder(args.data)
    ink, nondigits = ([], []) if args.mnist_only else ink_files(folder)
    return folder, args.ink or ink, args.nondigits or nondigits
