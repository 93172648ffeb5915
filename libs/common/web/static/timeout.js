// The time-out dialog (handbook 9.1, WCAG 2.2.1). The server is the clock: this page only counts toward the end
// it was told, asks again before it warns, and never extends a session without the person's own key press.
const dialog = document.getElementById("time-out");
const WARNING = Number(dialog.dataset.warning);
const ENDED = "/sign-in?reason=timeout";
const SPOKEN = [120, 60, 30, 10]; // seconds left at which a screen reader is told; every second would be noise

const left = dialog.querySelector("[data-left]");
const announce = dialog.querySelector("[data-announce]");
const title = document.title;
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("portal-session") : null;

let end = Date.now() + Number(dialog.dataset.expiresIn) * 1000;
let spoken = Infinity;
let asking = false;

function words(seconds) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [];
  if (minutes) parts.push(`${minutes} ${minutes === 1 ? "minute" : "minutes"}`);
  if (rest || !minutes) parts.push(`${rest} ${rest === 1 ? "second" : "seconds"}`);
  return parts.join(" ");
}

function tell(kind) {
  tabs?.postMessage({ kind, end });
}

function close() {
  if (dialog.open) dialog.close();
  document.title = title;
  spoken = Infinity;
}

function over({ tellTabs = true } = {}) {
  if (tellTabs) tell("ended");
  document.documentElement.hidden = true; // nothing of a patient stays on the screen while the next page loads
  window.location.replace(ENDED);
}

function until(secondsLeft) {
  end = Date.now() + secondsLeft * 1000;
}

// Asks without extending. A tab may sleep, a clock may jump, another tab may have worked: the server knows.
async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/session/status", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) return over();
    if (answer.ok) until((await answer.json()).expires_in);
  } catch {
    // No connection: count on with what is known; at the end the page is left in any case.
  } finally {
    asking = false;
  }
}

async function stay() {
  try {
    const answer = await fetch("/session/extend", {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ csrf: dialog.dataset.csrf }),
    });
    if (answer.status === 401) return over();
    if (!answer.ok) throw new Error(String(answer.status));
    until((await answer.json()).expires_in);
    close();
    tell("extended");
  } catch {
    announce.textContent = "The portal did not answer. Press Stay signed in again.";
    announce.classList.remove("ds-u-visibility--screen-reader");
  }
}

async function tick() {
  let seconds = Math.ceil((end - Date.now()) / 1000);
  if (seconds <= WARNING && !dialog.open) {
    await ask();
    seconds = Math.ceil((end - Date.now()) / 1000);
    if (seconds <= WARNING && seconds > 0) {
      announce.textContent = "";
      dialog.showModal();
      tell("warning");
    }
  }
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

dialog.querySelector("[data-stay]").addEventListener("click", stay);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault(); // Escape means: I am here
  stay();
});
tabs?.addEventListener("message", ({ data }) => {
  if (data.kind === "ended") over({ tellTabs: false });
  if (data.kind === "extended") {
    end = data.end;
    close();
  }
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask().then(tick);
});
tell("extended"); // a page was opened, so the session was used: other tabs need not warn
setInterval(tick, 1000);
tick();
