// Bundles the page into one script and one style sheet, and gathers the licences of what is inside.
//
// Usage: node build.mjs OUTPUT_FOLDER, in a copy of this folder after `npm ci`.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const output = process.argv[2];

// The fonts are three quarters of the style sheet; every system has a sans and a mono of its own.
const withoutFonts = {
  name: "without-fonts",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*\}/g, ""),
      loader: "css",
    }));
  },
};

const { metafile } = await build({
  entryPoints: { graphiql: "page.jsx" },
  outdir: output,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutFonts],
  metafile: true,
  logLevel: "warning",
});

const packageOf = (path) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[0];
const folders = [...new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean))].sort();

const licences = folders.map((folder) => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const writer = typeof author === "string" ? author : author?.name;
  // A package without the text of its licence names it; the terms of MIT stand in the others.
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${license}${writer ? `, by ${writer}` : ""}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
});

const rule = `\n${"-".repeat(80)}\n\n`;
writeFileSync(
  join(output, "LICENSES.txt"),
  `graphiql.js and graphiql.css contain these packages, each under its own licence.\n${rule}${licences.join(rule)}`,
);
