"""What the evaluation found, as pictures: plots/ of figures, sheets/ of single drawings.

The sheets show parts of the data sets, and are for looking at, not for publishing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from inkdigit import rasterize
from inkdigit.labels import DIGITS, NOT_DIGIT
from inkdigit_train.data.records import InkRecord
from inkdigit_train.evaluation.metrics import reliability
from inkdigit_train.evaluation.render import render
from inkdigit_train.files import write_atomic

if TYPE_CHECKING:
    from inkdigit_train.evaluation.figures import Answers, Measured, TestSets

__all__ = ["draw_plots"]

BLUE, ORANGE, GREY = "#2a6f97", "#d1495b", "#8d99ae"  # told apart by the colour-blind too
TILE_PX = 84  # a drawing on a sheet: three times a raster
CAPTION_PX = 16
COLUMNS = 14
NUMBER_TILES = 3  # side by side: the room for a drawing of a number
MOST_ON_A_SHEET = 420  # thirty rows; the most confident come first
EXAMPLES = 14  # digits shown of each way of drawing worse

Images = NDArray[np.float32]


def draw_plots(
    measured: Sequence[Measured], sets: TestSets, out: Path, numbers: Sequence[InkRecord] = ()
) -> None:
    """Draw everything for the first model, and the learning curves of all.

    Args:
        measured: What `evaluate` measured, one a model.
        sets: What it measured on.
        out: Folder; its plots/ and sheets/ are made.
        numbers: The real numbers that were read, in the order of their figures' places.
    """
    first, plots, sheets = measured[0], out / "plots", out / "sheets"
    histories = [m.history for m in measured if m.history is not None]
    if histories:
        _save(_learning_curves(histories), plots / "learning_curves.png")
    truths = np.array([int(r.label) for r in sets.digits], np.int64)
    answered = [("MNIST test", first.mnist, sets.labels)]
    if first.ink is not None:
        answered.append(("Ink of unseen writers", first.ink, truths))
    _save(_confusions(answered), plots / "confusion.png")
    _save(_reliabilities(answered), plots / "reliability.png")
    _save(_robustness(measured), plots / "robustness.png")
    _sheet(
        sheets / "mnist_mistakes.png",
        "MNIST test: truth → answer (? refused), %",
        _mistakes(first.mnist, sets.labels),
        lambda k: sets.images[k],
        lambda k: _caption(str(sets.labels[k]), first.mnist, k),
    )
    _degraded_sheet(sets, sheets / "drawn_worse.png")
    figures = first.figures.get("numbers", {})
    for group, title in (("real_numbers", "as ink"), ("pictures", "as pictures")):
        if group in figures and len(numbers):
            _numbers_sheet(
                sheets / f"{group}_mistakes.png",
                f"Real numbers {title}: truth → read / with the length given",
                figures[group]["misread"],
                numbers,
            )
    ink, others = first.ink, first.nondigits
    if ink is not None:
        _sheet(
            sheets / "ink_mistakes.png",
            "Ink of unseen writers: truth → answer (? refused), %",
            _mistakes(ink, truths),
            lambda k: rasterize(sets.digits[k].ink, TILE_PX),
            lambda k: _caption(sets.digits[k].label, ink, k),
        )
    if ink is not None and others is not None:
        rejected = first.figures["nondigits"]
        _save(_rejection(ink, others, rejected), plots / "rejection.png")
        accepted = np.flatnonzero(others.not_digit <= rejected["threshold_at_98"])
        _sheet(
            sheets / "accepted_nondigits.png",
            "Letters and symbols accepted at 98 % of digits kept: what it is → likeliest digit, %",
            accepted[np.argsort(others.not_digit[accepted])],
            lambda k: rasterize(sets.nondigits[k].ink, TILE_PX),
            lambda k: (
                f"{sets.nondigits[k].label} → {others.likeliest[k]}"
                f" {100 * (1 - others.not_digit[k]):.0f}"
            ),
        )


def _save(figure: Figure, path: Path) -> None:
    # Without the version of matplotlib in it, equal figures are equal files.
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=130, metadata={"Software": None})
    write_atomic(path, lambda target: target.write(stream.getvalue()))


def _axes(columns: int, width: float, height: float) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width * columns, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)
    for axis in axes[0]:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, list(axes[0])


def _label_ones_twos_fives(axis: Axis) -> None:
    """Write a logarithmic axis as 0.5 1 2 5 10, not as powers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def _learning_curves(histories: Sequence[Path]) -> Figure:
    figure, (errors, losses) = _axes(2, 5.5, 4)
    for number, path in enumerate(histories):
        with path.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        if not rows:
            continue
        epochs = [int(r["epoch"]) for r in rows]
        first = number == 0  # one entry a kind in the legend, however many seeds
        for axis, column, colour, name in (
            (errors, "val_accuracy", BLUE, "MNIST, held out"),
            (errors, "ink_accuracy", ORANGE, "ink and non-digits, held-out writers"),
            (losses, "train_loss", GREY, "training (augmented, smoothed labels)"),
            (losses, "val_loss", BLUE, "MNIST, held out"),
        ):
            if rows[-1].get(column) in (None, "", "nan"):
                continue
            values = np.array([float(r[column] or "nan") for r in rows])
            if axis is errors:
                values = 100 * (1 - values)
            axis.plot(
                epochs, values, color=colour, marker=".", linewidth=1.2, alpha=0.8,
                label=name if first else None,
            )  # fmt: skip
    for axis, title in ((errors, "Errors on validation, %"), (losses, "Loss")):
        axis.set(title=title, xlabel="epoch", yscale="log")
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        _label_ones_twos_fives(axis.yaxis)
        axis.grid(alpha=0.25)
        axis.legend(frameon=False, fontsize=8)
    if len(histories) > 1:
        errors.set_title(f"Errors on validation, %, {len(histories)} seeds")
    return figure


