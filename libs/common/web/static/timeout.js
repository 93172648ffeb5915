// The time-out dialog (handbook 9.1, WCAG 2.2.1). The server is the clock: this page only counts toward the end
// it was told, asks again before it warns, and never extends a session without the person's own key press.
const dialog = document.getElementById("time-out");
const last = document.getElementById("session-last");
const WARNING = Number(dialog.dataset.warning);
const LAST_WARNING = Number(last.dataset.warning);
const ASK_AGAIN = 60_000; // milliseconds: so soon a page tells that another sign-in took over
const SPOKEN = [120, 60, 30, 10]; // seconds left at which a screen reader is told; every second would be noise

const left = dialog.querySelector("[data-left]");
const announce = dialog.querySelector("[data-announce]");
const saved = dialog.querySelector("[data-saved]");
const stayed = dialog.querySelector("[data-stay]");
const draft = document.querySelector("main button[data-draft]");
const title = document.title;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal-session") : null;

let end = 0; // for want of use, or because the longest time is over
let longest = 0;
let spoken = Infinity;
let asking = false;
let typed = document.querySelector(".p-errors") !== null; // a form shown again holds what was typed before
let toldOfLast = false;

function words(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [];
  if (minutes) parts.push(`${minutes} ${minutes === 1 ? "minute" : "minutes"}`);
  if (rest || !minutes) parts.push(`${rest} ${rest === 1 ? "second" : "seconds"}`);
  return parts.join(" ");
}

function tell(kind) {
  tabs?.postMessage({ kind, end, longest });
}

function until({ expires_in, ends_in }) {
  end = Date.now() + expires_in * 1000;
  longest = Date.now() + ends_in * 1000;
}

// Whether nobody can put the end off: the longest time of a session is nearly over.
function final() {
  return longest - end < 2000;
}

function close() {
  if (dialog.open) dialog.close();
  document.title = title;
  spoken = Infinity;
}

function over() {
  tell("ended");
  document.documentElement.hidden = true; // nothing of a patient stays on the screen while the next page loads
  const here = dialog.dataset.here;
  window.location.replace(`/session/ended?reason=timeout${here ? `&next=${encodeURIComponent(here)}` : ""}`);
}

// Asks without extending. A tab may sleep, a clock may jump, another tab may have worked: the server knows.
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/session/status", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) return over();
    if (answer.ok) until(await answer.json());
  } catch {
    // No connection: count on with what is known; at the end the page is left in any case.
  } finally {
    asking = false;
  }
}

async function stay() {
  if (final()) {
    toldOfLast = true;
    return close();
  }
  try {
    const answer = await fetch("/session/extend", {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf: dialog.dataset.csrf }),
    });
    if (answer.status === 401) return over();
    if (!answer.ok) throw new Error(String(answer.status));
    until(await answer.json());
    close();
    tell("extended");
  } catch {
    announce.textContent = "The portal did not answer. Press Stay signed in again.";
    announce.classList.remove("ds-u-visibility--screen-reader");
  }
}

// What was typed into a form that can be put aside is, before the session ends. Nobody pressed a key, so it is no use
// of the session; the page that the answer leads to is not opened, which would be.
async function saveDraft() {
  if (!draft || !typed) return;
  const fields = [...new FormData(draft.form)].filter(([, value]) => typeof value === "string");
  try {
    const answer = await fetch(`${draft.getAttribute("formaction")}?unattended=yes`, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") saved.textContent = "What you typed on this page is saved as a draft.";
  } catch {
    // It stays on the page, as it is.
  }
}

function warn() {
  announce.textContent = "";
  saved.textContent = "";
  for (const each of dialog.querySelectorAll("[data-final]")) each.hidden = !final();
  for (const each of dialog.querySelectorAll("[data-idle]")) each.hidden = final();
  dialog.showModal();
  tell("warning");
  saveDraft();
}

async function tick() {
  let seconds = Math.ceil((end - Date.now()) / 1000);
  if (seconds <= WARNING && !dialog.open && !(toldOfLast && final())) {
    await ask();
    seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds <= WARNING && seconds > 0) warn();
  }
  last.hidden = longest - Date.now() > LAST_WARNING * 1000;
  if (seconds <= 0) return over();
  if (!dialog.open) return;
  if (seconds > WARNING) return close();
  left.textContent = words(seconds);
  document.title = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left) ${title}`;
  const step = SPOKEN.findLast((at) => seconds <= at);
  if (step !== undefined && step < spoken) {
    spoken = step;
    announce.textContent = `${words(seconds)} left`;
  }
}

stayed.addEventListener("click", stay);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault(); // Escape means: I am here
  stay();
});
document.addEventListener("input", (event) => {
  if (event.target.closest("main form[method=post]")) typed = true;
});
tabs?.addEventListener("message", ({ data }) => {
  if (data.kind === "ended") ask().then(tick); // the server says whether it was this session
  if (data.kind === "extended") {
    ({ end, longest } = data);
    close();
  }
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask().then(tick);
});
until({ expires_in: Number(dialog.dataset.expiresIn), ends_in: Number(dialog.dataset.endsIn ?? Infinity) });
tell("extended"); // a page was opened, so the session was used: other tabs need not warn
setInterval(tick, 1000);
setInterval(() => document.hidden || ask(), ASK_AGAIN);
tick();
