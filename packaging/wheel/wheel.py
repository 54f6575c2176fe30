"""Writes the wheel that PyPI offers: the program, as a command of the environment that it is installed into.

    python3 packaging/wheel/wheel.py TARGET PARTS OUT

PARTS is a directory as scripts/package leaves it. A wheel is a zip with a few files of metadata, and the program is built already: so this
needs no other package, builds nothing a second time, and gives every installer the very file that the archive holds. The same parts and
SOURCE_DATE_EPOCH give the same bytes. The form: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import base64
import hashlib
import os
import pathlib
import sys
import time
import tomllib
import zipfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
HOME = "https://github.com/diffpurge/diffpurge"
# The program for Linux is linked statically, so it asks for no C library: pip may take it wherever either library is. These are the lowest
# that pip still knows: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
LINUX = "manylinux_2_17_{0}.manylinux2014_{0}.musllinux_1_1_{0}"
PLATFORMS = {
    "x86_64-unknown-linux-gnu": LINUX.format("x86_64"),
    "aarch64-unknown-linux-gnu": LINUX.format("aarch64"),
    # Rust's lowest: https://doc.rust-lang.org/rustc/platform-support.html
    "x86_64-apple-darwin": "macosx_10_12_x86_64",
    "aarch64-apple-darwin": "macosx_11_0_arm64",
    "x86_64-pc-windows-msvc": "win_amd64",
}


def metadata(package, licences):
    """Returns the METADATA file, which is what PyPI shows. https://packaging.python.org/en/latest/specifications/core-metadata/"""
    lines = [
        "Metadata-Version: 2.4",
        "Name: diffpurge",
        f"Version: {package['version']}",
        f"Summary: {package['description']}",
        f"Keywords: {','.join(package['keywords'])}",
        f"License-Expression: {package['license']}",
        *(f"License-File: {name}" for name in licences),
        f"Project-URL: Homepage, {HOME}",
        f"Project-URL: Documentation, {HOME}/blob/main/docs/src/SUMMARY.md",
        f"Project-URL: Changelog, {HOME}/blob/main/CHANGELOG.md",
        f"Project-URL: Source, {HOME}",
        f"Project-URL: Issues, {HOME}/issues",
        "Classifier: Environment :: Console",
        "Classifier: Programming Language :: Rust",
        "Classifier: Topic :: Internet :: WWW/HTTP :: Site Management",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
    ]
    # A link of the README leads to a file of the repository.
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    readme = readme.replace("](docs/src/flow.svg", f"]({HOME}/raw/main/docs/src/flow.svg")
    for start in ("docs/", "LICENSE"):
        readme = readme.replace(f"]({start}", f"]({HOME}/blob/main/{start}")
    return "\n".join(lines) + "\n\n" + readme


def contents(target, parts, package):
    """Returns the wheel's files, by name, each with its bytes and its mode."""
    name = f"diffpurge-{package['version']}"
    program = "diffpurge.exe" if "windows" in target else "diffpurge"
    tags = "".join(f"Tag: py3-none-{platform}\n" for platform in PLATFORMS[target].split("."))
    licences = {"LICENSE-APACHE": TOP, "LICENSE-MIT": TOP, "LICENSES-THIRD-PARTY.txt": parts}
    files = {f"{name}.data/scripts/{program}": ((parts / program).read_bytes(), 0o755)}
    info = {f"licenses/{file}": (place / file).read_bytes() for file, place in licences.items()}
    # PEP 770: where scanners look for the list of a program's parts.
    info["sboms/diffpurge.cdx.json"] = (parts / "diffpurge.cdx.json").read_bytes()
    info["METADATA"] = metadata(package, licences).encode()
    info["WHEEL"] = f"Wheel-Version: 1.0\nGenerator: diffpurge\nRoot-Is-Purelib: false\n{tags}".encode()
    files |= {f"{name}.dist-info/{file}": (data, 0o644) for file, data in info.items()}
    record = "".join(f"{file},sha256={digest(data)},{len(data)}\n" for file, (data, _) in files.items())
    record += f"{name}.dist-info/RECORD,,\n"
    files[f"{name}.dist-info/RECORD"] = (record.encode(), 0o644)
    return files


def digest(data):
    """Returns a SHA-256 sum in the form that RECORD has."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    target, parts, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    package = tomllib.loads((TOP / "Cargo.toml").read_text(encoding="utf-8"))["package"]
    # A zip knows no time before 1980, and no odd seconds.
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
    wheel = out / f"diffpurge-{package['version']}-py3-none-{PLATFORMS[target]}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file, (data, mode) in contents(target, parts, package).items():
            entry = zipfile.ZipInfo(file, moment)
            entry.create_system = 3
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)


main()
