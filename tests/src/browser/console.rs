//! What the console of a page says that it should not.

use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown,
};

pub(super) fn of_call(call: &EventConsoleApiCalled) -> Option<String> {
    let is_complaint = matches!(
        call.r#type,
        ConsoleApiCalledType::Error | ConsoleApiCalledType::Assert | ConsoleApiCalledType::Warning
    );
    is_complaint.then(|| {
        let arguments = call.args.iter().map(|argument| {
            let value = argument.value.as_ref().map(ToString::to_string);
            value.or_else(|| argument.description.clone())
        });
        let words: Vec<String> = arguments.flatten().collect();
        format!("console: {}", words.join(" "))
    })
}

pub(super) fn of_exception(thrown: &EventExceptionThrown) -> String {
    let details = &thrown.exception_details;
    let exception = details.exception.as_ref();
    let description = exception.and_then(|exception| exception.description.clone());
    format!(
        "exception: {} {}",
        details.text,
        description.unwrap_or_default()
    )
}

pub(super) fn of_entry(added: &EventEntryAdded) -> Option<String> {
    let entry = &added.entry;
    let is_complaint = matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning);
    is_complaint.then(|| {
        let url = entry.url.clone().unwrap_or_default();
        format!("{}: {} {url}", entry.source.as_ref(), entry.text)
    })
}
