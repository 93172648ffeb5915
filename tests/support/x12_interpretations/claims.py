"""What X12 answered about claims, 837P and 837I."""
