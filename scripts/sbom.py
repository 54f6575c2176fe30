"""Prints a CycloneDX document without what differs from build to build: its random number, its time, and paths of this machine.

    python3 scripts/sbom.py FILE
"""

import json
import os
import re
import sys
import time


def without_paths(value, place):
    """Returns a value in which the directory of the sources is named by no machine's path."""
    if isinstance(value, dict):
        return {key: without_paths(one, place) for key, one in value.items()}
    if isinstance(value, list):
        return [without_paths(one, place) for one in value]
    if isinstance(value, str):
        return re.sub(r"(path\+)?file://" + re.escape(place), "diffpurge", value)
    return value


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    document.pop("serialNumber", None)
    moment = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))
    document["metadata"]["timestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)
    json.dump(without_paths(document, os.getcwd()), sys.stdout, indent=1, sort_keys=True)
    print()


main()
