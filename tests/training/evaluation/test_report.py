"""The evaluation, on a model that separates lying bars from standing ones."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from paths import DATA
from tiny_onnx import write_linear_model

from inkdigit import Ink, Recognizer, rasterize
from inkdigit.drawing import draw_ink
from inkdigit.errors import ModelNotFoundError
from inkdigit_train import cli
from inkdigit_train.data.pages.writing import Writing
from inkdigit_train.data.records import InkRecord, read_records, write_records
from inkdigit_train.evaluation import crops, figures, made_pages, report, test_sets
from inkdigit_train.evaluation.answers import LoadedModel
from inkdigit_train.evaluation.drawn.plots import draw_plots
from inkdigit_train.evaluation.drawn.sheets import draw_number_sheets, draw_sheets
from inkdigit_train.evaluation.table import table

LYING = Ink([[[0, 50], [100, 50]]])  # a "0" to the model below
STANDING = Ink([[[50, 0], [50, 100]]])  # a "1"
CROSS = Ink([[[0, 50], [100, 50]], [[50, 0], [50, 100]]])  # no digit
evaluate = partial(report.evaluate, parts=("digits", "numbers"))
BAR_INK = 36.0  # of a bar in the model's 2 × 20 pixels


def write_model(path: Path, threshold: float = 0.5, flip: bool = False) -> Path:
    """A linear model: ink in the middle rows is a 0, in the middle columns a 1, in both neither."""
    rows, columns = np.zeros((28, 28)), np.zeros((28, 28))
    rows[13:15, 4:24] = columns[4:24, 13:15] = 1 / BAR_INK
    weight = np.zeros((784, 11))
    weight[:, 0], weight[:, 1] = rows.ravel(), columns.ravel()
    weight[:, 10] = 1.5 * (rows + columns).ravel()
    bias = np.full(11, -5.0)
    bias[:2], bias[10] = 0, -1.25
    if flip:
        weight[:, [0, 1]] = weight[:, [1, 0]]
    metadata = {"rejection_threshold": str(threshold)}
    return write_linear_model(path, 30 * weight, 30 * bias, metadata=metadata)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "run" / "model.onnx")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ten "MNIST" bars of which one label is wrong and one image is a cross, and small ink sets."""
    inks = [LYING] * 5 + [STANDING] * 4 + [CROSS]
    images = np.stack([np.rint(rasterize(ink) * 255) for ink in inks]).astype(np.uint8)
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0])
    mnist = torch.from_numpy(images), torch.from_numpy(labels)
    monkeypatch.setattr(test_sets, "load_mnist", lambda folder, train: mnist)
    for name in (
        "draw_plots",
        "draw_sheets",
        "draw_number_sheets",
    ):  # they take seconds; one test draws them
        monkeypatch.setattr(report, name, lambda *_: None)
    folder = tmp_path / "data"
    digits = [InkRecord("0", LYING, "ann"), InkRecord("1", STANDING, "ann")] * 15
    others = [
        ("X", CROSS),
        ("X", CROSS),
        ("H", LYING),
        ("k", STANDING),
        ("O", LYING),
    ]  # O looks like a digit
    write_records(folder / "ink" / "unipen-digits-dev.jsonl.gz", digits)
    write_records(
        folder / "ink" / "unipen-nondigits-dev.jsonl.gz",
        [InkRecord(label, ink) for label, ink in others],
    )
    cells = np.full((2, 60, 60), 255, np.uint8)
    cells[:, 10:50, 28:32] = 0  # a lying bar would be a rule
    (folder / "photos").mkdir()
    np.savez(folder / "photos" / "sudoku-cells-dev.npz", X=cells, y=[1, 1])
    return folder


def test_figures_of_a_known_model(model: Path, data: Path, tmp_path: Path) -> None:
    first = evaluate([model], data, tmp_path / "out")["first"]

    mnist = first["mnist"]
    assert (mnist["count"], mnist["errors"], mnist["accuracy"]) == (10, 2, 0.8)
    assert mnist["refused"] == pytest.approx(0.1)
    assert mnist["confusion"][0][:2] == [4, 0]
    assert mnist["confusion"][0][10] == 1
    assert mnist["confusion"][1][:2] == [1, 4]
    assert mnist["per_class"] == {"0": pytest.approx(0.8), "1": pytest.approx(0.8)}
    assert first["ink"]["accuracy"] == 1
    assert first["ink"]["ece"] < 0.01
    assert first["sudoku_cells"]["accuracy"] == 1
    assert set(first["mnist_pictures"]) == {"as it is", "inverted", *first["mnist_degraded"]}
    # At the border the ink network takes a lying bar for a rule that was cut off.
    assert first["mnist_pictures"]["shifted"]["errors"] >= 2
    for name in ("as it is", "inverted", "thick 1 px", "thin 1 px"):
        assert first["mnist_pictures"][name]["errors"] == 2, name


