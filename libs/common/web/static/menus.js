// The menus of the header close with Escape, which gives the focus back, and when one works elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.p-menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.p-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
