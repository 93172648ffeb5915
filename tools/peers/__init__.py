"""What readers of others say of the files, letters, documents and pages that the portal writes: `make peers`."""
