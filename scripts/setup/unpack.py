"""Unpacks the members of a wheel whose names start with one of the given prefixes.

usage: unpack.py WHEEL DIRECTORY PREFIX...
"""

import sys
import zipfile

wheel, directory, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
    if not names:
        sys.exit(f"{wheel} holds nothing below {', '.join(prefixes)}")
    for name in names:
        archive.extract(name, directory)
