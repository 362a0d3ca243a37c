"""Reads an archive of pictures on a Ray cluster: `python ray_archive.py SCANS OUT --workers 16`.

SCANS is a folder, a text file with a path a line, or a Parquet file with a column `path` (and
`bytes` where the pictures are in it). One Recognizer an actor reads them; a file that cannot be
read becomes a row that says why. OUT is a folder of Parquet or CSV files, one for each block that
was read. What is in OUT already is left out, so that a run that was stopped goes on from there.

Needs Ray: `pip install "ray[data]" pyarrow inkdigit`. `--workers 2` on one machine; on a cluster
start it on the head, with storage that all nodes see.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkdigit import InkDigitError, Recognizer

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif", ".ppm"}
COLUMNS = ("path", "text", "confidence", "error")
Batch = dict[str, Any]


class Reader:
    """What runs in an actor: one Recognizer, and a file of rows for each batch.

    Rows are written where they are read: what a batch gave is safe before the next begins, and a
    batch that Ray repeats after a node was lost writes a file that the resuming run tells by path.
    """

    def __init__(self, out: str, form: str, single: bool) -> None:
        self._recognizer = Recognizer()
        self._out, self._form, self._single = Path(out), form, single

    def __call__(self, batch: Batch) -> Batch:
        """Read a batch; columns `path`, and `bytes` where there are any."""
        sources = batch.get("bytes", batch["path"])
        rows = [
            self._row(str(path), source)
            for path, source in zip(batch["path"], sources, strict=True)
        ]
        write_rows(rows, self._out, self._form)
        return {"read": np.array([len(rows)]), "failed": np.array([sum(bool(r[3]) for r in rows)])}

    def _row(self, path: str, source: Any) -> tuple[str, str, float, str]:
        source = bytes(source) if isinstance(source, (bytes, bytearray)) else str(source)
        try:
            if self._single:
                prediction = self._recognizer.predict_digit(source)
                text = "" if prediction.digit is None else str(prediction.digit)
                return path, text, float(prediction.confidence), ""
            reading = self._recognizer.read(source)
            return path, reading.text, float(reading.confidence), ""
        except InkDigitError as exc:
            return path, "", 0.0, str(exc)


def write_rows(rows: Sequence[Sequence[Any]], out: Path, form: str) -> None:
    """Write rows as a file of their own, whole or not at all."""
    import pyarrow as pa  # noqa: PLC0415  (comes with Ray's data library)
    import pyarrow.csv  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    columns = [list(column) for column in zip(*rows, strict=True)]
    table = pa.table(dict(zip(COLUMNS, columns, strict=True)))
    part = out / f".{uuid.uuid4().hex}.part"
    if form == "csv":
        pyarrow.csv.write_csv(table, part)
    else:
        pyarrow.parquet.write_table(table, part)
    part.replace(out / f"{part.stem.removeprefix('.')}.{form}")


def read_before(out: Path, form: str) -> set[str]:
    """The paths that earlier runs have rows of."""
    import pyarrow.csv  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    done: set[str] = set()
    for file in out.glob(f"*.{form}"):
        read = pyarrow.csv.read_csv if form == "csv" else pyarrow.parquet.read_table
        done.update(str(path) for path in read(file).column("path").to_pylist())
    return done


def list_pictures(source: Path) -> Iterable[str]:
    """The paths in a folder, at any depth, or in a list file."""
    if source.is_dir():
        found = (path for path in source.rglob("*") if path.suffix.lower() in SUFFIXES)
        return sorted(str(path) for path in found)
    return [line for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where a file could not be read."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="a folder, a list file, or a Parquet file")
    parser.add_argument("out", type=Path, help="folder for the rows")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="actors that read")
    parser.add_argument("--batch", type=int, default=64, help="pictures that are read in one go")
    parser.add_argument("--single", action="store_true", help="each picture shows one digit")
    args = parser.parse_args(argv)
    import ray  # noqa: PLC0415  (large; --help needs none of it)

    args.out.mkdir(parents=True, exist_ok=True)
    done = read_before(args.out, args.format)
    if args.source.suffix == ".parquet":
        pictures = ray.data.read_parquet(str(args.source))
        if done:
            pictures = pictures.filter(lambda row: row["path"] not in done)
    else:
        paths = [path for path in list_pictures(args.source) if path not in done]
        pictures = ray.data.from_items([{"path": path} for path in paths])
    start = time.perf_counter()
    counts = pictures.map_batches(
        Reader,
        fn_constructor_args=(str(args.out.resolve()), args.format, args.single),
        batch_size=args.batch,
        concurrency=args.workers,
        num_cpus=1,
    ).take_all()
    seconds = time.perf_counter() - start
    read, failed = (sum(int(row[name]) for row in counts) for name in ("read", "failed"))
    sys.stderr.write(
        f"{read} pictures in {seconds:.1f} s by {args.workers} workers ({read / seconds:.1f} a"
        f" second), {failed} of them unreadable, {len(done)} read before: {args.out}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
