"""The part of ONNX that inkdigit's networks use, read and computed with numpy alone."""
