"""`python -m benchmarks NAME`: one program per question, each with its own `--help`."""

import argparse
import sys

from benchmarks import (
    ablation,
    arithmetic,
    generation,
    lens,
    memory,
    mexa,
    pls,
    pls_memory,
    record,
    sweep,
    training,
)
from neuroglot.base.errors import NeuroglotError

BENCHMARKS = {
    "record": record,
    "ablation": ablation,
    "arithmetic": arithmetic,
    "generation": generation,
    "lens": lens,
    "memory": memory,
    "mexa": mexa,
    "pls": pls,
    "pls-memory": pls_memory,
    "sweep": sweep,
    "training": training,
}


def main() -> None:
    """Run the benchmark that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what neuroglot costs. Tables go to standard output.",
    )
    commands = parser.add_subparsers(title="benchmarks", metavar="NAME", required=True)
    for name, module in BENCHMARKS.items():
        about = module.__doc__ or ""
        command = commands.add_parser(name, help=about.splitlines()[0], description=about)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        arguments.run(arguments)
    except NeuroglotError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
