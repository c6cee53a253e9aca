"""`python -m jiqun`."""

from jiqun.cli import main

main()
