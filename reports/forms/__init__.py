"""The report in the forms that people open."""
