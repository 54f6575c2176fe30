//! `docs/purge.schema.json`, which editors read, judged by a validator that we did not write: it takes what the program takes, and
//! refuses what the program refuses, as far as a schema can tell.

use diffpurge::config::Config;
use serde_json::Value;

const SITE: &str = "[[site]]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n";

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(include_str!("../../docs/purge.schema.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What the validator says of a file; nothing where all is well.
fn faults(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
    let document = serde_json::to_value(table).unwrap();
    validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// Files that are right, beside the example.
const GOOD: [&str; 13] = [
    "",
    "cover = { waste = 5 }\n",
    "host = \"netlify\"\nforms = [\"exact\", \"as-page\"]\nindex_names = [\"index.htm\"]\ncase = \"insensitive\"\n",
    "always = [\"/\", \"/s.xml?v=1\"]\nignore = [\"**/*.map\", \"a/[!b].map\"]\n",
    "output = \"\"\n[site.mark]\nstore = \"file:live.txt\"\n",
    "[site.cloudflare]\nzone_id = \"023e105f4ecef8ad9ca31a8372d0c353\"\ntoken_command = [\"pass\", \"x\"]\nmode = \"invalidate\"\n",
    "[site.cloudflare]\ntoken_secret = \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:a/b-AbCdEf#the key\"\n",
    "[site.http_purge]\nendpoints = [\"http://127.0.0.1:6081/\"]\nheaders = { X-From = \"ci\" }\n",
    "[[site.layer]]\n[site.layer.http_purge]\nendpoints = [\"http://127.0.0.1:6081\"]\n[[site.layer]]\n[site.layer.cloudflare]\n",
    "[site.threshold]\nurls = 1\npercent = 100\nseconds = 60\nthen = \"narrowest\"\n",
    "[site.origin]\nurl = \"https://origin.example.com/\"\nsample = 5\nwait = \"10s\"\n",
    "[[site.rule]]\nmatch = [\"a/**\"]\nalso = [\"/{dir}/feed.xml\"]\nprefixes = [\"img.example.com:8080/a/\"]\ntags = [\"a-b\"]\n",
    "[[site.rule]]\nmatch = [\"*\"]\non = [\"added\"]\nheaders = [{ X-A = \"1\" }]\ndevice_types = [\"mobile\"]\n",
];

/// Files that are wrong, and a part of the place that the validator names.
const BAD: [(&str, &str); 44] = [
    ("no_such_key = 1\n", "/site/0"),
    ("base_url = \"https://www.example.com/\"\n", "/site/0"),
    ("output = 1\n", "/site/0/output"),
    ("output = \"/public\"\n", "/site/0/output"),
    ("ignore = \"*.map\"\n", "/site/0/ignore"),
    ("ignore = [\"/a.map\"]\n", "/site/0/ignore/0"),
    ("ignore = [\"./a.map\"]\n", "/site/0/ignore/0"),
    ("always = [\"sitemap.xml\"]\n", "/site/0/always/0"),
    ("always = [\"https://www.example.com/\"]\n", "/site/0/always/0"),
    ("host = \"geocities\"\n", "/site/0/host"),
    ("forms = [\"exactly\"]\n", "/site/0/forms/0"),
    ("forms = []\n", "/site/0/forms"),
    ("index_names = [\"a/index.html\"]\n", "/site/0/index_names/0"),
    ("case = \"lower\"\n", "/site/0/case"),
    ("spellings = \"some\"\n", "/site/0/spellings"),
    ("symlinks = true\n", "/site/0/symlinks"),
    ("deleted = \"none\"\n", "/site/0/deleted"),
    ("unknown_base = \"all\"\n", "/site/0/unknown_base"),
    ("cover = \"half\"\n", "/site/0/cover"),
    ("cover = { waste = 101 }\n", "/site/0/cover"),
    ("[site.cloudflare]\nzone_id = \"example.com\"\n", "/site/0/cloudflare/zone_id"),
    ("[site.cloudflare]\ntoken = \"abc\"\n", "/site/0/cloudflare"),
    ("[site.cloudflare]\ntoken_env = \"my-token\"\n", "/site/0/cloudflare/token_env"),
    ("[site.cloudflare]\ntoken_command = \"pass x\"\n", "/site/0/cloudflare/token_command"),
    ("[site.cloudflare]\ntoken_ssm = \"/a b\"\n", "/site/0/cloudflare/token_ssm"),
    ("[site.cloudflare]\ntoken_secret = \"a#\"\n", "/site/0/cloudflare/token_secret"),
    ("[site.cloudflare]\nplan = \"Free\"\n", "/site/0/cloudflare/plan"),
    ("[site.cloudflare]\n[site.http_purge]\nendpoints = [\"http://127.0.0.1\"]\n", "/site/0"),
    ("[site.http_purge]\nmethod = \"PURGE\"\n", "/site/0/http_purge"),
    ("[site.http_purge]\nendpoints = [\"127.0.0.1:6081\"]\n", "/site/0/http_purge/endpoints/0"),
    ("[site.http_purge]\nendpoints = [\"http://127.0.0.1\"]\nban = { method = \"BAN\" }\n", "/site/0/http_purge/ban"),
    ("[[site.layer]]\n", "/site/0/layer/0"),
    ("[site.mark]\nstore = \"refs\"\n", "/site/0/mark/store"),
    ("[site.origin]\nurl = \"origin.example.com\"\n", "/site/0/origin/url"),
    ("[site.origin]\nurl = \"https://o.example/\"\ncompare = \"bytes\"\n", "/site/0/origin/compare"),
    ("[site.threshold]\nurls = \"5000\"\n", "/site/0/threshold/urls"),
    ("[site.threshold]\nurls = 0\n", "/site/0/threshold/urls"),
    ("[site.threshold]\npercent = 101\n", "/site/0/threshold/percent"),
    ("[site.threshold]\nthen = \"all\"\n", "/site/0/threshold/then"),
    ("[site.events]\nextensions = [\"html\"]\n", "/site/0/events"),
    ("[[site.rule]]\ntags = [\"a\"]\n", "/site/0/rule/0"),
    ("[[site.rule]]\nmatch = [\"a\"]\ntags = [\"a b\"]\n", "/site/0/rule/0/tags/0"),
    ("[[site.rule]]\nmatch = [\"a\"]\nprefixes = [\"https://www.example.com/a/\"]\n", "/site/0/rule/0/prefixes/0"),
    ("[[site.rule]]\nmatch = [\"a\"]\nscope = \"page\"\n", "/site/0/rule/0/scope"),
];

/// Whole files that are wrong.
const BAD_FILES: [(&str, &str); 6] = [
    ("", ""),
    ("site = []\n", "/site"),
    ("[site]\nname = \"www\"\nbase_urls = [\"https://www.example.com/\"]\n", "/site"),
    ("[[site]]\nname = \"www\"\n", "/site/0"),
    ("[[site]]\nname = \"a b\"\nbase_urls = [\"https://www.example.com/\"]\n", "/site/0/name"),
    ("[[site]]\nname = \"www\"\nbase_urls = [\"www.example.com\"]\n", "/site/0/base_urls/0"),
];

#[test]
fn the_example_and_every_file_that_is_right_are_taken() {
    let validator = validator();
    let good = GOOD.map(|more| format!("{SITE}{more}"));
    for text in good.iter().map(String::as_str).chain([include_str!("../../purge.toml.example")]) {
        Config::parse(text, "purge.toml").unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(faults(&validator, text), Vec::<String>::new(), "{text}");
    }
    // What is a comment there is right too.
    let example = include_str!("../../purge.toml.example");
    let (_, rule) = example.split_once("# [[site.rule]]\n").unwrap();
    let rule: Vec<&str> = rule.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
    let (_, cache) = example.split_once("# [site.http_purge]\n").unwrap();
    let cache: Vec<&str> = cache.split_once("\n\n").unwrap().0.lines().map(|l| l.strip_prefix("# ").unwrap()).collect();
    let text = format!("{SITE}[site.http_purge]\n{}\n[[site.rule]]\n{}\n", cache.join("\n"), rule.join("\n"));
    Config::parse(&text, "purge.toml").unwrap();
    assert_eq!(faults(&validator, &text), Vec::<String>::new());
}

#[test]
fn what_the_program_refuses_the_schema_refuses_at_its_place() {
    let validator = validator();
    let more = BAD.iter().map(|(more, place)| (format!("{SITE}{more}"), *place));
    for (text, place) in more.chain(BAD_FILES.iter().map(|(text, place)| ((*text).to_owned(), *place))) {
        assert!(Config::parse(&text, "purge.toml").is_err(), "the program takes it:\n{text}");
        let faults = faults(&validator, &text);
        assert!(faults.iter().any(|fault| fault.starts_with(&format!("{place}:"))), "{place}: {faults:?}\n{text}");
    }
}
