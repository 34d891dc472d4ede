//! The legend of a chart as a table that can be sorted by any of its figures.

use leptos::prelude::*;

use crate::components::chart::hue;
use crate::view::answer::LegendRow;
use crate::view::figure::quantity;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Last,
    Min,
    Avg,
    Max,
    P95,
}

impl Column {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Last, "Last"),
        (Self::Min, "Min"),
        (Self::Avg, "Average"),
        (Self::Max, "Max"),
        (Self::P95, "p95"),
    ];

    fn of(self, row: &LegendRow) -> f64 {
        match self {
            Self::Last => row.last,
            Self::Min => row.min,
            Self::Avg => row.avg,
            Self::Max => row.max,
            Self::P95 => row.p95,
        }
    }
}

#[component]
pub fn Legend(
    #[prop(into)] rows: Signal<Vec<LegendRow>>,
    #[prop(into)] unit: Signal<Option<String>>,
) -> impl IntoView {
    let by = RwSignal::new(None::<Column>);
    let sorted = move || {
        let mut rows: Vec<(usize, LegendRow)> = rows.get().into_iter().enumerate().collect();
        if let Some(column) = by.get() {
            rows.sort_by(|a, b| column.of(&b.1).total_cmp(&column.of(&a.1)));
        }
        let unit = unit.get();
        rows.into_iter()
            .map(|(index, row)| line(index, &row, unit.as_deref()))
            .collect_view()
    };
    let heads = Column::ALL.map(|(column, name)| head(column, name, by));
    view! {
        <div class="table">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Series"</th>
                        {heads.into_iter().collect_view()}
                    </tr>
                </thead>
                <tbody>{sorted}</tbody>
            </table>
        </div>
    }
}

fn head(column: Column, name: &'static str, by: RwSignal<Option<Column>>) -> impl IntoView {
    let order = move || (by.get() == Some(column)).then_some("descending");
    view! {
        <th scope="col" class="number" aria-sort=order>
            <button type="button" class="head" on:click=move |_| by.set(Some(column))>
                {name}
            </button>
        </th>
    }
}

fn line(index: usize, row: &LegendRow, unit: Option<&str>) -> impl IntoView + use<> {
    let figures = Column::ALL
        .map(|(column, _)| view! { <td class="number">{quantity(column.of(row), unit)}</td> });
    view! {
        <tr class=hue(index)>
            <th scope="row"><span class="swatch-label"><i class="swatch"></i>{row.label.clone()}</span></th>
            {figures.into_iter().collect_view()}
        </tr>
    }
}
