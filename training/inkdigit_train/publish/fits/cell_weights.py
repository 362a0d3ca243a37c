"""Made tables in, how likely a cell was read right out.

The tables are by writers held out from training, and are read with both networks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from inkdigit._decode.cells import read_cells
from inkdigit._decode.constraints import Constraints
from inkdigit._decode.scoring import score_hypotheses
from inkdigit._decode.steady import steady
from inkdigit._decode.sure import BLANK_FEATURES, TEXT_FEATURES, measure
from inkdigit._pixels.transform import IDENTITY
from inkdigit._tables.sheet import find_sheet
from inkdigit.session import InkSession, OnnxInkSession, OnnxSession, Session
from inkdigit.tables import cell_looks, compose_table, decoder_probabilities
from inkdigit_train.data.pages.tables import MadeTable, Tables
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.evaluation.made_tables import match_cells
from inkdigit_train.publish.fits.quadratic import STRENGTH, fit_regression
from inkdigit_train.publish.fits.weight_files import write_weights

__all__ = ["fit_cells"]

Measured: TypeAlias = tuple[NDArray[np.float64], NDArray[np.bool_]]

TABLES = 90  # some 6,000 cells


def fit_cells(model: Path, ink_model: Path, writing: Writing, out: Path, seed: int = 0) -> float:
    """Fit the weights of `inkdigit._decode.sure`, and write them with a record of the fit.

    Args:
        model: The digit network's file.
        ink_model: The ink network's.
        writing: What the tables are made of, by writers held out from training.
        out: A cells.json, written atomically.
        seed: Of the tables.

    Returns:
        The fraction of cells told right.
    """
    session, ink_session = OnnxSession(model), OnnxInkSession(ink_model)
    # Others than those of `evaluate`, whose seeds are small numbers.
    rng = np.random.default_rng([seed, 1])
    found: dict[str, list[Measured]] = {"text": [], "blank": []}
    for _ in range(TABLES):
        made = Tables().make(writing, rng)
        for kind, measured in cells_of_table(made, session, ink_session).items():
            found[kind].append(measured)
    command = f"python -m inkdigit_train fit-cells --seed {seed}"
    fitted: dict[str, Any] = {"command": command}
    right = count = 0.0
    for kind, names in (("text", TEXT_FEATURES), ("blank", BLANK_FEATURES)):
        features = np.concatenate([rows for rows, _ in found[kind]])
        answers = np.concatenate([exact for _, exact in found[kind]])
        fit = fit_regression(features, answers, names, STRENGTH)
        fitted[kind] = {"cells": len(answers), "exact": int(answers.sum()), **fit}
        right += fit["right"] * len(answers)
        count += len(answers)
    write_weights(out, fitted)
    return right / count


def cells_of_table(
    made: MadeTable, session: Session, ink_session: InkSession
) -> dict[str, Measured]:
    """Features of a table's cells, and whether each was read right; apart for texts and blanks."""
    sheet = find_sheet(made.pixels, ink_session.run, IDENTITY)
    scored = score_hypotheses(sheet.layout.hypotheses, sheet.layout, steady(session.run))
    usual = [Constraints.parse()] * len(sheet.spans)
    readings = read_cells(sheet.layout, scored, usual)
    size = made.pixels.shape[1::-1]
    table = compose_table(sheet, readings, {}, (float(size[0]), float(size[1])))
    texts = {id(cell): "" for cell in table.cells}
    for true, cell in zip(made.cells, match_cells(table, made), strict=True):
        if cell is not None:
            texts[id(cell)] += true.text
    looks = cell_looks(sheet, readings, decoder_probabilities(sheet, readings))
    right = np.array([cell.text == texts[id(cell)] for cell in table.cells], bool)
    written, blank = measure(looks)
    read = looks.glyphs > 0
    return {"text": (written, right[read]), "blank": (blank, right[~read])}
