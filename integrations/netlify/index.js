// Shows what a build has changed, as a purge of another CDN's cache would send it. It sends nothing: whether the new files are live when
// a plugin runs is known to Netlify's own servers alone, and a purge before that lets the edge fetch the old pages again.
//
// What the last production build held is kept as a manifest in Netlify's build cache.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, resolve } from "node:path";

const MANIFEST = ".netlify/diffpurge.manifest.gz";

// Runs the program, which may be one of the site's own packages.
const run = (program, args) => {
  const path = [resolve("node_modules/.bin"), process.env.PATH].join(delimiter);
  const ran = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, PATH: path } });
  if (ran.error) throw new Error(`cannot run ${program}: ${ran.error.message}; is the package diffpurge installed?`);
  if (ran.status !== 0) throw new Error(ran.stderr || `${program} ended with ${ran.status ?? ran.signal}`);
  return ran.stdout;
};

export const onSuccess = async ({ inputs, constants, utils }) => {
  const { program, config } = inputs;
  const built = `dir:${constants.PUBLISH_DIR}`;
  try {
    await utils.cache.restore(MANIFEST);
    if (existsSync(MANIFEST)) {
      const plan = run(program, ["plan", "--config", config, "--no-mark", `manifest:${MANIFEST}`, built]);
      console.log(plan);
      utils.status.show({ summary: "Nothing is purged here: this is the plan.", text: plan });
    } else {
      utils.status.show({ summary: "No earlier build is known. The next one is compared with this one." });
    }
    // A preview is not what visitors get.
    if (process.env.CONTEXT === "production") {
      mkdirSync(dirname(MANIFEST), { recursive: true });
      run(program, ["manifest", built, "--config", config, "--out", MANIFEST]);
      await utils.cache.save(MANIFEST);
    }
  } catch (error) {
    utils.build.failPlugin("diffpurge could not plan", { error });
  }
};
