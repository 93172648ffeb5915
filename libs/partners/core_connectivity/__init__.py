"""The envelope in which X12 transactions travel over HTTPS: CAQH CORE connectivity rule vC2.2.0, in both of its forms.

Source of the rule: CORE Phase II rule 270, adopted by 45 CFR 162.1203. In real time alone: HETS takes no batch.
"""
