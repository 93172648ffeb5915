#!/usr/bin/env bash
# typst 0.15.2 (PyPI) keeps what it made of earlier documents: a process that typesets one after another grows with each.
#
# `typst.compile` has no state that a caller could see or drop, and no document refers to an earlier one. Yet the process
# gains about as much with every document, also when they are different and all results are thrown away. Seen on
# 2026-11-29 with tables of 1,500 rows: 138 MiB after the first document, 734 MiB after the eighth.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check typst==0.15.2
venv/bin/python - <<'PYTHON'
import gc
import pathlib
import resource

import typst


def resident_mebibytes():
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


seen = []
for document in range(8):
    rows = "".join(f"[{document}-{row}], [{row * 7 % 1000}.00], [line {row} of document {document}],\n" for row in range(1500))
    typst.compile(f"#table(columns: 3,\n{rows})".encode())
    gc.collect()
    seen.append(round(resident_mebibytes()))
print("MiB after each document:", seen)
gains = [later - earlier for earlier, later in zip(seen[1:], seen[2:])]
assert all(gain > 20 for gain in gains), "the behavior has changed: a document leaves nothing behind"
PYTHON
