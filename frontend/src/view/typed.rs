//! Forms in a query string, as browsers write them: `form[name]=API&form[regions][0]=eu-central`.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// As deep as forms are.
const DEPTH: usize = 5;

/// What a query string holds of `T`; `None` where it is about something else.
pub fn read<T: DeserializeOwned>(query: &str) -> Option<T> {
    let query = query.trim_start_matches('?');
    serde_qs::Config::new(DEPTH, false)
        .deserialize_str(query)
        .ok()
}

/// A form that was refused, and where it was posted to.
#[derive(Deserialize)]
struct Refused {
    #[serde(rename = "__path")]
    path: String,
    typed: String,
}

/// What was posted to a path and refused. Read from the query as it stands: a map of it would be decoded once more, and what
/// was typed would end at its first `&`.
pub fn refused<T: DeserializeOwned>(query: &str, path: &str) -> Option<T> {
    let refused: Refused = read(query)?;
    (refused.path == path)
        .then(|| read(&refused.typed))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Page {
        form: Form,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Form {
        name: String,
        #[serde(default)]
        states: Vec<String>,
    }

    #[test]
    fn a_form_is_found_in_a_query_string() {
        let page = read::<Page>("?form%5Bname%5D=a+b&form%5Bstates%5D%5B0%5D=down&q=x");
        let form = page.expect("a form").form;
        assert_eq!(
            (form.name.as_str(), form.states),
            ("a b", vec!["down".to_owned()])
        );
        assert_eq!(read::<Page>("q=x"), None);
    }

    #[test]
    fn what_was_refused_comes_back_with_every_character() {
        let query = "__path=%2Ffn%2Fsave&__err=x&typed=form%255Bname%255D%3Da%2B%2526%2Bb%2525";
        let page = refused::<Page>(query, "/fn/save").expect("a form");
        assert_eq!(page.form.name, "a & b%");
        assert_eq!(refused::<Page>(query, "/fn/other"), None);
        assert_eq!(refused::<Page>("q=x", "/fn/save"), None);
    }
}
