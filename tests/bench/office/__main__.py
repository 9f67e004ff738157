"""Let an office work on many records over HTTP, kill whatever can be killed meanwhile, and audit what is left.

    uv run --group dev python -m tests.bench.office [--records 5000] [--clerks 32] [--supervisors 4]
        [--db postgres|sqlite] [--minutes 30] [--blow-every 8] [--seed 1] [--json]

Server and worker are those of an operator, PostgreSQL is a real one (or SQLite, the embedded database). Clerks take,
correct, verify, submit, reject, give back and leave records; supervisors approve and return them. Meanwhile web
processes, the server and the worker are killed and connections with the database are cut. In the end an auditor
compares what each person was told with the events: nothing acknowledged is lost, nothing is done twice, no record was
held by two, nobody approved own work, batches add up, and the history verifies. Ends with 1 where that is not so.
The office closes when every record is approved or rejected, or when the time is up. All stays on this machine.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.bench.office.office import Outcome, Plan, work
from tests.installation import on_database


def show(outcome: Outcome) -> None:
    for name, figure in outcome.figures.items():
        print(f"{name:<44} {figure}")
    for name, count in sorted(outcome.looked.items()):
        print(f"compared: {name:<34} {count}")
    print(f"{'violations':<44} {len(outcome.problems)}")
    for problem in outcome.problems[:100]:
        print(f"  {problem}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--clerks", type=int, default=32)
    parser.add_argument("--supervisors", type=int, default=4)
    parser.add_argument("--db", choices=("postgres", "sqlite"), default="postgres")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--blow-every", type=float, default=8, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()

    plan = Plan(
        records=options.records,
        clerks=options.clerks,
        supervisors=options.supervisors,
        seconds=60 * options.minutes,
        blow_every=options.blow_every,
        seed=options.seed,
    )
    with on_database(options.db), tempfile.TemporaryDirectory() as directory:
        outcome = work(Path(directory), plan)
    if options.json:
        print(json.dumps({"figures": outcome.figures, "looked": outcome.looked, "problems": outcome.problems}))
    else:
        show(outcome)
    sys.exit(1 if outcome.problems else 0)


if __name__ == "__main__":
    main()
