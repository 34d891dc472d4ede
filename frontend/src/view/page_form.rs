//! A page on its way from a form to its description.

use contract::id::MonitorId;
use contract::page::{Entry, Spec, Visibility};
use contract::problem::FieldError;

/// What is typed into the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageForm {
    pub slug: String,
    pub title: String,
    pub description: String,
    pub visibility: Visibility,
    pub color: String,
    pub time_zone: String,
    /// Whether its owner chooses what is on it; else everything public is.
    pub chosen: bool,
    pub rows: Vec<Row>,
}

/// A component of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub monitor: MonitorId,
    pub name: String,
    pub group: String,
    pub description: String,
}

impl PageForm {
    pub fn of(spec: &Spec) -> Self {
        let entries = spec.components.as_deref().unwrap_or_default();
        Self {
            slug: spec.slug.to_string(),
            title: spec.title.clone(),
            description: spec.description.clone(),
            visibility: spec.visibility,
            color: spec
                .color
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            time_zone: spec.time_zone.clone(),
            chosen: spec.components.is_some(),
            rows: entries.iter().map(Row::of).collect(),
        }
    }

    /// The description, or what has to be mended before it can be one.
    pub fn read(self) -> Result<Spec, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let slug = self.slug.trim().parse();
        let slug = slug.map_err(|error: contract::id::Error| {
            wrong.push(FieldError::new("slug", error.rule()));
        });
        let color = Some(self.color.trim()).filter(|text| !text.is_empty());
        let color = color.map(str::parse).transpose();
        let color = color.map_err(|error: contract::page::NoColor| {
            wrong.push(FieldError::new("color", error.to_string()));
        });
        let (Ok(slug), Ok(color)) = (slug, color) else {
            return Err(wrong);
        };
        Ok(Spec {
            slug,
            title: self.title.trim().to_owned(),
            description: self.description.trim().to_owned(),
            visibility: self.visibility,
            components: self
                .chosen
                .then(|| self.rows.into_iter().map(Row::into_entry).collect()),
            color,
            time_zone: self.time_zone.trim().to_owned(),
        })
    }
}

impl Row {
    fn of(entry: &Entry) -> Self {
        Self {
            monitor: entry.monitor,
            name: entry.name.clone().unwrap_or_default(),
            group: entry.group.clone().unwrap_or_default(),
            description: entry.description.clone(),
        }
    }

    fn into_entry(self) -> Entry {
        let told = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Entry {
            monitor: self.monitor,
            name: told(self.name),
            description: told(self.description).unwrap_or_default(),
            group: told(self.group),
        }
    }
}

/// Moves an item one place up or down; where it then is.
pub fn shift<T>(items: &mut [T], at: usize, down: bool) -> usize {
    let to = if down { at + 1 } else { at.wrapping_sub(1) };
    if at < items.len() && to < items.len() {
        items.swap(at, to);
        to
    } else {
        at
    }
}

/// A name for URLs, made of a title.
pub fn slug_of(title: &str) -> String {
    let letters = title.to_lowercase();
    let words = letters.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    let joined: String = words.join("-").chars().take(63).collect();
    joined.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_what_it_was_made_from() {
        let spec: Spec = serde_json::from_value(serde_json::json!({
            "slug": "eu", "title": "Europe", "visibility": "published", "color": "#a0b1c2",
            "components": [{"monitor": "00000000-0000-0000-0000-000000000001", "name": "Door"}],
        }))
        .expect("a page");
        assert_eq!(PageForm::of(&spec).read(), Ok(spec));
    }

    #[test]
    fn what_cannot_be_read_is_named_all_at_once() {
        let spec: Spec =
            serde_json::from_value(serde_json::json!({"slug": "eu", "title": "Europe"}))
                .expect("a page");
        let form = PageForm {
            slug: "Not A Slug".to_owned(),
            color: "reddish".to_owned(),
            ..PageForm::of(&spec)
        };
        let wrong = form.read().expect_err("unreadable");
        let fields: Vec<_> = wrong.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["slug", "color"]);
    }

    #[test]
    fn an_item_moves_until_it_meets_an_end() {
        let mut items = ['a', 'b', 'c'];
        assert_eq!(shift(&mut items, 0, false), 0);
        assert_eq!(shift(&mut items, 0, true), 1);
        assert_eq!(items, ['b', 'a', 'c']);
        assert_eq!(shift(&mut items, 2, true), 2);
    }

    #[test]
    fn a_title_becomes_a_name_for_urls() {
        assert_eq!(slug_of("  EU & Friends!"), "eu-friends");
    }
}
