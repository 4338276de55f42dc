"""Runtimes of the network: torch, or ONNX Runtime without torch, from one weights file.

The graphs in `graphs/` are exported from the torch modules without their weights, which
are filled in from the weights file when it is loaded.
"""
