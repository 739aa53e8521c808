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

// The checklist judges while somebody types; no part of a password is sent for it.
const classes = {
  minimumSpecialSymbols: /[^\p{L}\p{M}\p{N}\p{Cc}]/gu,
  minimumUpperCaseSymbols: /[\p{Lu}\p{Lt}]/gu,
  minimumDigits: /\p{Nd}/gu,
};

function normalized(password) {
  return password.replace(/\p{Zs}/gu, " ").normalize("NFC");
}

function holds(rule, want, password, name) {
  const symbols = [...password].length;
  switch (rule) {
    case "minimumSymbols": return symbols >= want;
    case "maximumSymbols": return symbols <= want;
    case "userNameForbidden": return !name || !password.toLowerCase().includes(name.toLowerCase());
    default: return (password.match(classes[rule]) || []).length >= want;
  }
}

function accountName(form) {
  const field = one("input[name=name]", form);
  return (field ? field.value : form.dataset.accountName || "").normalize("NFC");
}

function judge(form) {
  const field = one("#password", form);
  if (!field) return;
  const password = normalized(field.value);
  for (const line of all(".checklist li:not([data-later])", form)) {
    if (password === "") line.removeAttribute("data-ok");
    else line.dataset.ok = holds(line.dataset.rule, Number(line.dataset.want), password, accountName(form));
  }
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
    }
  }
  const oneTime = one("#one_time", form);
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
    fill(form, (await answer.json()).password);
  } catch {
    button.removeAttribute("data-generate");
    button.removeAttribute("data-suggest");
    button.disabled = false;
    button.click(); // the server's own page says what is wrong
  } finally {
    button.disabled = false;
  }
}

function fill(form, password) {
  one("#password", form).value = password;
  const confirmation = one("#confirmation", form);
  if (confirmation) confirmation.value = password;
  const mode = one("input[name=password_mode][value=generated]", form);
  if (mode) mode.checked = true;
  showPasswords(true);
  judge(form);
}

function copyOldWay(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  document.execCommand("copy");
  field.remove();
}

async function copy(button) {
  const text = button.dataset.copy.split(" ").map((id) => document.getElementById(id).value).join("\n");
  try {
    await navigator.clipboard.writeText(text);
  } catch { // on plain http there is no clipboard, and a browser may refuse it
    copyOldWay(text);
  }
  const label = button.dataset.label || button.textContent;
  button.dataset.label = label;
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = label; }, 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.matches("[data-generate], [data-suggest]")) {
    event.preventDefault();
    generate(button.form, button);
  } else if (button.matches("[data-copy]")) {
    copy(button);
  } else if (button.matches("[data-print]")) {
    print();
  }
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.id === "show-password") showPasswords(event.target.checked);
  if (event.target.id === "technical") choosePolicy(form);
  if (event.target.id === "password" && event.isTrusted) {
    const typed = one("input[name=password_mode][value=typed]", form);
    if (typed) typed.checked = true;
  }
  judge(form);
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

// Exact times are shown in the browser's zone, in the page's own way of writing them: those that can be read at once, and
// those behind the others when somebody points at one.
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const minute = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
const format = (times, options, show) => {
  if (times.length === 0) return; // making a formatter takes longer than all its uses
  const formatter = new Intl.DateTimeFormat(language, options);
  for (const time of times) show(time, formatter.format(new Date(time.dateTime)));
};
format(all("time.exact"), minute, (time, text) => { time.textContent = text; });
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest("time[datetime]:not([data-zoned])");
  if (!time) return;
  time.dataset.zoned = "";
  format([time], { ...minute, second: "2-digit" }, (_, text) => { time.title = text; });
});

// On a phone the tab of the present state may lie beside the screen.
for (const tab of all(".tabs [aria-current]")) tab.parentElement.scrollLeft = tab.offsetLeft - 16;

for (const form of all("form")) {
  choosePolicy(form);
  judge(form);
}
