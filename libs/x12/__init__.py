"""HIPAA X12 5010: reads, judges and writes what the portal exchanges. No input or output, no word of any service."""
