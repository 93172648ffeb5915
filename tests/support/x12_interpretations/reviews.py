"""What X12 answered about prior authorization and attachments, 278 and 275."""
