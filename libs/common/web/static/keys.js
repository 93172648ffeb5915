// Shortcuts of one key, which can be switched off (WCAG 2.1.4): "/" to the search, "g" and a letter to a function,
// "?" to see them all. Never while one types.
const OFF = "keys-off";
const dialog = document.getElementById("keys");
const on = dialog.querySelector("[data-keys-on]");
const button = document.querySelector("button[data-keys]");
const TOGETHER = 1500; // milliseconds in which the letter follows "g"

let going = 0;

function follow(letter) {
  document.querySelector(`#navigation a[data-key="${CSS.escape(letter)}"]`)?.click();
}

function press(event) {
  if (event.key === "/") {
    const search = document.querySelector("main [role=search] input:not([type=hidden])");
    if (!search) return;
    event.preventDefault(); // the browser's own search would open
    search.focus();
  } else if (event.key === "?") {
    dialog.showModal();
  } else if (event.timeStamp - going < TOGETHER) {
    going = 0;
    follow(event.key.toLowerCase());
  } else if (event.key === "g") {
    going = event.timeStamp;
  }
}

on.checked = localStorage.getItem(OFF) === null;
on.addEventListener("change", () => {
  if (on.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
});
button.hidden = false;
button.addEventListener("click", () => dialog.showModal());
document.addEventListener("keydown", (event) => {
  if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  press(event);
});
