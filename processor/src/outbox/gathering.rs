//! Several things told in one message. Open while more may come; closed by who is about to send it, and the same ever after.

use bus::{Failure, UpdateError};
use contract::channel::Content;
use contract::id::NotificationId;
use serde::{Deserialize, Serialize};

use super::{Outbox, retry};

/// More are counted and not told one by one.
const TOLD: usize = 50;
/// More are told in no message: each has one of its own.
const MOST: usize = 1_000;

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct Gathering {
    parts: Vec<Part>,
    closed: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) item: NotificationId,
    pub(super) content: Content,
    /// The message of its thread that comes before.
    pub(super) after: Option<NotificationId>,
}

/// What a closed message says, and what it comes after.
pub(crate) struct Gathered {
    pub(crate) content: Content,
    pub(crate) after: Vec<NotificationId>,
}

impl Outbox {
    /// Adds a part to a message; `false` when it takes no more and does not have it.
    pub(super) async fn gather(
        &self,
        message: NotificationId,
        part: &Part,
    ) -> Result<bool, Failure> {
        let key = key(message);
        loop {
            let Some(entry) = self.gatherings.get(&key).await.map_err(retry)? else {
                let first = Gathering {
                    parts: vec![part.clone()],
                    closed: false,
                };
                match self.gatherings.create(&key, &first).await {
                    Ok(_) => return Ok(true),
                    Err(UpdateError::Conflict) => continue,
                    Err(error) => return Err(retry(error)),
                }
            };
            let mut gathering = entry.value;
            if gathering.parts.iter().any(|known| known.item == part.item) {
                return Ok(true);
            }
            if gathering.closed || gathering.parts.len() >= MOST {
                return Ok(false);
            }
            gathering.parts.push(part.clone());
            match self
                .gatherings
                .update(&key, &gathering, entry.revision)
                .await
            {
                Ok(_) => return Ok(true),
                Err(UpdateError::Conflict) => {}
                Err(error) => return Err(retry(error)),
            }
        }
    }

    /// Closes a message and tells what is in it; `None` for one that nobody knows any more.
    pub(crate) async fn close(&self, message: NotificationId) -> Result<Option<Gathered>, Failure> {
        let key = key(message);
        loop {
            let Some(entry) = self.gatherings.get(&key).await.map_err(retry)? else {
                return Ok(None);
            };
            let mut gathering = entry.value;
            if gathering.closed {
                return Ok(gathered(&gathering.parts));
            }
            gathering.closed = true;
            match self
                .gatherings
                .update(&key, &gathering, entry.revision)
                .await
            {
                Ok(_) => return Ok(gathered(&gathering.parts)),
                Err(UpdateError::Conflict) => {}
                Err(error) => return Err(retry(error)),
            }
        }
    }
}

/// `gathering.<notification>`
fn key(message: NotificationId) -> String {
    format!("gathering.{message}")
}

fn gathered(parts: &[Part]) -> Option<Gathered> {
    let contents: Vec<&Content> = parts.iter().map(|part| &part.content).collect();
    Some(Gathered {
        content: digest(&contents)?,
        after: parts.iter().filter_map(|part| part.after).collect(),
    })
}

/// One text of several; `None` of none.
fn digest(contents: &[&Content]) -> Option<Content> {
    let (first, last) = (*contents.first()?, *contents.last()?);
    if contents.len() == 1 {
        return Some(first.clone());
    }
    let mut lines: Vec<String> = contents
        .iter()
        .take(TOLD)
        .map(|content| format!("{}. {}", content.title, content.text))
        .collect();
    if contents.len() > TOLD {
        lines.push(format!("And {} more.", contents.len() - TOLD));
    }
    Some(Content {
        kind: Content::DIGEST.to_owned(),
        title: format!("{} and {} more", first.title, contents.len() - 1),
        text: lines.join("\n"),
        thread: None,
        incident: None,
        monitor: None,
        at: last.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(name: &str) -> Content {
        Content {
            kind: "incident.opened".to_owned(),
            title: format!("{name} is down"),
            text: "Down since 14:10 UTC (timeout).".to_owned(),
            thread: None,
            incident: None,
            monitor: None,
            at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn several_are_told_line_by_line_and_one_as_it_is() {
        let (one, other) = (content("API"), content("Shop"));
        let both = digest(&[&one, &other]).expect("a digest");
        assert_eq!(both.title, "API is down and 1 more");
        assert_eq!(
            both.text,
            "API is down. Down since 14:10 UTC (timeout).\nShop is down. Down since 14:10 UTC (timeout)."
        );
        assert_eq!(both.kind, Content::DIGEST);
        assert_eq!(digest(&[&one]), Some(one));
        assert_eq!(digest(&[]), None);
    }

    #[test]
    fn what_would_be_too_long_is_counted() {
        let one = content("API");
        let many = digest(&vec![&one; 60]).expect("a digest");
        assert_eq!(many.text.lines().count(), TOLD + 1);
        assert!(many.text.ends_with("And 10 more."));
    }
}
