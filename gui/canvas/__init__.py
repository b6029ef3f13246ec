"""The canvas: nodes as cards, edges as curves, and every gesture that edits them.

Pure computation (`card`, `edge_rules`, `layout`, `placing`, `clipboard`) stands apart
from the items that draw and from the gestures that react to the mouse.
"""
