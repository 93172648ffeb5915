// Passkeys (WebAuthn). The server says what an authenticator is asked; its answer goes back in the form the button
// belongs to. Without a script, or in a browser that has no passkeys, the button is not there: codes work everywhere.
const SUPPORTED = "credentials" in navigator && "PublicKeyCredential" in window;
const BINARY = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const REFUSED = {
  InvalidStateError: "This device or password manager already holds a passkey of yours for the portal.",
  NotAllowedError: "No passkey was used. Try again, or go on in another way.",
};

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function named(credentials = []) {
  return credentials.map((each) => ({ ...each, id: bytes(each.id) }));
}

// The options as the browser wants them: JSON has no bytes.
function asked(options) {
  const told = { ...options, challenge: bytes(options.challenge) };
  if (options.user) told.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) told.allowCredentials = named(options.allowCredentials);
  if (options.excludeCredentials) told.excludeCredentials = named(options.excludeCredentials);
  return told;
}

function answer(credential) {
  const response = {};
  for (const name of BINARY) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

async function optionsFor(button) {
  const csrf = button.form.elements.csrf?.value;
  const found = await fetch(button.dataset.options, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(csrf ? { csrf } : {}),
  });
  if (!found.ok) throw new Error(String(found.status));
  return { publicKey: asked(await found.json()) };
}

// What must be filled in first is asked for by the server, before the authenticator is.
function incomplete(form, name) {
  const field = form.elements[name];
  return field !== undefined && (field.type === "checkbox" ? !field.checked : !field.value.trim());
}

for (const button of SUPPORTED ? document.querySelectorAll("button[data-passkey]") : []) {
  const { form } = button;
  const said = form.querySelector("[data-passkey-said]");
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    const { credential } = form.elements;
    if (credential.value || incomplete(form, button.dataset.first)) return;
    event.preventDefault();
    said.textContent = "";
    try {
      const options = await optionsFor(button);
      credential.value = answer(await navigator.credentials[button.dataset.passkey](options));
    } catch (error) {
      said.textContent = REFUSED[error.name] ?? "The portal did not answer. Try again in a minute.";
      return;
    }
    form.requestSubmit(button);
  });
}

// Back in the browser shows the page as it was left: an answer counts once.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-passkey]")) button.form.elements.credential.value = "";
});
