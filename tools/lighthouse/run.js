// Measures the pages with Lighthouse, as a phone and as a desktop, and fails when they are not what they should be:
//
//   node tools/lighthouse/run.js [part of a page's name …]
//
// Where the performance is too low at first, the page is loaded twice more and the median counts: what else the machine
// does takes time from the page. CHROME_PATH names another Chromium than Debian's.
import lighthouse, { desktopConfig } from "lighthouse";
import * as launcher from "chrome-launcher";
import { start } from "./program.js";

// What a page must score at least, of 100.
const least = { performance: 98, accessibility: 100, "best-practices": 100 };
const categories = Object.keys(least);

const devices = [{ name: "mobile", config: undefined }, { name: "desktop", config: desktopConfig }];

function pagesOf(site) {
  return [
    { name: "sign-in", path: "/sign-in" },
    { name: "overview", path: "/", cookie: site.operator },
    { name: "accounts", path: "/accounts", cookie: site.operator },
    { name: "account", path: site.account, cookie: site.operator },
    { name: "new account", path: "/accounts/new", cookie: site.operator },
    { name: "reset", path: "/password", cookie: site.customer },
  ];
}

// measure runs Lighthouse on a page. lhr is the run that counts, of several the median by performance; spread is the
// performance of all of them.
async function measure(chrome, site, page, device) {
  const runs = [await sound(chrome, site, page, device)];
  if (performanceOf(runs[0]) < least.performance) {
    for (let more = 2; more > 0; more--) runs.push(await sound(chrome, site, page, device));
    runs.sort((a, b) => performanceOf(a) - performanceOf(b));
  }
  return { lhr: runs[runs.length >> 1], spread: runs.map(performanceOf) };
}

const performanceOf = (lhr) => score(lhr, "performance");

// sound loads the page once more where Lighthouse itself failed, as it does when the browser's trace has a gap.
async function sound(chrome, site, page, device) {
  for (let tries = 3; ; tries--) {
    const lhr = await once(chrome, site, page, device);
    const failed = Object.values(lhr.audits).some((audit) => audit.errorMessage);
    if (!failed || tries === 1) return lhr;
  }
}

async function once(chrome, site, page, device) {
  const headers = page.cookie ? { Cookie: page.cookie } : {};
  const flags = { port: chrome.port, onlyCategories: categories, output: "json", logLevel: "error", extraHeaders: headers };
  const { lhr } = await lighthouse(site.base + page.path, flags, device.config);
  if (new URL(lhr.finalDisplayedUrl).pathname !== page.path) throw new Error(`${page.path} led to ${lhr.finalDisplayedUrl}`);
  return lhr;
}

function score(lhr, category) {
  return Math.round((lhr.categories[category].score ?? 0) * 100);
}

// faults are the audits that a page does not pass; those of performance only where its score is too low.
function faults(lhr) {
  const lines = [];
  for (const category of categories) {
    if (category === "performance" && score(lhr, category) >= least[category]) continue;
    for (const { id } of lhr.categories[category].auditRefs) {
      const audit = lhr.audits[id];
      if (audit.score !== null && audit.score < 1) lines.push(`${category}: ${id}, ${audit.title}${where(audit)}`);
      if (audit.errorMessage) lines.push(`${category}: ${id} failed, ${audit.errorMessage}`);
    }
  }
  return lines;
}

function where(audit) {
  const items = audit.details?.items ?? [];
  const places = items.map((item) => item.node?.selector ?? item.description ?? item.url ?? item.reason).filter(Boolean);
  return places.length ? `: ${places.slice(0, 5).join(" | ")}` : audit.displayValue ? `: ${audit.displayValue}` : "";
}

function row(cells) {
  return cells.map((cell, n) => String(cell)[n < 2 ? "padEnd" : "padStart"](n < 2 ? 13 : 16)).join("");
}

function report(page, device, { lhr, spread }) {
  const metric = (id) => lhr.audits[id]?.displayValue ?? "?";
  console.log(row([
    page.name, device.name, ...categories.map((category) => score(lhr, category)),
    metric("largest-contentful-paint"), metric("cumulative-layout-shift"), metric("total-byte-weight").replace(/.*was /, ""),
  ]));
  if (spread.length > 1) console.log(`    performance of ${spread.length} runs: ${spread.join(", ")}; the median counts`);
  for (const line of faults(lhr)) console.log(`    ${line}`);
  return categories.every((category) => score(lhr, category) >= least[category]);
}

async function main(wanted) {
  const site = await start();
  let chrome, good = true;
  try {
    chrome = await launcher.launch({
      chromePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
      chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-component-update"],
    });
    console.log(row(["page", "device", ...categories, "largest paint", "layout shift", "weight"]));
    for (const page of pagesOf(site).filter(({ name }) => wanted.every((part) => name.includes(part)))) {
      for (const device of devices) good = report(page, device, await measure(chrome, site, page, device)) && good;
    }
  } finally {
    chrome?.kill();
    await site.stop();
  }
  return good ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
