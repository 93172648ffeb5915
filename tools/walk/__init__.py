"""People and programs that use a running portal through its gateway: for the demonstration and for the tests."""
