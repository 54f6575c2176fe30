"""Prints the licences of every crate that is in the program for a target, each with its text.

    python3 scripts/licences.py TARGET

What only runs while the program is built is not in it. The texts come from the crates as cargo has them; a crate without one is
named with its expression alone.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("licen", "copying", "copyright", "notice", "unlicense")


def metadata(target):
    """Returns what cargo knows of the crates for a target."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def inside(known):
    """Returns the packages that are linked into the program, by what depends on what."""
    edges = {node["id"]: node["deps"] for node in known["resolve"]["nodes"]}
    macros = {p["id"] for p in known["packages"] if any("proc-macro" in t["kind"] for t in p["targets"])}
    found, open_ = set(), [known["resolve"]["root"]]
    while open_:
        one = open_.pop()
        if one in found or one in macros:
            continue
        found.add(one)
        for dependency in edges[one]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                open_.append(dependency["pkg"])
    return [p for p in known["packages"] if p["id"] in found and p["id"] != known["resolve"]["root"]]


def texts(package):
    """Returns the licence files of a package, those of libraries that it brings as source too."""
    top = pathlib.Path(package["manifest_path"]).parent
    depth = 3
    files = [f for f in top.rglob("*") if f.is_file() and len(f.relative_to(top).parts) <= depth]
    return sorted(f for f in files if f.name.lower().startswith(NAMES) and f.suffix.lower() in ("", ".md", ".txt"))


def main():
    packages = sorted(inside(metadata(sys.argv[1])), key=lambda p: (p["name"], p["version"]))
    by_text = {}
    print("diffpurge holds these crates, under these licences. The texts stand below, each once.\n")
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"{name}: {package['license'] or 'see its text'}")
        for file in texts(package):
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            by_text.setdefault("\n".join(line.rstrip() for line in text.splitlines()), []).append(name)
    for text, names in by_text.items():
        print("\n" + "=" * 100)
        print(", ".join(dict.fromkeys(names)), end="\n\n")
        print(text)


main()
