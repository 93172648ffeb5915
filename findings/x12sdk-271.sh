#!/usr/bin/env bash
# x12sdk 2.2.0 (PyPI) refuses every 271 that says how many days or visits are left: it wants a number for EB09.
#
# EB09 of a 271 (005010X279A1) is the quantity qualifier, a code such as DY for days; the number is EB10. The package
# has the qualifier as a decimal: "EB*F**47*MA**29***DY*60" ends in a ValidationError, and so does the whole answer.
# Without that segment it is read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check x12sdk==2.2.0
printf '%s' \
	'ISA*00*          *00*          *ZZ*CMS            *ZZ*SENDER         *261120*0931*^*00501*000000008*0*T*:~' \
	'GS*HB*CMS*SENDER*20261120*0931*8*X*005010X279A1~' \
	'ST*271*0001*005010X279A1~' \
	'BHT*0022*11*INQ0001*20261120*0931~' \
	'HL*1**20*1~' \
	'NM1*PR*2*CMS*****PI*CMS~' \
	'HL*2*1*21*1~' \
	'NM1*1P*2*RIVERSIDE CLINIC*****XX*1234567893~' \
	'HL*3*2*22*0~' \
	'TRN*2*INQ0001*9SUB000010~' \
	'NM1*IL*1*ASHGROVE*ALDORA****MI*1EG4TE5MK73~' \
	'DMG*D8*19360110*F~' \
	'DTP*291*D8*20261120~' \
	'EB*1*IND*30*MA~' \
	'EB*F**47*MA**29***DY*60~' \
	'SE*14*0001~' \
	'GE*1*8~' \
	'IEA*1*000000008~' > days.x12
sed -e 's/EB\*F\*\*47\*MA\*\*29\*\*\*DY\*60~//' -e 's/SE\*14/SE*13/' days.x12 > plain.x12
venv/bin/python - <<'PYTHON'
from pydantic import ValidationError
from x12sdk.io import X12ModelReader


def faults(path):
    try:
        with X12ModelReader(path) as reader:
            assert len(list(reader.models())) == 1
    except ValidationError as error:
        return [(each["loc"][-2:], each["type"], each["input"]) for each in error.errors()]
    return []


print("without days:", faults("plain.x12"))
print("with days:   ", faults("days.x12"))
assert faults("plain.x12") == []
expected = [(("eb_segment", "quantity_qualifier"), "decimal_parsing", "DY")]
assert faults("days.x12") == expected, "the behavior has changed"
PYTHON