def test_a_refused_digit_is_an_error_but_not_of_the_ten(
    data: Path, tmp_path: Path, model: Path
) -> None:
    strict = write_model(tmp_path / "strict" / "model.onnx", threshold=1e-30)

    first = evaluate([strict], data, tmp_path / "out")["first"]

    assert first["ink"]["accuracy"] == 0
    assert first["ink"]["refused"] == 1
    assert first["ink"]["accuracy_of_the_ten"] == 1


def test_rejection_leaves_lookalikes_out(model: Path, data: Path, tmp_path: Path) -> None:
    rejection = evaluate([model], data, tmp_path / "out")["first"]["nondigits"]

    assert rejection["count"] == 4
    assert rejection["labels"]["X"] == {"count": 2, "accepted": 0.0}
    assert rejection["labels"]["H"] == {"count": 1, "accepted": 1.0}
    assert rejection["accepted_at_98"] == rejection["accepted_as_shipped"] == 0.5
    assert rejection["bars"] == 1  # the stem of the k
    assert rejection["accepted_at_98_without_bars"] == pytest.approx(1 / 3)
    assert rejection["digits_kept_as_shipped"] == 1
    assert 0.5 <= rejection["auroc"] < 1
    assert rejection["auroc_without_bars"] >= rejection["auroc"]


def test_batches_follow_the_rule_of_single_predictions(model: Path) -> None:
    inks = [LYING, STANDING, CROSS]
    opened = LoadedModel(model)

    batch = opened.classify(np.stack([rasterize(ink) for ink in inks]))
    single = opened.predict(inks, "")

    np.testing.assert_array_equal(batch.answer, [0, 1, 10])
    np.testing.assert_array_equal(batch.answer, single.answer)
    np.testing.assert_allclose(batch.confidence, single.confidence, atol=1e-6)
    np.testing.assert_array_equal(batch.likeliest, single.likeliest)
    np.testing.assert_allclose(batch.not_digit, single.not_digit, atol=1e-6)


def test_several_models_give_mean_and_deviation(model: Path, data: Path, tmp_path: Path) -> None:
    other = write_model(tmp_path / "other" / "model.onnx", flip=True)

    measured = evaluate([model, other], data, tmp_path / "out")

    figure = measured["summary"]["ink.accuracy"]
    assert figure["values"] == [1, 0]
    assert (figure["mean"], figure["std"]) == (0.5, pytest.approx(np.std([1, 0], ddof=1)))
    assert len(set(measured["models"])) == 2
    assert "50.00 % ± 70.71" in table(measured)


def test_missing_sets_are_left_out(model: Path, data: Path, tmp_path: Path) -> None:
    measured = evaluate([model], tmp_path / "empty", tmp_path / "out")

    assert "ink" not in measured["first"]
    assert "MNIST test" in table(measured)
    assert "Ink" not in table(measured)