def _confusions(answered: Iterable[tuple[str, Answers, NDArray[np.int64]]]) -> Figure:
    parts = list(answered)
    figure, axes = _axes(len(parts), 6, 5.6)
    for axis, (title, answers, truths) in zip(axes, parts, strict=True):
        counts = np.zeros((DIGITS, DIGITS + 1), np.int64)
        np.add.at(counts, (truths, answers.answer), 1)
        mistakes = counts.copy()
        np.fill_diagonal(mistakes, 0)
        darkest = 1.5 * max(mistakes.max(), 4)  # so that the numbers stay legible
        axis.imshow(mistakes, cmap="Reds", vmin=0, vmax=darkest, aspect="auto")
        for row, column in np.ndindex(*counts.shape):
            if counts[row, column]:
                right = row == column
                axis.text(
                    column, row, str(counts[row, column]), ha="center", va="center",
                    fontsize=8, color=GREY if right else "black",
                )  # fmt: skip
        axis.set(
            title=f"{title}: {mistakes.sum()} of {len(truths):,} wrong",
            xlabel="answer",
            ylabel="truth",
            xticks=range(DIGITS + 1),
            yticks=range(DIGITS),
        )
        axis.set_xticklabels([*map(str, range(DIGITS)), "none"])
        axis.spines[:].set_visible(False)
    return figure


def _reliabilities(answered: Iterable[tuple[str, Answers, NDArray[np.int64]]]) -> Figure:
    parts = list(answered)
    figure, axes = _axes(len(parts), 5, 4.6)
    for axis, (title, answers, truths) in zip(axes, parts, strict=True):
        figures = reliability(answers.confidence, answers.answer == truths)
        some = figures.count > 0
        axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--", label="calibrated")
        # The error bar is one standard error of a share.
        error = np.sqrt(
            np.clip(figures.accuracy * (1 - figures.accuracy), 0.01, None) / figures.count.clip(1)
        )
        axis.errorbar(
            figures.confidence[some], figures.accuracy[some], error[some],
            color=BLUE, fmt="o", markersize=4, elinewidth=1, capsize=2,
            label="measured, ± a standard error; how many",
        )  # fmt: skip
        for x, y, count in zip(
            figures.confidence[some], figures.accuracy[some], figures.count[some], strict=True
        ):
            axis.annotate(
                f"{count:,}", (x, y), xytext=(4, -9), textcoords="offset points", fontsize=7
            )
        axis.set(
            title=f"{title}: ECE {100 * figures.ece:.2f} %",
            xlabel="confidence of the answer",
            ylabel="share of right answers",
            xlim=(0, 1.06),
            ylim=(-0.05, 1.05),
        )
        axis.grid(alpha=0.25)
        axis.legend(frameon=False, fontsize=8, loc="lower right")
    return figure


