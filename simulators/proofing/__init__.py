"""Stands for the partner that proofs identities: who one says one is over HTTPS, whether that agrees back.

It knows nobody. The last four digits of the SSN say what it answers, so that each answer can be tried by hand.
"""
