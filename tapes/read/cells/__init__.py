"""One cell becomes one typed value, exactly, or it is bad."""
