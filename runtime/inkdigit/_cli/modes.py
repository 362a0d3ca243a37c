"""The options given in; what is wrong with giving them together out.

One table says which options go together, so that none is ever ignored without a word.
"""

from __future__ import annotations

import argparse

__all__ = ["FILES", "GOES_WITH", "NEEDS", "given_options", "usage_problem"]

FILES = "FILE|FOLDER"  # listed with the options, because some of them take no file

_SOURCE = frozenset((FILES, "--pages", "--model", "--writer"))
_CONSTRAINTS = frozenset(("--length", "--allowed", "--min-confidence"))
_COLUMNS = frozenset(("--columns", "--column"))

# What each of these options may be given with; any other option would have no effect beside it.
# Options without a row go with all that have none.
GOES_WITH: dict[str, frozenset[str]] = {
    "--practice-sheet": frozenset(),
    "--writer-summary": frozenset(("--writer",)),
    "--practice": frozenset(("--writer", "--model", "--pages")),
    "--learn": _SOURCE | {"--single"},
    "--single": _SOURCE | {"--learn", "--json", "--jobs"},
    "--csv": _SOURCE | _CONSTRAINTS | _COLUMNS | {"--table", "--annotate", "--jobs"},
    "--table": _SOURCE | _CONSTRAINTS | _COLUMNS | {"--csv", "--annotate", "--json", "--jobs"},
    "--annotate": _SOURCE | _CONSTRAINTS | _COLUMNS | {"--table", "--csv"},
    "--json": _SOURCE | _CONSTRAINTS | _COLUMNS | {"--single", "--table", "--jobs"},
}

# What each of these options cannot do without.
NEEDS = {
    "--writer-summary": "--writer",
    "--practice": "--writer",
    "--learn": "--writer",
    "--csv": "--table",
    "--columns": "--table",
    "--column": "--table",
}


def given_options(args: argparse.Namespace) -> list[str]:
    """The options on the command line, files among them as `FILES`, in the order of the help."""
    names = {"files": FILES}
    return [
        names.get(name, f"--{name.replace('_', '-')}")
        for name, value in vars(args).items()
        if not (value is None or value is False or value == [])
    ]


def usage_problem(args: argparse.Namespace) -> str:
    """What is wrong with the options as they were given together, or ""."""
    given = given_options(args)
    for option, others in GOES_WITH.items():
        stray = [each for each in given if each != option and each not in others]
        if option in given and stray:
            return f"{option} cannot be combined with {', '.join(stray)}; leave one of them out"
    for option, needed in NEEDS.items():
        if option in given and needed not in given:
            return f"{option} needs {needed}; add it, or leave out {option}"
    takes_files = all(FILES in GOES_WITH.get(option, {FILES}) for option in given)
    if takes_files and FILES not in given:
        return f"the following arguments are required: {FILES}"
    return ""
