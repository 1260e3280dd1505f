use super::*;

fn root_texts(text: &str, name: &str) -> Vec<String> {
    Document::parse(text).unwrap().root().all(name).map(|node| node.content().to_owned()).collect()
}

#[test]
fn elements_are_found_at_their_depth() {
    let document = Document::parse("<?xml version=\"1.0\"?>\n<a><b>1</b>\n <c><b>2</b><d/></c><b>3</b></a>").unwrap();
    let root = document.root();
    assert_eq!(root.name(), "a");
    assert_eq!(root.children().map(Node::name).collect::<Vec<_>>(), ["b", "c", "b"]);
    assert_eq!(root.all("b").map(Node::content).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!(root.child("c").map(|c| c.text("b")), Some("2"));
    assert_eq!(root.child("c").unwrap().child("d").unwrap().children().count(), 0);
}

#[test]
fn prefixes_and_namespaces_do_not_matter() {
    let text = r#"<x:a xmlns:x="http://doc.example" xmlns="http://other.example"><x:b>1</x:b><b>2</b></x:a>"#;
    assert_eq!(root_texts(text, "b"), ["1", "2"]);
}

#[test]
fn references_and_sections_are_text() {
    let text = "<a><b>1 &lt; 2 &amp;&amp; &#x4e2d;&#10;<![CDATA[<&>]]> end</b></a>";
    assert_eq!(root_texts(text, "b"), ["1 < 2 && 中\n<&> end"]);
}

#[test]
fn what_is_escaped_comes_back() {
    let key = "a<b>&\"c\"\t\r\n\u{1}\u{1f}'é中 ";
    assert_eq!(escape(key), "a&lt;b&gt;&amp;&quot;c&quot;&#09;&#13;&#10;&#01;&#31;'é中 ");
    assert_eq!(root_texts(&format!("<a><b>{}</b></a>", escape(key)), "b"), [key]);
}

#[test]
fn broken_documents_are_errors() {
    for text in ["", "text", "<a>", "<a></b>", "<a>&nope;</a>", "<a>x & y</a>", "<a", "<?xml?>", "</a>"] {
        assert!(Document::parse(text).is_err(), "{text}");
    }
}

#[test]
fn deep_nesting_does_not_overflow() {
    let text = "<a>".repeat(100_000) + &"</a>".repeat(100_000);
    assert_eq!(Document::parse(&text).unwrap().root().child("a").map(Node::name), Some("a"));
}

#[test]
fn typed_contents() {
    let text = "<a><n> 5 </n><t>2012-02-24T08:43:07.000Z</t><h>Fri, 24 Feb 2012 08:43:07 GMT</h><f>True</f><e/></a>";
    let document = Document::parse(text).unwrap();
    let root = document.root();
    assert_eq!(root.number("n").unwrap(), Some(5));
    assert_eq!(root.number("e").unwrap(), None);
    assert_eq!(root.moment("t").unwrap(), root.moment("h").unwrap());
    assert!(root.flag("f") && !root.flag("e"));
    assert!(root.number("f").is_err() && root.moment("f").is_err());
}

#[test]
fn keys_are_decoded_only_if_the_reply_says_so() {
    let decode = |text: &str| KeySpelling::of(Document::parse(text).unwrap().root()).decode("a%2Fb+c");
    assert_eq!(decode("<a><EncodingType>url</EncodingType></a>"), "a/b+c");
    assert_eq!(decode("<a/>"), "a%2Fb+c");
}
