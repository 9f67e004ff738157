"""Who works in the office, and where pictures belong: what its people and those who set it up both know."""

PASSWORD = "correct horse battery"
CLERK, SUPERVISOR, ADMIN = "clerk-{:02}", "supervisor-{:02}", "admin"
IN_A_BATCH = 50


def batch_name(number: int) -> str:
    """Return the name of the batch that a picture belongs to, by the picture's number."""
    return f"Box {1 + number // IN_A_BATCH:03}"
