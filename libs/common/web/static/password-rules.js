// Ticks the rules of a new password that can be judged while it is typed: its length, a letter or digit, and that it holds
// no word of the person's name or user ID. It only tells; the server decides, and knows lists that no browser has.
// Characters are counted as `as_compared` in services/auth/passwords/domain.py counts them.
const WORD = /[\p{L}\p{N}]{4,}/gu;

function wordsOf(...texts) {
  return texts.flatMap((each) => each.toLowerCase().match(WORD) ?? []);
}

const RULES = {
  length: (typed, { least, most }) => {
    const count = [...typed].length;
    return count >= Number(least) && count <= Number(most);
  },
  plain: (typed) => /[A-Za-z0-9]/.test(typed),
  "own-words": (typed, _, own) => typed !== "" && !own.some((word) => typed.toLowerCase().includes(word)),
};

for (const list of document.querySelectorAll("[data-password-rules]")) {
  const { form } = document.getElementById(list.dataset.passwordRules);
  const fields = form.elements;
  form.addEventListener("input", () => {
    const typed = fields[list.dataset.passwordRules].value.normalize("NFC").trim();
    const own = wordsOf(list.dataset.own, fields.user_id?.value ?? "");
    for (const each of list.querySelectorAll("[data-rule]")) {
      each.querySelector("[data-met]").hidden = !RULES[each.dataset.rule](typed, each.dataset, own);
    }
  });
}
