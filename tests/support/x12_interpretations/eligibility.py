"""What X12 answered about eligibility, 270 and 271."""
