"""HIPAA X12 5010: reads, judges and writes what the portal exchanges. It knows no word of any service.

No input or output, but for its tables (`code_sets`) and its command (`python -m libs.x12`).
"""
