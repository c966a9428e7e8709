"""From a question to a guide.

analyser.py   text → terms, for all languages                                      (pure)
lexical.py    terms → BM25 weights of every row                                    (pure)
passages.py   guides, situations, bank → rows                                      (pure)
knowledge.py  the index in memory                                                  (pure)
ranking.py    the contract: signals, their mix, the outcome                        (pure)
settings.py   the ranking's few numbers, from search_index/ranking.yml
train.py      the two heads
build.py      everything above → an index
index.py      the index on disk: written whole, refused where damaged
answer.py     what a question found, as values                                     (pure)
ask.py        a question → an Answer
show.py       an Answer → terminal or JSON
"""
