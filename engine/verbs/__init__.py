"""Verbs of the command line that only need the engine; here alone it prints."""
