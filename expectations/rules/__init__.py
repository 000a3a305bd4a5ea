"""The rules of each stop of the route."""
