//! Settings in files of other programs, read leniently: where a key has a plain text it is taken, and where anything else stands
//! it is known that there is something. A value that is computed is never guessed.

mod python;
mod script;
mod table;
mod toml_file;
mod yaml;

pub(super) use table::{Settings, Value};

/// Reads a file by the ending of its name; one of an unknown kind has no settings.
pub(super) fn read(path: &str, text: &str) -> Settings {
    let text = text.trim_start_matches('\u{feff}');
    match path.rsplit('.').next().unwrap_or_default() {
        "toml" => toml_file::read(text),
        "yml" | "yaml" => yaml::read(text),
        "py" => python::read(text),
        "json" | "jsonc" | "js" | "cjs" | "mjs" | "ts" | "cts" | "mts" => script::read(text),
        _ => Settings::default(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The value that only the program knows.
    const COMPUTED: &str = "(computed)";

    #[track_caller]
    fn judged(rows: &[(&str, &str, &str, Option<&str>)]) {
        for (file, content, path, want) in rows {
            let found = read(file, content).get(path).map(|value| match value {
                Value::Text(text) => text,
                Value::Computed => COMPUTED.to_owned(),
            });
            assert_eq!(found.as_deref(), *want, "{file} {content}");
        }
    }

    #[test]
    fn a_plain_text_of_a_list_of_settings_is_taken() {
        judged(&[
            ("hugo.toml", "baseURL = 'https://a.test/'\n[params]\nbaseurl = 'no'", "baseurl", Some("https://a.test/")),
            ("hugo.toml", "baseURL = \"https://a.test/\" # x", "baseurl", Some("https://a.test/")),
            ("hugo.toml", "baseURL = ", "baseurl", Some(COMPUTED)),
            ("hugo.yaml", "baseURL: https://a.test/ # x\n", "baseurl", Some("https://a.test/")),
            ("_config.yml", "# url: https://old.test\nurl: \"https://a.test\"\n", "url", Some("https://a.test")),
            ("_config.yml", "url: 'https://a.test'  # 'x'\n", "url", Some("https://a.test")),
            ("_config.yml", "url: \"\" # the base hostname\n", "url", Some("")),
            ("_config.yml", "author:\n  url: https://b.test\n", "url", None),
            ("_config.yml", "url: >-\n  https://a.test\n", "url", Some(COMPUTED)),
            ("mkdocs.yml", "site_url: !ENV [SITE_URL, 'https://a.test']\n", "site_url", Some(COMPUTED)),
            ("mkdocs.yml", "site_url: !!str https://a.test\n", "site_url", Some(COMPUTED)),
            ("x.yml", "website:\n  site-url: https://a.test\n  other: 1\n", "website.site-url", Some("https://a.test")),
            ("x.yml", "a:\n- uses: b\n  with:\n    path: ./dist\n- uses: c\n", "a.#2.with.path", Some("./dist")),
            ("x.yml", "a:\n  - uses: b\n  - name: x\n    uses: c\n", "a.#3.uses", Some("c")),
            ("x.yml", "run: |\n  url: no\nurl: yes\n", "url", Some("yes")),
        ]);
    }

    #[test]
    fn a_plain_text_of_python_is_taken() {
        judged(&[
            ("conf.py", "html_baseurl = 'https://a.test/'  # x\n", "html_baseurl", Some("https://a.test/")),
            ("conf.py", "SITEURL = ''\nSITEURL = \"https://a.test\"\n", "siteurl", Some("https://a.test")),
            ("conf.py", "SITEURL = os.environ.get('URL', 'https://a.test')\n", "siteurl", Some(COMPUTED)),
            ("conf.py", "SITEURL = f'https://{HOST}'\n", "siteurl", Some(COMPUTED)),
            ("conf.py", "if x:\n    SITEURL = 'https://a.test'\n", "siteurl", Some(COMPUTED)),
            ("conf.py", "# SITEURL = 'https://a.test'\n", "siteurl", None),
        ]);
    }

    #[test]
    fn a_plain_text_of_a_script_is_taken_and_all_else_is_computed() {
        judged(&[
            ("hugo.json", "{\"title\": \"x\", \"baseURL\": \"https://a.test/\"}", "baseurl", Some("https://a.test/")),
            ("a.mjs", "export default defineConfig({\n  site: 'https://a.test',\n});", "site", Some("https://a.test")),
            ("a.mjs", "// site: 'https://b.test'\nexport default { /* site: 'c' */ site: \"d\" }", "site", Some("d")),
            ("a.mjs", "export default { site: process.env.URL ?? 'https://a.test' }", "site", Some(COMPUTED)),
            ("a.mjs", "export default { site: 'https://' + host }", "site", Some(COMPUTED)),
            ("a.mjs", "export default { site: `https://${host}` }", "site", Some(COMPUTED)),
            ("a.mjs", "export default { site: `https://a.test` }", "site", Some("https://a.test")),
            ("a.mjs", "export default { integrations: [sitemap({ site: 'no' })] }", "site", None),
            (
                "a.mjs",
                "export default { a: dev ? 'x' : 'site', site: 'https://a.test' }",
                "site",
                Some("https://a.test"),
            ),
            (
                "a.mjs",
                "const a = { site: 'https://a.test' };\nconst b = { site: 'https://b.test' };",
                "site",
                Some(COMPUTED),
            ),
            (
                "a.js",
                "module.exports = function (c) {\n return { dir: { input: 'src', output: 'out' } };\n};",
                "dir.output",
                Some("out"),
            ),
            (
                "d.ts",
                "const config: Config = {\n  url: 'https://a.test',\n  themeConfig: { url: 'no' },\n};",
                "url",
                Some("https://a.test"),
            ),
            ("a.json", "{ \"hosting\": { \"public\": \"out\", // x\n } }", "hosting.public", Some("out")),
            ("a.json", "{ \"hosting\": [ { \"public\": \"out\" } ] }", "hosting.public", Some("out")),
            ("a.json", "{ \"a\": { \"cleanUrls\": true } }", "a.cleanurls", Some("true")),
        ]);
    }

    proptest! {
        #[test]
        fn no_text_stops_a_reader(text in "([a-z#'\"`:={}\\[\\](),\\\\/ \n-]|é){0,60}") {
            for file in ["a.toml", "a.yml", "a.py", "a.js", "a.json"] {
                let settings = read(file, &text);
                prop_assert!(settings.iter().all(|(path, _)| !path.is_empty()));
            }
        }
    }
}
