"""`python -m lsfs` is the command `lsfs`."""

import sys

from lsfs.cli import main

sys.exit(main())
