#!/usr/bin/env bash
# npi 0.1.0 (npm) accepts a valid NPI only when its check digit is 3 or 8, and accepts wrong NPIs.
#
# The check digit of an NPI is the Luhn formula over 80840 and the first nine digits (45 CFR 162.406). The package leaves
# out the prefix (which adds 24 to the sum) and takes the sum modulo 10 itself for the digit, not what is missing to the
# next ten. Both are the same digit only for 3 and 8, such as in the example of the rule, 1234567893. Seen on 2026-11-29:
# all of 200 valid NPIs each with check digits 3 and 8 accepted, none of 200 each with another, and 1600 wrong ones.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts npi@0.1.0 >/dev/null
node - <<'JAVASCRIPT'
const { NPI } = require("npi");
const assert = require("assert");
const luhnHolds = (npi) => {
  const digits = [...("80840" + npi)].reverse().map(Number);
  const sum = digits.reduce((all, digit, at) => all + (at % 2 ? Math.floor(digit / 5) + ((2 * digit) % 10) : digit), 0);
  return sum % 10 === 0;
};
const count = { valid: {}, accepted: {}, wrong: 0 };
for (let number = 0; number < 100000000; number += 50000) {
  for (const digit of "0123456789") {
    const npi = "1" + String(number).padStart(8, "0") + digit;
    const accepted = new NPI(npi).isValid;
    if (!luhnHolds(npi)) count.wrong += accepted;
    else {
      count.valid[digit] = (count.valid[digit] || 0) + 1;
      count.accepted[digit] = (count.accepted[digit] || 0) + accepted;
    }
  }
}
console.log("valid NPIs by check digit:", JSON.stringify(count.valid));
console.log("accepted of them:         ", JSON.stringify(count.accepted));
console.log("wrong NPIs accepted:      ", count.wrong);
assert(luhnHolds("1234567893") && new NPI("1234567893").isValid);
for (const digit of "0123456789") {
  const expected = "38".includes(digit) ? count.valid[digit] : 0;
  assert.strictEqual(count.accepted[digit], expected, "the behavior has changed for check digit " + digit);
}
assert(count.wrong > 0, "the behavior has changed: no wrong NPI is accepted");
JAVASCRIPT
