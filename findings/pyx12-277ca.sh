#!/usr/bin/env bash
# pyx12 4.0.0 (PyPI) refuses every 277CA whose billing provider has no status of its own (loop 2200C without STC).
#
# In 005010X214 the provider level has a status only where the provider was judged as a whole; the answers to its claims
# stand below it, and the level is not their sum (X12 request for interpretation 1211). The package's map has the segment
# as mandatory: the same file with the status is accepted.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyx12==4.0.0
printf '%s' \
	'ISA*00*          *00*          *ZZ*15004          *ZZ*SUB00001       *261120*0931*^*00501*000000007*0*T*:~' \
	'GS*HN*15004*SUB00001*20261120*0931*7*X*005010X214~' \
	'ST*277*0001*005010X214~' \
	'BHT*0085*08*MAC0002*20261120*0931*TH~' \
	'HL*1**20*1~' \
	'NM1*PR*2*MERIDIAN MEDICARE*****PI*15004~' \
	'TRN*1*000000008~' \
	'DTP*050*D8*20261119~' \
	'DTP*009*D8*20261120~' \
	'HL*2*1*21*1~' \
	'NM1*41*2*RIVERSIDE BILLING*****46*SUB00001~' \
	'TRN*2*BATCH7~' \
	'STC*A1:19:PR*20261120*WQ*182~' \
	'QTY*90*1~' \
	'AMT*YU*182~' \
	'HL*3*2*19*1~' \
	'NM1*85*2*RIVERSIDE CLINIC*****XX*1234567893~' \
	'TRN*1*1~' \
	'HL*4*3*PT~' \
	'NM1*QC*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~' \
	'TRN*2*PCN0001~' \
	'STC*A2:20:PR*20261120*WQ*182~' \
	'REF*1K*1126324000001~' \
	'DTP*472*D8*20260923~' \
	'SE*23*0001~' \
	'GE*1*7~' \
	'IEA*1*000000007~' > without.x12
sed -e 's/TRN\*1\*1~/TRN*1*1~STC*A1:19:PR**WQ*182~/' -e 's/SE\*23/SE*24/' without.x12 > with.x12
without=$(venv/bin/x12valid without.x12 2>&1 || true)
with=$(venv/bin/x12valid with.x12 2>&1 || true)
printf 'without the status of the provider:\n%s\n\nwith it:\n%s\n' "$without" "$with"
grep -q '"Billing Provider Status Information" (STC) missing' <<<"$without" || { echo "the behavior has changed"; exit 1; }
grep -q 'with.x12: OK' <<<"$with"
