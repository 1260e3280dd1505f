//! What operations and structures have in common: fields, construction, setters, and the lines for the codec.

use super::layout::{call, list};
use super::literal;
use crate::model::Member;

/// A structure's name, its members, and the field for unknown members if it has one.
pub(super) struct Record<'m> {
    pub(super) name: &'m str,
    pub(super) members: &'m [Member],
    pub(super) extra: Option<&'m str>,
}

impl Record<'_> {
    /// The structure itself.
    pub(super) fn declaration(&self) -> String {
        let mut text = format!("#[derive(Clone)]\npub struct {} {{\n", self.name);
        for member in self.members {
            text += &format!("    pub {}: {},\n", member.name, member.rust());
        }
        if let Some(extra) = self.extra {
            text += &format!("    pub {extra}: sdk::Extra,\n");
        }
        // An empty one reads better on one line.
        text.trim_end_matches('\n').to_owned() + if text.ends_with("{\n") { "}\n" } else { "\n}\n" }
    }

    /// `new` with what must be given, and a setter for each of the others.
    pub(super) fn construction(&self) -> String {
        let mut text = format!("impl {} {{\n{}", self.name, self.constructor());
        for member in self.members.iter().filter(|member| member.optional) {
            let (ty, value) = member.argument("value");
            text += &format!(
                "\n    #[inline]\n    pub fn {}(mut self, value: {ty}) -> Self {{\n        self.{} = {value};\n        self\n    }}\n",
                member.setter, member.name
            );
        }
        text + "}\n"
    }

    fn constructor(&self) -> String {
        let required: Vec<&Member> = self.members.iter().filter(|member| !member.optional).collect();
        let arguments: Vec<String> =
            required.iter().map(|member| format!("{}: {}", member.name, member.argument("").0)).collect();
        let mut values: Vec<String> = required
            .iter()
            .map(|member| match member.argument(&member.name).1 {
                value if value == member.name => value,
                value => format!("{}: {value}", member.name),
            })
            .collect();
        let is_whole = required.len() == self.members.len() && self.extra.is_none();
        let signature = list("    pub fn new(", &arguments, ") -> Self {");
        let body = match required.is_empty() {
            true => "        Self::default()\n".to_owned(),
            false if is_whole => list("        Self {", &values, "}"),
            false => {
                values.push("..Self::default()".to_owned());
                list("        Self {", &values, "}").replace("..Self::default(),\n", "..Self::default()\n")
            }
        };
        format!("    #[inline]\n{signature}{body}    }}\n")
    }

    /// `Default`, written out: the derive costs more to compile.
    pub(super) fn default(&self) -> String {
        let mut values: Vec<String> =
            self.members.iter().map(|member| format!("{}: {}", member.name, member.empty())).collect();
        values.extend(self.extra.map(|extra| format!("{extra}: sdk::Extra::default()")));
        let name = self.name;
        let body = list("        Self {", &values, "}");
        format!("impl Default for {name} {{\n    #[inline]\n    fn default() -> Self {{\n{body}    }}\n}}\n")
    }

    /// The line for the codec.
    pub(super) fn codec(&self) -> String {
        let wire = self.members.iter().map(|member| literal(&member.wire)).chain(self.extra.map(|_| literal("*")));
        let fields = self.members.iter().map(|member| member.name.as_str()).chain(self.extra);
        let fields: Vec<String> = fields.map(|field| format!("&mut self.{field}")).collect();
        let visit = call("        by.record", &[("&[", &wire.collect::<Vec<_>>()), ("&mut [", &fields)]);
        let name = self.name;
        format!(
            "impl sdk::Record for {name} {{
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {{
{visit}    }}
}}
"
        )
    }

    /// `Debug`, which hides what must not be shown.
    pub(super) fn debug(&self) -> String {
        let name = self.name;
        format!(
            "impl std::fmt::Debug for {name} {{
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{
        sdk::debug(&mut self.clone(), {name:?}, f)
    }}
}}
"
        )
    }

    /// `PartialEq`.
    pub(super) fn equality(&self) -> String {
        let name = self.name;
        format!(
            "impl PartialEq for {name} {{
    #[inline]
    fn eq(&self, other: &Self) -> bool {{
        sdk::equal(&mut self.clone(), &mut other.clone())
    }}
}}
"
        )
    }
}
