"""Trains, exports and evaluates the model that `inkdigit` reads digits with.

`data` turns data sets into labelled rasters, `fit` trains a network on them, `publish` exports it
to ONNX, and `evaluation` measures the exported file through the runtime.
`python -m inkdigit_train --help` lists the commands.
"""
