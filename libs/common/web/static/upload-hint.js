// Says at once what the server would say after a long upload: too large, or empty. It only tells; the server decides.
// Sizes are written as `size` in libs/common/web/formats.py writes them.
const KILOBYTE = 1024;

function words(bytes) {
  if (bytes < KILOBYTE) return `${bytes} bytes`;
  const [number, unit] = bytes < KILOBYTE ** 2 ? [bytes / KILOBYTE, "KB"] : [bytes / KILOBYTE ** 2, "MB"];
  return `${number.toFixed(1).replace(/\.0$/, "")} ${unit}`;
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
