//! Forms in a query string, as browsers write them: `form[name]=API&form[regions][0]=eu-central`.

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

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

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
}