def _robustness(measured: Sequence[Measured]) -> Figure:
    names = ["as it is", "inverted", *measured[0].figures["mnist_degraded"]]
    figure, (axis,) = _axes(1, 7, 0.38 * len(names) + 1.4)
    for group, colour, label, offset in (
        ("mnist_degraded", BLUE, "raster through classify", -0.14),
        ("mnist_pictures", ORANGE, "picture through predict_digit", 0.14),
    ):
        for y, name in enumerate(names):
            shares = [
                m.figures["mnist"] if group == "mnist_degraded" and name == "as it is"
                else m.figures[group].get(name)
                for m in measured
            ]  # fmt: skip
            # A logarithm shows no zero: half an error stands for none.
            values = [100 * max(s["errors"], 0.5) / s["count"] for s in shares if s is not None]
            if values:
                axis.plot(
                    values, [y + offset] * len(values), "o", color=colour, markersize=5,
                    alpha=0.8, label=label if y == 0 else None,
                )  # fmt: skip
                axis.annotate(
                    f"{np.mean(values):.2f}", (max(values), y + offset), xytext=(6, -3),
                    textcoords="offset points", fontsize=7,
                )  # fmt: skip
    axis.set(title="MNIST test drawn worse: errors, %", yticks=range(len(names)), xscale="log")
    _label_ones_twos_fives(axis.xaxis)
    axis.margins(x=0.12)
    axis.set_yticklabels(names)
    axis.invert_yaxis()
    axis.grid(alpha=0.25)
    figure.legend(frameon=False, fontsize=8, loc="outside lower center", ncols=2)
    return figure


def _rejection(digits: Answers, others: Answers, figures: dict[str, Any]) -> Figure:
    figure, (spread, labels) = _axes(2, 5.5, 4.6)
    edges = np.linspace(-12, 12, 49).tolist()
    for answers, colour, name in ((digits, BLUE, "digits"), (others, ORANGE, "non-digits")):
        share = answers.not_digit.clip(1e-9, 1 - 1e-9)
        log_odds = np.log(share / (1 - share)).clip(-12, 12)
        spread.hist(log_odds, edges, color=colour, alpha=0.6, label=f"{name}, {len(share):,}")
    threshold = float(np.clip(figures["threshold_at_98"], 1e-9, 1 - 1e-9))
    spread.axvline(
        np.log(threshold / (1 - threshold)), color="black", linewidth=1, linestyle="--",
        label="98 % of digits kept",
    )  # fmt: skip
    spread.set(
        title=f'"Not a digit": AUROC {figures["auroc"]:.4f}',
        xlabel="log-odds of not a digit",
        ylabel="drawings",
        yscale="log",
    )
    spread.legend(frameon=False, fontsize=8)
    worst = [(n, f) for n, f in figures["labels"].items() if f["accepted"] > 0][:20]
    labels.barh(range(len(worst)), [100 * f["accepted"] for _, f in worst], color=ORANGE)
    labels.set(
        title=f"Accepted at 98 % kept, %: {100 * figures['accepted_at_98']:.2f} of all",
        yticks=range(len(worst)),
    )
    # Labels are symbols: as mathematics a dollar sign would open a formula.
    labels.set_yticklabels([f"{n}  ({f['count']})" for n, f in worst], parse_math=False)
    labels.invert_yaxis()
    labels.grid(alpha=0.25, axis="x")
    return figure


