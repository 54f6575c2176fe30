//! The paths of the page. A path that is for a form is none for anything else.

use http::Method;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Route<'p> {
    Front,
    Login,
    Logout,
    /// The page of a run.
    Report(&'p str),
    /// The plan of a site.
    Plan(&'p str),
    /// To make a plan of a site.
    MakePlan(&'p str),
    /// To purge for a site.
    Purge(&'p str),
}

impl Route<'_> {
    /// Returns what is asked for; `None` where the page has nothing like it.
    pub(in crate::serve) fn of<'p>(method: &Method, path: &'p str) -> Option<Route<'p>> {
        if *method == Method::GET {
            let of_run = || path.strip_prefix("/runs/")?.strip_suffix(".html").map(Route::Report);
            let of_site = || path.strip_prefix("/sites/")?.strip_suffix("/plan.html").map(Route::Plan);
            return if path == "/" { Some(Route::Front) } else { of_run().or_else(of_site) };
        }
        if *method != Method::POST {
            return None;
        }
        match path {
            "/login" => Some(Route::Login),
            "/logout" => Some(Route::Logout),
            _ => match path.strip_prefix("/sites/")?.split_once('/')? {
                (site, "plan") => Some(Route::MakePlan(site)),
                (site, "purge") => Some(Route::Purge(site)),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_for_one_method() {
        let (get, post) = (Method::GET, Method::POST);
        for (path, of_get, of_post) in [
            ("/", Some(Route::Front), None),
            ("/login", None, Some(Route::Login)),
            ("/logout", None, Some(Route::Logout)),
            ("/runs/0f.html", Some(Route::Report("0f")), None),
            ("/runs/0f", None, None),
            ("/sites/www/plan.html", Some(Route::Plan("www")), None),
            ("/sites/www/plan", None, Some(Route::MakePlan("www"))),
            ("/sites/www/purge", None, Some(Route::Purge("www"))),
            ("/sites/www/purge/", None, None),
            ("/sites/www", None, None),
            ("/hooks/www", None, None),
            ("", None, None),
        ] {
            assert_eq!((Route::of(&get, path), Route::of(&post, path)), (of_get, of_post), "{path}");
            assert_eq!(Route::of(&Method::HEAD, path).or(Route::of(&Method::PUT, path)), None, "{path}");
        }
    }
}
