"""What a network in training can show of itself: pictures, and text it writes.

Nothing here changes the network or draws from the random numbers that training uses.
"""
