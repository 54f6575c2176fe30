// Cloudflare's official SDK for JavaScript as a client of the edge; the same task and answers as in `purge.py`.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.DIFFPURGE_SDK + "/here.js");
const Cloudflare = require("cloudflare");

async function purge(task, { token = task.token, call = "purge", environment, purge }) {
  const client = new Cloudflare({ apiToken: token, baseURL: task.base_url, maxRetries: 0 });
  const parameters = { zone_id: task.zone, ...purge };
  const calls = {
    purge: () => client.cache.purge(parameters),
    invalidate: () => client.cache.invalidate(parameters),
    purge_environment: () => client.cache.purgeEnvironment(environment, parameters),
    invalidate_environment: () => client.cache.invalidateEnvironment(environment, parameters),
  };
  try {
    const answer = await calls[call]();
    return { id: answer?.id ?? null };
  } catch (error) {
    if (!(error instanceof Cloudflare.APIError)) throw error;
    const errors = error.errors ?? error.error?.errors;
    return { raised: error.constructor.name, status: error.status, codes: errors.map((one) => one.code) };
  }
}

const task = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const one of task.cases) answers.push(await purge(task, one));
process.stdout.write(JSON.stringify(answers));
