"""Stands for the source of Medicare numbers: names, birth date and SSN over HTTPS, the number of one person back.

It knows the beneficiaries of the simulated population, and some whom a look-up does not find as one would think.
"""
