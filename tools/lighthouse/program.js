// Starts the program for Lighthouse: a fresh database, a SuperAdmin, some accounts.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = new URL("../..", import.meta.url).pathname;
const operator = { name: "olga", password: "Harbour-Key-1" };

// start builds and starts the program on a free port. The result says where it is, how each kind of person is signed in
// there, and how to end it.
export async function start() {
  const dir = await mkdtemp(join(tmpdir(), "lighthouse-"));
  const program = join(dir, "web"), data = join(dir, "data");
  await run("go", ["build", "-o", program, "./cmd/web"], { cwd: root, env: { ...process.env, CGO_ENABLED: "0" } });
  const made = run(program, ["create-superadmin", "--name", operator.name, "--email", "olga@example.com", "--data", data]);
  made.child.stdin.end(operator.password + "\n");
  await made;
  const server = spawn(program, ["--listen", "127.0.0.1:0", "--data", data], { stdio: ["ignore", "ignore", "pipe"] });
  const stop = () => end(server, dir);
  try {
    const base = await address(server);
    return { base, ...(await populate(base)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(server, dir) {
  if (server.exitCode === null) {
    server.kill("SIGTERM");
    await new Promise((resolve) => server.once("exit", resolve));
  }
  await rm(dir, { recursive: true, force: true });
}

// address is where the program says that it serves.
async function address(server) {
  for await (const line of createInterface({ input: server.stderr })) {
    const found = / listen=(127\.0\.0\.1:\d+)/.exec(line);
    if (found) {
      server.stderr.resume(); // what nobody reads must not hold the program up
      return `http://${found[1]}`;
    }
  }
  throw new Error("the program ended before it served");
}

// populate makes a list of two pages, and gives the cookies of an operator and of a customer with a one-time password.
async function populate(base) {
  const cookie = await signIn(base, operator.name, operator.password);
  let last;
  for (let n = 1; n <= 60; n++) last = await create(base, cookie, `customer-${n}`);
  return { operator: cookie, customer: await signIn(base, last.name, last.password), account: await find(base, cookie, last.name) };
}

async function post(base, path, cookie, fields) {
  return fetch(base + path, {
    method: "POST", redirect: "manual", body: new URLSearchParams(fields),
    headers: { "Sec-Fetch-Site": "same-origin", ...(cookie && { Cookie: cookie }) },
  });
}

async function signIn(base, name, password) {
  const answer = await post(base, "/sign-in", "", { name, password });
  if (answer.status !== 303) throw new Error(`signing in as ${name}: ${answer.status}`);
  return answer.headers.getSetCookie()[0].split(";")[0];
}

async function create(base, cookie, name) {
  const answer = await post(base, "/accounts", cookie, {
    kind: "customer", name, email: `${name}@example.com`, password_mode: "generated", one_time: "true",
  });
  const shown = /id="generated-password"[^>]*>([^<]+)</.exec(await answer.text());
  if (!shown) throw new Error(`creating ${name}: ${answer.status}`);
  return { name, password: unescape(shown[1]) };
}

function unescape(html) {
  const words = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&quot;": '"' };
  return html.replace(/&(amp|lt|gt|quot|#34|#39);/g, (word) => words[word]);
}

async function find(base, cookie, name) {
  const answer = await fetch(`${base}/accounts?q=${name}`, { headers: { Cookie: cookie } });
  const row = /<tr[^>]* data-id="([^"]+)"/.exec(await answer.text());
  if (!row) throw new Error(`${name} is not in the list`);
  return `/accounts/${row[1]}`;
}
