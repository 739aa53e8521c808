// What pages do beyond what they can do without a script. Every form works without it.
"use strict";

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// Passwords can be looked at.
function showPasswords(shown) {
  for (const id of ["password", "confirmation", "current"]) {
    const field = document.getElementById(id);
    if (field) field.type = shown ? "text" : "password";
  }
  const box = document.getElementById("show-password");
  if (box) box.checked = shown;
}

// The checklist judges while somebody types, as the server will; no part of a password is sent for it.
const classes = {
  minimumSpecialSymbols: /[^\p{L}\p{M}\p{N}\p{Cc}]/gu,
  minimumUpperCaseSymbols: /[\p{Lu}\p{Lt}]/gu,
  minimumDigits: /\p{Nd}/gu,
};
const lower = /[\p{Ll}ʕ]/u; // that letter has lost its case in newer versions of Unicode than the server's

// What PRECIS refuses in passwords, whatever the policy: a symbol as such, or for what stands beside it.
const either = (...parts) => new RegExp(parts.map((part) => part.source).join("|"), "u");
const invisible = /[\p{Cf}\p{Zl}\p{Zp}\p{DI}]/u;
const refusedAlone = either(
  /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{DI}\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b]/u,
  /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/u, // old Korean letters
);
const refused = either(
  refusedAlone,
  /(?<!\p{M})\u200d/u,
  /(?<!l)·|·(?!l)/u,
  /\u0375(?!\p{Script=Greek})|(?<!\p{Script=Hebrew})[\u05f3\u05f4]/u,
  /^(?!.*[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]).*\u30fb/u,
  /[\u0660-\u0669].*[\u06f0-\u06f9]|[\u06f0-\u06f9].*[\u0660-\u0669]/u, // digits of two kinds of Arabic
);
const lastInPlace = /[\u200c\u200d·\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9](?=[^\u200c\u200d·\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]*$)/u;

// What a browser cannot say: newer symbols than its own, joiners, and marks without end.
const unsure = /[\p{Cn}\u200c]|\p{M}\u200d|\p{M}{25}/u;

// Half of a pair is sent as U+FFFD.
function normalized(password) {
  return password.replace(/\p{Cs}/gu, "\ufffd").replace(/\p{Zs}/gu, " ").normalize("NFC");
}

// usable says whether it can be a password at all; undefined = the server will say.
function usable(password) {
  const text = normalized(password);
  if (new TextEncoder().encode(password).length > 4096 || refused.test(text)) return false;
  return text === "" || unsure.test(text) || unsure.test(text.normalize("NFD")) ? undefined : true;
}

