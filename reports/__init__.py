"""The investor report: one pack of stated tables becomes Excel, HTML, PDF and Parquet.

The route is `pack` (what the warehouse stated) -> `document` (the same in one language, every
cell worded) -> `forms` (Excel, HTML, PDF) -> `publish` (one folder, swapped in whole, the versions
before kept). Nothing here computes a figure that an investor reads: it words, formats and lays out
what `sql/` stated.
"""
