"""What a network shows of itself, how good it is, and trying it by hand."""