// refusal names the symbol for which a text is no password, as password/symbol.go does: the one behind the longest part that
// would do. Without a kind it cannot be said here.
function refusal(password) {
  if (new TextEncoder().encode(password).length > 4096) return { kind: "long" };
  const text = normalized(password), alone = text.search(refusedAlone);
  let at = alone < 0 ? text.length : alone;
  for (let tries = 50; tries > 0 && at > 0 && refused.test(text.slice(0, at)); tries--) at = Math.max(0, text.slice(0, at).search(lastInPlace));
  const symbol = String.fromCodePoint(text.codePointAt(at) || 0), before = text.slice(0, at);
  if (refused.test(before) || unsure.test(before) || !password.includes(symbol)) return {};
  return { code: "U+" + symbol.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"), ...kindOf(symbol, text, at) };
}

function kindOf(symbol, text, at) {
  if (/\p{Cc}/u.test(symbol)) return { kind: "control" };
  if (/\p{Co}/u.test(symbol)) return { kind: "private" };
  if (/\p{Cn}/u.test(symbol)) return { kind: "unassigned" };
  if (!invisible.test(symbol)) return { kind: "other", symbol: symbol.replace(/^\p{M}/u, "◌$&") };
  const emoji = emojiAround(symbol, text, at);
  return emoji ? { kind: "joined", symbol: emoji } : { kind: "invisible" };
}

// emojiAround is the emoji that an invisible symbol is a part of; "" = it is part of none.
function emojiAround(symbol, text, at) {
  if (!/[\p{Variation_Selector}\u200d\u{e0020}-\u{e007f}]/u.test(symbol)) return "";
  const before = text.slice(0, at).match(/(?:^|(?![\0-\x7f]|\p{Sk})[\p{S}\p{P}])(?:(?![\0-\x7f])\p{Sk})*$/u);
  if (!before || before[0] === "") return "";
  const behind = symbol === "\u200d" ? text.slice(at + 1).match(/^\p{So}?/u)[0] : "";
  return before[0] + symbol + behind;
}

// Browsers do not fold case. Lower, upper and lower again comes to the same, but for ı, whose capital is that of i.
function foldedCase(text) {
  return text.replace(/[^ı]+/g, (part) => part.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ"));
}

// folded is the same for texts that differ in case or width only (Unicode Standard 3.13, D146).
function folded(text) {
  return foldedCase(foldedCase(text.normalize("NFD")).normalize("NFKD")).normalize("NFKC");
}

function holds(rule, want, password, name) {
  const symbols = [...password].length;
  switch (rule) {
    case "minimumSymbols": return symbols >= want;
    case "maximumSymbols": return symbols <= want;
    case "minimumComplexity": return [...Object.values(classes), lower].filter((kind) => password.match(kind)).length >= want;
    case "userNameForbidden": return !name || !folded(password).includes(folded(name));
    default: return (password.match(classes[rule]) || []).length >= want;
  }
}

function accountName(form) {
  const field = one("input[name=name]", form);
  return field ? field.value : form.dataset.accountName || "";
}

// refusalWords is the sentence that the server would answer with.
function refusalWords(line, { kind = "unknown", symbol = "", code = "" }) {
  return line.dataset[kind].replace("{symbol}", symbol).replace("{code}", code);
}

function judge(form) {
  const field = one("#password", form);
  if (!field) return;
  if (field.value === "" && field.hasAttribute("aria-invalid")) return; // what the server has marked
  for (const line of all(".checklist [data-later]", form)) line.removeAttribute("data-ok");
  const known = usable(field.value), password = normalized(field.value);
  const show = (line, ok) => { if (ok === undefined) line.removeAttribute("data-ok"); else line.dataset.ok = ok; };
  for (const line of all(".checklist [data-want]:not([data-later])", form)) {
    show(line, known ? holds(line.dataset.rule, Number(line.dataset.want), password, accountName(form)) : undefined);
  }
  for (const line of all(".checklist [data-unusable]", form)) { // the server would judge nothing else
    line.hidden = known !== false;
    if (known === false) line.textContent = refusalWords(line, refusal(field.value));
    show(line, known === false ? false : undefined);
  }
}

// The password is confirmed by the one field that can be looked at, unless the page shows the second.
function confirmed(form) {
  const field = one("#password", form), again = one("#confirmation", form);
  if (!field || !again) return;
  if (!again.checkVisibility()) again.value = field.value;
  again.setCustomValidity(again.value === field.value ? "" : again.dataset.differs);
}

// A password is generated, and then only read, or typed. What was left in the field by the other way is neither sent nor shown.
function chooseMode(form, changed) {
  const mode = one("input[name=password_mode]:checked", form);
  if (!mode) return;
  const field = one("#password", form), shown = one("input[name=password_shown]", form), generated = mode.value === "generated";
  if (changed) {
    if (shown.value === "true") field.value = one("#password-strength", form).value = "";
    shown.value = "false";
    showPasswords(false);
  }
  field.readOnly = generated;
  field.disabled = mode.value === "link" || generated && shown.value !== "true" && !field.hasAttribute("aria-invalid");
}

// "Technical" has a policy of its own, and no one-time passwords.
function choosePolicy(form) {
  const technical = one("#technical", form);
  if (!technical || !form.hasAttribute("data-new-account")) return;
  const section = technical.checked ? "TECHNICAL" : "ACCOUNT";
  for (const part of all("[data-policy]")) {
    part.hidden = part.dataset.policy !== section;
    if (!part.hidden && part.dataset.minlength) {
      const field = one("#password", form);
      field.setAttribute("minlength", part.dataset.minlength);
      field.setAttribute("passwordrules", part.dataset.passwordrules);
      const length = one("#generator_length", form); // stays where somebody has changed it
      if (all(`[data-length="${CSS.escape(length.value)}"]`).length > 0) length.value = part.dataset.length;
    }
  }
  const oneTime = one("#one_time", form);
  const byLink = one("input[name=password_mode][value=link]", form); // in a mail to a person
  const generated = one("input[name=password_mode][value=generated]", form);
  byLink.disabled = technical.checked;
  generated.disabled = "technical" in generated.dataset && !technical.checked;
  for (const [mode, other] of [[byLink, generated], [generated, byLink]]) {
    if (mode.disabled && mode.checked) {
      other.checked = true;
      chooseMode(form, true);
    }
  }
  if (!oneTime) return;
  oneTime.disabled = technical.checked;
  if (technical.checked) oneTime.checked = false;
}

async function generate(form, button) {
  button.disabled = true;
  const fields = new URLSearchParams(new FormData(form));
  for (const secret of ["password", "confirmation", "current"]) fields.delete(secret);
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", headers: { Accept: "application/json" }, body: fields,
    });
    if (!answer.ok) throw new Error(answer.status);
    fill(form, await answer.json());
  } catch {
    button.removeAttribute("data-generate");
    button.disabled = false;
    button.click(); // the server's own page says what is wrong
  } finally {
    button.disabled = false;
    (button.checkVisibility() ? button : one("#password", form)).focus(); // it may have given way to the field
  }
}

