// Runs the plugin as Netlify Build does after a deploy, with its cache in a directory.
//
//   node netlify.mjs INDEX.JS PUBLISH_DIR CACHE_DIR INPUTS
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";

const [plugin, PUBLISH_DIR, cache, inputs] = process.argv.slice(2);
const said = [];
const copy = (from, to) => existsSync(from) && (cpSync(from, to, { recursive: true }), true);
const utils = {
  cache: {
    restore: async (path) => copy(join(cache, path), path),
    save: async (path) => copy(path, join(cache, path)),
  },
  status: { show: (status) => said.push({ status }) },
  build: { failPlugin: (message, { error }) => said.push({ failed: message, why: error.message }) },
};
const { onSuccess, ...others } = await import(plugin);
console.assert(Object.keys(others).length === 0);
await onSuccess({ inputs: JSON.parse(inputs), constants: { PUBLISH_DIR }, utils });
console.error(JSON.stringify(said));
