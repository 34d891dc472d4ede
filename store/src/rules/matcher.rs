//! Which series a question means: matchers made ready to be asked of many.

use contract::metric::Labels;
use contract::query::{Matcher, Operator};
use contract::rpc::Error;
use regex::{Regex, RegexBuilder};

/// Most memory one compiled expression may need. Matching takes time linear in the text whatever the expression.
const MAX_REGEX_BYTES: usize = 1 << 20;
/// Deepest nesting of an expression.
const MAX_REGEX_DEPTH: u32 = 50;

/// All conditions of a question.
#[derive(Debug)]
pub(crate) struct Matchers {
    /// Labels a series must have with exactly these values: what an index can find.
    pub(crate) required: Labels,
    others: Vec<Condition>,
}

#[derive(Debug)]
struct Condition {
    label: String,
    test: Test,
    negated: bool,
}

#[derive(Debug)]
enum Test {
    Equal(String),
    Matches(Regex),
}

impl Matchers {
    /// The error names the matcher by its position, and the place in its expression.
    pub(crate) fn new(matchers: &[Matcher]) -> Result<Self, Error> {
        let mut required = Labels::new();
        let mut others = Vec::new();
        for (position, matcher) in matchers.iter().enumerate() {
            let is_findable = matcher.operator == Operator::Equal
                && !matcher.value.is_empty()
                && !required.contains_key(&matcher.label);
            if is_findable {
                required.insert(matcher.label.clone(), matcher.value.clone());
            } else {
                let condition = Condition::new(matcher).map_err(|reason| {
                    Error::invalid(
                        format!("match[{position}]"),
                        format!("in {matcher}: {reason}"),
                    )
                })?;
                others.push(condition);
            }
        }
        Ok(Self { required, others })
    }

    /// Whether a series that has the required labels meets all the others.
    pub(crate) fn accept(&self, labels: &Labels) -> bool {
        self.others.iter().all(|condition| condition.accept(labels))
    }
}

impl Condition {
    fn new(matcher: &Matcher) -> Result<Self, String> {
        let test = if matcher.operator.is_regex() {
            Test::Matches(anchored(&matcher.value)?)
        } else {
            Test::Equal(matcher.value.clone())
        };
        Ok(Self {
            label: matcher.label.clone(),
            test,
            negated: matches!(matcher.operator, Operator::NotEqual | Operator::MatchesNot),
        })
    }

    fn accept(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        let met = match &self.test {
            Test::Equal(wanted) => value == wanted,
            Test::Matches(regex) => regex.is_match(value),
        };
        met != self.negated
    }
}

/// An expression that must match the whole text.
fn anchored(pattern: &str) -> Result<Regex, String> {
    // By itself first: a bracket too many must not undo the anchors, and the position is the user's own.
    let parsed = regex_syntax::ParserBuilder::new()
        .nest_limit(MAX_REGEX_DEPTH)
        .build()
        .parse(pattern);
    parsed.map_err(|error| explain(pattern, &error))?;
    RegexBuilder::new(&format!("^(?:{pattern})$"))
        .dot_matches_new_line(true)
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                format!(
                    "the expression needs more than {limit} bytes when compiled: make it simpler"
                )
            }
            _ => "the expression cannot be matched against a whole value".to_owned(),
        })
}

fn explain(pattern: &str, error: &regex_syntax::Error) -> String {
    let (span, kind) = match error {
        regex_syntax::Error::Parse(error) => (error.span(), error.kind().to_string()),
        regex_syntax::Error::Translate(error) => (error.span(), error.kind().to_string()),
        _ => return "this is no regular expression".to_owned(),
    };
    let before = pattern.get(..span.start.offset).unwrap_or(pattern);
    format!("{kind}, at character {}", before.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matchers(texts: &[&str]) -> Result<Matchers, Error> {
        let parsed: Vec<Matcher> = texts
            .iter()
            .map(|text| text.parse().expect("a matcher"))
            .collect();
        Matchers::new(&parsed)
    }

    fn accepts(texts: &[&str], labels: &[(&str, &str)]) -> bool {
        let labels: Labels = labels
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let matchers = matchers(texts).expect("valid");
        let required = matchers.required.iter();
        let found = required
            .into_iter()
            .all(|(name, value)| labels.get(name) == Some(value));
        found && matchers.accept(&labels)
    }

    #[test]
    fn matchers_mean_what_they_mean_in_prometheus() {
        let web = [("host", "web-1"), ("zone", "eu")];
        for (expected, texts) in [
            (true, &["host=web-1", "zone=eu"][..]),
            (false, &["host=web-1", "host=web-2"]),
            (true, &["host=web-1", "host=web-1"]),
            (false, &["host=web"]),
            (true, &["host!=web-2", "rack="]),
            (false, &["rack!="]),
            (true, &["rack!=a", "rack=~", "rack=~a?"]),
            (false, &["rack=~.+"]),
            (false, &["host=~web"]),
            (true, &["host=~web.*", "host=~(db|web)-[0-9]"]),
            (true, &["host!~web", "host!~db|mail"]),
            (false, &["host=~db|web"]),
        ] {
            assert_eq!(accepts(texts, &web), expected, "{texts:?}");
        }
        assert!(accepts(&["text=~a.b"], &[("text", "a\nb")]));
    }

    #[test]
    fn an_expression_that_is_none_is_refused_with_its_place() {
        let refused = |texts: &[&str]| match matchers(texts) {
            Err(Error::Invalid { errors }) => (errors[0].field.clone(), errors[0].reason.clone()),
            other => panic!("{other:?}"),
        };
        let (field, reason) = refused(&["host=a", "zone=~eu|(us"]);
        assert_eq!(field, "match[1]");
        assert_eq!(reason, "in zone=~eu|(us: unclosed group, at character 4");
        // These would undo the anchors if they were not judged by themselves.
        assert_eq!(
            refused(&["zone=~a)|(?:b"]).1,
            "in zone=~a)|(?:b: unopened group, at character 2"
        );
        refused(&["zone=~(?x)a # remark"]);
    }

    #[test]
    fn an_expression_too_big_to_compile_is_refused_before_it_costs_anything() {
        for pattern in [r"zone=~\w{1000}{1000}", "zone=~((a{100}){100}){100}"] {
            let Err(Error::Invalid { errors }) = matchers(&[pattern]) else {
                panic!("accepted")
            };
            assert!(errors[0].reason.contains("make it simpler"), "{errors:?}");
        }
        let nested = format!("zone=~{}a{}", "(".repeat(400), ")".repeat(400));
        let Err(Error::Invalid { errors }) = matchers(&[&nested]) else {
            panic!("accepted")
        };
        assert!(errors[0].reason.contains("nest"), "{errors:?}");
    }
}