function fill(form, { password, strength }) {
  const field = one("#password", form), shown = one("input[name=password_shown]", form), said = one("#password-strength", form);
  field.value = password;
  field.removeAttribute("aria-invalid");
  if (shown) shown.value = "true";
  if (said) said.value = strength;
  const again = one("#confirmation", form);
  if (again) again.value = password;
  chooseMode(form);
  showPasswords(true);
  judge(form);
  confirmed(form);
}

function copyOldWay(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  document.execCommand("copy");
  field.remove();
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy), value = source.value ?? source.textContent;
  if (value === "") return;
  const text = button.dataset.text?.replace("{password}", () => value) ?? value;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // on plain http there is no clipboard, and a browser may refuse it
    copyOldWay(text);
  }
  if (source.matches(once)) keep();
  if (one("svg", button)) return say(button.dataset.done);
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = label; }, 1500);
}

// say shows in a toast what was just done, and screen readers read it.
function say(text) {
  for (const before of all(".toast")) dismiss(before);
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.setAttribute("role", "status");
  document.body.append(toast);
  toast.textContent = text;
}

function dismiss(toast) {
  if (toast.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
  toast.hidden = true;
}

// save stores the text of an element as a file.
function save(button) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([document.getElementById(button.dataset.download).textContent + "\n"], { type: "text/plain" }));
  link.download = button.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // not before the browser has read it
}

// A page with a secret that is shown this once asks before it is left, until the secret is kept somewhere.
const once = "#generated-password, #recovery-codes, #secret-link, #secret";
const ask = (event) => event.preventDefault();
const keep = () => removeEventListener("beforeunload", ask);
if (one(once)) addEventListener("beforeunload", ask);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-generate]")) {
    event.preventDefault();
    generate(button.form, button);
  } else if (button.matches("[data-use]")) {
    event.preventDefault();
    fill(button.form, { password: button.value });
  } else if (button.matches("[data-copy]")) {
    copy(button);
  } else if (button.matches("[data-download]")) {
    keep();
    save(button);
  } else if (button.matches("[data-print]")) {
    keep();
    print();
  } else if (button.matches("[data-dismiss]")) {
    dismiss(button.closest(".toast"));
  }
});
document.addEventListener("keydown", (event) => {
  const toast = event.key === "Escape" && event.target.closest?.(".toast");
  if (toast) dismiss(toast);
});

// A form that is being sent is not sent again by a second click or Enter. The server knows one that is sent twice besides, so
// the guard may end early, if loading was stopped. A download leaves the page as it is, so it can be asked for again at once.
const sentFor = 10_000; // ms
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "download" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => { delete form.dataset.sent; }, sentFor);
});
addEventListener("pageshow", () => { // also a page that comes back out of the history
  for (const form of all("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.target.id === "saved") {
    if (event.target.checked) keep(); else addEventListener("beforeunload", ask);
  }
  if (!form) return;
  if (event.target.id === "show-password") showPasswords(event.target.checked);
  if (event.target.id === "password") event.target.removeAttribute("aria-invalid");
  if (event.target.id === "technical") choosePolicy(form);
  if (event.target.name === "password_mode") chooseMode(form, true);
  judge(form);
  confirmed(form);
});

// The policy is shown on hover and on focus too; a tap is the browser's own doing.
for (const button of all(".tip")) {
  const tip = document.getElementById(button.getAttribute("popovertarget"));
  const place = () => {
    const box = button.getBoundingClientRect();
    tip.style.margin = "0";
    tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
    const below = box.bottom + 6;
    const fits = below + tip.offsetHeight < innerHeight;
    tip.style.top = `${fits ? below : Math.max(8, box.top - tip.offsetHeight - 6)}px`;
  };
  tip.addEventListener("toggle", (event) => { if (event.newState === "open") place(); });
  const hover = (event, change) => { if (event.pointerType === "mouse") change(); };
  const away = () => setTimeout(() => { if (!button.matches(":hover") && !tip.matches(":hover")) tip.hidePopover(); }, 200);
  button.addEventListener("pointerenter", (event) => hover(event, () => tip.showPopover()));
  for (const part of [button, tip]) part.addEventListener("pointerleave", (event) => hover(event, away));
  button.addEventListener("focus", () => { if (button.matches(":focus-visible")) tip.showPopover(); });
  button.addEventListener("blur", () => tip.hidePopover());
}

// Menus close when something else than their fields is used, and the arrows move within them.
function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (menu !== except) menu.open = false;
}
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu || event.defaultPrevented) return; // a combobox in it used the key
  if (event.key === "Escape") {
    menu.open = false;
    one("summary", menu).focus();
  } else if (/^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    const items = all("summary, a, button, input:not([type=hidden])", menu), at = items.indexOf(document.activeElement);
    items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length].focus();
  }
});

