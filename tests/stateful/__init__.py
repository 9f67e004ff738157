"""Random people and a simple model of what they may do; see tests/test_stateful.py."""
