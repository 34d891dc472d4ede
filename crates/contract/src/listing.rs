//! Long lists: read whole, or a piece at a time behind the last item of the piece before.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::rpc::Request;

/// Where an item stands in a list that goes by time; in some lists those that are open come before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    #[serde(default)]
    pub open: bool,
    pub at: DateTime<Utc>,
    pub id: Uuid,
}

impl Place {
    /// Where nothing is open.
    pub fn new(at: DateTime<Utc>, id: Uuid) -> Self {
        let open = false;
        Self { open, at, id }
    }
}

/// A request for a list of a tenant.
pub trait Ordered: Request<Reply = Vec<<Self as Ordered>::Item>> {
    type Item;
    /// Where an item stands in the list's order: no two stand at the same.
    type Place;

    /// At most so many, behind a place.
    fn piece(limit: u32, after: Option<Self::Place>) -> Self;

    fn place(item: &Self::Item) -> Self::Place;
}

/// Declares `List`, of all items or of at most so many behind a place: `Item, "entity", Place, |item| place;`
macro_rules! list {
    ($(#[$doc:meta])* $item:ty, $entity:literal, $place:ty, $of:expr;) => {
        $crate::rpc::request! {
            $(#[$doc])*
            List { #[serde(default)] pub limit: Option<u32>, #[serde(default)] pub after: Option<$place> } -> Vec<$item>, $entity, "list";
        }

        impl List {
            pub const ALL: Self = Self {
                limit: None,
                after: None,
            };
        }

        impl $crate::listing::Ordered for List {
            type Item = $item;
            type Place = $place;

            fn piece(limit: u32, after: Option<$place>) -> Self {
                let limit = Some(limit);
                Self { limit, after }
            }

            fn place(item: &$item) -> $place {
                let of: fn(&$item) -> $place = $of;
                of(item)
            }
        }
    };
}
pub(crate) use list;
