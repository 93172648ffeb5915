"""What X12 answered about claim status and acknowledgment of claims, 276, 277 and 277CA."""
