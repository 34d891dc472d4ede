//! Roles in words.

use contract::rpc::Role;

/// As the name of a choice.
pub fn title(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Editor => "Editor",
        Role::Admin => "Admin",
        Role::Owner => "Owner",
    }
}

/// What somebody with the role may do: "read everything".
pub fn rights(role: Role) -> &'static str {
    match role {
        Role::Viewer => "read everything",
        Role::Editor => "read everything, and change monitors, rules, channels and incidents",
        Role::Admin => "read and change everything, and manage members, tokens and hosts",
        Role::Owner => "do everything",
    }
}
