"""Run the command line: ``python -m index``."""

from index.cli import main

main()