def _mistakes(answers: Answers, truths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the wrong answers, the most confident first."""
    wrong = np.flatnonzero(answers.answer != truths)
    ordered: NDArray[np.int64] = wrong[np.argsort(-answers.confidence[wrong], kind="stable")]
    return ordered


def _caption(truth: str, answers: Answers, index: int) -> str:
    refused = "?" if answers.answer[index] == NOT_DIGIT else ""
    return f"{truth} → {refused}{answers.likeliest[index]} {100 * answers.confidence[index]:.0f}"


def _numbers_sheet(
    path: Path, title: str, misread: Sequence[Mapping[str, Any]], numbers: Sequence[InkRecord]
) -> None:
    def caption(k: int) -> str:
        text, fitted = (misread[k][name].replace("\n", "|") for name in ("text", "with_length"))
        return f"{misread[k]['label']} → {text}" + ("" if text == fitted else f" / {fitted}")

    _sheet(
        path,
        title,
        np.arange(len(misread)),
        lambda k: _number_raster(numbers[misread[k]["place"]]),
        caption,
        NUMBER_TILES,
    )


def _number_raster(number: InkRecord) -> Images:
    """(TILE_PX, NUMBER_TILES × TILE_PX) float32, 1 = ink: the number as large as it fits."""
    picture = Image.fromarray(render(number.ink))
    room = (NUMBER_TILES * TILE_PX, TILE_PX)
    scale = min(room[0] / picture.width, room[1] / picture.height)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    sheet = Image.new("L", room, 255)
    sheet.paste(picture.resize(size), ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
    return np.asarray(1 - np.asarray(sheet, np.float32) / 255, np.float32)


def _sheet(path: Path, title: str, indices: Any, image: Any, caption: Any, tiles: int = 1) -> None:
    """Drawings with a caption each, dark ink on white; also where there is none, to say so.

    Each drawing is as wide as `tiles` squares.
    """
    shown = [int(k) for k in indices[:MOST_ON_A_SHEET]]
    note = f"{title}: {len(indices)}"
    if len(shown) < len(indices):
        note += f", the first {len(shown)} shown"
    columns, wide = COLUMNS // tiles, tiles * TILE_PX + 4
    rows = -(-len(shown) // columns)
    step = TILE_PX + CAPTION_PX
    sheet = Image.new("L", (COLUMNS * (TILE_PX + 4), (rows + 1) * step), 255)
    pen = ImageDraw.Draw(sheet)
    pen.text((4, CAPTION_PX), note, fill=0, font=_font(18))
    for place, index in enumerate(shown):
        left, top = place % columns * wide, (place // columns + 1) * step
        sheet.paste(_tile(image(index)), (left, top - CAPTION_PX))
        pen.text((left + 2, top + TILE_PX - CAPTION_PX), caption(index), fill=0, font=_font(12))
    _save_sheet(sheet, path)


def _degraded_sheet(sets: TestSets, path: Path) -> None:
    """The same digits in every way of drawing them worse, a row each."""
    rows = {"as it is": sets.images, **sets.degraded}
    margin = 90
    size = (margin + EXAMPLES * (TILE_PX + 4), len(rows) * (TILE_PX + 4))
    sheet = Image.new("L", size, 255)
    pen = ImageDraw.Draw(sheet)
    for row, (name, images) in enumerate(rows.items()):
        top = row * (TILE_PX + 4)
        pen.text((4, top + TILE_PX // 2 - 8), name, fill=0, font=_font(14))
        for column, image in enumerate(images[:EXAMPLES]):
            sheet.paste(_tile(image), (margin + column * (TILE_PX + 4), top))
    _save_sheet(sheet, path)


def _tile(raster: Images) -> Image.Image:
    picture = Image.fromarray(np.rint(255 * (1 - raster)).astype(np.uint8))
    size = (TILE_PX * raster.shape[1] // raster.shape[0], TILE_PX)
    return picture.resize(size, Image.Resampling.NEAREST)


def _save_sheet(sheet: Image.Image, path: Path) -> None:
    stream = io.BytesIO()
    sheet.save(stream, format="png", optimize=True)
    write_atomic(path, lambda target: target.write(stream.getvalue()))


def _font(size: int) -> ImageFont.FreeTypeFont:
    # matplotlib's own: Pillow's default has no arrow.
    return ImageFont.truetype(
        str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), size
    )
