#!/usr/bin/env bash
# django-npi-field 0.2.2 (PyPI) refuses every valid NPI whose check digit is 0.
#
# The Luhn formula over 80840 and the NPI (45 CFR 162.406) gives the check digit (10 - sum mod 10) mod 10. The package
# leaves out the last "mod 10": where the sum is a multiple of ten it compares the digit 0 with 10. One valid NPI in ten
# is refused. Seen on 2026-11-29: "0 of 200 that end in 0 accepted, 1800 of 1800 others".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check django-npi-field==0.2.2 django==5.2.19
"$folder/venv/bin/python" - <<'PYTHON'
from django.conf import settings

settings.configure()
from django.core.exceptions import ValidationError
from npi_field.validators import npi_validator


def luhn_holds(npi):
    digits = [int(digit) for digit in reversed("80840" + npi)]
    return sum(digits[::2] + [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]) % 10 == 0


def accepted(npi):
    try:
        npi_validator(npi)
    except ValidationError:
        return False
    return True


first_nines = [f"1{number:08}" for number in range(0, 100_000_000, 50_000)]
valid = [nine + digit for nine in first_nines for digit in "0123456789" if luhn_holds(nine + digit)]
zero = [npi for npi in valid if npi.endswith("0")]
others = [npi for npi in valid if not npi.endswith("0")]
assert len(valid) == len(first_nines) and zero and others
print(f"{sum(map(accepted, zero))} of {len(zero)} that end in 0 accepted, {sum(map(accepted, others))} of {len(others)} others")
assert accepted("1234567893")
assert not any(map(accepted, zero)), "the behavior has changed: NPIs that end in 0 are accepted"
assert all(map(accepted, others)), "the behavior has changed: other valid NPIs are refused"
PYTHON
