"""A report of `evaluate` in, its figures as lines for a terminal out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from inkdigit_train.data.touching import KINDS as TOUCHING
from inkdigit_train.evaluation.degrade import DEGRADATIONS
from inkdigit_train.evaluation.numbers import STYLES

__all__ = ["table"]


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def _precise(value: float) -> str:
    return f"{100 * value:.3f} %"


def _count(value: float) -> str:
    return f"{value:,.0f}"


Form: TypeAlias = Callable[[float], str]

# The title of a figure, its dotted name, its form. A name with a * stands for all that fit, and the
# title's {} for what the * is in each.
ROWS: list[tuple[str, str, Form]] = [
    ("MNIST test", "mnist.accuracy", _percent),
    ("  wrong or refused, of 10,000", "mnist.errors", "{:.1f}".format),
    ("  of the ten digits alone", "mnist.accuracy_of_the_ten", _percent),
    ("  calibration error (ECE)", "mnist.ece", _percent),
    *((f"  {n}", f"mnist_degraded.{n}.accuracy", _percent) for n in DEGRADATIONS),
    ("MNIST test as small pictures", "mnist_pictures.as it is.accuracy", _percent),
    *((f"  {n}", f"mnist_pictures.{n}.accuracy", _percent) for n in ("inverted", *DEGRADATIONS)),
    ("Ink of unseen writers", "ink.accuracy", _percent),
    ("  wrong or refused", "ink.errors", "{:.1f}".format),
    ("  of the ten digits alone", "ink.accuracy_of_the_ten", _percent),
    ("  calibration error (ECE)", "ink.ece", _percent),
    ("  worst writer", "ink.writers.worst", _percent),
    ("  writers without an error", "ink.writers.share_without_error", _percent),
    ("  stretched {}, of the ten", "ink_stretched.*.accuracy_of_the_ten", _percent),
    ("Letters and symbols: AUROC", "nondigits.auroc", "{:.4f}".format),
    ("  accepted at 98 % of digits kept", "nondigits.accepted_at_98", _percent),
    ("  AUROC without mere bars", "nondigits.auroc_without_bars", "{:.4f}".format),
    ("  accepted at 98 %, without mere bars", "nondigits.accepted_at_98_without_bars", _percent),
    ("  accepted as shipped", "nondigits.accepted_as_shipped", _percent),
    ("  digits kept as shipped", "nondigits.digits_kept_as_shipped", _percent),
    ("Sudoku cells, photos", "sudoku_cells.accuracy", _percent),
    ("  refused", "sudoku_cells.refused", _percent),
    ("Real numbers, whole string", "numbers.real_numbers.exact", _percent),
    ("  with the length given", "numbers.real_numbers.exact_with_length", _percent),
    ("  digit error rate", "numbers.real_numbers.digit_error_rate", _percent),
    ("The same as pictures, whole string", "numbers.pictures.exact", _percent),
    ("  with the length given", "numbers.pictures.exact_with_length", _percent),
    ("  digit error rate", "numbers.pictures.digit_error_rate", _percent),
    ("Photos of pages, whole lines", "numbers.photos.lines_right", _percent),
    ("  digits", "numbers.photos.digit_accuracy", _percent),
    *((f"Composed numbers, {n}", f"numbers.composed.{n}.exact", _percent) for n in STYLES),
    ("Touching digits as pictures", "numbers.touching.exact", _percent),
    *((f"  {kind}", f"numbers.touching.{kind}.exact", _percent) for kind in TOUCHING),
    ("Letters among digits, marked", "numbers.letters.letters_marked", _percent),
    ("  digits there, right", "numbers.letters.digits_right", _percent),
    ("Rows with signs, exact", "signs.exact", _percent),
    ("  {}", "signs.kinds.*.exact", _percent),
    ("  all as pictures, other signs left out", "signs.exact_as_pictures", _percent),
    ("  digits alone asked for, digits right", "signs.digits_exact", _percent),
    ("  digits alone asked for, wrong but sure", "signs.sure_but_wrong", _percent),
    ("Real numbers, signs allowed", "signs.numbers_with_signs", _percent),
    ("Single digits through read, signs allowed", "signs.single_with_signs", _percent),
    ("  digits alone asked for", "signs.single", _percent),
    ("Made pages, rows exact", "pages.rows_exact", _percent),
    ("  rows", "pages.rows", _count),
    ("  {}", "pages.kinds.*.rows_exact", _percent),
    ("  print only: pages without a digit read", "pages.silent_on_print", _percent),
    ("Made sheets on desks and turned, rows", "pages.sheets.rows_exact", _percent),
    ("  sheets", "pages.sheets.pages", _count),
    ("  sheets with every row exact", "pages.sheets.pages_exact", _percent),
    ("Made tables, cells exact", "tables.exact", _percent),
    ("  cells", "tables.cells", _count),
    ("  {}", "tables.rulings.*.exact", _percent),
    ("  cells placed", "tables.placed", _percent),
    ("  cells that are sure", "tables.sure", _percent),
    ("  sure and wrong", "tables.sure_and_wrong", _percent),
    ("  blank cells exact", "tables.blank_exact", _percent),
    ("  tables with every cell exact", "tables.tables_exact", _percent),
    ("Labelled pictures, exact", "pictures.exact", _percent),
    ("  pictures, without tables", "pictures.count", _count),
    ("  {}", "pictures.sources.*.exact", _percent),
    ("  blank ones read as blank", "pictures.blank.exact", _percent),
    ("  tables, rows of cells", "pictures.tables.rows_exact", _percent),
    ("MNIST test, each fifth, {}", "crops.mnist.*.accuracy", _percent),
    ("Real numbers as pictures, {}", "crops.numbers.*.exact", _percent),
    ("Numbers whose text changes, ink {}", "invariance.ink.*.changed", _percent),
    ("  pictures {}", "invariance.pictures.*.changed", _percent),
    ("Digits of one hand in sequence, mistakes left:", "writers.development.left", _percent),
    ("  misread without memory", "writers.development.alone", _count),
    ("  likeliest of the ten digits", "writers.development.ten_left", _percent),
    ("  read right without memory alone", "writers.development.spoilt", _precise),
    ("  calibration error (ECE)", "writers.development.ece", _percent),
    ("  corrections alone remembered", "writers.corrected_only.left", _percent),
    ("  two hands in one memory", "writers.two_hands.left", _percent),
    ("  made hands of validation writers", "writers.made.left", _percent),
    ("  those with 100 digits and more", "writers.made_many.left", _percent),
    ("  whole numbers", "writers.numbers.left", _percent),
    ("A misread digit corrected once and redrawn, right", "writers.redrawn.right", _percent),
    ("Pages, edits of other numbers before one is corrected", "writers.pages.before", _count),
    ("  and after", "writers.pages.after", _count),
    ("Practice sheets, photographed", "practice.sheets", _count),
    ("  found", "practice.found", _percent),
    ("  boxes placed", "practice.placed", _precise),
    ("  digits learnt", "practice.learnt", _percent),
    ("  other digits of these hands misread without memory", "practice.alone", _count),
    ("  of these left once the sheet is learnt", "practice.left", _percent),
    ("  once the same digits are learnt as ink", "practice.left_from_strokes", _percent),
    ("Digits misread before wrong corrections", "writers.undone.before", _count),
    ("  with them", "writers.undone.wrong", _count),
    ("  once they are put right", "writers.undone.after", _count),
]


def table(report: Mapping[str, Any]) -> str:
    """The figures of `evaluate` as text for a terminal."""
    summary = report["summary"]
    rows = [row for title, name, form in ROWS for row in _expand(title, name, form, summary)]
    width = max((len(title) for title, _, _ in rows), default=0)
    lines = []
    for title, name, form in rows:
        mean, std = summary[name]["mean"], summary[name]["std"]
        spread = "" if std is None else f" ± {form(std).removesuffix(' %')}"
        lines.append(f"{title:<{width}}  {form(mean):>9}{spread}")
    count = len(report["models"])
    lines.append("one model" if count == 1 else f"mean ± standard deviation of {count} models")
    return "\n".join(lines)


def _expand(title: str, name: str, form: Form, names: Iterable[str]) -> list[tuple[str, str, Form]]:
    """The rows of those of `names` that a row of `ROWS` stands for."""
    start, star, end = name.partition("*")
    if not star:
        return [(title, name, form)] if name in names else []
    fitting = [n for n in names if n.startswith(start) and n.endswith(end)]
    return [(title.format(n.removeprefix(start).removesuffix(end)), n, form) for n in fitting]
