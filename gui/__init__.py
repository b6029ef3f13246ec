from gui.overrides import guard_overrides

guard_overrides()  # before the first class of the window is made
