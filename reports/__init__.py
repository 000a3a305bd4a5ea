"""The investor report: one pack of stated tables becomes Excel, HTML, PDF and Parquet.

The route is `pack` (what the warehouse stated) -> `document` (the same in one language, every
cell worded) -> `excel`, `html`, `pdf` -> `publishing` (one folder, swapped in whole). Nothing
here computes a figure that an investor reads: it words, formats and lays out what `sql/` stated.
"""
