#!/usr/bin/env bash
# accessibility-checker-engine 4.0.34 (npm, IBM Equal Access) sees no label of a control that lies in closed details.
#
# In <details><summary>…</summary><label for=a>…</label><input id=a></details> label and input are hidden and shown
# together, so there is no moment at which the input is met without its label (WCAG 2.2, 1.3.1 and 4.1.2). While the
# details are closed the engine reports input_label_exists as a violation; opened, it reports nothing. It judges the
# hidden input, but counts no hidden label. Needs Chromium: $CHROMIUM, or one on the PATH.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts accessibility-checker-engine@4.0.34 playwright-core@1.56.1 >/dev/null
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)} node - <<'JAVASCRIPT'
const { chromium } = require("playwright-core");
const { readFileSync } = require("fs");
const assert = require("assert");
const engine = readFileSync("node_modules/accessibility-checker-engine/ace.js", "utf8");
const page = (open) => `<!doctype html><html lang="en"><head><title>Details</title></head><body><main><h1>Details</h1>
  <details${open}><summary>More</summary><label for="a">Name</label> <input id="a"></details></main></body></html>`;

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const found = {};
  for (const [name, open] of [["closed", ""], ["open", " open"]]) {
    const tab = await browser.newPage();
    await tab.setContent(page(open));
    await tab.evaluate(engine);
    found[name] = await tab.evaluate(async () =>
      (await new ace.Checker().check(document, ["WCAG_2_2"])).results
        .filter((each) => each.value[0] === "VIOLATION" && each.value[1] === "FAIL")
        .map((each) => `${each.ruleId}: ${each.snippet}`));
    console.log(`${name}:`, found[name]);
  }
  await browser.close();
  assert.deepStrictEqual(found.open, []);
  assert.deepStrictEqual(found.closed.map((each) => each.split(":")[0]), ["input_label_exists"], "the behavior has changed");
})();
JAVASCRIPT
