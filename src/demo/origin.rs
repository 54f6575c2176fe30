//! The demo's origin: serves a directory as nginx does with `try_files $uri $uri/ $uri.html =404`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::edge::{Handler, Loopback, Response, response};

/// Starts it.
pub(super) fn start(root: PathBuf) -> io::Result<Loopback> {
    let handler: Handler = Arc::new(move |request| {
        let answer = answer(&root, request.uri().path());
        Box::pin(async move { answer })
    });
    Loopback::start(handler)
}

fn answer(root: &Path, path: &str) -> Response {
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else { return missing(root) };
    if decoded.split('/').any(|segment| segment == "..") {
        return missing(root);
    }
    let file = root.join(decoded.trim_start_matches('/'));
    if file.is_dir() {
        if !path.ends_with('/') {
            return response(301, &[("location", &format!("{path}/"))], "");
        }
        return page(&file.join("index.html"), 200).unwrap_or_else(|| missing(root));
    }
    let clean = || root.join(format!("{}.html", decoded.trim_start_matches('/')));
    page(&file, 200).or_else(|| page(&clean(), 200)).unwrap_or_else(|| missing(root))
}

fn missing(root: &Path) -> Response {
    page(&root.join("404.html"), 404).unwrap_or_else(|| response(404, &[], "not here"))
}

fn page(file: &Path, status: u16) -> Option<Response> {
    let media_type = match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "xml" => "application/xml",
        _ => "text/plain",
    };
    // A file that cannot be read is not served.
    std::fs::read(file).ok().map(|body| response(status, &[("content-type", media_type)], body))
}
