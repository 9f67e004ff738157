#!/usr/bin/env bash
# Signals that a program has blocked reach the first process that it spawns by multiprocessing.
#
# Seen with CPython 3.10.13, 3.11.7, 3.12.1 and 3.13.0 on Linux; the standard library alone, so
# nothing is installed.
# A process inherits the signals that its parent has blocked. So one expects that children started
# while SIGINT is blocked never hear of Ctrl-C. The second and all later ones do not; the first does,
# and SIGINT is open again in the parent as well: `Process.start()` with the method "spawn" first
# starts the resource tracker, which blocks SIGINT and SIGTERM for a moment and then unblocks them,
# whether or not they were blocked before.
# What helps: `multiprocessing.resource_tracker.ensure_running()` before the signals are blocked.
#
# Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/masks.py" <<'PYTHON'
import signal
import sys
from multiprocessing import get_context, resource_tracker


def blocked():
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def tell(connection):
    connection.send(blocked())


def ask():
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=tell, args=(there,))
    process.start()
    answer = here.recv()
    process.join()
    return answer


SPAWN = get_context("spawn")

if __name__ == "__main__":
    if sys.argv[1] == "tracker first":
        resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    first = ask()
    parent = blocked()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    print(f"first child {first}, parent afterwards {parent}, second child {ask()}")
PYTHON
python3 --version
plain=$(python3 "$folder/masks.py" plain)
tracker_first=$(python3 "$folder/masks.py" "tracker first")
printf 'SIGINT is blocked: %s\nwith the tracker started first: %s\n' "$plain" "$tracker_first"
[ "$plain" = "first child False, parent afterwards False, second child True" ]
[ "$tracker_first" = "first child True, parent afterwards True, second child True" ]
