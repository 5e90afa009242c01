"""`python -m wirewatch` is the `wirewatch` command."""

import sys

from wirewatch.cli import main

sys.exit(main())