// A dialog that a link leads to is opened in front of the page, and gives the focus back. Without a script its address shows it.
function openDialog(dialog, from) {
  dialog.showModal();
  dialog.addEventListener("close", () => {
    if (dialog.matches(":target")) location.replace("#main"); // or else its address would show it again
    (from?.closest("details.menu") ? one("summary", from.closest("details.menu")) : from)?.focus();
  }, { once: true });
}
document.addEventListener("click", (event) => {
  // What the click itself removed, such as a suggestion, was in the menu that is open.
  if (event.target.isConnected) closeMenus(event.target.closest("details.menu > summary, details.menu .stack")?.closest("details.menu"));
  const link = event.target.closest("a[href^='#']"), open = event.target.closest("dialog.dialog[open]");
  const next = link && document.getElementById(link.hash.slice(1));
  if (open && link) {
    event.preventDefault();
    open.close();
  } else if (next?.matches("dialog.dialog")) {
    event.preventDefault();
    openDialog(next, link);
  }
});

// target is what the address names. The browser may mark it with :target only after this script.
const target = () => document.getElementById(location.hash.slice(1));

// A form that a link leads to gets the focus.
function focusForm() {
  const form = target()?.matches(".act") ? target() : one(".act.open");
  if (form && !one("[autofocus]", form)) one("input:not([type=hidden]), select, textarea", form)?.focus();
}
addEventListener("hashchange", focusForm);

