"""A whole office on one machine: simulated people work over HTTP while everything under them is killed."""
