class PlatformError(Exception):
    """The local platform cannot do what was asked; the text is one plain sentence that says what to do."""
