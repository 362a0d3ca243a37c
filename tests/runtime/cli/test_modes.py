"""Which options go together: whatever is given has an effect, or is refused by name."""

from __future__ import annotations

import argparse
import itertools

import pytest
from paths import SAMPLES

from inkdigit._cli.modes import FILES, GOES_WITH, usage_problem
from inkdigit.cli import parse_args, run

SEVEN = str(SAMPLES / "seven.png")
ARGUMENTS = {
    FILES: [SEVEN],
    "--pages": ["--pages", "1"],
    "--model": ["--model", "model.onnx"],
    "--jobs": ["--jobs", "1"],
    "--json": ["--json"],
    "--annotate": ["--annotate", "out.png"],
    "--single": ["--single"],
    "--length": ["--length", "4"],
    "--allowed": ["--allowed", "0-9"],
    "--min-confidence": ["--min-confidence", "0"],
    "--writer": ["--writer", "me.json"],
    "--learn": ["--learn", "7"],
    "--writer-summary": ["--writer-summary"],
    "--practice-sheet": ["--practice-sheet", "sheet.pdf"],
    "--practice": ["--practice", SEVEN],
    "--table": ["--table"],
    "--csv": ["--csv", "out.csv"],
    "--columns": ["--columns", "1"],
    "--column": ["--column", "1:max=9"],
}
CONSTRAINTS = {"--length", "--allowed", "--min-confidence"}
COLUMNS = {"--columns", "--column"}
SOURCE = {FILES, "--pages", "--model", "--writer"}

# Each way to use the command, and what it takes besides: the table under test, said from the side
# of the user.
MODES = {
    (FILES,): SOURCE | CONSTRAINTS | {"--json", "--jobs"},
    (FILES, "--single"): SOURCE | {"--json", "--jobs"},
    (FILES, "--annotate"): SOURCE | CONSTRAINTS,
    (FILES, "--table"): SOURCE | CONSTRAINTS | COLUMNS | {"--json", "--jobs"},
    (FILES, "--table", "--csv"): SOURCE | CONSTRAINTS | COLUMNS | {"--jobs"},
    (FILES, "--table", "--annotate"): SOURCE | CONSTRAINTS | COLUMNS | {"--csv"},
    (FILES, "--learn", "--writer"): SOURCE | {"--single"},
    ("--practice", "--writer"): {"--pages", "--model"},
    ("--writer-summary", "--writer"): set(),
    ("--practice-sheet",): set(),
}


def is_usable(options):
    """Whether options make sense together, as MODES has it."""
    return any({*mode} <= {*options} <= {*mode, *takes} for mode, takes in MODES.items())


def name_of(option):
    """The attribute that holds an option."""
    return "files" if option == FILES else option[2:].replace("-", "_")


def arguments(options):
    return [word for option in options for word in ARGUMENTS[option]]


def refusal(options, capsys):
    """What is said of options that are refused, or "" where they are taken."""
    try:
        parse_args(arguments(options))
    except SystemExit as exc:
        assert exc.code == 2
        return capsys.readouterr().err.splitlines()[-1]
    return ""


def test_every_option_is_tried_here(capsys):
    with pytest.raises(SystemExit):
        parse_args(["--help"])
    help_ = capsys.readouterr().out
    named = {word.strip(",;[]") for word in help_.split() if word.strip("[").startswith("--")}
    assert named - {"--help", "--version"} == ARGUMENTS.keys() - {FILES}


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
@pytest.mark.parametrize("option", ARGUMENTS)
def test_an_option_has_an_effect_or_is_refused_by_name(mode, option, capsys):
    options = dict.fromkeys((*mode, option))
    said = refusal(options, capsys)
    assert (said == "") == is_usable(options)
    assert not said or option in said


def test_combinations_of_up_to_five_options_and_the_largest_of_all_are_judged():
    few = (each for count in range(6) for each in itertools.combinations(ARGUMENTS, count))
    for given in itertools.chain(few, ({*mode, *takes} for mode, takes in MODES.items())):
        args = argparse.Namespace(**{name_of(option): True for option in given})
        assert (usage_problem(args) == "") == is_usable(given), given


class Watched(argparse.Namespace):
    """Arguments that remember which of them were looked at."""

    def __init__(self, args, looked_at):
        super().__init__(**vars(args))
        object.__setattr__(self, "looked_at", looked_at)

    def __getattribute__(self, name):
        object.__getattribute__(self, "__dict__")["looked_at"].add(name)
        return super().__getattribute__(name)


# Where the command finds what it makes of some options.
MADE_INTO = {
    **dict.fromkeys(CONSTRAINTS, "constraints"),
    **dict.fromkeys(COLUMNS | {"--table"}, "tables"),
}


@pytest.mark.parametrize("mode", MODES, ids=" ".join)
def test_a_mode_looks_at_every_option_that_it_takes(mode, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    args, looked_at = parse_args(arguments(mode)), set()
    run(Watched(args, looked_at))
    expected = {MADE_INTO.get(option, name_of(option)) for option in {*mode, *MODES[mode]}}
    assert expected - looked_at == set()


def test_the_table_says_the_same_from_both_sides():
    for option, others in GOES_WITH.items():
        assert {other for other in GOES_WITH if option in GOES_WITH[other]} == others & {*GOES_WITH}
