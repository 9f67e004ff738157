"""Invent birth certificates (出生医学证明), draw them on their form and spoil them as cameras and copiers do."""
