// Changing for whom one acts leaves the page. What was typed into a form and not sent would be lost: ask first, once.
let typed = false;

document.addEventListener("input", (event) => {
  if (event.target.closest("main form[method=post]")) typed = true;
});

// Before every other listener, so that nothing marks the form as sent.
document.addEventListener(
  "submit",
  (event) => {
    if (!typed || !event.target.matches("[data-leaves-forms]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    typed = false;
    event.target.querySelector("[data-unsent]").hidden = false;
    const button = event.submitter ?? event.target.querySelector("button[type=submit]");
    button.textContent = "Change and lose it";
  },
  true,
);
