"""The table of runs, their curves over one another, and what differs between two."""
