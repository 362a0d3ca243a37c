"""Commands that make data: import-unipen, pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from inkdigit_train.cli.options import EXIT_OK, Commands, add_folder

__all__ = ["add_datasets"]


def add_datasets(commands: Commands) -> None:
    """Add the commands' parsers."""
    _add_import_unipen(commands)
    _add_pages(commands)


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
    add_folder(parser)


def _pages(args: argparse.Namespace) -> int:
    from inkdigit_train.data.folder import data_folder
    from inkdigit_train.data.pages.contact import contact_sheet
    from inkdigit_train.data.pages.kinds import make_pages
    from inkdigit_train.data.pages.writing import read_writing

    writing = read_writing(data_folder(args.data), args.validation)
    contact_sheet(make_pages(args.kind, writing, args.count, args.seed)).save(args.out)
    return EXIT_OK
