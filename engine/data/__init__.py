"""Data sets: embedded, made by formula, downloaded, or the user's own.

`source` declares and loads them; the functions that load are plain, stand alone with
the names they use, and are what an exported script carries.
"""
