"""Stands for a Qualified Independent Contractor (QIC), who decides the second level of appeal.

It takes requests for reconsiderations over HTTPS, keeps them, and decides each line some time later, from a seed.
"""
