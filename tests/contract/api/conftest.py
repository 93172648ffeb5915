from tests.support.applications import applications

__all__ = ["applications"]
