//! `GET /tenants/{tenant}/query`

use axum::Json;
use chrono::{DateTime, TimeDelta, Utc};
use contract::problem::FieldError;
use contract::query::{self, Aggregate, Answer, Matcher, Range};
use contract::rpc::Error;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use service::problem::ProblemResponse;

use crate::server::extract::Query;
use crate::server::member::Member;

/// What is looked at when no time is given.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// Query samples
///
/// The points of a metric's series in a range of time, from the tier that fits it.
#[utoipa::path(
    get,
    path = "/query",
    operation_id = "query",
    tag = "metrics",
    params(
        ("metric" = String, Query, max_length = 256, example = "room_temperature"),
        ("match" = Option<Vec<String>>, Query, explode, max_items = 16, example = json!(["room=kitchen"]), description = "What a label must be like: `name=value`, `name!=value`, `name=~expression` or `name!~expression`. May be repeated."),
        ("aggregate" = inline(Option<Aggregate>), Query, description = "How the points of a step become one; `avg` where absent, `none` gives the stored points."),
        ("group_by" = Option<Vec<String>>, Query, explode, max_items = 8, description = "A label to keep apart. May be repeated; series alike in these labels become one."),
        ("from" = Option<i64>, Query, description = "Unix milliseconds, inclusive; an hour before `to` where absent. At most 365 days are looked at."),
        ("to" = Option<i64>, Query, description = "Unix milliseconds, exclusive; now where absent."),
        ("step" = Option<i64>, Query, minimum = 1, description = "Milliseconds; chosen by `max_points` where absent."),
        ("max_points" = Option<u32>, Query, minimum = 1, maximum = 2000, description = "Of each series."),
    ),
    responses((status = 200, description = "Points, oldest first.", body = Answer)),
)]
pub(super) async fn read(
    member: Member,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<Answer>, ProblemResponse> {
    let range = range(&pairs, service::now()).map_err(|errors| Error::Invalid { errors })?;
    Ok(Json(member.ask(query::Query { range }).await?))
}

/// Reads a range from query parameters; names every parameter that cannot be read.
fn range(pairs: &[(String, String)], now: DateTime<Utc>) -> Result<Range, Vec<FieldError>> {
    let mut reader = Reader {
        pairs,
        errors: Vec::new(),
    };
    let to_ms = reader.number("to").unwrap_or(now.timestamp_millis());
    let range = Range {
        metric: reader.required("metric"),
        matchers: reader.matchers(),
        aggregate: reader.word("aggregate").unwrap_or_default(),
        group_by: reader.all("group_by").map(str::to_owned).collect(),
        from_ms: reader
            .number("from")
            .unwrap_or(to_ms.saturating_sub(LATEST.num_milliseconds())),
        to_ms,
        step_ms: reader.number("step"),
        max_points: reader.number("max_points"),
    };
    if reader.errors.is_empty() {
        Ok(range)
    } else {
        Err(reader.errors)
    }
}

struct Reader<'a> {
    pairs: &'a [(String, String)],
    errors: Vec<FieldError>,
}

impl<'a> Reader<'a> {
    fn all(&self, name: &'static str) -> impl Iterator<Item = &'a str> + use<'a> {
        let pairs = self.pairs.iter();
        pairs.filter_map(move |(key, value)| (key == name).then_some(value.as_str()))
    }

    fn wrong(&mut self, name: &str, reason: impl Into<String>) {
        self.errors.push(FieldError::new(name, reason));
    }

    /// The one value of that name that is not empty.
    fn one(&self, name: &'static str) -> Option<&'a str> {
        self.all(name).find(|value| !value.is_empty())
    }

    fn required(&mut self, name: &'static str) -> String {
        let value = self.one(name);
        if value.is_none() {
            self.wrong(name, "is missing");
        }
        value.unwrap_or_default().to_owned()
    }

    fn number<N: std::str::FromStr>(&mut self, name: &'static str) -> Option<N> {
        let number = self.one(name)?.parse().ok();
        if number.is_none() {
            self.wrong(name, "must be a whole number");
        }
        number
    }

    /// One of an enum's names.
    fn word<W: for<'de> Deserialize<'de>>(&mut self, name: &'static str) -> Option<W> {
        let text: StrDeserializer<'_, ValueError> = self.one(name)?.into_deserializer();
        W::deserialize(text)
            .map_err(|error| self.wrong(name, error.to_string()))
            .ok()
    }

    fn matchers(&mut self) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for (position, text) in self.all("match").enumerate() {
            match text.parse::<Matcher>() {
                Ok(matcher) => matchers.push(matcher),
                Err(error) => self.wrong(&format!("match[{position}]"), error.to_string()),
            }
        }
        matchers
    }
}

#[cfg(test)]
mod tests {
    use contract::query::Aggregate;

    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Range, Vec<FieldError>> {
        let pairs: Vec<_> = query
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        range(&pairs, DateTime::from_timestamp_nanos(7_200_000_000_000))
    }

    #[test]
    fn a_full_query_is_read() {
        let range = read(&[
            ("metric", "cpu.load"),
            ("match", "host=a=b"),
            ("match", "zone!~a|b"),
            ("aggregate", "p95"),
            ("group_by", "host"),
            ("from", "1000"),
            ("to", "2000"),
            ("step", "100"),
            ("max_points", "10"),
        ])
        .expect("readable");
        let matchers: Vec<_> = range.matchers.iter().map(Matcher::to_string).collect();
        assert_eq!(matchers, ["host=a=b", "zone!~a|b"]);
        assert_eq!(range.aggregate, Aggregate::P95);
        assert_eq!((range.from_ms, range.to_ms), (1_000, 2_000));
        assert_eq!((range.step_ms, range.max_points), (Some(100), Some(10)));
    }

    #[test]
    fn without_times_it_is_the_last_hour() {
        let range = read(&[("metric", "cpu"), ("from", "")]).expect("readable");
        assert_eq!((range.from_ms, range.to_ms), (3_600_000, 7_200_000));
        assert_eq!(range.aggregate, Aggregate::Avg);
    }

    #[test]
    fn every_parameter_that_cannot_be_read_is_named() {
        let errors = read(&[("aggregate", "mean"), ("from", "now"), ("match", "host")])
            .expect_err("unreadable");
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["metric", "match[0]", "aggregate", "from"]);
    }
}
