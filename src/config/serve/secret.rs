//! `secret_env` and `secret_file`: where a secret of the receiver's is found. The value itself is left to the door.

use std::ops::Range;

use crate::config::TokenSource;
use crate::config::fault::Fault;
use crate::config::raw::Text;
use crate::config::token_source::{TokenKeys, named_source};

/// Returns the place of the one secret of a hook or of the page. It is `secret_…` here, and read as a token's place is.
pub(super) fn secret(
    (env, file): (&Option<Text>, &Option<Text>),
    whose: &str,
    at: Range<usize>,
) -> Result<TokenSource, Fault> {
    let keys = TokenKeys { env, command: &None, file, ssm: &None, secret: &None };
    let renamed = |fault: Fault| {
        let [message, hint] = [&fault.message, &fault.hint]
            .map(|text| text.replace("token_", "secret_").replace("the token", "the secret"));
        Fault { message, hint, ..fault }
    };
    let source = named_source(&keys).map_err(renamed)?;
    source.ok_or_else(|| {
        let example = format!("{}_SECRET", whose.to_ascii_uppercase());
        let hint =
            format!("name the variable that holds it, like `secret_env = \"{example}\"`, or a file with `secret_file`");
        Fault::new(format!("nothing says where the {whose}'s secret is"), hint).at(at)
    })
}
