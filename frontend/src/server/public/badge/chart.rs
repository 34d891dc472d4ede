//! Response times as a small picture.

use contract::page::Measured;

use super::draw::escape;
use crate::view::figure::milliseconds;
use crate::view::path::{SIZE, extent, sparkline};

const WIDTH: u32 = 400;
const HEIGHT: u32 = 100;

pub(super) fn of(measured: Option<&Measured>) -> String {
    let points = measured.map_or(&[][..], |measured| &measured.points);
    let words = match measured {
        Some(measured) if !points.is_empty() => {
            let (low, high) = extent(points.iter().map(|point| point.1));
            format!(
                "Response time of {}: {} to {}",
                measured.name,
                milliseconds(low),
                milliseconds(high)
            )
        }
        _ => "n/a".to_owned(),
    };
    let words = escape(&words);
    let path = sparkline(points);
    let (bottom, plot) = (HEIGHT - 6, HEIGHT - 24);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{words}\">\
        <title>{words}</title><rect width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"4\" fill=\"#fff\" stroke=\"#e6e6e3\"/>\
        <svg x=\"4\" y=\"4\" width=\"{}\" height=\"{plot}\" viewBox=\"0 0 {SIZE} {SIZE}\" preserveAspectRatio=\"none\">\
        <path d=\"{path}\" fill=\"none\" stroke=\"#4f5bd5\" stroke-width=\"1.5\" vector-effect=\"non-scaling-stroke\"/></svg>\
        <text x=\"8\" y=\"{bottom}\" fill=\"#5c6064\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"10\">{words}</text></svg>",
        WIDTH - 8
    )
}
