"""How far a long piece of work is, on standard error."""

import sys


def progress(what, done, whole):
    """One line that is written over on a terminal, every hundredth elsewhere."""
    if sys.stderr.isatty():
        print(f"\r{what} {done}/{whole}", end="\n" if done == whole else "", file=sys.stderr, flush=True)
    elif done % 100 == 0 or done == whole:
        print(f"{what} {done}/{whole}", file=sys.stderr, flush=True)
