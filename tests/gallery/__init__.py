"""Pictures of all that the window shows: `python -m tests.gallery -o FOLDER`."""
