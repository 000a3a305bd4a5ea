"""The report and the projection in the forms that people open."""
