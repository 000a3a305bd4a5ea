"""The report as a workbook: contents with links, a sheet a table, real numbers and dates."""