// The palette: "/" and Ctrl K search from everywhere. It shows what the search page finds.
const palette = document.getElementById("palette");
if (palette) {
  const field = one("input", palette), results = one(".results", palette);
  let request; // the one under way
  const look = () => new Promise((done) => {
    request?.abort();
    request = new XMLHttpRequest(); // which parses the page; from a string, trusted types forbid it
    request.open("GET", "/search?" + new URLSearchParams({ q: field.value }));
    request.responseType = "document";
    request.onload = ({ target }) => {
      const found = target.response?.querySelector(".found");
      results.replaceChildren(...(found ? [found] : []));
    };
    request.onerror = () => results.replaceChildren(); // Enter leads to the page, which says why
    request.onloadend = done;
    request.send();
  });
  const open = () => {
    if (palette.open) return;
    palette.showModal();
    field.select();
    field.asked = look();
  };
  let typed;
  field.addEventListener("input", () => {
    clearTimeout(typed);
    field.asked = new Promise((done) => { typed = setTimeout(() => done(look()), 120); });
  });
  one("form", palette).addEventListener("submit", async (event) => {
    event.preventDefault();
    await field.asked;
    const chosen = results.contains(document.activeElement) ? document.activeElement : one(".results a", palette);
    if (chosen) chosen.click(); else event.target.submit();
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  for (const link of all("[data-palette]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", async (event) => {
    const typing = event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "/" && plain && !typing || event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      open();
    } else if (palette.open && event.key === "Escape") { // which only empties a field of this type
      event.preventDefault();
      palette.close();
    } else if (palette.open && /^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      await field.asked; // or the list would be replaced under the one who chooses
      const items = [field, ...all(".results :is(a, button)", palette)], at = items.indexOf(document.activeElement);
      items[(at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length].focus();
    }
  });
}

// A combobox suggests what can be typed into it. The focus stays in the field, which names the option that Enter chooses.
for (const box of all("[data-suggestions]")) {
  const field = one("input", box), list = one("[role=listbox]", box);
  let turn = 0, busy = false, request, asked, arrows = 0; // arrows that wait for an answer
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    field.setAttribute(name, value);
  }
  const marked = () => one("[aria-selected=true]", list);
  const mark = (option) => {
    marked()?.setAttribute("aria-selected", "false");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const show = (names) => {
    list.replaceChildren(...names.map((name, i) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${i}`;
      option.dir = "auto";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.textContent = name;
      return option;
    }));
    list.hidden = names.length === 0;
    list.scrollTop = 0;
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-expanded", !list.hidden);
    field.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    turn++;
    busy = false;
    request?.abort();
    show([]);
  };
  const ask = async (delay) => {
    const mine = ++turn;
    busy = true;
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    await new Promise((done) => { setTimeout(done, delay); });
    if (mine !== turn) return;
    try {
      const answer = await fetch(`${box.dataset.suggestions}?${new URLSearchParams({ q: field.value })}`, { headers: { Accept: "application/json" }, signal });
      if (!answer.ok) throw new Error(answer.status);
      const names = (await answer.json()).map(({ name }) => name);
      if (mine === turn) show(names.length === 1 && names[0] === field.value ? [] : names);
    } catch {
      if (mine === turn) show([]); // any name can still be typed
    }
    if (mine === turn) busy = false;
  };
  const choose = (option) => {
    field.value = option.textContent;
    close();
  };
  field.addEventListener("input", () => { asked = ask(120); });
  field.addEventListener("click", () => { if (list.hidden && !busy) asked = ask(0); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && (marked() || arrows > 0)) {
      event.preventDefault();
      await asked;
      if (marked()) choose(marked());
    } else if (event.key === "Enter") {
      close();
    } else if (/^Arrow(Up|Down)$/.test(event.key)) {
      event.preventDefault();
      if (list.hidden && !busy) asked = ask(0);
      arrows++;
      await asked; // or the list would be replaced under the one who chooses
      arrows--;
      const options = all("[role=option]", list), at = options.indexOf(marked()), step = event.key === "ArrowDown" ? 1 : -1;
      if (options.length > 0) mark(options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length]);
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // or the field would lose the focus, and the list close
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

// The exact time behind one that is pointed at is shown in the browser's zone.
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const second = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest("time[datetime]:not([data-zoned])");
  if (!time) return;
  time.dataset.zoned = "";
  time.title = new Intl.DateTimeFormat(language, second).format(new Date(time.dateTime));
});

// On a phone the tab of the present state may lie beside the screen.
for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - 16;

if (target()?.matches("dialog.dialog")) openDialog(target());
focusForm();
one(".policy-form input[autofocus]")?.select(); // to be typed over, as after Tab

for (const form of all("form")) {
  choosePolicy(form);
  chooseMode(form);
  judge(form);
}

// The filters of a list apply as soon as one is changed, and the field keeps the focus. A day is complete once its year is.
for (const form of all("form[data-auto]")) {
  const apply = (field) => {
    sessionStorage.setItem("filtered", field.id);
    form.requestSubmit();
  };
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type !== "date" || field.value >= "1970") apply(field);
  });
  form.addEventListener("focusout", (event) => {
    const field = event.target;
    if (field.type === "date" && field.value === "" && field.defaultValue !== "" && !field.validity.badInput) apply(field);
  });
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
  const changed = sessionStorage.getItem("filtered");
  sessionStorage.removeItem("filtered");
  if (changed) form.elements[changed]?.focus({ preventScroll: true });
}

// Passkeys: the browser signs what the server asks, and the form carries its answer. If the visitor has to confirm first, the form is
// sent without one, which leads there.
for (const button of all("[data-passkey]")) {
  button.addEventListener("click", async () => {
    const form = button.form, creates = "creates" in button.dataset;
    for (const field of all("[required]:not([name=code])", form)) if (!field.reportValidity()) return;
    button.disabled = true;
    try {
      const answer = await fetch(button.dataset.passkey, { method: "POST", headers: { Accept: "application/json" } });
      if (!answer.ok && answer.status !== 403) throw new Error(answer.status);
      if (answer.ok) {
        const options = await answer.json();
        const credential = creates
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
        one("[name=credential]", form).value = JSON.stringify(credential);
      }
      form.submit();
    } catch {
      button.disabled = false;
      button.focus();
      say(button.dataset.failed);
    }
  });
}

// The theme changes at once; the server keeps it for the next page. A choice that it did not keep is taken back.
function showTheme(form, theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
  one("meta[name=color-scheme]").content = theme === "system" ? "light dark" : theme;
  for (const button of all("button", form)) button.setAttribute("aria-pressed", button.value === theme);
}
for (const form of all("form[data-themes]")) {
  let kept = document.documentElement.dataset.theme || "system", last;
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    last = button;
    showTheme(form, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), redirect: "manual", keepalive: true });
      if (answer.type !== "opaqueredirect") throw new Error(answer.status);
      kept = button.value;
    } catch {
      if (last !== button) return; // a later choice is shown
      showTheme(form, kept);
      say(form.dataset.failed);
    }
  });
}
