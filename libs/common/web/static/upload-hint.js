// Says at once what the server would say after a long upload: too large, or empty. It only tells; the server decides.
const MEGABYTE = 1_000_000;

function words(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < MEGABYTE ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

for (const input of document.querySelectorAll("input[type=file][data-limit]")) {
  const said = input.parentElement.querySelector("[role=status]");
  input.addEventListener("change", () => {
    const limit = Number(input.dataset.limit);
    const file = input.files[0];
    said.classList.remove("p-file__said--wrong");
    if (!file) {
      said.textContent = "";
    } else if (file.size === 0) {
      said.textContent = "This file is empty. Choose another one.";
      said.classList.add("p-file__said--wrong");
    } else if (file.size > limit) {
      said.textContent = `This file has ${words(file.size)}; at most ${words(limit)} can be sent. Split it and send the parts.`;
      said.classList.add("p-file__said--wrong");
    } else {
      said.textContent = `${words(file.size)}, ready to send.`;
    }
  });
}
