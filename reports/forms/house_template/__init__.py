"""A trustee's own workbook, filled from the report: what stands in braces becomes what it names."""
