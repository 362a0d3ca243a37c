"""Trains, exports and evaluates the model that `inkdigit` reads digits with.

The data's way through: `data` and `nondigits` gather labelled rasters, `augment` varies them,
`train` fits the network of `model`, `export` writes the ONNX file, `evaluate` measures it through
the runtime. `python -m inkdigit_train --help` lists the commands.
"""
