// Packs what npm offers: `diffpurge`, a launcher of a few lines, and beside it one package for each platform, with the program in it.
//
//     node packaging/npm/pack.js TARGET PARTS OUT
//
// npm installs of the optional packages the one whose `os` and `cpu` fit, so that nothing has to be downloaded by a script.
// PARTS is a directory as scripts/package leaves it. `diffpurge` comes out the same for every TARGET.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const PLATFORMS = require("./platforms.json");

const [target, parts, out] = process.argv.slice(2);
const top = path.join(__dirname, "..", "..");
const cargo = fs.readFileSync(path.join(top, "Cargo.toml"), "utf8");

/** Returns a value of Cargo.toml's first table. */
function said(key) {
  const line = new RegExp(`^${key} = "(.*)"$`, "m").exec(cargo);
  if (line === null) throw new Error(`Cargo.toml has no ${key}`);
  return line[1];
}

const HOME = "https://github.com/diffpurge/diffpurge";
const common = {
  version: said("version"),
  license: said("license"),
  homepage: HOME,
  repository: { type: "git", url: `git+${HOME}.git` },
  bugs: { url: `${HOME}/issues` },
};

function write(place, description) {
  fs.writeFileSync(path.join(place, "package.json"), `${JSON.stringify(description, null, 2)}\n`);
}

function copy(place, names) {
  for (const name of names) fs.copyFileSync(path.join(top, name), path.join(place, name));
}

/** Every time is the commit's already: npm writes none of its own. Modes are npm's, too, but for the program's. */
function pack(place) {
  const options = ["pack", "--silent", "--ignore-scripts", "--offline", "--pack-destination", path.resolve(out)];
  // npm is a script on Windows, which only a shell starts.
  const shell = process.platform === "win32";
  execFileSync("npm", options, { cwd: place, stdio: ["ignore", "inherit", "inherit"], shell });
}

const stage = fs.mkdtempSync(path.join(os.tmpdir(), "diffpurge-npm-"));
try {
  const main = path.join(stage, "diffpurge");
  fs.cpSync(path.join(__dirname, "diffpurge"), main, { recursive: true });
  fs.chmodSync(path.join(main, "bin", "diffpurge.js"), 0o755);
  copy(main, ["README.md", "LICENSE-APACHE", "LICENSE-MIT"]);
  const names = Object.values(PLATFORMS).map(({ os, cpu }) => `@diffpurge/${os}-${cpu}`);
  write(main, {
    name: "diffpurge",
    description: said("description"),
    keywords: ["cdn", "cloudflare", "purge", "cache", "deploy"],
    ...common,
    bin: { diffpurge: "bin/diffpurge.js" },
    files: ["bin", "LICENSE-*"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(names.map((name) => [name, common.version])),
  });
  pack(main);

  const platform = PLATFORMS[target];
  if (platform === undefined) throw new Error(`packaging/npm/platforms.json has no ${target}`);
  const only = path.join(stage, "platform");
  const file = platform.os === "win32" ? "diffpurge.exe" : "diffpurge";
  fs.mkdirSync(path.join(only, "bin"), { recursive: true });
  fs.copyFileSync(path.join(parts, file), path.join(only, "bin", file));
  fs.chmodSync(path.join(only, "bin", file), 0o755);
  copy(only, ["LICENSE-APACHE", "LICENSE-MIT"]);
  fs.copyFileSync(path.join(parts, "LICENSES-THIRD-PARTY.txt"), path.join(only, "LICENSES-THIRD-PARTY.txt"));
  const name = `@diffpurge/${platform.os}-${platform.cpu}`;
  const readme = `# ${name}\n\nThe program of [diffpurge](${HOME}) for ${target}. Install \`diffpurge\`.\n`;
  fs.writeFileSync(path.join(only, "README.md"), readme);
  write(only, {
    name,
    description: `The program of diffpurge for ${target}`,
    ...common,
    os: [platform.os],
    cpu: [platform.cpu],
    files: ["bin", "LICENSE-*", "LICENSES-THIRD-PARTY.txt"],
    // Yarn keeps packages zipped, and a program in a zip does not start.
    preferUnplugged: true,
  });
  pack(only);
} finally {
  fs.rmSync(stage, { recursive: true });
}