def test_command_writes_metrics_plots_and_sheets(
    model: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(report, "draw_plots", draw_plots)
    monkeypatch.setattr(report, "draw_sheets", draw_sheets)
    monkeypatch.setattr(report, "draw_number_sheets", draw_number_sheets)
    (model.parent / "history.csv").write_text(
        "epoch,step,seconds,lr,train_loss,val_loss,val_accuracy,ink_accuracy\n"
        "1,10,1.5,0.1,2.0,1.0,0.9,0.8\n2,20,3.0,0.1,1.0,0.5,0.95,0.9\n"
    )
    number = Ink([[[0, 0], [0, 100]], [[60, 0], [60, 100]]])
    write_records(
        data / "ink" / "unipen-numbers-dev.jsonl.gz",
        [InkRecord(label, number) for label in ("11", "10")],
    )
    out = tmp_path / "out"

    argv = ["evaluate", str(model), "--data", str(data), "--out", str(out)]
    status = cli.main([*argv, "--only", "digits", "numbers"])

    assert status == 0
    printed = capsys.readouterr().out
    assert "MNIST test" in printed
    assert "The same as pictures, whole string" in printed
    written = json.loads((out / "metrics.json").read_text())["evaluation"]
    assert written["first"]["mnist"]["errors"] == 2
    read = written["first"]["numbers"]
    assert read["real_numbers"]["exact"] == 0.5
    assert [m["label"] for m in read["real_numbers"]["misread"]] == ["10"]
    assert read["pictures"]["count"] == 2
    assert {p.name for p in (out / "plots").iterdir()} == {
        "confusion.png",
        "learning_curves.png",
        "rejection.png",
        "reliability.png",
        "robustness.png",
    }
    assert {p.name for p in (out / "sheets").iterdir()} == {
        "accepted_nondigits.png",
        "drawn_worse.png",
        "ink_mistakes.png",
        "mnist_mistakes.png",
        "pictures_mistakes.png",
        "real_numbers_mistakes.png",
    }


def test_only_the_parts_asked_for_are_measured(
    model: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    writing: Writing,
) -> None:
    kinds = {name: made_pages.KINDS[name] for name in ("bitmap", "print only")}
    monkeypatch.setattr(made_pages, "KINDS", kinds)
    monkeypatch.setattr(made_pages, "SHEET_KINDS", ("turned",))
    monkeypatch.setattr(made_pages, "read_writing", lambda _folder, validation: writing)
    monkeypatch.setattr(crops, "load_mnist", test_sets.load_mnist)
    source = data / "pictures" / "bars"
    source.mkdir(parents=True)
    draw_ink(STANDING).save(source / "one.png")
    files = [{"file": "one.png", "expected": "1", "mode": "digit"}]
    (source / "truth.json").write_text(json.dumps({"files": files}))
    number = Ink([[[0, 0], [0, 100]], [[60, 0], [60, 100]]])
    write_records(data / "ink" / "unipen-numbers-dev.jsonl.gz", [InkRecord("11", number)])
    out = tmp_path / "out"

    argv = ["evaluate", str(model), "--data", str(data), "--out", str(out), "--limit", "1"]
    status = cli.main([*argv, "--jobs", "1", "--only", "pages", "pictures", "crops"])

    assert status == 0
    first = json.loads((out / "metrics.json").read_text())["evaluation"]["first"]
    assert set(first) == {"pages", "pictures", "crops"}
    assert first["pages"]["kinds"]["bitmap"]["pages"] == 1
    assert first["pictures"]["sources"] == {"bars": {"count": 1, "exact": 1.0}}
    assert first["crops"]["mnist"]["no margin"]["count"] == 1
    assert first["crops"]["numbers"]["margin of 1 px"]["count"] == 1
    printed = capsys.readouterr().out
    for title in ("  bitmap", "  bars", "MNIST test, each fifth, 16×16 grey", "Made sheets on"):
        assert title in printed
    assert "MNIST test as small" not in printed
    assert {p.name for p in (out / "sheets").iterdir()} == {
        "cut_digits_mistakes.png",
        "cut_numbers_mistakes.png",
        "pages",
        "pictures",
    }


def test_limit_takes_the_first_of_each_set(model: Path, data: Path, tmp_path: Path) -> None:
    first = evaluate([model], data, tmp_path / "out", limit=2)["first"]

    assert first["mnist"]["count"] == first["ink"]["count"] == first["nondigits"]["count"] == 2


def test_degraded_pictures_are_the_first_ones(
    model: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "DEGRADED_PICTURES", 3)

    pictures = evaluate([model], data, tmp_path / "out")["first"]["mnist_pictures"]

    assert (pictures["as it is"]["count"], pictures["thin 1 px"]["count"]) == (10, 3)
    assert pictures["thin 1 px"]["errors"] == 0


def test_a_missing_model_is_an_error_at_once(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError):
        evaluate([tmp_path / "nothing.onnx"], data, tmp_path / "out")


def test_bundled_model_reads_ink_of_unseen_writers() -> None:
    path = DATA / "ink" / "unipen-digits-dev.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no ink data set at {path}")
    try:
        recognizer = Recognizer()
    except ModelNotFoundError:
        pytest.skip("no bundled model")
    some = read_records(path)[::10]

    right = sum(str(recognizer.predict_digit(r.ink).digit) == r.label for r in some)

    assert right / len(some) >= 0.98
