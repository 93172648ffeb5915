"""What X12 answered about the remittance advice, 835."""
