"""The synthetic originator's book: loans that are lent, repaid, missed, cured and written off.

One month is one pass over int64 arrays, one entry per loan, in ascending loan number. Money is in
fen. A month is a number: months since January 1970. Every draw is keyed (tapes.synthetic.chance), so a
month of the book depends on the seed, the size and the first month only.

Calibrated to the originator's book of 30 June 2017; shapes are those of public loans. docs/sources.md names
both; what neither says is assumed. Each module states the figures it uses.
"""
