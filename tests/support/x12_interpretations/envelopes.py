"""What X12 answered about envelopes, TA1, 999 and all transactions alike."""
