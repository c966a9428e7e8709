"""Rapport: advice on client relationships in five languages, and a search that understands situations."""

import os

# Libraries that would tell their makers about every run are told not to, before any of them is imported: onnxruntime
# (on by default on Linux, with an id of the machine and the path of the Python), and those of Hugging Face.
os.environ.update({"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"})

# And those that report on loading a model in a way that looks like a fault keep to themselves: `rapport.progress` tells
# how far things are.
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
