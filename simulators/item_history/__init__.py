"""Stands for the item history of the DME shared systems: what Medicare paid for, of whom, and CMNs and DIFs on file.

It answers over HTTPS, each history drawn from the seed; some patients have a story that is made for showing.
"""
