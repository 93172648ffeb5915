"""Stands for the shared systems (FISS, MCS, VMS): takes 837s over the partner topics, adjudicates, answers with 277s.

Its decisions come from a seed and the claim alone, so a repeated run decides the same. It keeps what it has taken and
answered, so it may be killed at any moment: an answer that is sent again has the same event id and the same content.
"""
