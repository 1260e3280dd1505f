//! Line records: the form in which facts are stored.
//!
//! The first character is the kind, cells are separated by tabs, trailing empty cells are left out:
//!
//! | kind | cells |
//! | --- | --- |
//! | `S` | schema, cloud, service, version, API version, product or signing name, protocol, endpoint rule, credentials (comma) and after a bar the derived service, gateway, settings |
//! | `K` | package, release, licence; one line a package |
//! | `R` | region or `default`, host or URL... |
//! | `O` | name, method, path, style, consumes (bar), produces, body, response, flag letters, JSON object with the rare keys, rule of paging (put there by the writer) |
//! | `P` | place letter directly followed by the wire name; type; flags; style |
//! | `H` | response header, type |
//! | `T` | structure name, XML name, discriminator |
//! | `F` | wire name, type, flags |
//! | `E` | enumeration name, base type, JSON values... |
//! | `X` | error code |

use crate::archive::ArchiveError;
use crate::operation::{CallStyle, Operation, OperationFlags, Param, ParamStyle, Place, Rare};
use crate::service::{Meta, Region, Service, Source};
use crate::types::{Enum, Field, Flags, Struct, Type, TypeDef};

/// The cells of one line behind its kind.
pub(crate) struct Cells<'a> {
    line: &'a str,
    rest: std::str::Split<'a, char>,
}

impl<'a> Cells<'a> {
    /// Splits the line behind its first character.
    pub(crate) fn new(line: &'a str) -> Cells<'a> {
        let mut chars = line.chars();
        chars.next();
        Cells { line, rest: chars.as_str().split('\t') }
    }

    /// The next cell, empty when the line has no more.
    pub(crate) fn next(&mut self) -> &'a str {
        self.rest.next().unwrap_or_default()
    }

    /// Without the next cells.
    pub(crate) fn skip(mut self, cells: usize) -> Cells<'a> {
        for _ in 0..cells {
            self.next();
        }
        self
    }

    /// The next cell, `None` when it is empty.
    fn optional(&mut self) -> Option<&'a str> {
        Some(self.next()).filter(|cell| !cell.is_empty())
    }

    fn optional_type(&mut self) -> Result<Option<Type<'a>>, ArchiveError> {
        self.optional().map(|cell| parse_type(cell).ok_or_else(|| bad(self.line))).transpose()
    }

    fn required_type(&mut self) -> Result<Type<'a>, ArchiveError> {
        parse_type(self.next()).ok_or_else(|| bad(self.line))
    }

    fn flags(&mut self) -> Result<Flags, ArchiveError> {
        Flags::parse(self.next()).ok_or_else(|| bad(self.line))
    }
}

fn bad(line: &str) -> ArchiveError {
    ArchiveError::Record(line.chars().take(120).collect())
}

/// A type expression with one-letter scalars.
pub(crate) fn parse_type(text: &str) -> Option<Type<'_>> {
    let inner = |close: char| text.get(1..)?.strip_suffix(close).and_then(parse_type).map(Box::new);
    Some(match text.as_bytes().first()? {
        b'#' => Type::Named(text.get(1..)?),
        b'[' => Type::List(inner(']')?),
        b'{' => Type::Map(inner('}')?),
        _ => scalar(text)?,
    })
}

fn scalar(text: &str) -> Option<Type<'static>> {
    Some(match text {
        "s" => Type::String,
        "i" => Type::Int,
        "u" => Type::Uint,
        "f" => Type::Float,
        "D" => Type::Decimal,
        "b" => Type::Bool,
        "B" => Type::Bytes,
        "F" => Type::File,
        "d" => Type::Date,
        "t" => Type::DateTime,
        "T" => Type::DateTimeIso,
        "j" => Type::Any,
        _ => return None,
    })
}

/// An `O` line and the `P` and `H` lines behind it.
pub(crate) fn parse_operation<'a>(
    service: Service<'a>,
    mut lines: impl Iterator<Item = &'a str>,
) -> Result<Operation<'a>, ArchiveError> {
    let mut operation = parse_operation_line(service, lines.next().unwrap_or_default())?;
    for line in lines {
        match line.as_bytes().first() {
            Some(b'P') => operation.params.push(parse_param(line)?),
            Some(b'H') => operation.response_headers.push(parse_header(line)?),
            _ => break,
        }
    }
    Ok(operation)
}

fn parse_operation_line<'a>(service: Service<'a>, line: &'a str) -> Result<Operation<'a>, ArchiveError> {
    let mut cells = Cells::new(line);
    Ok(Operation {
        service,
        name: cells.next(),
        method: cells.next(),
        path: cells.next(),
        style: match cells.next() {
            "" => None,
            "RPC" => Some(CallStyle::Rpc),
            "ROA" => Some(CallStyle::Roa),
            _ => return Err(bad(line)),
        },
        consumes: cells.next().split('|').filter(|word| !word.is_empty()).collect(),
        produces: cells.optional(),
        body: cells.optional_type()?,
        response: cells.optional_type()?,
        flags: parse_operation_flags(cells.next()).ok_or_else(|| bad(line))?,
        rare: cells.optional().map(|json| parse_rare(json).ok_or_else(|| bad(line))).transpose()?.unwrap_or_default(),
        paging: cells.optional(),
        params: Vec::new(),
        response_headers: Vec::new(),
    })
}

