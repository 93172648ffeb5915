"""Stands for HETS, the eligibility system of CMS: takes a 270 over HTTPS and answers with a 271, 999 or TA1.

It knows the beneficiaries of the simulated population and judges a question by the rules of HETS.
"""
