//! `${NAME}` in a file stands for a variable of the environment; `$$` for a dollar.

/// The text with every variable in its place, line for line. Errors name the line.
pub(super) fn replace(
    text: &str,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut replaced = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let place = |message: &str| format!("line {}: {message}", index + 1);
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            replaced.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(after) = rest.strip_prefix("$$") {
                replaced.push('$');
                rest = after;
            } else if let Some(after) = rest.strip_prefix("${") {
                let (name, after) = after
                    .split_once('}')
                    .ok_or_else(|| place("close ${ with }"))?;
                let value = variable(name)
                    .ok_or_else(|| place(&format!("the environment has no variable {name}")))?;
                if value.contains('\n') {
                    return Err(place(&format!(
                        "the variable {name} has more than one line"
                    )));
                }
                replaced.push_str(&value);
                rest = after;
            } else {
                replaced.push('$');
                rest = &rest[1..];
            }
        }
        replaced.push_str(rest);
    }
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::replace;

    #[test]
    fn variables_are_replaced_and_dollars_stay() {
        let variable = |name: &str| (name == "TOKEN").then(|| "t".to_owned());
        let of = |text| replace(text, variable);
        assert_eq!(of("a ${TOKEN} b\n$$5 $x").as_deref(), Ok("a t b\n$5 $x"));
        assert_eq!(
            of("a\n${NONE}").expect_err("no such variable"),
            "line 2: the environment has no variable NONE"
        );
        assert_eq!(of("${TOKEN").expect_err("open"), "line 1: close ${ with }");
    }
}