fn parse_operation_flags(letters: &str) -> Option<OperationFlags> {
    let mut flags = OperationFlags::default();
    for letter in letters.bytes() {
        *match letter {
            b'd' => &mut flags.deprecated,
            b'o' => &mut flags.offline,
            b'u' => &mut flags.unsigned,
            b'e' => &mut flags.sse,
            b'S' => &mut flags.stream_response,
            b'O' => &mut flags.octet_stream,
            b'r' => &mut flags.response_root,
            b'g' => &mut flags.gateway,
            b'R' => &mut flags.body_required,
            _ => return None,
        } = true;
    }
    Some(flags)
}

fn parse_rare(json: &str) -> Option<Rare> {
    let mut rare = Rare::default();
    for (key, value) in serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json).ok()? {
        let word = || value.as_str().map(str::to_owned);
        let words =
            || value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>();
        match key.as_str() {
            "auth" => rare.auth = Some(word()?),
            "auth_settings" => rare.auth_settings = words()?,
            "scheme" => rare.scheme = Some(word()?),
            "endpoint" => rare.endpoint = Some(word()?),
            "body_style" => rare.body_style = Some(word()?),
            "upload" => rare.upload = words()?,
            "multipart" => rare.multipart = words()?,
            "stream_request" => rare.stream_request = Some(word()?),
            // A newer importer may know more; the rest of the record still holds.
            _ => {}
        }
    }
    Some(rare)
}

fn parse_param(line: &str) -> Result<Param<'_>, ArchiveError> {
    let mut cells = Cells::new(line);
    let placed = cells.next();
    let place = match placed.as_bytes().first() {
        Some(b'p') => Place::Path,
        Some(b'q') => Place::Query,
        Some(b'h') => Place::Header,
        Some(b'b') => Place::Body,
        Some(b'H') => Place::Host,
        _ => return Err(bad(line)),
    };
    Ok(Param {
        name: placed.get(1..).unwrap_or_default(),
        place,
        ty: cells.required_type()?,
        flags: cells.flags()?,
        style: parse_param_style(cells.next()).ok_or_else(|| bad(line))?,
    })
}

fn parse_param_style(word: &str) -> Option<Option<ParamStyle>> {
    Some(Some(match word {
        "" => return Some(None),
        "multi" => ParamStyle::Multi,
        "csv" => ParamStyle::Csv,
        "json" => ParamStyle::Json,
        "simple" => ParamStyle::Simple,
        "flat" => ParamStyle::Flat,
        "raw" => ParamStyle::Raw,
        _ => return None,
    }))
}

fn parse_header(line: &str) -> Result<(&str, Type<'_>), ArchiveError> {
    let mut cells = Cells::new(line);
    Ok((cells.next(), cells.required_type()?))
}

/// A `T` line and the `F` lines behind it, or an `E` line.
pub(crate) fn parse_type_def<'a>(mut lines: impl Iterator<Item = &'a str>) -> Result<TypeDef<'a>, ArchiveError> {
    let line = lines.next().unwrap_or_default();
    let mut cells = Cells::new(line);
    match line.as_bytes().first() {
        Some(b'T') => Ok(TypeDef::Struct(Struct {
            name: cells.next(),
            xml: cells.optional(),
            discriminator: cells.optional(),
            fields: lines.take_while(|line| line.starts_with('F')).map(parse_field).collect::<Result<_, _>>()?,
        })),
        Some(b'E') => Ok(TypeDef::Enum(Enum {
            name: cells.next(),
            base: cells.required_type()?,
            values: cells
                .rest
                .map(|value| serde_json::from_str(value).map_err(|_| bad(line)))
                .collect::<Result<_, _>>()?,
        })),
        _ => Err(bad(line)),
    }
}

fn parse_field(line: &str) -> Result<Field<'_>, ArchiveError> {
    let mut cells = Cells::new(line);
    Ok(Field { name: cells.next(), ty: cells.required_type()?, flags: cells.flags()? })
}

/// The `S` and `K` lines.
pub(crate) fn parse_meta<'a>(cloud: crate::Cloud, lines: impl Iterator<Item = &'a str>) -> Meta<'a> {
    let mut meta = Meta::empty(cloud);
    for line in lines {
        let mut cells = Cells::new(line);
        match line.as_bytes().first() {
            Some(b'S') => fill_meta(&mut meta, &mut cells),
            Some(b'K') => {
                meta.sources.push(Source { package: cells.next(), release: cells.next(), license: cells.next() })
            }
            _ => {}
        }
    }
    meta
}

fn fill_meta<'a>(meta: &mut Meta<'a>, cells: &mut Cells<'a>) {
    let (_schema, _cloud) = (cells.next(), cells.next());
    meta.service = cells.next();
    meta.version = cells.next();
    meta.api_version = cells.next();
    meta.product = cells.optional();
    meta.protocol = cells.next();
    meta.endpoint_rule = cells.optional();
    let mut credentials = cells.next().split('|');
    meta.credentials = credentials.next().unwrap_or_default().split(',').filter(|kind| !kind.is_empty()).collect();
    meta.derived_auth = credentials.next();
    meta.gateway = cells.optional();
    meta.settings = cells.optional();
}

/// An `R` line.
pub(crate) fn parse_region(line: &str) -> Region<'_> {
    let mut cells = Cells::new(line);
    Region { id: cells.next(), endpoints: cells.rest.collect() }
}
