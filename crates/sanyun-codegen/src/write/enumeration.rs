//! Enumerations.

use crate::model::Enumeration;

pub(super) fn text(it: &Enumeration) -> String {
    let form = if it.of_integers { "int_enum" } else { "text_enum" };
    let mut text = format!("sdk::{form}! {{\n    {} {{\n", it.name);
    for (name, value) in &it.constants {
        text += &format!("        {name} = {value},\n");
    }
    text + "    }\n}\n"
}
