"""`python -m attorn` is the command line."""

import sys

from attorn.cli import main

if __name__ == "__main__":
    sys.exit(main())
