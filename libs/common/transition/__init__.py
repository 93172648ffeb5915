"""What moves when another contractor takes over (H-020): the parts of a service, the archive, rows out and in."""
