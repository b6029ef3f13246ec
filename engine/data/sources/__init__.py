"""The declarations of the data sources, a file per kind of data."""
