"""The files of a month: written, swapped in whole, kept by version, and proved whole."""
